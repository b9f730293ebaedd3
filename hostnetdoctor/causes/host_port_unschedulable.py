"""The pod is Pending because on every node that it may use a declared host port is taken.

## Symptom

A pod stays Pending, and its events say "didn't have free ports for the requested pod ports".

## Why

The scheduler adds up the host ports that pods declare, on each node, and puts two pods with the same one on different nodes. When every node
that the pod may run on has a pod with that port, the pod waits: more replicas than nodes, a surge pod of a rollout (the old pod has
the port and stops only when the new one is Ready), or another workload that declares the port. A pod that is being deleted still counts.

## How we know

The pod's condition PodScheduled says so, and each of the eligible nodes has a pod that declares the port.

## How to fix

Run no more replicas than nodes, roll out without surge, or declare another port.

## Not to be confused with

An undeclared port: then the pod is scheduled and crash-loops (`replica-on-same-node`, `rollout-overlap`, `other-host-network-pod`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hostnetdoctor.causes.cause import Cause
from hostnetdoctor.listeners.case import Case, container_text, joined
from hostnetdoctor.listeners.port_map import declaring
from hostnetdoctor.model import (
    Confidence,
    FailureKind,
    Finding,
    Listener,
    Remedy,
)
from hostnetdoctor.remedies import offered
from hostnetdoctor.remedies.change_port import change_port
from hostnetdoctor.remedies.rollout_without_surge import rollout_without_surge
from hostnetdoctor.remedies.scale_to_nodes import scale_to_nodes
from hostnetdoctor.remedies.wait_for_termination import wait_for_termination

ID = "host-port-unschedulable"
_SHOWN_NODES = 4


def examine(case: Case) -> Finding | None:
    """Answer for a declared port of a Pending pod that pods on the eligible nodes declare as well."""
    failure = case.failure
    if not case.alone(FailureKind.UNSCHEDULABLE):
        return None
    holders = {node.name: tuple(declaring(case.failure, case.scene.on_node(node.name))) for node in case.eligible}
    listeners = tuple(listener for each in holders.values() for listener in each)
    if not listeners:
        return None
    taken = [name for name, each in holders.items() if each]
    everywhere = len(taken) == len(holders) and not case.more_nodes
    known = all(node.ready is True for node in case.eligible)  # what is said of another node's pods may be old
    place = f"all {len(taken)} nodes" if everywhere and len(taken) > 1 else joined(taken[:_SHOWN_NODES])
    return Finding(
        cause=ID,
        confidence=Confidence.CERTAIN if everywhere and known else Confidence.LIKELY,
        summary=f"{container_text(case.victim, failure.container)} is Pending: {case.port_text} is taken on {place} that it may run on.",
        why=_why(case, listeners),
        evidence=(*failure.evidence, *(listener.claims[0].evidence for listener in listeners[:_SHOWN_NODES])),
        listeners=listeners,
        remedies=_remedies(case, listeners),
        next_steps=()
        if everywhere and known
        else (f"kubectl -n {case.victim.namespace} describe pod {case.victim.name}",),
    )


def _owners(case: Case, listeners: tuple[Listener, ...]) -> Mapping[str, int]:
    """Count the holders by what they are to the victim."""
    kinds = {"replica": 0, "revision": 0, "other": 0, "leaving": 0}
    for listener in listeners:
        if listener.pod.deleted_at is not None:
            kinds["leaving"] += 1
        elif not case.scene.same_workload(case.victim, listener.pod):
            kinds["other"] += 1
        else:
            kinds["replica" if listener.pod.revision == case.victim.revision else "revision"] += 1
    return kinds


def _why(case: Case, listeners: tuple[Listener, ...]) -> str:
    kinds, workload = _owners(case, listeners), case.workload
    words = {
        "replica": "replicas of the same workload",
        "revision": "pods of another revision of the same workload",
        "other": "pods of other workloads",
        "leaving": "pods that are being deleted",
    }
    held = joined(
        f"{count} {words[kind]}" if count > 1 else f"one of the {words[kind]}" for kind, count in kinds.items() if count
    )
    nodes = len(case.eligible)
    wanted = (
        f" The workload wants {workload.replicas} replicas on {nodes} node{'' if nodes == 1 else 's'}."
        if case.replicas_over_nodes and workload
        else ""
    )
    stuck = ""
    if kinds["revision"] and not case.replicas_over_nodes:
        stuck = " The rollout waits for the new pod, and the new pod waits for the old one's port."
    return f"The scheduler gives a declared host port of a node to one pod. It is declared by {held}.{wanted}{stuck}"


def _remedies(case: Case, listeners: tuple[Listener, ...]) -> Sequence[Remedy]:
    kinds = _owners(case, listeners)
    offers = [scale_to_nodes] if kinds["replica"] or kinds["revision"] else []
    if kinds["leaving"]:
        offers.append(wait_for_termination)
    if kinds["revision"]:
        offers.append(rollout_without_surge)
    if kinds["other"]:
        offers.append(change_port)
    return offered(case, *offers)


CAUSE = Cause(id=ID, examine=examine, page=__doc__)
