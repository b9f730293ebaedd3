"""Reports of a day on which everything fails: what people read stays short, what programs read stays whole."""

from __future__ import annotations

import json
import tracemalloc
from io import StringIO

import pytest
from msgspec.structs import replace

from hostnetdoctor.model import NotLookedAt, Report
from hostnetdoctor.report import FORMATS
from hostnetdoctor.report.stream import spelled_out
from tests.report.origin import ORIGIN

FOR_PEOPLE = ("text", "markdown", "html")


def rendered(name: str, report: Report) -> str:
    out = StringIO()
    FORMATS[name](report, out)
    return out.getvalue()


def words(name: str, report: Report) -> str:
    """Return a report's words on one line, without marks of code."""
    return " ".join(rendered(name, report).replace("`", "").split())


def failing(pods: int) -> Report:
    """Return a report in which so many pods of different workloads fail alike."""
    (one,) = ORIGIN.diagnoses
    diagnoses = (
        replace(one, id=f"{number:012x}", victim=replace(one.victim, pod=f"web-{number:04}")) for number in range(pods)
    )
    return replace(ORIGIN, diagnoses=tuple(diagnoses), groups=())


def without(*gaps: NotLookedAt) -> Report:
    return replace(ORIGIN, not_looked_at=gaps)


def gone(number: int, why: str = "There is no such ReplicaSet (any more).") -> NotLookedAt:
    return NotLookedAt(what=f"ReplicaSet default/web-{number:04}", why=why)


@pytest.mark.parametrize("name", FOR_PEOPLE)
def test_the_first_failures_are_told_and_the_others_counted(name: str) -> None:
    """Of thousands of failures of different workloads fifty are told; the others are counted by cause and port."""
    all_over, fifty = words(name, failing(5000)), words(name, failing(50))
    assert "and 4,950 more like it: replica-on-same-node, port 80/TCP (see -o json)" in all_over
    assert "more like it" not in fifty
    assert len(all_over) - len(fifty) < 1000


@pytest.mark.parametrize("name", FOR_PEOPLE)
def test_things_that_are_missing_for_one_reason_stand_together(name: str) -> None:
    """Thousands of objects that are gone are one sentence with the first names."""
    text = words(name, without(*map(gone, range(3000))))
    assert "default/web-0009 and 2990 more: There is no such ReplicaSet (any more)." in text
    assert 1 == text.count("There is no such ReplicaSet")


@pytest.mark.parametrize("name", FOR_PEOPLE)
@pytest.mark.parametrize("fix", [None, "look at the kubelet"])
def test_as_many_reasons_are_told_as_anybody_reads(name: str, fix: str | None) -> None:
    """Where each thing has a reason of its own, the first are told and the others counted, with one fix and without."""
    gaps = [replace(gone(number, f"Its kubelet 10.0.{number} is silent."), fix=fix) for number in range(300)]
    text = words(name, without(*gaps))
    told = text.count("is silent")
    assert told == (5 if fix else 20)
    assert f"{300 - told} more" in text


def test_what_is_needed_and_not_told_still_makes_the_report_incomplete() -> None:
    """The count of what is not told says so where the answer needs one of these."""
    gaps = [replace(gone(number, f"Its kubelet 10.0.{number} is silent."), essential=True) for number in range(300)]
    text = words("text", without(*gaps))
    assert "280 more could not be read; the JSON report has each of them. This is needed for the answer." in text


def test_programs_get_everything() -> None:
    """JSON leaves nothing out."""
    tree = json.loads(rendered("json", replace(failing(300), not_looked_at=tuple(map(gone, range(300))))))
    assert (300, 300) == (len(tree["diagnoses"]), len(tree["notLookedAt"]))


class Counting(StringIO):
    """A stream that forgets what is written, and knows how much it was."""

    written = 0

    def write(self, text: str) -> int:
        """Count the characters."""
        self.written += len(text)
        return len(text)


def test_a_large_report_is_written_as_json_in_a_few_times_its_size() -> None:
    """Laying out thousands of failures takes memory for some copies of the text, not for each of its lines."""
    report, out = failing(3000), Counting()
    FORMATS["json"](failing(1), Counting())
    tracemalloc.start()
    try:
        FORMATS["json"](report, out)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4 * out.written


@pytest.mark.parametrize("before", [4094, 4095, 4096, 100_000])
def test_what_is_invisible_is_spelled_out_wherever_it_stands(before: int) -> None:
    """A long report hides nothing at a seam of what it is looked through by."""
    report = without(NotLookedAt(what=f"{'a' * before}\u202e", why="x"))
    text = rendered("json", report)
    assert (f"{'a' * before}\\u202e" in text, "\u202e" in text) == (True, False)
    # Wherever the text begins in the file, one of these stands at a seam.
    seams = {spelled_out(f"{'a' * (before - offset)}\u202e") for offset in range(3)}
    assert {f"{'a' * (before - offset)}\\u202e" for offset in range(3)} == seams
