"""Nobody has the port: the program listens on an address that the machine does not have.

## Symptom

A container ends with "cannot assign requested address" or "address not available" (errno 99, EADDRNOTAVAIL).

## Why

A program can listen on the addresses of its own machine, or its own pod, only. The address in its settings belongs to another node, was
the node's before it changed (a pod's recorded IP does not follow), is a virtual address that has not been set up, or is an IPv6 address on a
machine without IPv6.

## How we know

The log says errno 99 and names the address, and the API lists other addresses for the node.

## How to fix

Listen on `0.0.0.0` or `::`, or hand the node's present address to the program through the downward API (`status.hostIP`).

## Not to be confused with

A port that is taken: that is errno 98.
"""

from __future__ import annotations

from hostnetdoctor.causes.cause import Cause, evidence_of
from hostnetdoctor.listeners.case import Case, container_text, joined
from hostnetdoctor.model import Confidence, Evidence, EvidenceKind, FailureKind, Finding
from hostnetdoctor.remedies import offered
from hostnetdoctor.remedies.listen_on_all_addresses import listen_on_all_addresses

ID = "address-not-on-node"


def examine(case: Case) -> Finding | None:
    """Answer for a failure with errno 99, for which no listener matters."""
    failure = case.failure
    if not case.alone(FailureKind.ADDRESS_NOT_AVAILABLE):
        return None
    where, addresses = container_text(case.victim, failure.container), joined(failure.addresses)
    machine = str(case.victim.node) if case.failure.on_node else "its pod"
    subject = f"address {addresses}" if addresses else "the address in its settings"
    known = _known_addresses(case)
    foreign = bool(addresses and known) and not set(known) & set(failure.addresses)
    confidence = Confidence.CERTAIN if foreign and not failure.port_by_settings else Confidence.LIKELY
    facts = (
        (Evidence(kind=EvidenceKind.STATUS, where=machine, text=f"has the addresses {joined(known)}"),) if known else ()
    )
    return Finding(
        cause=ID,
        confidence=confidence,
        summary=f"{where} cannot listen on {case.port_text}: {machine} does not have {subject}. Nobody else has the port.",
        why="A program can listen on the addresses of its own machine only; this one belongs to another one, or to none any more.",
        evidence=evidence_of(case, *facts),
        remedies=offered(case, listen_on_all_addresses),
        next_steps=() if confidence is Confidence.CERTAIN else (f"ip -brief address  # on {case.victim.node}",),
    )


def _known_addresses(case: Case) -> tuple[str, ...]:
    node = case.scene.node(case.victim.node) if case.failure.on_node else None
    return tuple(address for address in node.addresses if address[:1].isdigit() or ":" in address) if node else ()


CAUSE = Cause(id=ID, examine=examine, page=__doc__)
