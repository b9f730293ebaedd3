"""From what was read of a pod to its bind failures: logs, termination messages, events and conditions.

A failure is kept while it is still true. A container that failed and then ran on without a word of failure has recovered,
and a Running container may only be between two crashes; `_recovered` tells the two apart by the times that the kubelet gives.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import groupby

from hostnetdoctor.collect.requests import PodEvents
from hostnetdoctor.listeners.claims import WEIGHTS, claims_of_spec
from hostnetdoctor.listeners.scene import Scene
from hostnetdoctor.match.engine import BindMatch, Matched, find_failures
from hostnetdoctor.match.listening import find_listening
from hostnetdoctor.model import (
    BindFailure,
    Confidence,
    ContainerSpec,
    ContainerState,
    ContainerStatus,
    Evidence,
    EvidenceKind,
    FailureKind,
    LogLine,
    LogText,
    NotLookedAt,
    Pod,
    Protocol,
)

# nginx retries for about 2.5 seconds; a program that says that it gives up and still runs this much later did not.
_RETRIES_END = timedelta(seconds=10)
# A run that lasts a minute, and twice as long as the attempt that failed, is no pause between two crashes.
_PAUSE = timedelta(minutes=1)
# What the kubelet gives as the pod's reason (pkg/kubelet/lifecycle/predicate.go); the second name is the older one.
_REJECTIONS = frozenset({"NodePorts", "PodFitsHostPorts"})
_NO_FREE_PORTS = "didn't have free ports for the requested pod ports"


@dataclass(frozen=True, slots=True)
class _Text:
    """Something that a container, or Kubernetes on its behalf, said during one attempt."""

    where: str
    kind: EvidenceKind
    lines: tuple[LogLine, ...]
    attempt: ContainerState | None  # which attempt, with its times
    present: bool  # whether that attempt is the one that runs now


def failures_of(pod: Pod, scene: Scene) -> tuple[BindFailure, ...]:
    """Return every failure of a pod to take an address that is still true, sorted; one for each address."""
    found = [failure for spec in pod.spec.containers for failure in _failures_of(pod, spec, scene)]
    silent = [failure for spec in pod.spec.containers for failure in _silent(pod, spec, scene)]
    return tuple(merged([*found, *silent, *_unschedulable(pod), *_rejected(pod), *_by_runtime(pod, scene)]))


def _failures_of(pod: Pod, spec: ContainerSpec, scene: Scene) -> Iterator[BindFailure]:
    status = pod.status(spec.name)
    for text in _texts(pod, spec, scene):
        for match in _matched(tuple(line.text for line in text.lines)).failures:
            if status is None or not _recovered(match, text, status, scene.taken_at):
                yield _failure(pod, spec, match, text)
            elif scene.question.examine_all and not text.present and status.running:
                yield replace(_failure(pod, spec, match, text), recovered_at=status.started_at)


# The rounds of reading ask for a pod's failures again and again; its logs stay the same. Bounded: a log has up to 256 KiB.
@lru_cache(maxsize=64)
def _matched(lines: tuple[str, ...]) -> Matched:
    return find_failures(lines)


def unread_lines_of(pod: Pod, scene: Scene) -> Iterator[NotLookedAt]:
    """Yield what of a pod's texts took the matcher too long to read."""
    for spec in pod.spec.containers:
        for text in _texts(pod, spec, scene):
            missed = len(_matched(tuple(line.text for line in text.lines)).not_looked_at)
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
        return match.fatal is True and last is not None and taken_at is not None and taken_at - last > _RETRIES_END
    started = status.started_at
    if started is None or taken_at is None:
        return False
    tried = timedelta()
    if text.attempt is not None and text.attempt.started_at is not None and text.attempt.finished_at is not None:
        tried = text.attempt.finished_at - text.attempt.started_at
    return taken_at - started > max(_PAUSE, 2 * tried)


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


def _silent(pod: Pod, spec: ContainerSpec, scene: Scene) -> Iterator[BindFailure]:
    """Yield what a crashing hostNetwork container without a readable word may have failed at: its own configured ports.

    Such a failure is inferred: it counts only beside a listener that has the port, and is never more than possible.
    """
    status = pod.status(spec.name)
    if (
        status is None
        or not pod.spec.host_network
        or not _crashing(status)
        or any(text.lines for text in _texts(pod, spec, scene))
    ):
        return
    reason = status.state.reason if status.state and status.state.reason else "ended"
    words = f"{reason}, {status.restarts} restarts, and no readable log or message"
    claims = [claim for claim in claims_of_spec(pod.spec) if claim.container == spec.name and claim.port is not None]
    for claim in claims:
        if WEIGHTS[claim.claim.basis] is not Confidence.POSSIBLE:
            yield BindFailure(
                pod=pod,
                container=spec.name,
                kind=FailureKind.ADDRESS_IN_USE,
                protocol=claim.protocol,
                addresses=(claim.claim.address,) if claim.claim.address else (),
                port=claim.port,
                path=None,
                fatal=None,
                evidence=(
                    Evidence(kind=EvidenceKind.STATUS, where=f"{pod.name}, {spec.name}", text=words),
                    claim.claim.evidence,
                ),
                first_at=status.last.started_at if status.last else None,
                last_at=status.last.finished_at if status.last else None,
                latest_earliest=status.last.started_at if status.last else None,
                inferred=True,
            )


def _crashing(status: ContainerStatus) -> bool:
    return (
        any(
            attempt is not None and attempt.name == "terminated" and attempt.exit_code != 0
            for attempt in (status.state, status.last)
        )
        and not status.running
    )


