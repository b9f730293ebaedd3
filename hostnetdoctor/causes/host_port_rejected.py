"""The kubelet refused the pod because a declared host port is taken on its node.

## Symptom

A pod is Failed with the reason `NodePorts` (or `PodFitsHostPorts`) a moment after it was created, and none of its containers ever ran.

## Why

The kubelet checks declared host ports once more when it admits a pod. A pod that came past the scheduler, because its `nodeName` is
set, its DaemonSet's or it is a static pod, can meet another one there that declares the same port. The kubelet does not try again: it
marks the pod Failed, and a controller makes a new one (kubernetes/kubernetes#60726, #128845).

## How we know

The pod's status has that reason, and another pod of the node declares the port.

## How to fix

Do not bind the pod to the node by hand, or give one of the two another port.

## Not to be confused with

`host-port-unschedulable`: the scheduler found no node, and the pod is Pending. A crash loop: there the port is not declared.
"""

from __future__ import annotations

from hostnetdoctor.causes.cause import Cause
from hostnetdoctor.listeners.case import Case, container_text, joined
from hostnetdoctor.listeners.port_map import declaring
from hostnetdoctor.model import Confidence, FailureKind, Finding, Pod
from hostnetdoctor.remedies import offered
from hostnetdoctor.remedies.change_port import change_port
from hostnetdoctor.remedies.wait_for_termination import wait_for_termination

ID = "host-port-rejected"


def examine(case: Case) -> Finding | None:
    """Answer for a declared port of a refused pod that another pod of the node declares as well."""
    failure, node = case.failure, case.victim.node
    if not case.alone(FailureKind.REJECTED):
        return None
    listeners = tuple(declaring(failure, case.scene.on_node(node)))
    if not listeners:
        return None
    holders = joined(container_text(each.pod, each.container) for each in listeners)
    machine = case.scene.node(node)
    ready = machine is not None and machine.ready is True  # else what is said of its pods may be old
    certain = ready and case.scene.complete(node) and len(listeners) == 1 and _came_first(listeners[0].pod, case.victim)
    return Finding(
        cause=ID,
        confidence=Confidence.CERTAIN if certain else Confidence.LIKELY,
        summary=(
            f"{container_text(case.victim, failure.container)} was refused by {node}: {holders} declares {case.port_text} too."
        ),
        why="The kubelet gives a declared host port to one pod and does not try again: this pod stays Failed.",
        evidence=(*failure.evidence, *(each.claims[0].evidence for each in listeners)),
        listeners=listeners,
        remedies=offered(case, wait_for_termination, change_port),
        next_steps=() if certain else (f"kubectl get pods -A --field-selector spec.nodeName={node}",),
    )


def _came_first(holder: Pod, victim: Pod) -> bool:
    """Say whether a pod was on the node before another one: of two from one second nobody can tell."""
    return holder.created_at is not None and victim.created_at is not None and holder.created_at < victim.created_at


CAUSE = Cause(id=ID, examine=examine, page=__doc__)
