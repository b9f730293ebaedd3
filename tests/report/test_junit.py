"""JUnit XML: valid by the narrowest schema in use, and a pipeline goes red for the right reasons."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

import pytest
import xmlschema
from hypothesis import given, settings
from msgspec.structs import replace

from hostnetdoctor.model import NotLookedAt, Report
from hostnetdoctor.report.junit import render
from tests.report.answers import GROUP_OF_FIVE
from tests.report.hostile import HOSTILE
from tests.report.origin import ORIGIN
from tests.report.reports import INTERRUPTED, MANY, NOTHING, NOTHING_BUT_FORBIDDEN, REPORTS
from tests.report.strategies import reports

_SCHEMA = xmlschema.XMLSchema(Path(__file__).parent / "standards" / "junit-10.xsd")


def _junit(report: Report) -> str:
    out = StringIO()
    render(report, out)
    return out.getvalue()


def _suite(report: Report) -> ET.Element:
    return ET.fromstring(_junit(report))  # noqa: S314 - this program wrote it


def _outcomes(report: Report) -> list[str]:
    return [case[0].tag for case in _suite(report).findall("testcase")]


@pytest.mark.parametrize("name", REPORTS)
def test_every_kind_of_report_is_valid(name: str) -> None:
    """The schema of Jenkins' xUnit plugin accepts it."""
    assert [] == [error.reason for error in _SCHEMA.iter_errors(_junit(REPORTS[name]))]


@given(reports)
@settings(max_examples=30)
def test_any_report_is_valid(report: Report) -> None:
    """Whatever is in a report, the file is XML 1.0, and the schema accepts it."""
    assert [] == [error.reason for error in _SCHEMA.iter_errors(_junit(report))]


@pytest.mark.parametrize(
    ("report", "outcomes"),
    [
        (ORIGIN, ["failure", "skipped"]),
        (MANY, ["failure"] * 4),
        (GROUP_OF_FIVE, ["failure"]),
        (NOTHING, ["system-out"]),
        (INTERRUPTED, ["error", "skipped"]),
        (NOTHING_BUT_FORBIDDEN, ["error", "skipped", "error", "skipped"]),
    ],
)
def test_what_fails_and_what_passes(report: Report, outcomes: list[str]) -> None:
    """A failure fails, a gap is skipped or in error, nothing found passes, and what is no all-clear does not."""
    assert outcomes == _outcomes(report)


@pytest.mark.parametrize("name", REPORTS)
def test_the_counts_are_right(name: str) -> None:
    """The suite counts what is in it."""
    suite = _suite(REPORTS[name])
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        assert suite.get(attribute) == str(len(suite.findall(f"testcase/{tag}")))
    assert suite.get("tests") == str(len(suite.findall("testcase")))


def test_a_case_keeps_its_name() -> None:
    """Another replica that fails is the same test, so that a pipeline can show its history."""
    renamed = replace(ORIGIN.diagnoses[0], victim=replace(ORIGIN.diagnoses[0].victim, pod="nginx-7c9b4-zzz"))
    names = [_suite(each).findall("testcase")[0].attrib for each in (ORIGIN, replace(ORIGIN, diagnoses=(renamed,)))]
    assert names[0] == names[1]
    assert {
        "classname": "hostnet-doctor.diagnose.default",
        "name": "Deployment nginx (container nginx) listens on port 80/TCP",
    } == names[0]


def test_a_failure_tells_the_whole_account() -> None:
    """The message is the answer, and the text below it has every fix in full."""
    failure = _suite(ORIGIN).find("testcase/failure")
    assert failure is not None
    assert ORIGIN.diagnoses[0].summary == failure.get("message")
    assert "kubectl -n default patch deployment nginx" in (failure.text or "")


def test_nothing_found_says_what_was_looked_at() -> None:
    """A green test says what it is based on."""
    assert ["Looked at 61 pods, 3 nodes, 4 logs."] == [
        each.text for each in _suite(NOTHING).findall("testcase/system-out")
    ]


def test_characters_that_xml_does_not_have() -> None:
    r"""What XML 1.0 cannot hold, such as U+FFFE, is spelled out."""
    gap = NotLookedAt(what="log", why="it ends with \ufffe and \x00")
    (message,) = [
        each.get("message") for each in _suite(replace(NOTHING, not_looked_at=(gap,))).findall("testcase/skipped")
    ]
    assert "Log: it ends with \\ufffe and \\x00" == message


def test_a_stream_that_is_not_utf_8_gets_the_same_suite() -> None:
    """Letters from anywhere become references, which every reader of XML undoes."""
    written = BytesIO()
    out = TextIOWrapper(written, encoding="ascii")
    render(HOSTILE, out)
    out.flush()
    read_back = ET.fromstring(written.getvalue())  # noqa: S314 - this program wrote it
    assert ET.tostring(_suite(HOSTILE)) == ET.tostring(read_back)
