"""From what was read of a pod to its bind failures: logs, termination messages, events and conditions.

A failure is kept while it is still true. A container that failed and then ran on without a word of failure has recovered,
and a Running container may only be between two crashes; `_recovered` tells the two apart by the times that the kubelet gives.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from hostnetdoctor.collect.requests import PodEvents
from hostnetdoctor.correlate.merge import merged
from hostnetdoctor.correlate.statuses import by_runtime, rejected, silent, unschedulable, with_port
from hostnetdoctor.listeners.scene import Scene
from hostnetdoctor.match.engine import BindMatch, Matched, find_failures
from hostnetdoctor.match.listening import find_listening
from hostnetdoctor.model import (
    BindFailure,
    ContainerSpec,
    ContainerState,
    ContainerStatus,
    Evidence,
    EvidenceKind,
    LogLine,
    LogText,
    NotLookedAt,
    Pod,
)

# nginx retries for about 2.5 seconds; a program that says that it gives up and still runs this much later did not.
_RETRIES_END = timedelta(seconds=10)
# Programs that try again and, if that does not help, say so and end: their silence means that they got the address.
_SAYS_WHEN_IT_GIVES_UP = frozenset({"nginx-bind"})
# A run that lasts a minute, and twice as long as the attempt that failed, is no pause between two crashes.
_PAUSE = timedelta(minutes=1)


class _Text(Struct, frozen=True):
    """Something that a container, or Kubernetes on its behalf, said during one attempt."""

    where: str
    kind: EvidenceKind
    lines: tuple[LogLine, ...]
    attempt: ContainerState | None  # which attempt, with its times
    present: bool  # whether that attempt is the one that runs now


def failures_of(pod: Pod, scene: Scene) -> tuple[BindFailure, ...]:
    """Return every failure of a pod to take an address that is still true, sorted; one for each address."""
    if not _may_tell(pod, scene):
        return ()
    # Each round asks for the failures of all pods of the batch, and reads something new of few.
    logs = [scene.log(pod, spec.name, previous=each) for spec in pod.spec.containers for each in (False, True)]
    read = (pod, scene.taken_at, scene.snapshot.get(PodEvents(namespace=pod.namespace, pod=pod.name)), *logs)
    key = tuple(map(id, read))
    if key not in scene.failures:
        scene.failures[key] = read, _told(pod, scene)
    return scene.failures[key][1]


def _told(pod: Pod, scene: Scene) -> tuple[BindFailure, ...]:
    said = [(spec, tuple(_texts(pod, spec, scene))) for spec in pod.spec.containers]
    found = [failure for spec, texts in said for failure in _failures_of(pod, spec, texts, scene)]
    mute = (spec for spec, texts in said if not any(text.lines for text in texts))
    inferred = [failure for spec in mute for failure in silent(pod, spec)]
    told = merged([*found, *inferred, *unschedulable(pod), *rejected(pod), *by_runtime(pod, scene)])
    return tuple(with_port(failure) for failure in told)


def _may_tell(pod: Pod, scene: Scene) -> bool:
    """Say whether anything that a failure can be read from is there: most pods of a node do well and are not read."""
    return (
        pod.phase in {"Pending", "Failed"}
        or pod.node is None
        or scene.log_was_read(pod)
        or any(
            state is not None and state.name == "terminated"
            for each in pod.statuses
            for state in (each.state, each.last)
        )
    )


def _failures_of(pod: Pod, spec: ContainerSpec, texts: tuple[_Text, ...], scene: Scene) -> Iterator[BindFailure]:
    status = pod.status(spec.name)
    for text in texts:
        for match in _matched(text, scene).failures:
            if status is None or not (
                _recovered(match, text, status, scene.taken_at) or _got_it_later(match, text, texts, scene.taken_at)
            ):
                yield _failure(pod, spec, match, text)
            elif scene.question.examine_all and not text.present and status.running:
                yield replace(_failure(pod, spec, match, text), recovered_at=status.started_at)


def _matched(text: _Text, scene: Scene) -> Matched:
    lines = tuple(line.text for line in text.lines)
    if lines not in scene.matched:
        scene.matched[lines] = find_failures(lines)
    return scene.matched[lines]


def unread_lines_of(pod: Pod, scene: Scene) -> Iterator[NotLookedAt]:
    """Yield what of a pod's texts took the matcher too long to read."""
    if not _may_tell(pod, scene):
        return
    for spec in pod.spec.containers:
        for text in _texts(pod, spec, scene):
            missed = len(_matched(text, scene).not_looked_at)
            if missed:
                yield NotLookedAt(
                    what=f"{missed} line{'' if missed == 1 else 's'} of its log",
                    why="reading them took too long",
                    fix="look at them with: hostnet-doctor scan",
                    namespace=pod.namespace,
                    pod=pod.name,
                    container=spec.name,
                    essential=True,
                )


