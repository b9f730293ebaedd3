"""The form for chats and alerts."""

from __future__ import annotations

import re
from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from msgspec.structs import replace

from hostnetdoctor.model import Counts, Report
from hostnetdoctor.report.line import render
from hostnetdoctor.report.story import tell
from tests.report.answers import GROUP_OF_FIVE
from tests.report.hostile import HOSTILE
from tests.report.origin import ORIGIN
from tests.report.reports import INTERRUPTED, MANY, NOTHING, NOTHING_BUT_FORBIDDEN
from tests.report.strategies import reports


def _lines(report: Report) -> list[str]:
    out = StringIO()
    render(report, out)
    return out.getvalue().splitlines()


def test_a_failure_is_one_line() -> None:
    """Where, what, who, what to do, and how sure it is."""
    assert [
        (
            "Cluster prod-fra: default/nginx-7c9b4-k4x (container nginx) cannot listen on port 80/TCP of node-3: another "
            "replica has it. Held by: default/nginx-7c9b4-x2p (container nginx), Deployment nginx, Ready since 08:46:51. "
            "Fix: run at most one replica a node (capacity goes from 4 to 3): kubectl -n default scale deployment nginx "
            "--replicas=3 (replica-on-same-node, certain)"
        )
    ] == _lines(ORIGIN)


@pytest.mark.parametrize(
    ("report", "lines"), [(MANY, 4), (NOTHING, 1), (NOTHING_BUT_FORBIDDEN, 2), (INTERRUPTED, 2), (HOSTILE, 3)]
)
def test_a_group_is_one_line(report: Report, lines: int) -> None:
    """Each line says where it is from; what is missing comes first, and no text adds a line of its own."""
    found = _lines(report)
    assert lines == len(found)
    assert [] == [line for line in found if not line.startswith(("Cluster prod-fra: ", "Files "))]


@given(reports)
def test_no_report_adds_a_line(report: Report) -> None:
    """Whatever is in a report, there is one line for each sentence of the opening and each failure."""
    out = StringIO()
    render(report, out)
    story = tell(report)
    assert len(story.opening) + len(story.accounts) == out.getvalue().count("\n")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", out.getvalue())


def test_other_pods_are_counted() -> None:
    """A group says how many more pods have the same failure, the omitted ones too."""
    (line,) = _lines(GROUP_OF_FIVE)
    assert " The same in 11 other pods. " in line


def test_many_holders_are_counted() -> None:
    """Three holders are named, and the rest is a number."""
    (diagnosis,) = ORIGIN.diagnoses
    holders = tuple(replace(diagnosis.holders[0], pod=f"holder-{number}") for number in range(10))
    (line,) = _lines(replace(ORIGIN, diagnoses=(replace(diagnosis, holders=holders),)))
    assert "holder-2" in line
    assert "holder-3" not in line
    assert " and 7 more." in line


def test_a_command_of_several_lines_is_left_to_other_formats() -> None:
    """Lines of a script would mean something else behind each other."""
    (diagnosis,) = ORIGIN.diagnoses
    remedy = replace(diagnosis.remedies[0], command="# first look\nkubectl get pods")
    (line,) = _lines(replace(ORIGIN, diagnoses=(replace(diagnosis, remedies=(remedy,)),)))
    assert "kubectl" not in line


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ({}, "The list of pods shows none in trouble, so nothing more was read."),
        ({"interrupted": "stopped by the user"}, "Looked at 0 pods, 0 nodes, 0 logs."),
        ({"not_looked_at": NOTHING_BUT_FORBIDDEN.not_looked_at}, "Looked at 0 pods, 0 nodes, 0 logs."),
    ],
    ids=["all do well", "stopped", "something could not be read"],
)
def test_a_cluster_without_trouble_is_not_said_to_be_unread(others: dict[str, Any], words: str) -> None:
    """Where the survey found nobody, nothing else is read, and that is the all-clear; else it is none."""
    lines = _lines(replace(NOTHING, counts=Counts(), **others))
    assert lines[-1].endswith(words)


def test_nothing_found_says_what_was_looked_at() -> None:
    """An all-clear says how much it is based on."""
    assert [
        "Cluster prod-fra: No container in namespace default fails to take an address. Looked at 61 pods, 3 nodes, 4 logs."
    ] == _lines(NOTHING)
