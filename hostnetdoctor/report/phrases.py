"""Facts as the few plain words in which every format for people says them.

Whatever comes from outside goes through `shown` here, so that formats have to care for their own syntax only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime

from hostnetdoctor.model import (
    Counts,
    Diagnosis,
    Holder,
    HolderKind,
    Process,
    Question,
    Source,
    Victim,
    WorkloadRef,
    visible,
)

_RFC_3339 = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z(?!\w)")
_SENTENCE_LIMIT = 4000  # characters: beyond that nobody reads, and a terminal or a ticket suffers


def shown(text: str) -> str:
    """Return text from outside as one line that can be shown: nothing in it can move a cursor or turn letters around."""
    return visible(text, _SENTENCE_LIMIT)


def command_lines(text: str) -> tuple[str, ...]:
    """Return a command for the reader's shell, line by line and never cut."""
    return tuple(visible(line, len(line) * 6) for line in text.strip("\n").split("\n"))


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun: `1 failure`, `2 failures`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def listed(words: Sequence[str], limit: int = 10) -> str:
    """Return words with commas between them, and how many more there are beyond the limit."""
    rest = len(words) - limit
    return ", ".join(words[:limit]) + (f" and {rest} more" if rest > 0 else "")


def moment(at: datetime, today: date) -> str:
    """Return a time in UTC without saying so: the clock alone on the day that the report is about, else the date too."""
    there = at.astimezone(UTC)
    return f"{there:%H:%M:%S}" if there.date() == today else f"{there:%Y-%m-%d %H:%M:%S}"


def with_short_times(text: str, today: date) -> str:
    """Return words of this program with the times in them as people read them; never for quoted text."""
    return _RFC_3339.sub(lambda match: moment(datetime.fromisoformat(match[0]), today), text)


def owner(workload: WorkloadRef) -> str:
    """Return a workload as people say it: `Deployment nginx`."""
    return shown(f"{workload.kind} {workload.name}")


def address(diagnosis: Diagnosis) -> str:
    """Return what could not be taken, without saying where: `port 80/TCP`."""
    if diagnosis.path is not None:
        return shown(f"socket {diagnosis.path}")
    protocol = f"/{diagnosis.protocol.value}" if diagnosis.protocol else ""
    return "its address" if diagnosis.port is None else f"port {diagnosis.port}{protocol}"


def scope(question: Question) -> str:
    """Return whom the question is about: `namespace default`."""
    if question.all_namespaces:
        place = "any namespace"
    elif question.namespaces:
        place = ("namespace " if len(question.namespaces) == 1 else "namespaces ") + listed(question.namespaces)
    else:
        place = "the saved files"
    place += f" with labels {question.selector}" if question.selector else ""
    return shown(f"{question.name} in {place}" if question.name else place)


def looked_at(counts: Counts) -> str:
    """Return how much was looked at: how many pods, nodes and logs."""
    return (
        f"Looked at {counted(counts.pods_seen, 'pod')}, {counted(counts.nodes, 'node')}, {counted(counts.logs, 'log')}."
    )


def origin(source: Source, today: date) -> str:
    """Return where the facts come from and when they were true; the one place that says that times are UTC."""
    version = f" ({source.server_version})" if source.server_version else ""
    taken = f", read {source.taken_at.astimezone(UTC):%Y-%m-%d %H:%M:%S}" if source.taken_at else f", {today:%Y-%m-%d}"
    return shown(f"{place(source)}{version}{taken}. Times are UTC.")


def place(source: Source) -> str:
    """Return which cluster or which files the facts come from: `Cluster prod-fra`."""
    name = source.context or source.server if source.kind == "cluster" else source.path
    kind = {"cluster": "Cluster", "files": "Files"}.get(source.kind, source.kind)
    return shown(f"{kind} {name}" if name else kind)


def history(victim: Victim, today: date) -> str:
    """Return how the victim is doing; an empty text when nothing says so."""
    first, last = victim.first_failure_at, victim.last_failure_at
    words = [
        shown(victim.state or ""),
        counted(victim.restarts, "restart") if victim.restarts else "",
        "" if victim.exit_code is None else f"exit code {victim.exit_code}",
        f"started {moment(victim.started_at, today)}" if victim.started_at else "",
        f"first failed {moment(first, today)}" if first and first != last else "",
        f"last failed {moment(last, today)}" if last else "",
    ]
    return ", ".join(filter(None, words))


def holder(held: Holder, diagnosis: Diagnosis, today: date) -> str:
    """Return who holds the address, how it is doing, and what differs from the diagnosis: node and certainty."""
    started = f"started {moment(held.started_at, today)}" if held.started_at and not held.state else ""
    words = [
        _name(held),
        owner(held.workload) if held.workload else "",
        shown(f"Service {held.service}") if held.service and held.kind is not HolderKind.SERVICE else "",
        _process(held.process) if held.process and held.kind is not HolderKind.PROCESS else "",
        _at(held),
        shown(with_short_times(held.state or started, today)),
        held.confidence.value if held.confidence is not diagnosis.confidence else "",
    ]
    phrase = ", ".join(filter(None, words))
    return f"{shown(held.node)}: {phrase}" if held.node and held.node != diagnosis.node else phrase


def _name(held: Holder) -> str:
    match held.kind:
        case HolderKind.POD | HolderKind.CONTAINER:
            container = f" (container {held.container})" if held.container else ""
            return shown(f"{held.namespace}/{held.pod}{container}")
        case HolderKind.SERVICE:
            return shown(f"Service {held.namespace}/{held.service}")
        case HolderKind.PROCESS:
            return f"{_process(held.process) if held.process else 'a process'}{_inside(held)}"
        case HolderKind.CONNECTION:
            return f"an outgoing connection{_inside(held)}"
        case HolderKind.FILE:
            return shown(f"the file {held.address}" if held.address else "a file") + _inside(held)


def _at(held: Holder) -> str:
    if held.address is None or held.kind is HolderKind.FILE:
        return ""
    return shown(f"on {held.address.replace(', ', ' and ')}")


def _inside(held: Holder) -> str:
    container = f" (container {held.container})" if held.container else ""
    return shown(f" of {held.namespace}/{held.pod}{container}") if held.pod else ""


def _process(process: Process) -> str:
    details = [
        f"pid {process.pid}" if process.pid is not None else "",
        f"user {process.user}" if process.user else "",
        f"unit {process.unit}" if process.unit else "",
        f"command {process.command_line}" if process.command_line else "",
    ]
    known = ", ".join(filter(None, details))
    return shown(f"process {process.name or 'of unknown name'}" + (f" ({known})" if known else ""))
