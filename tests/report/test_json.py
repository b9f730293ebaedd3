"""JSON carries every fact, is what the published schema says, and is read with patience."""

from __future__ import annotations

import json
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given

from hostnetdoctor.errors import BrokenReport
from hostnetdoctor.model import Confidence, ContainerType, EvidenceKind, HolderKind, Report
from hostnetdoctor.report.json import decode, encode, json_schema, render
from tests.report.answers import GROUP_OF_FIVE
from tests.report.hostile import HOSTILE
from tests.report.origin import ORIGIN
from tests.report.reports import REPORTS
from tests.report.strategies import reports

PUBLISHED = Path(__file__).parents[2] / "docs/schemas/report-v1.json"


def _changed(path: tuple[str | int, ...], value: object) -> bytes:
    """Return the origin report with one value put at a path of its JSON."""
    written: Any = json.loads(encode(ORIGIN))
    place = written
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return json.dumps(written).encode()


@given(reports)
def test_every_report_comes_back_as_it_was(report: Report) -> None:
    """What is decoded equals what was encoded, and is written as the same bytes again."""
    written = encode(report)
    assert report == decode(written)
    assert written == encode(decode(written))


@pytest.mark.parametrize("name", REPORTS)
def test_reports_are_valid_by_the_published_schema(name: str) -> None:
    """Every report keeps the promise that the published schema makes to other programs."""
    schema = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(json.loads(encode(REPORTS[name])))


def test_the_published_schema_is_the_one_of_the_code() -> None:
    """The file in docs/ is what `make docs` writes from the structs."""
    assert json_schema() == PUBLISHED.read_text(encoding="utf-8")


def test_a_report_without_a_required_field_is_invalid() -> None:
    """The schema notices when something of the contract is missing."""
    written = json.loads(encode(ORIGIN))
    del written["diagnoses"][0]["victim"]["podUid"]
    with pytest.raises(jsonschema.ValidationError, match="podUid"):
        jsonschema.validate(written, json.loads(json_schema()))


def test_the_schema_is_named_first() -> None:
    """A reader who opens the file sees at once what it is."""
    assert encode(ORIGIN).startswith(b'{\n  "schema": "hostnet-doctor.report/v1",\n')
    assert encode(ORIGIN).endswith(b"}\n")


def test_names_of_the_contract_are_spelled_as_promised() -> None:
    """The keys of the contract, in its order."""
    written = json.loads(encode(ORIGIN))
    assert [
        *("schema", "tool", "generatedAt", "source", "question", "diagnoses", "groups", "networks", "notLookedAt"),
        *("counts", "interrupted"),
    ] == list(written)
    assert [
        *("namespace", "pod", "podUid", "container", "containerType", "workload", "state", "restarts", "exitCode"),
        *("startedAt", "firstFailureAt", "lastFailureAt"),
    ] == list(written["diagnoses"][0]["victim"])
    assert {"podsSeen", "suspects", "failures", "diagnoses", "requests", "bytes", "seconds", "nodes", "logs"} == set(
        written["counts"]
    )


def test_unknown_fields_are_passed_over() -> None:
    """A report of a later version, with more fields, reads as the same report."""
    assert decode(_changed(("diagnoses", 0, "victim", "mood"), {"bad": True})) == ORIGIN
    assert decode(_changed(("severity",), "high")) == ORIGIN


def test_added_fields_may_be_missing() -> None:
    """A report of an earlier version, without the fields that were added, can be read."""
    written = json.loads(encode(ORIGIN))
    del written["interrupted"], written["counts"]["logs"], written["diagnoses"][0]["why"]
    del written["question"]["since"], written["diagnoses"][0]["holders"][0]["state"]
    report = decode(json.dumps(written))
    assert ("", 0) == (report.diagnoses[0].why, report.counts.logs)


def test_unknown_values_are_read_as_what_claims_least() -> None:
    """A value that a later version added is never rounded up."""
    diagnosis = ("diagnoses", 0)
    assert Confidence.POSSIBLE is decode(_changed((*diagnosis, "confidence"), "sure")).diagnoses[0].confidence
    assert decode(_changed((*diagnosis, "protocol"), "QUIC")).diagnoses[0].protocol is None
    holder = decode(_changed((*diagnosis, "holders", 0, "kind"), "daemon")).diagnoses[0].holders[0]
    assert HolderKind.POD is holder.kind
    fact = decode(_changed((*diagnosis, "evidence", 0, "kind"), "trace")).diagnoses[0].evidence[0]
    assert EvidenceKind.CONVENTION is fact.kind
    victim = decode(_changed((*diagnosis, "victim", "containerType"), "nested")).diagnoses[0].victim
    assert ContainerType.REGULAR is victim.container_type


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"", "not readable JSON"),
        (b"\xff\xfe", "not readable JSON"),
        (b"{", "not readable JSON"),
        (b"[" * 100_000, "not a report of hostnet-doctor"),
        (b"[]", "not a report of hostnet-doctor"),
        (b"{}", "not a report of hostnet-doctor"),
        (b'{"schema": 7}', "not a report of hostnet-doctor"),
        (b'{"schema": "hostnet-doctor.scan/v1"}', "not a report of hostnet-doctor"),
        (b'{"schema": "hostnet-doctor.report/v2"}', "'v2', and this version reads 'v1' only"),
        (b'{"schema": "hostnet-doctor.report/v1"}', "damaged: Object missing required field"),
        (_changed(("diagnoses", 0, "port"), 123_456), "damaged: .*65535.*port"),
        (_changed(("generatedAt",), "yesterday"), "damaged: .*generatedAt"),
        (_changed(("generatedAt",), "2026-11-23T09:15:02"), "damaged: .*generatedAt"),
    ],
)
def test_what_is_no_report_is_refused_in_one_sentence(text: bytes, sentence: str) -> None:
    """A broken file, another JSON and another version each get a plain sentence and a way out."""
    with pytest.raises(BrokenReport, match=sentence) as caught:
        decode(text)
    assert caught.value.sentence.endswith(".")
    assert "\n" not in caught.value.sentence
    assert caught.value.fix


def test_hostile_text_in_a_read_report_is_made_visible_again() -> None:
    """Evidence of a file that somebody else wrote is as safe as our own."""
    report = decode(_changed(("diagnoses", 0, "evidence", 0, "text"), "\x1b[2J"))
    assert "\\x1b[2J" == report.diagnoses[0].evidence[0].text


def test_a_stream_that_is_not_utf_8_gets_the_same_facts_in_ascii() -> None:
    """Nothing is lost on an old terminal."""
    written = BytesIO()
    out = TextIOWrapper(written, encoding="latin-1")
    render(HOSTILE, out)
    out.flush()
    assert written.getvalue().isascii()
    assert HOSTILE == decode(written.getvalue())


def test_json_lists_every_diagnosis_of_a_group() -> None:
    """Formats for people group; JSON does not."""
    out = StringIO()
    render(GROUP_OF_FIVE, out)
    assert 5 == len(json.loads(out.getvalue())["diagnoses"])
