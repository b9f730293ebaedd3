"""An earlier instance of the same pod or container may still run and have the port.

## Symptom

A pod fails with an address in use after the kubelet or the container runtime was restarted, after a node was in trouble, or after a static pod's
manifest changed. Restarting the node cures it.

## Why

The container runtime lost track of a container, or could not kill it, and started the next one beside it (rancher/rke2#1573,
kubernetes/kubernetes#82512, #94932). Kubernetes shows the new one only.

## How we know

Kubernetes says that it lost or could not end an earlier instance: the container's last state is ContainerStatusUnknown, or an event about the pod says
FailedKillPod or SandboxChanged ("Pod sandbox changed, it will be killed and re-created"), and no pod of the node is known to have the port. What still runs is not in the API, so this is never more than possible.

## How to fix

Look for a second container or a process without one on the node, and stop it.

## Not to be confused with

`rollout-overlap`: the earlier pod is still in the API, being deleted. `host-process`: a program that never was in a container.
"""

from __future__ import annotations

from collections.abc import Iterator

from hostnetdoctor.causes.cause import Cause, decide_on_node, evidence_of
from hostnetdoctor.listeners.case import Case, container_text
from hostnetdoctor.model import Confidence, Evidence, EvidenceKind, FailureKind, Finding
from hostnetdoctor.remedies import offered
from hostnetdoctor.remedies.stop_leftover import stop_leftover

ID = "previous-instance"
_LOST = frozenset({"ContainerStatusUnknown"})
# SandboxChanged: the runtime's record of the pod was gone or its sandbox dead, so the kubelet made a new one
# (pkg/kubelet/kuberuntime/kuberuntime_manager.go); what ran in the old one may have been left.
_NOT_ENDED = frozenset(
    {"FailedKillPod", "FailedPreStopHook", "ExceededGracePeriod", "ContainerGCFailed", "SandboxChanged"}
)


def examine(case: Case) -> Finding | None:
    """Answer for a pod of which Kubernetes says that an earlier instance was lost or could not be ended."""
    failure, victim = case.failure, case.victim
    if not case.alone(FailureKind.ADDRESS_IN_USE) or failure.path is not None:
        return None
    signs = tuple(_signs(case))
    if not signs:
        return None
    whose = f"of {victim.node}" if failure.on_node else "of its pod"
    return Finding(
        cause=ID,
        confidence=Confidence.POSSIBLE,
        summary=(
            f"{container_text(victim, failure.container)} cannot listen on {case.port_text} {whose}:"
            " an earlier instance of it possibly still runs and has it."
        ),
        why="Kubernetes lost track of an earlier instance, or could not end it, and no other pod is known to have the port.",
        evidence=evidence_of(case, *signs),
        remedies=offered(case, stop_leftover),
        next_steps=(f"sudo crictl ps -a --name {failure.container}  # on {victim.node}", *decide_on_node(case)),
    )


def _signs(case: Case) -> Iterator[Evidence]:
    status = case.victim.status(case.failure.container or "")
    for state in (status.state, status.last) if status is not None else ():
        if state is not None and state.reason in _LOST:
            words = f"{state.reason}: {state.message or 'the container could not be located'}"
            yield Evidence(kind=EvidenceKind.STATUS, where=f"{case.victim.name}, {case.failure.container}", text=words)
    for event in case.events:
        if event.reason in _NOT_ENDED:
            when = f", {event.last_at:%Y-%m-%d %H:%M:%S}" if event.last_at else ""
            yield Evidence(kind=EvidenceKind.EVENT, where=f"{event.pod}{when}", text=f"{event.reason}: {event.message}")


CAUSE = Cause(id=ID, examine=examine, page=__doc__)
