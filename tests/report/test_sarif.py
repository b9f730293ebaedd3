"""SARIF: valid by the standard's own schema, and complete."""

from __future__ import annotations

import json
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from hostnetdoctor.model import Report
from hostnetdoctor.report.json import encode
from hostnetdoctor.report.sarif import render
from tests.report.answers import GROUP_OF_FIVE, TWO_CANDIDATES
from tests.report.hostile import HOSTILE
from tests.report.origin import ORIGIN
from tests.report.reports import INTERRUPTED, MANY, NOTHING, NOTHING_BUT_FORBIDDEN, REPORTS
from tests.report.strategies import reports

_SCHEMA = json.loads((Path(__file__).parent / "standards" / "sarif-schema-2.1.0.json").read_text(encoding="utf-8"))
_VALIDATOR = jsonschema.Draft7Validator(_SCHEMA, format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER)


def _sarif(report: Report) -> dict[str, Any]:
    out = StringIO()
    render(report, out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def _run(report: Report) -> dict[str, Any]:
    (run,) = _sarif(report)["runs"]
    assert isinstance(run, dict)
    return run


@pytest.mark.parametrize("name", REPORTS)
def test_every_kind_of_report_is_valid(name: str) -> None:
    """No result, one or many: the schema of the standard accepts it."""
    assert [] == [error.message for error in _VALIDATOR.iter_errors(_sarif(REPORTS[name]))]


@given(reports)
@settings(max_examples=30)
def test_any_report_is_valid(report: Report) -> None:
    """Whatever is in a report, the schema of the standard accepts it."""
    assert [] == [error.message for error in _VALIDATOR.iter_errors(_sarif(report))]


def test_no_results_are_an_empty_list() -> None:
    """Nothing found is said by an empty list; without one, a collector takes the run for a failed one."""
    assert [] == _run(NOTHING)["results"]


def test_a_result_is_at_its_workload() -> None:
    """A cluster has no lines: the place is the object that has to be changed, and the holder is related to it."""
    (result,) = _run(ORIGIN)["results"]
    (location,) = result["locations"]
    (related,) = result["relatedLocations"]
    assert [{"name": "nginx", "kind": "Deployment", "fullyQualifiedName": "default/Deployment/nginx"}] == (
        location["logicalLocations"]
    )
    assert "default/Pod/nginx-7c9b4-x2p" == related["logicalLocations"][0]["fullyQualifiedName"]
    assert "physicalLocation" not in json.dumps(result)


def test_a_group_is_one_result() -> None:
    """Equal failures are one result that says how often it occurs and carries each of them."""
    (result,) = _run(GROUP_OF_FIVE)["results"]
    assert 12 == result["occurrenceCount"]
    assert 5 == len(result["properties"]["diagnoses"])
    assert 7 == result["properties"]["omitted"]


def test_the_facts_are_those_of_json() -> None:
    """The properties of the results are the diagnoses of the JSON report, in our own contract."""
    carried = [each for result in _run(MANY)["results"] for each in result["properties"]["diagnoses"]]
    known = json.loads(encode(MANY))["diagnoses"]
    assert sorted(known, key=json.dumps) == sorted(carried, key=json.dumps)


def test_results_can_be_followed_from_run_to_run() -> None:
    """The fingerprint is the id of the diagnosis, which another pod or better evidence does not change."""
    assert {"diagnosisId/v1": ORIGIN.diagnoses[0].id} == _run(ORIGIN)["results"][0]["partialFingerprints"]


def test_each_result_names_its_rule() -> None:
    """The index leads to the rule of the same id."""
    run = _run(MANY)
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert [rules[result["ruleIndex"]] for result in run["results"]] == [result["ruleId"] for result in run["results"]]
    assert sorted(set(rules)) == sorted(rules)


def test_what_is_possible_only_is_a_warning() -> None:
    """A pipeline that stops on errors does not stop on a guess."""
    assert "warning" == _run(TWO_CANDIDATES)["results"][0]["level"]
    assert "error" == _run(ORIGIN)["results"][0]["level"]


@pytest.mark.parametrize(
    ("report", "successful"), [(ORIGIN, True), (NOTHING, True), (NOTHING_BUT_FORBIDDEN, False), (INTERRUPTED, False)]
)
def test_an_incomplete_run_says_so(report: Report, *, successful: bool) -> None:
    """What could not be read is told, and the run is no success where the answer needs it."""
    (invocation,) = _run(report)["invocations"]
    assert successful == invocation["executionSuccessful"]
    said = " ".join(each["message"]["text"] for each in invocation["toolExecutionNotifications"])
    assert all(gap.why in said for gap in report.not_looked_at)
    assert (report.interrupted or "") in said


def test_no_text_becomes_a_link_or_an_argument() -> None:
    """Brackets and braces mean something in a message of SARIF, so those of a log line are escaped."""
    summary = "[click](https://evil.example) {0} but [::]:80"
    hostile = replace(ORIGIN, diagnoses=(replace(ORIGIN.diagnoses[0], summary=summary),))
    text = _run(hostile)["results"][0]["message"]["text"]
    assert text.startswith(r"\[click](https://evil.example) {{0}} but [::]:80")


def test_a_stream_that_is_not_utf_8_gets_ascii() -> None:
    """The same facts in escapes that every reader of JSON undoes."""
    written = BytesIO()
    out = TextIOWrapper(written, encoding="ascii")
    render(HOSTILE, out)
    out.flush()
    assert _sarif(HOSTILE) == json.loads(written.getvalue().decode("ascii"))
