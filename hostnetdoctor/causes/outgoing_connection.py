"""An outgoing connection of the node may sit on this port.

## Symptom

A program on a high port sometimes cannot start, on changing nodes, and a restart minutes later works. Nobody listens on the port.

## Why

Every outgoing connection takes a local port from `net.ipv4.ip_local_port_range`, 32768 to 60999 by default. While it lasts, and for a while after,
nobody can listen on that port (measured: address in use even with SO_REUSEADDR). Clusters that widen the range catch well-known ports
as well (rancher/rancher#12510).

## How we know

The port is in the default range and no pod of the node names it. Connections are not in the API, so this is never more than possible.

## How to fix

Listen below 32768, or keep the port out of the range with `net.ipv4.ip_local_reserved_ports` on the nodes.

## Not to be confused with

`holder-not-visible`: the port is outside the range.
"""

from __future__ import annotations

from hostnetdoctor.causes.cause import Cause, evidence_of
from hostnetdoctor.listeners.case import Case, container_text
from hostnetdoctor.model import Confidence, Evidence, EvidenceKind, FailureKind, Finding, Holder, HolderKind
from hostnetdoctor.remedies import offered
from hostnetdoctor.remedies.change_port import change_port

ID = "outgoing-connection"
_FIRST, _LAST = 32_768, 60_999  # the kernel's default range (net/ipv4/af_inet.c)


def examine(case: Case) -> Finding | None:
    """Answer for a port of the node in the range of outgoing connections, when no pod is known to have it."""
    failure, node = case.failure, case.victim.node
    if not case.alone(FailureKind.ADDRESS_IN_USE) or not case.failure.on_node:
        return None
    if failure.port is None or not _FIRST <= failure.port <= _LAST:
        return None
    text = f"{failure.port} is between {_FIRST} and {_LAST}, from which the node takes ports for outgoing connections"
    return Finding(
        cause=ID,
        confidence=Confidence.POSSIBLE,
        summary=f"{container_text(case.victim, failure.container)} cannot listen on {case.port_text} of {node}: an outgoing connection possibly has it.",
        why=f"No pod of {node} is known to have the port, and {text}.",
        evidence=evidence_of(case, Evidence(kind=EvidenceKind.CONVENTION, where="ip_local_port_range", text=text)),
        holders=(Holder(kind=HolderKind.CONNECTION, confidence=Confidence.POSSIBLE, node=node),),
        remedies=offered(case, change_port),
        next_steps=(
            f"sudo ss -tnp state all 'sport = :{failure.port}'  # on {node}",
            f"sysctl net.ipv4.ip_local_port_range net.ipv4.ip_local_reserved_ports  # on {node}",
        ),
    )


CAUSE = Cause(id=ID, examine=examine, page=__doc__)
