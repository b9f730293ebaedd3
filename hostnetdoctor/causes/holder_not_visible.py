"""Something has the port, and nothing that can be read through the Kubernetes API does.

## Symptom

A container cannot listen because an address is in use, and no pod of the node fits.

## Why

A process outside Kubernetes has the port (a system service, a container that the runtime lost track of), or an outgoing connection, or a pod
in a namespace that could not be read.

## How we know

By elimination: every hostNetwork pod of the node was looked at, and each was ruled out by a fact or says nothing of this port. So this is never
more than possible; the node itself decides.

## How to fix

Run the command given on the node; it names the process. Then stop that process, or move one of the two to another port.

## Not to be confused with

`other-host-network-pod` with a confidence of possible or likely: there a pod fits.
"""

from __future__ import annotations

from hostnetdoctor.causes.cause import Cause, decide_on_node, evidence_of
from hostnetdoctor.listeners.case import Case, container_text
from hostnetdoctor.model import Confidence, FailureKind, Finding
from hostnetdoctor.remedies import offered
from hostnetdoctor.remedies.change_port import change_port

ID = "holder-not-visible"
_KINDS = (FailureKind.ADDRESS_IN_USE, FailureKind.OPERATION_NOT_PERMITTED)


def examine(case: Case) -> Finding | None:
    """Answer for a failure by itself, when nobody that can be seen has its address."""
    if not case.alone(*_KINDS):
        return None
    where, node = container_text(case.victim, case.failure.container), case.victim.node
    host = case.failure.on_node
    looked = len(case.scene.neighbours(case.failure))
    blind = host and not case.scene.complete(node)
    if blind:
        summary = f"{where} cannot listen on {case.port_text} of {node}: the pods of {node} could not all be read, so the holder is not known."
    elif host:
        summary = f"{where} cannot listen on {case.port_text} of {node}: something has it that the Kubernetes API does not show."
    else:
        summary = (
            f"{where} cannot listen on {case.port_text} of its pod: no other container of the pod is known to have it."
        )
    return Finding(
        cause=ID,
        confidence=Confidence.POSSIBLE,
        summary=summary,
        why=_why(case, looked=looked, blind=blind),
        evidence=evidence_of(case),
        remedies=offered(case, change_port) if host and case.failure.kind is FailureKind.ADDRESS_IN_USE else (),
        next_steps=_next_steps(case),
    )


def _why(case: Case, *, looked: int, blind: bool) -> str:
    if not case.failure.on_node:
        return "Only containers of one pod share its network. The program may take the port twice itself, or keep it from an earlier start."
    pods = "no other hostNetwork pod" if looked == 0 else f"{looked} other hostNetwork pod{'' if looked == 1 else 's'}"
    if blind:
        return f"Of the node's pods only those in the namespaces asked for could be read: {pods}."
    same = " A pod that fails in the same way does not have the port either." if case.others else ""
    return (
        f"The API shows {pods} on the node, and none that is known to have the port.{same} That leaves a process outside"
        " Kubernetes, a container that the runtime lost track of, or an outgoing connection."
    )


def _next_steps(case: Case) -> tuple[str, ...]:
    port, node = case.failure.port, case.victim.node
    if port is None or node is None or not case.failure.on_node:
        return decide_on_node(case)
    return (
        *decide_on_node(case),
        f"sudo ss -tnp state all 'sport = :{port}'  # on {node}",
        f"sudo crictl ps -a  # on {node}",
    )


CAUSE = Cause(id=ID, examine=examine, page=__doc__)
