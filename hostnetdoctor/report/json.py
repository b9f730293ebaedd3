"""The report as JSON: `decode(encode(report)) == report` for every report.

The names and types are those of `report/contract.py`; this file only moves facts between them and the model.
"""

from __future__ import annotations

import json
from typing import TextIO

import msgspec

from hostnetdoctor.errors import BrokenReport
from hostnetdoctor.model import Report
from hostnetdoctor.report import contract
from hostnetdoctor.report.schema import schema_text
from hostnetdoctor.report.stream import speaks_unicode, spelled_out

_FAMILY = "hostnet-doctor.report/"
_RUN_AGAIN = "Write the report again: hostnet-doctor diagnose -o json --output-file REPORT.json"


class _Head(msgspec.Struct):
    """As much of a file as tells whether it is a report, and of which version."""

    schema: str | None = None


def render(report: Report, out: TextIO) -> None:
    """Write the report as JSON; a stream that is not UTF-8 gets the same facts in ASCII."""
    text = _text(report)
    out.write(text if speaks_unicode(out) else _in_ascii(text))
    out.write("\n")


def encode(report: Report) -> bytes:
    """Return the report as indented UTF-8 with a line break at its end, always the same for the same report."""
    return f"{_text(report)}\n".encode()


def _text(report: Report) -> str:
    return spelled_out(msgspec.json.format(_compact(report), indent=2).decode())


def _compact(report: Report) -> bytes:
    # By itself, so that a large report is not held in both forms while it is laid out.
    return msgspec.json.encode(msgspec.convert(report, contract.Report, from_attributes=True), order="deterministic")


def decode(text: bytes | str) -> Report:
    """Return the report that `encode`, of this version or of another one, has written.

    What this version does not know is passed over. Raises `BrokenReport` for anything that is no such report.
    """
    _check_schema(text)
    try:
        written = msgspec.json.decode(text, type=contract.Report)
        return msgspec.convert(written, Report, from_attributes=True)
    except (msgspec.ValidationError, RecursionError) as error:
        raise BrokenReport(f"The report is damaged: {error}.", fix=_RUN_AGAIN) from error


def json_schema() -> str:
    """Return the JSON Schema of the report, the text of `docs/schemas/report-v1.json`."""
    return schema_text(contract.SCHEMA, contract.Report)


def _check_schema(text: bytes | str) -> None:
    try:
        schema = msgspec.json.decode(text, type=_Head).schema
    except msgspec.ValidationError as error:
        raise BrokenReport("This JSON is not a report of hostnet-doctor.", fix=_RUN_AGAIN) from error
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise BrokenReport(f"The report is not readable JSON: {error}.", fix=_RUN_AGAIN) from error
    if schema is None or not schema.startswith(_FAMILY):
        raise BrokenReport("This JSON is not a report of hostnet-doctor.", fix=_RUN_AGAIN)
    if schema != contract.SCHEMA:
        raise BrokenReport(
            f"The report is written as {schema.removeprefix(_FAMILY)!r}, and this version reads 'v1' only.",
            fix="Render it with the version of hostnet-doctor that wrote it.",
        )


def _in_ascii(text: str) -> str:
    return spelled_out(json.dumps(json.loads(text), indent=2))