def _unschedulable(pod: Pod) -> Iterator[BindFailure]:
    """Yield a failure for each declared host port of a pod that no node takes because of its ports."""
    scheduled = pod.condition("PodScheduled")
    if pod.node is not None or scheduled is None or _NO_FREE_PORTS not in (scheduled.message or ""):
        return
    where, words = f"{pod.name}, condition PodScheduled", scheduled.message or ""
    evidence = Evidence(kind=EvidenceKind.STATUS, where=where, text=words)
    yield from _declared(pod, FailureKind.UNSCHEDULABLE, evidence, scheduled.changed_at)


def _rejected(pod: Pod) -> Iterator[BindFailure]:
    """Yield a failure for each declared host port of a pod that the kubelet refused because of its ports."""
    if pod.phase == "Failed" and pod.reason in _REJECTIONS:
        words = f"{pod.reason}: {pod.message or ''}"
        evidence = Evidence(kind=EvidenceKind.STATUS, where=f"{pod.name}, status", text=words)
        yield from _declared(pod, FailureKind.REJECTED, evidence, pod.created_at)


def _by_runtime(pod: Pod, scene: Scene) -> Iterator[BindFailure]:
    """Yield what the container runtime could not take for a pod that it has not started: its events say so."""
    if not not_started(pod):
        return
    for event in scene.snapshot.facts(PodEvents(namespace=pod.namespace, pod=pod.name), ()):
        if event.uid not in {"", pod.uid}:
            continue
        for match in _matched((event.message,)).failures:
            when = f", {event.last_at:%H:%M:%S}" if event.last_at else ""
            evidence = Evidence(kind=EvidenceKind.EVENT, where=f"{pod.name}, {event.reason}{when}", text=event.message)
            yield BindFailure(
                pod=pod,
                container=_declaring(pod, match.port),
                kind=match.kind,
                protocol=match.protocol,
                addresses=(match.address,) if match.address else (),
                port=match.port,
                path=match.path,
                fatal=match.fatal,
                evidence=(evidence,),
                first_at=event.first_at,
                last_at=event.last_at,
                latest_earliest=event.last_at,
                by_runtime=True,
            )


def not_started(pod: Pod) -> bool:
    """Say whether a scheduled pod waits for its network: no container has run, and its kubelet tries on."""
    ran = any(status.running or status.last is not None for status in pod.statuses)
    return pod.phase == "Pending" and pod.node is not None and not ran


def _declaring(pod: Pod, port: int | None) -> str | None:
    return next(
        (each.name for each in pod.spec.containers for one in each.ports if port and one.host_port == port), None
    )


def _declared(pod: Pod, kind: FailureKind, evidence: Evidence, at: datetime | None) -> Iterator[BindFailure]:
    for container in pod.spec.containers:
        for port in container.ports:
            if port.host_port is not None:
                yield BindFailure(
                    pod=pod,
                    container=container.name,
                    kind=kind,
                    protocol=port.protocol,
                    addresses=(port.host_ip,) if port.host_ip else (),
                    port=port.host_port,
                    path=None,
                    fatal=True,
                    evidence=(evidence,),
                    first_at=at,
                    last_at=at,
                )


def merged(failures: Iterable[BindFailure]) -> Iterator[BindFailure]:
    """Yield one failure for each container, kind, protocol and port or path, with the evidence of all its signs.

    A sign that names no port joins the only address that its container failed to take for the same reason, and
    is dropped beside several: it repeats one of them.
    """
    for (_, kind), group in groupby(
        sorted(failures, key=_container_order), key=lambda each: (_container(each), each.kind)
    ):
        members = list(group)
        named = [each for each in members if each.port is not None or each.path is not None]
        protocols: dict[tuple[int | None, str | None], Protocol | None] = {}
        for each in named:
            protocols[each.port, each.path] = protocols.get((each.port, each.path)) or each.protocol
        filled = [replace(each, protocol=each.protocol or protocols[each.port, each.path]) for each in named] or members
        for _, same in groupby(sorted(filled, key=_address_order), key=_address_order):
            yield _one(list(same), kind)


def _container(failure: BindFailure) -> tuple[str, str, str, str]:
    return (failure.pod.namespace, failure.pod.name, failure.pod.uid, failure.container or "")


def _container_order(failure: BindFailure) -> tuple[tuple[str, str, str, str], str]:
    return (_container(failure), failure.kind)


def _address_order(failure: BindFailure) -> tuple[str, int, str]:
    return (failure.protocol or "", failure.port or 0, failure.path or "")


def _one(same: list[BindFailure], kind: FailureKind) -> BindFailure:
    latest = max(same, key=lambda each: (each.last_at is not None, each.last_at.timestamp() if each.last_at else 0.0))
    firsts = [each.first_at for each in same if each.first_at is not None]
    evidence: dict[str, Evidence] = {}
    for each in sorted(same, key=lambda one: (one is not latest, one.evidence[0].where)):
        for fact in each.evidence:
            evidence.setdefault(fact.text, fact)
    return replace(
        latest,
        kind=kind,
        addresses=tuple(sorted({address for each in same for address in each.addresses})),
        evidence=tuple(evidence.values())[:4],
        fatal=next((each.fatal for each in (latest, *same) if each.fatal is not None), None),
        first_at=min(firsts, default=None),
        recovered_at=None if any(each.recovered_at is None for each in same) else latest.recovered_at,
    )
