"""Another replica of the same workload has the port on this node.

## Symptom

A Deployment or StatefulSet with `hostNetwork: true` has one or more pods in CrashLoopBackOff, and their logs say that an address
is in use. The other pods of the same workload work.

## Why

Replicas run the same program with the same settings, so they want the same port. With hostNetwork that is a port of the node,
and a node has it once. The scheduler keeps pods apart by declared ports only (`ports:` with a hostPort); where the template
declares none, or where there are more replicas than nodes, two replicas meet on one node and the second one cannot listen.

## How we know

Both pods have the same owner and the same revision, run on the same node with hostNetwork, and their containers have the same image,
command line and variables. The holder was running and Ready when the bind failed, and its own log shows no such failure. If it
fails as well, it is no holder: then something else has the port.

## How to fix

Run at most one replica a node, and declare the port or set pod anti-affinity so that the scheduler knows. Where every node is meant
to run one, make it a DaemonSet. Where the node's own network is not needed, drop hostNetwork.

## Not to be confused with

`rollout-overlap`: the other pod is of another revision, or is being deleted. `other-host-network-pod`: it belongs to another workload.
"""

from __future__ import annotations

from hostnetdoctor.causes.cause import Cause, decide_on_node, doubts_text, evidence_of, has_it, placement_evidence
from hostnetdoctor.listeners.case import Case, container_text
from hostnetdoctor.model import Confidence, FailureKind, Finding
from hostnetdoctor.remedies import offered
from hostnetdoctor.remedies.declare_port import declare_port
from hostnetdoctor.remedies.drop_host_network import drop_host_network
from hostnetdoctor.remedies.keep_replicas_apart import keep_replicas_apart
from hostnetdoctor.remedies.scale_to_nodes import scale_to_nodes
from hostnetdoctor.remedies.use_daemonset import use_daemonset
from hostnetdoctor.remedies.use_host_port import use_host_port

ID = "replica-on-same-node"


def examine(case: Case) -> Finding | None:
    """Answer for a listener that is another pod of the victim's workload and revision."""
    holder = case.holder
    if (
        holder is None
        or case.failure.kind not in {FailureKind.ADDRESS_IN_USE, FailureKind.OTHER}
        or holder.key == case.victim.key
    ):
        return None
    if not case.same_workload or holder.revision != case.victim.revision or holder.deleted_at is not None:
        return None
    where = container_text(case.victim, case.failure.container)
    return Finding(
        cause=ID,
        confidence=case.confidence,
        summary=f"{where} cannot listen on {case.port_text} of {case.victim.node}: another replica {has_it(case.confidence)}.",
        why=f"{_why(case)}{doubts_text(case)}",
        evidence=evidence_of(case, *placement_evidence(case)),
        listeners=(case.listener,) if case.listener else (),
        remedies=offered(
            case, scale_to_nodes, declare_port, keep_replicas_apart, use_daemonset, use_host_port, drop_host_network
        ),
        next_steps=() if case.confidence.rank <= Confidence.CERTAIN.rank else decide_on_node(case),
    )


def _why(case: Case) -> str:
    workload = case.workload
    counted = ""
    if workload is not None and workload.replicas is not None and case.eligible:
        counted = f"{workload.replicas} replicas, {case.eligible_text} that they may run on. "
    if not case.declares_port:
        return f"{counted}The template declares no such port, so the scheduler did not keep them apart."
    return f"{counted}The port is declared, so the scheduler should have kept them apart: was the pod bound to its node by hand?"


CAUSE = Cause(id=ID, examine=examine, page=__doc__)
