"""A pod of another revision of the same workload, or one that is being deleted, still has the port.

## Symptom

A rollout does not finish: the new pod crash-loops with an address in use, the old one stays Ready, and `kubectl rollout status` waits.
Or a pod fails for a while after its predecessor was deleted.

## Why

A Deployment's default rollout starts a new pod before an old one stops (maxSurge 25 %, rounded up). With hostNetwork both want the same
port of the node. If they meet, the new pod can never become Ready, so the old one is never stopped: neither moves (kubernetes/kops#9404).
A StatefulSet stops a pod before it starts its successor, but one pod at a time, the highest number first: a new pod that is placed beside a
pod of the old revision waits for its port, and that one's turn never comes.
A pod that is being deleted keeps its ports until its processes end, which may take its whole grace period.

## How we know

Both pods have the same owner of record and different revisions (`pod-template-hash`, `controller-revision-hash`), or the holder has a
deletionTimestamp. Both run on the same node with hostNetwork, and the holder was running when the bind failed.

## How to fix

Stop the old pod first: no surge (`maxSurge: 0`, `maxUnavailable: 1`), together with required pod anti-affinity when there are several
replicas, or `strategy: Recreate`. For a pod that is being deleted, wait.

## Not to be confused with

`replica-on-same-node`: both pods are of the same revision. `host-port-unschedulable`: the port is declared, so the new pod is Pending instead.
"""

from __future__ import annotations

from collections.abc import Sequence

from hostnetdoctor.causes.cause import Cause, decide_on_node, doubts_text, evidence_of, has_it, placement_evidence
from hostnetdoctor.listeners.case import Case, container_text
from hostnetdoctor.model import Confidence, FailureKind, Finding, Remedy
from hostnetdoctor.remedies import offered
from hostnetdoctor.remedies.keep_replicas_apart import keep_replicas_apart
from hostnetdoctor.remedies.rollout_without_surge import rollout_without_surge
from hostnetdoctor.remedies.scale_to_nodes import scale_to_nodes
from hostnetdoctor.remedies.stop_before_start import stop_before_start
from hostnetdoctor.remedies.wait_for_termination import wait_for_termination

ID = "rollout-overlap"


def examine(case: Case) -> Finding | None:
    """Answer for a listener of the same workload that is of another revision or on its way out."""
    holder = case.holder
    if (
        holder is None
        or case.failure.kind not in {FailureKind.ADDRESS_IN_USE, FailureKind.OTHER}
        or not case.same_workload
    ):
        return None
    leaving = holder.deleted_at is not None
    if holder.key == case.victim.key or (holder.revision == case.victim.revision and not leaving):
        return None
    who = "a pod that is being deleted" if leaving else "a pod of another revision of the same workload"
    where = container_text(case.victim, case.failure.container)
    return Finding(
        cause=ID,
        confidence=case.confidence,
        summary=f"{where} cannot listen on {case.port_text} of {case.victim.node}: {who} {has_it(case.confidence)}.",
        why=f"{_why(case, leaving=leaving)}{doubts_text(case)}",
        evidence=evidence_of(case, *placement_evidence(case)),
        listeners=(case.listener,) if case.listener else (),
        remedies=_remedies(case, leaving=leaving),
        next_steps=() if case.confidence.rank <= Confidence.CERTAIN.rank else decide_on_node(case),
    )


def _remedies(case: Case, *, leaving: bool) -> Sequence[Remedy]:
    if leaving:
        return offered(case, wait_for_termination, rollout_without_surge)
    return offered(case, scale_to_nodes, rollout_without_surge, keep_replicas_apart, stop_before_start)


def _why(case: Case, *, leaving: bool) -> str:
    if leaving:
        return "A pod keeps its ports until its processes have ended, for its whole grace period if need be."
    controller = case.victim.controller
    if controller is not None and controller.workload.kind == "StatefulSet" and case.holder is not None:
        new, old = case.victim.name, case.holder.name
        return (
            "A StatefulSet replaces one pod at a time, the highest number first, and goes on only once the new pod is Ready."
            f" {new} cannot become Ready while {old}, of another revision, has the port, and {old} is not replaced before that."
        )
    workload = case.workload
    surge = f" (maxSurge {workload.max_surge})" if workload is not None and workload.max_surge else ""
    return (
        f"The rollout starts new pods before it stops old ones{surge}. The new pod cannot become Ready while the old one has the port,"
        " and the old one is not stopped before the new one is Ready."
    )


CAUSE = Cause(id=ID, examine=examine, page=__doc__)
