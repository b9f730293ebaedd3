"""Every format shows the same facts: this test walks a report through all of them."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from io import StringIO

import pytest
from msgspec.structs import replace

from hostnetdoctor.model import Diagnosis, Report
from hostnetdoctor.report import FORMATS
from hostnetdoctor.report.phrases import shown, with_short_times
from tests.report.reports import REPORTS
from tests.report.test_html import words_of_page
from tests.report.test_markdown import plain

_TODAY = date(2026, 11, 23)


def _strings(value: object) -> Iterator[str]:
    match value:
        case dict():
            for inner in value.values():
                yield from _strings(inner)
        case list():
            for inner in value:
                yield from _strings(inner)
        case str():
            yield value
        case _:
            pass  # a number, a truth or nothing: no words


def _as_people_read(text: str) -> str:
    """Return the words with full times, followed by the words with the short times that other formats show."""
    return text + with_short_times(text, _TODAY)


def _words_of_json(text: str) -> str:
    return _as_people_read("\n".join(map(shown, _strings(json.loads(text)))))


def _words_of_sarif(text: str) -> str:
    words = _words_of_json(text)
    return words + words.replace("{{", "{").replace("}}", "}").replace("\\[", "[")


def _words_of_xml(text: str) -> str:
    elements = list(ET.fromstring(text).iter())  # noqa: S314 - this program wrote it
    return "\n".join(words for each in elements for words in (*each.attrib.values(), each.text or ""))


# How the words of each format are read back; a new format has to say it here.
_READERS: Mapping[str, Callable[[str], str]] = {
    "text": str,
    "line": str,
    "json": _words_of_json,
    "markdown": plain,
    "html": words_of_page,
    "sarif": _words_of_sarif,
    "junit": _words_of_xml,
}


def _for_text(report: Report) -> Report:
    """Return what text tells of a report: of the third remedy and those after it, it has the titles only."""
    return replace(report, diagnoses=tuple(map(_with_two_remedies, report.diagnoses)))


def _with_two_remedies(diagnosis: Diagnosis) -> Diagnosis:
    titles = tuple(replace(each, why="", command=None, patch=None) for each in diagnosis.remedies[2:])
    return replace(diagnosis, remedies=(*diagnosis.remedies[:2], *titles))


def _for_line(report: Report) -> Report:
    """Return what a line tells of a report: of each group the answer, the first holders and what to try first."""
    first = {each.id: each for each in reversed(report.diagnoses)}
    return replace(report, diagnoses=tuple(map(_as_line, first.values())), not_looked_at=())


def _as_line(diagnosis: Diagnosis) -> Diagnosis:
    first = diagnosis.remedies[:1]
    scripts = [each for each in first if "\n" in (each.command or "")]
    remedies = tuple(replace(each, why="", command=None if each in scripts else each.command) for each in first)
    left_out = replace(diagnosis, why="", evidence=(), ruled_out=(), next_steps=(), timeline=())
    return replace(left_out, remedies=remedies, holders=diagnosis.holders[:3])


# The formats that leave facts to others, and what remains; all others tell everything.
_SHORT: Mapping[str, Callable[[Report], Report]] = {"text": _for_text, "line": _for_line}


def _folded(text: str) -> str:
    r"""Return the text without any space: where a line ends is the format's business; `\n` shows a line break."""
    return re.sub(r"\s|\\n", "", text)


def _facts(report: Report) -> Iterator[str]:
    ids = set()
    for diagnosis in report.diagnoses:
        yield from (holder.pod or "" for holder in diagnosis.holders)
        yield diagnosis.victim.pod
        if diagnosis.id not in ids:
            yield from _told_once(diagnosis)
        ids.add(diagnosis.id)
    yield from (gap.why for gap in report.not_looked_at)
    yield from (gap.fix or "" for gap in report.not_looked_at)
    yield report.interrupted or ""


def _told_once(diagnosis: Diagnosis) -> Iterator[str]:
    """Yield the facts that formats for people tell for the first diagnosis of a group only."""
    yield from (diagnosis.summary, diagnosis.why, diagnosis.cause, diagnosis.confidence)
    for held in diagnosis.holders:
        yield from (
            held.container or "",
            held.service or "",
            with_short_times(held.state or "", _TODAY),
            held.confidence,
        )
        yield from (held.process.command_line or "", held.process.unit or "") if held.process else ()
    yield from (fact.text for fact in diagnosis.evidence)
    yield from (fact.where for fact in diagnosis.evidence)
    for ruled_out in diagnosis.ruled_out:
        yield from (ruled_out.candidate, ruled_out.because)
    for remedy in diagnosis.remedies:
        yield from (remedy.title.rstrip(":"), remedy.why, remedy.command or "")
    yield from diagnosis.next_steps
    yield from (entry.what for entry in diagnosis.timeline)


@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize("name", REPORTS)
def test_every_format_shows_every_fact(name: str, format_name: str) -> None:
    """What one format says, all of them say, but for what the short ones leave to the others."""
    out = StringIO()
    FORMATS[format_name](REPORTS[name], out)
    words = _folded(_READERS[format_name](out.getvalue()))
    told = _SHORT[format_name](REPORTS[name]) if format_name in _SHORT else REPORTS[name]
    assert [] == [fact for fact in _facts(told) if _folded(shown(fact)) not in words]


@pytest.mark.parametrize("format_name", ["text", "markdown", "html", "junit"])
def test_equal_failures_are_told_once(format_name: str) -> None:
    """Five pods with one failure are one account that names them all, in every format that tells it at length."""
    out = StringIO()
    FORMATS[format_name](REPORTS["group-of-five"], out)
    words = out.getvalue()
    assert 1 == words.count("Evidence")
    assert 5 == len(set(re.findall(r"node-exporter-\dab", words)))
