"""The report as SARIF 2.1.0, for code-scanning pages and other collectors of findings.

A failure is one result for all pods that have it, located at its workload: a logical location, because a cluster has
no line of a file. `properties.diagnoses` carries every fact in the words of our own contract, and what could not be
read is a notification of the run. The structs below are the part of SARIF that this needs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import TextIO

import msgspec

from hostnetdoctor.model import Confidence, Diagnosis, Holder, Report
from hostnetdoctor.report import contract, phrases
from hostnetdoctor.report.gaps import Gap
from hostnetdoctor.report.phrases import shown
from hostnetdoctor.report.story import Account, tell
from hostnetdoctor.report.stream import speaks_unicode, spelled_out

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
# From 0 to 100, as the standard has it; what is merely possible does not stop a pipeline.
_RANKS = {Confidence.PROVEN: 100.0, Confidence.CERTAIN: 95.0, Confidence.LIKELY: 75.0, Confidence.POSSIBLE: 40.0}
# The start of an embedded link, `[words](target)` (section 3.11.6).
_LINK = re.compile(r"\[(?=[^\]]*\]\()")


class _Part(msgspec.Struct, rename="camel", omit_defaults=True, frozen=True, kw_only=True):
    """What all structs share: camelCase names, and nothing is written that is not set."""


class Message(_Part, frozen=True, kw_only=True):
    """A text for people."""

    text: str


class LogicalLocation(_Part, frozen=True, kw_only=True):
    """An object of the cluster."""

    name: str
    kind: str
    fully_qualified_name: str


class Location(_Part, frozen=True, kw_only=True):
    """A place, and what it has to do with the result."""

    logical_locations: tuple[LogicalLocation, ...]
    message: Message | None = None


class Properties(_Part, frozen=True, kw_only=True):
    """The facts, as in `hostnet-doctor.report/v1`."""

    confidence: str
    diagnoses: tuple[contract.Diagnosis, ...]
    omitted: int


class Result(_Part, frozen=True, kw_only=True):
    """A failure and how often it was met."""

    rule_id: str
    rule_index: int
    level: str
    rank: float
    message: Message
    locations: tuple[Location, ...]
    related_locations: tuple[Location, ...] = ()
    occurrence_count: int
    partial_fingerprints: dict[str, str]
    properties: Properties


class Rule(_Part, frozen=True, kw_only=True):
    """A root cause."""

    id: str
    short_description: Message


class Driver(_Part, frozen=True, kw_only=True):
    """This program, and the root causes that it found."""

    name: str
    version: str
    rules: tuple[Rule, ...] = ()


class Tool(_Part, frozen=True, kw_only=True):
    """What made the run."""

    driver: Driver


class Notification(_Part, frozen=True, kw_only=True):
    """Something that could not be read."""

    level: str
    message: Message


class Invocation(_Part, frozen=True, kw_only=True):
    """How the run went."""

    execution_successful: bool
    end_time_utc: str
    tool_execution_notifications: tuple[Notification, ...] = ()


class Run(_Part, frozen=True, kw_only=True):
    """One report. `results` stands there also when it is empty: without it, nobody could tell that nothing was found."""

    tool: Tool
    invocations: tuple[Invocation, ...]
    results: tuple[Result, ...]
    properties: dict[str, str]


class Log(_Part, frozen=True, kw_only=True):
    """The file."""

    schema: str = msgspec.field(name="$schema")
    version: str
    runs: tuple[Run, ...]


def render(report: Report, out: TextIO) -> None:
    """Write the report as SARIF; a stream that is not UTF-8 gets the same facts in ASCII."""
    log = Log(schema=_SCHEMA, version="2.1.0", runs=(_run(report),))
    text = msgspec.json.format(msgspec.json.encode(log, order="deterministic"), indent=2).decode()
    out.write(spelled_out(text if speaks_unicode(out) else json.dumps(json.loads(text), indent=2)) + "\n")


def _run(report: Report) -> Run:
    story = tell(report)
    causes = list(dict.fromkeys(account.cause for account in story.accounts))
    rules = tuple(Rule(id=cause, short_description=_message(_title(cause))) for cause in causes)
    return Run(
        tool=Tool(driver=Driver(name=shown(report.tool.name), version=shown(report.tool.version), rules=rules)),
        invocations=(_invocation(report, story.opening, story.gaps),),
        results=tuple(_result(account, causes.index(account.cause)) for account in story.accounts),
        properties={"source": phrases.place(report.source), "summary": story.closing[0]},
    )


def _title(cause: str) -> str:
    return f"A container cannot listen: {cause.replace('-', ' ')}"


def _invocation(report: Report, opening: Iterable[str], gaps: Iterable[Gap]) -> Invocation:
    complete = report.interrupted is None and not any(gap.essential for gap in gaps)
    # Where something is found, the opening has warnings only; else it ends with that nothing is.
    level = "note" if complete else "error"
    said = [Notification(level=level, message=_message(sentence)) for sentence in opening]
    return Invocation(
        execution_successful=complete,
        end_time_utc=f"{report.generated_at:%Y-%m-%dT%H:%M:%SZ}",
        tool_execution_notifications=(*said, *map(_notification, gaps)),
    )


def _notification(gap: Gap) -> Notification:
    mended = f" To mend it: {gap.fix}" if gap.fix else ""
    return Notification(
        level="error" if gap.essential else "note", message=_message(f"{' '.join(gap.sentences)}{mended}")
    )


def _result(account: Account, rule_index: int) -> Result:
    told = account.diagnoses[0]
    fix = f" Fix: {account.fixes[0].title}." if account.fixes else ""
    return Result(
        rule_id=account.cause,
        rule_index=rule_index,
        level="warning" if told.confidence is Confidence.POSSIBLE else "error",
        rank=_RANKS[told.confidence],
        message=_message(f"{account.answer} {account.why}{fix}"),
        locations=(Location(logical_locations=(_victim(told),)),),
        related_locations=tuple(dict.fromkeys(filter(None, map(_related, told.holders)))),
        occurrence_count=len(account.diagnoses) + account.omitted,
        partial_fingerprints={"diagnosisId/v1": told.id},
        properties=Properties(
            confidence=account.confidence,
            diagnoses=tuple(
                msgspec.convert(each, contract.Diagnosis, from_attributes=True) for each in account.diagnoses
            ),
            omitted=account.omitted,
        ),
    )


def _victim(diagnosis: Diagnosis) -> LogicalLocation:
    victim = diagnosis.victim
    if victim.workload:
        return _object(victim.namespace, victim.workload.kind, victim.workload.name)
    return _object(victim.namespace, "Pod", victim.pod)


def _related(held: Holder) -> Location | None:
    if not held.pod:
        return None
    return Location(
        logical_locations=(_object(held.namespace or "", "Pod", held.pod),),
        message=_message(f"Holds the address: {held.confidence.value}"),
    )


def _object(namespace: str, kind: str, name: str) -> LogicalLocation:
    return LogicalLocation(
        name=shown(name),
        kind=shown(kind),
        fully_qualified_name="/".join(map(shown, filter(None, [namespace, kind, name]))),
    )


def _message(text: str) -> Message:
    r"""Return a text as SARIF reads it: no part of it is a link, and braces are no place for an argument.

    Section 3.11.5 doubles braces; 3.11.6 puts a backslash before brackets.
    """
    return Message(text=_LINK.sub(r"\\[", text.replace("{", "{{").replace("}", "}}")))