def _texts(pod: Pod, spec: ContainerSpec, scene: Scene) -> Iterator[_Text]:
    status = pod.status(spec.name)
    if status is None:
        return
    runs = status.running
    # While a container waits, the kubelet serves the ended attempt as the current log.
    present = status.state if status.state is not None and status.state.name != "waiting" else status.last
    number = status.restarts + 1
    yield from _log(scene.log(pod, spec.name), f"{spec.name}, attempt {number}", present, present=runs)
    previous = scene.log(pod, spec.name, previous=True)
    if runs:
        yield from _log(previous, f"{spec.name}, attempt {number - 1}", status.last, present=False)
    for state in (status.state, status.last):
        if state is not None and state.name == "terminated" and state.message:
            lines = tuple(LogLine(text=line) for line in state.message.splitlines())
            yield _Text(f"{spec.name}, termination message", EvidenceKind.STATUS, lines, state, present=False)


def _log(log: LogText | None, where: str, attempt: ContainerState | None, *, present: bool) -> Iterator[_Text]:
    if log is not None:
        yield _Text(where, EvidenceKind.LOG, log.lines, attempt, present)


def _recovered(match: BindMatch, text: _Text, status: ContainerStatus, taken_at: datetime | None) -> bool:
    """Say whether a container got over a failure, so that there is nothing to report now."""
    if not status.running:
        return status.state is not None and status.state.name == "terminated" and status.state.exit_code == 0
    if text.present:
        last = text.lines[match.lines[-1] - 1].at
        later = find_listening([line.text for line in text.lines[match.lines[-1] :]])
        if any(found.port == match.port for found in later if match.port is not None):
            return True
        ends = match.fatal is True or match.pattern in _SAYS_WHEN_IT_GIVES_UP
        return ends and last is not None and taken_at is not None and taken_at - last > _RETRIES_END
    started = status.started_at
    if started is None or taken_at is None:
        return False
    tried = timedelta()
    if text.attempt is not None and text.attempt.started_at is not None and text.attempt.finished_at is not None:
        tried = text.attempt.finished_at - text.attempt.started_at
    return taken_at - started > max(_PAUSE, 2 * tried)


def _got_it_later(match: BindMatch, text: _Text, texts: tuple[_Text, ...], taken_at: datetime | None) -> bool:
    """Say whether the attempt after the one that failed says that it has the port, and has run on since.

    Some programs announce what they only try, so that saying it is not enough: those that fail have ended soon after.
    """
    if text.present or match.port is None or taken_at is None:
        return False
    now = next((each for each in texts if each.present), None)
    said = find_listening([line.text for line in now.lines]) if now is not None else ()
    times = (now.lines[each.line - 1].at for each in said if each.port == match.port) if now is not None else ()
    return any(at is not None and taken_at - at > _RETRIES_END for at in times)


def _failure(pod: Pod, spec: ContainerSpec, match: BindMatch, text: _Text) -> BindFailure:
    first, last = (text.lines[number - 1].at for number in (match.lines[0], match.lines[-1]))
    attempt = text.attempt
    latest = last or (attempt.finished_at if attempt else None)
    when = f", {first:%H:%M:%S}" if first else ""
    again = f" ({match.count} times, the last at {last:%H:%M:%S})" if match.count > 1 and last and last != first else ""
    return BindFailure(
        pod=pod,
        container=spec.name,
        kind=match.kind,
        protocol=match.protocol,
        addresses=(match.address,) if match.address else (),
        port=match.port,
        path=match.path,
        fatal=match.fatal,
        evidence=(Evidence(kind=text.kind, where=f"{text.where}{when}{again}", text=match.text),),
        first_at=first or (attempt.started_at if attempt else None),
        last_at=latest,
        latest_earliest=last or (attempt.started_at if attempt else None),
    )
