"""What Kubernetes says of a pod's addresses in the container's place: conditions, a refusal, events, or only a crash."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from msgspec.structs import replace

from hostnetdoctor.collect.requests import PodEvents
from hostnetdoctor.listeners.claims import WEIGHTS, claims_of_spec
from hostnetdoctor.listeners.scene import Scene
from hostnetdoctor.match.engine import find_failures
from hostnetdoctor.model import (
    BindFailure,
    Confidence,
    ContainerSpec,
    ContainerStatus,
    Evidence,
    EvidenceKind,
    FailureKind,
    Pod,
)

# What the kubelet gives as the pod's reason (pkg/kubelet/lifecycle/predicate.go); the second name is the older one.
_REJECTIONS = frozenset({"NodePorts", "PodFitsHostPorts"})
# 128 and the signal's number: a container that was killed did not end because it could not listen.
_KILLED = frozenset({137, 143})
_NO_FREE_PORTS = "didn't have free ports for the requested pod ports"


def silent(pod: Pod, spec: ContainerSpec) -> Iterator[BindFailure]:
    """Yield what a crashing hostNetwork container without a readable word may have failed at: its own configured ports.

    Such a failure is inferred: it counts only beside a listener that has the port, and is never more than possible.
    """
    status = pod.status(spec.name)
    if status is None or not pod.spec.host_network or not _crashing(status):
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
            attempt is not None and attempt.name == "terminated" and attempt.exit_code not in {0, *_KILLED}
            for attempt in (status.state, status.last)
        )
        and not status.running
    )


def with_port(failure: BindFailure) -> BindFailure:
    """Return a failure with the port of its container's own settings, where its text names none and they name exactly one."""
    if failure.port is not None or failure.path is not None or failure.container is None:
        return failure
    claims = [
        claim
        for claim in claims_of_spec(failure.pod.spec)
        if claim.container == failure.container and WEIGHTS[claim.claim.basis] is not Confidence.POSSIBLE
    ]
    fitting = [claim for claim in claims if failure.protocol in {None, claim.protocol} or claim.protocol is None]
    if len({claim.port for claim in fitting}) != 1:
        return failure
    addresses = {claim.claim.address for claim in fitting if claim.claim.address is not None}
    return replace(
        failure,
        port=fitting[0].port,
        protocol=failure.protocol or fitting[0].protocol,
        addresses=failure.addresses or tuple(sorted(addresses)),
        evidence=(*failure.evidence, fitting[0].claim.evidence),
        port_by_settings=True,
    )


def unschedulable(pod: Pod) -> Iterator[BindFailure]:
    """Yield a failure for each declared host port of a pod that no node takes because of its ports."""
    scheduled = pod.condition("PodScheduled")
    if pod.node is not None or scheduled is None or _NO_FREE_PORTS not in (scheduled.message or ""):
        return
    where, words = f"{pod.name}, condition PodScheduled", scheduled.message or ""
    evidence = Evidence(kind=EvidenceKind.STATUS, where=where, text=words)
    yield from _declared(pod, FailureKind.UNSCHEDULABLE, evidence, scheduled.changed_at)


def rejected(pod: Pod) -> Iterator[BindFailure]:
    """Yield a failure for each declared host port of a pod that the kubelet refused because of its ports."""
    if pod.phase == "Failed" and pod.reason in _REJECTIONS:
        words = f"{pod.reason}: {pod.message or ''}"
        evidence = Evidence(kind=EvidenceKind.STATUS, where=f"{pod.name}, status", text=words)
        yield from _declared(pod, FailureKind.REJECTED, evidence, pod.created_at)


def by_runtime(pod: Pod, scene: Scene) -> Iterator[BindFailure]:
    """Yield what the container runtime could not take for a pod that it has not started: its events say so."""
    if not not_started(pod):
        return
    for event in scene.snapshot.facts(PodEvents(namespace=pod.namespace, pod=pod.name), ()):
        if event.uid not in {"", pod.uid}:
            continue
        for match in find_failures((event.message,)).failures:
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
