"""Put a verdict into the words of the report: victim, holders, evidence, timeline, and an id that stays."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from hostnetdoctor.correlate.rank import Verdict
from hostnetdoctor.listeners.scene import Scene
from hostnetdoctor.model import (
    BindFailure,
    Diagnosis,
    FailureKind,
    Finding,
    Holder,
    HolderKind,
    Listener,
    Pod,
    RuledOut,
    TimelineEntry,
    Victim,
)


def diagnosis_of(failure: BindFailure, verdict: Verdict, excluded: tuple[RuledOut, ...], scene: Scene) -> Diagnosis:
    """Return the report's entry for one failure."""
    finding = verdict.finding
    findings = (finding, *verdict.rivals)
    holders = (
        *(_holder(listener, each, failure, scene) for each in findings for listener in each.listeners),
        *(holder for each in findings for holder in each.holders),
    )
    evidence = dict.fromkeys(fact for each in findings for fact in each.evidence)
    steps = dict.fromkeys(step for each in findings for step in each.next_steps)
    return Diagnosis(
        id=identity(failure, scene),
        cause=finding.cause,
        confidence=finding.confidence,
        summary=finding.summary,
        why=finding.why,
        node=failure.pod.node,
        network="node" if failure.on_node or failure.kind is FailureKind.UNSCHEDULABLE else "pod",
        protocol=failure.protocol,
        port=failure.port,
        addresses=failure.addresses,
        path=failure.path,
        victim=_victim(failure, scene),
        holders=holders,
        evidence=tuple(evidence),
        ruled_out=excluded,
        remedies=tuple(finding.remedies),
        next_steps=tuple(steps),
        timeline=tuple(sorted(set(_timeline(failure, findings)), key=lambda entry: (entry.at, entry.what))),
    )


def identity(failure: BindFailure, scene: Scene) -> str:
    """Return 12 hex digits that name a failure: owner, container, protocol, and port or path.

    Never cause, holder, pod, node or time, so that better evidence and another replica keep it; the pod only if it is bare.
    """
    owner = scene.top_owner(failure.pod)
    who = (owner.namespace, owner.kind, owner.name) if owner else (failure.pod.namespace, "Pod", failure.pod.name)
    address = failure.path if failure.path is not None else str(failure.port)
    text = "\0".join((*who, failure.container or "", str(failure.protocol), address))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _victim(failure: BindFailure, scene: Scene) -> Victim:
    pod, status = failure.pod, failure.pod.status(failure.container or "")
    state = status.state if status else None
    ended = next(
        (each for each in (state, status.last if status else None) if each and each.name == "terminated"), None
    )
    return Victim(
        namespace=pod.namespace,
        pod=pod.name,
        pod_uid=pod.uid,
        container=failure.container,
        container_type=failure.container_type,
        workload=scene.top_owner(pod),
        state=(state.reason or state.name.capitalize()) if state else pod.phase,
        restarts=status.restarts if status else 0,
        exit_code=ended.exit_code if ended else None,
        started_at=status.started_at if status else None,
        first_failure_at=failure.first_at,
        last_failure_at=failure.last_at,
    )


def _holder(listener: Listener, finding: Finding, failure: BindFailure, scene: Scene) -> Holder:
    pod, status = listener.pod, listener.pod.status(listener.container)
    return Holder(
        kind=HolderKind.CONTAINER if pod.key == failure.pod.key else HolderKind.POD,
        confidence=finding.confidence,
        namespace=pod.namespace,
        pod=pod.name,
        container=listener.container,
        workload=scene.top_owner(pod),
        address=", ".join(listener.addresses) or None,
        started_at=status.started_at if status else None,
        node=pod.node,
        state=_state(pod, listener.container),
    )


def _state(pod: Pod, container: str) -> str | None:
    status, ready = pod.status(container), pod.condition("Ready")
    if status is None or status.state is None:
        return None
    if pod.deleted_at is not None:
        return "being deleted"
    if status.ready and ready is not None and ready.status == "True" and ready.changed_at is not None:
        return f"Ready since {ready.changed_at:%Y-%m-%dT%H:%M:%SZ}"
    if status.started_at is not None:
        return f"running since {status.started_at:%Y-%m-%dT%H:%M:%SZ}"
    return status.state.reason or status.state.name


def _timeline(failure: BindFailure, findings: tuple[Finding, ...]) -> Iterator[TimelineEntry]:
    pod, container = failure.pod, failure.container or ""
    for listener in (each for finding in findings for each in finding.listeners):
        status = listener.pod.status(listener.container)
        if status is not None and status.started_at is not None:
            name = listener.pod.name if listener.pod.namespace == pod.namespace else listener.pod.path
            yield TimelineEntry(at=status.started_at, what=f"{name} ({listener.container}) started")
    if pod.created_at is not None:
        yield TimelineEntry(at=pod.created_at, what=f"{pod.name} was created")
    if failure.first_at is not None and failure.first_at != failure.last_at:
        yield TimelineEntry(at=failure.first_at, what=f"{pod.name} failed, the first time that was read")
    if failure.last_at is not None:
        status = pod.status(container)
        restarts = f", after {status.restarts} restarts" if status is not None and status.restarts else ""
        yield TimelineEntry(at=failure.last_at, what=f"{pod.name} failed, the latest time that was read{restarts}")
