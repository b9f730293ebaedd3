"""The failures that `scan` finds as JSON: the contract `hostnet-doctor.scan/v1`.

Fields and enum values may be added; nothing is renamed or removed. `docs/schemas/scan-v1.json` is made from this file.
"""

from __future__ import annotations

import json
from typing import Annotated, Literal, TextIO

import msgspec
from msgspec import Meta

from hostnetdoctor.model import FailureKind, Protocol, ScanResult
from hostnetdoctor.report.schema import schema_text
from hostnetdoctor.report.stream import spelled_out

SCHEMA = "hostnet-doctor.scan/v1"

Kind = Annotated[
    str,
    Meta(
        description="Why the address could not be taken.",
        extra_json_schema={
            "anyOf": [
                {"enum": [kind.value for kind in FailureKind if kind.value not in ("unschedulable", "rejected")]},
                {"type": "string"},
            ]
        },
    ),
]
Transport = Annotated[
    str,
    Meta(
        description="What the address belongs to; UNIX is a socket in the file system.",
        extra_json_schema={"anyOf": [{"enum": [protocol.value for protocol in Protocol]}, {"type": "string"}]},
    ),
]
LineNumber = Annotated[int, Meta(ge=1, description="A line of the file, counted from 1.")]


class Failure(msgspec.Struct, rename="camel", frozen=True, kw_only=True):
    """One address that a program could not take; repeats in one file are one failure."""

    file: Annotated[str, Meta(description="The file as it was given; `-` is standard input.")]
    line: LineNumber
    count: Annotated[int, Meta(ge=1, description="How many lines say it.")]
    text: Annotated[str, Meta(description="The first line, without its prefixes; control characters are spelled out.")]
    pattern: Annotated[str, Meta(description="The log pattern that matched; docs/patterns.md lists them.")]
    kind: Kind
    protocol: Transport | None
    address: Annotated[str, Meta(description="The IP, or the name, as far as the program says it.")] | None
    port: Annotated[int, Meta(ge=1, le=65535)] | None
    path: Annotated[str, Meta(description="The path of a Unix socket; `@` begins an abstract one.")] | None
    fatal: Annotated[bool, Meta(description="False: the program goes on. Null: it does not say.")] | None


class Skipped(msgspec.Struct, rename="camel", frozen=True, kw_only=True):
    """A file, or a line of one, that was not looked at."""

    file: str
    why: str
    line: LineNumber | None = None


class Scan(msgspec.Struct, rename="camel", frozen=True, kw_only=True):
    """What was found in all files."""

    schema: Literal["hostnet-doctor.scan/v1"]
    failures: tuple[Failure, ...]
    not_looked_at: tuple[Skipped, ...] = ()


def render(result: ScanResult, out: TextIO) -> None:
    """Write the result as JSON, in ASCII, which every stream can show."""
    written = Scan(
        schema="hostnet-doctor.scan/v1",
        failures=tuple(msgspec.convert(failure, Failure, from_attributes=True) for failure in result.failures),
        not_looked_at=tuple(msgspec.convert(gap, Skipped, from_attributes=True) for gap in result.not_looked_at),
    )
    out.write(spelled_out(json.dumps(msgspec.to_builtins(written), indent=2)) + "\n")


def json_schema() -> str:
    """Return the JSON Schema of a scan, the text of `docs/schemas/scan-v1.json`."""
    return schema_text(SCHEMA, Scan)
