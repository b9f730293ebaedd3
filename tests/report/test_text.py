"""The text for terminals, pipes and CI logs."""

from __future__ import annotations

import os
import pty
import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO, StringIO, TextIOWrapper
from typing import TextIO

import pytest
from hypothesis import given
from msgspec.structs import replace

from hostnetdoctor.model import NotLookedAt, Report
from hostnetdoctor.report.story import tell
from hostnetdoctor.report.text import render, write_story
from tests.report.answers import GROUP_OF_FIVE
from tests.report.hostile import HOSTILE
from tests.report.origin import ORIGIN
from tests.report.reports import MANY, NOTHING, NOTHING_BUT_FORBIDDEN, REPORTS
from tests.report.strategies import reports


def _text(report: Report) -> str:
    out = StringIO()
    render(report, out)
    return out.getvalue()


def _commands(report: Report) -> set[str]:
    """Return every line that is to be copied, without the spaces before it."""
    told = tell(report).accounts
    fixes = (lines for each in told for fix in each.fixes[:2] for lines in fix.one_liners)
    steps = (lines for each in told for lines in each.next_steps)
    return {line.strip() for lines in (*fixes, *steps) for line in lines}


@contextmanager
def _terminal() -> Iterator[tuple[TextIO, int]]:
    """Give a real terminal's stream, and the end at which its screen can be read."""
    screen, keyboard = pty.openpty()
    with open(keyboard, "w", encoding="utf-8") as out:  # noqa: PTH123  # a descriptor has no path
        yield out, screen
    os.close(screen)


@pytest.mark.parametrize("width", [60, 80])
@pytest.mark.parametrize("name", [name for name in REPORTS if name != "hostile"])
def test_lines_fit_except_what_is_to_be_copied(name: str, width: int) -> None:
    """Nothing is wider than the page but commands, and those are whole."""
    out = StringIO()
    write_story(tell(REPORTS[name]), out, width)
    lines = out.getvalue().splitlines()
    printed = {line.strip().removeprefix("Next steps "): len(line) for line in lines}
    commands = _commands(REPORTS[name])
    assert {line for line, length in printed.items() if length > width} <= commands <= set(printed)
    assert not [line for line in lines if line != line.rstrip()]


def test_a_pipe_gets_no_colour() -> None:
    """A file or a CI log holds plain characters only."""
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", "".join(map(_text, REPORTS.values())))


def test_a_terminal_gets_colour_unless_the_user_wants_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Colour is for terminals, and NO_COLOR turns it off."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    with _terminal() as (out, screen):
        render(NOTHING, out)
        out.flush()
        assert b"\x1b[1m" in os.read(screen, 10_000)
    monkeypatch.setenv("NO_COLOR", "1")
    with _terminal() as (out, screen):
        render(ORIGIN, out)
        out.flush()
        assert b"\x1b[3" not in os.read(screen, 10_000)


def test_a_stream_that_is_not_utf_8_gets_ascii() -> None:
    """A log line with letters from anywhere is spelled out instead of breaking the report."""
    written = BytesIO()
    out = TextIOWrapper(written, encoding="ascii")
    render(replace(HOSTILE, interrupted="stopp\u00e9 \u2026 \U0001f600"), out)
    out.flush()
    assert b"Incomplete: stopp\\xe9 ... \\U0001f600" in written.getvalue()


@given(reports)
def test_no_report_breaks_the_text_or_the_screen(report: Report) -> None:
    """Whatever is in a report, the text is written and moves no cursor."""
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", _text(report))


def test_the_answer_comes_first() -> None:
    """The first words are the answer, before any detail."""
    assert _text(ORIGIN).startswith(
        "default/nginx-7c9b4-k4x (container nginx) cannot listen on port 80/TCP of\nnode-3: another replica has it.\n"
    )


def test_many_failures_are_listed_before_they_are_told() -> None:
    """With several failures the first page shows all answers."""
    first_page = _text(MANY).split("\n\n")[0]
    assert [1, 2, 3, 4] == [int(number) for number in re.findall(r"^(\d+)\. ", first_page, re.MULTILINE)]


def test_equal_failures_are_told_once() -> None:
    """Five pods with one failure are one account that names them all."""
    text = _text(GROUP_OF_FIVE)
    assert 1 == text.count("Evidence")
    assert all(f"node-exporter-{number}ab" in text for number in range(1, 6))
    assert "and 7 more that this report leaves out" in text
    assert "12 failures, 7 of them only counted, 5 holders named." in text


def test_an_unreadable_node_never_reads_as_an_all_clear() -> None:
    """The first word is about what is missing, and the answer is about the rest only."""
    text = _text(NOTHING_BUT_FORBIDDEN)
    assert text.startswith("Incomplete: what the answer needs could not all be read: pods of node node-1")
    assert "This is no all-clear." in text
    assert "Incomplete" not in _text(NOTHING)


def test_two_hundred_missing_logs_are_a_few_lines() -> None:
    """What could not be read for one reason is said once."""
    missing = tuple(
        NotLookedAt(what="log", why="The node does not answer.", namespace="ns", pod=f"pod-{number}")
        for number in range(200)
    )
    text = _text(replace(NOTHING, not_looked_at=missing))
    assert "and 190 more): The node does not answer." in " ".join(text.split())
    assert len(text.splitlines()) < 12


def test_five_hundred_holders_do_not_bury_the_rest() -> None:
    """A long list is cut in the text, and says where the whole of it is."""
    (diagnosis,) = ORIGIN.diagnoses
    holders = tuple(replace(diagnosis.holders[0], node=f"node-{number}") for number in range(500))
    text = _text(replace(ORIGIN, diagnoses=(replace(diagnosis, holders=holders),)))
    assert "and 480 more, all in the JSON report" in text
    assert len(text.splitlines()) < 100


def test_six_remedies_do_not_bury_the_rest() -> None:
    """The first two fixes are told in full, the others in two lines each, and where the rest of them is."""
    (diagnosis,) = ORIGIN.diagnoses
    patched = diagnosis.remedies[1]
    remedies = (*diagnosis.remedies, *(replace(patched, title=f"way {number}") for number in range(3, 7)))
    lines = _text(replace(ORIGIN, diagnoses=(replace(diagnosis, remedies=remedies),))).splitlines()
    assert 1 == sum("kubectl -n default patch deployment nginx" in line for line in lines)
    assert (
        "             6. way 6"
        == lines[lines.index("             All 6 with reasons, commands and patches: add -o markdown") - 2]
    )
    assert 5 == sum(line.strip().startswith("The scheduler keeps pods") for line in lines)


def test_two_remedies_refer_to_nothing() -> None:
    """When all fixes are told in full, there is no other place to look."""
    assert "-o markdown" not in _text(ORIGIN)


def test_what_one_step_would_mend_is_one_paragraph() -> None:
    """Missing things that do not decide the answer and have one remedy stand together."""
    missing = tuple(
        NotLookedAt(what=what, why=f"The files hold no {what}.", fix="save them with --save")
        for what in ("logs", "nodes")
    )
    text = _text(replace(NOTHING, not_looked_at=missing))
    assert "  - Logs: The files hold no logs. Nodes: The files hold no nodes.\n    To mend it: save them" in text
    assert 1 == text.count("To mend it")


def test_times_of_another_day_carry_their_date() -> None:
    """A clock without a date always means the day that the report is about."""
    text = _text(REPORTS["two-candidates"])
    assert "started 2026-11-21 18:03:44" in " ".join(text.split())
    assert 1 == text.count("UTC")
