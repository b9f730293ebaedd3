"""Nobody has the port any more: it was released late, and the container got it later without any change.

## Symptom

A container failed with an address in use, once or a few times, and then started. Nothing was changed in between.

## Why

An earlier user of the port took its time: a process that ended slowly, or connections in TIME_WAIT under a program that does not set SO_REUSEADDR
(measured: then Linux refuses the address for up to a minute).

## How we know

The attempt before the present one failed with an address in use, the present one has run on without that failure, and no pod is known to have
had the port.

## How to fix

Nothing now. If it happens at every restart, let the program set SO_REUSEADDR, or wait before it starts.

## Not to be confused with

`rollout-overlap`: the earlier pod is still there.
"""

from __future__ import annotations

from hostnetdoctor.causes.cause import Cause, evidence_of
from hostnetdoctor.listeners.case import Case, container_text
from hostnetdoctor.model import Confidence, FailureKind, Finding
from hostnetdoctor.remedies import offered
from hostnetdoctor.remedies.reuse_address import reuse_address

ID = "slow-release"


def examine(case: Case) -> Finding | None:
    """Answer for a failure that a later attempt of the same container got over."""
    failure = case.failure
    if case.listener is not None or failure.kind is not FailureKind.ADDRESS_IN_USE or failure.recovered_at is None:
        return None
    where, whose = (
        container_text(case.victim, failure.container),
        case.victim.node if case.failure.on_node else "its pod",
    )
    return Finding(
        cause=ID,
        confidence=Confidence.POSSIBLE,
        summary=f"{where} has {case.port_text} of {whose} now, since {failure.recovered_at:%H:%M:%S} UTC: it was released late.",
        why="An attempt failed, the next one got the port, and nothing that can be seen has had it in between.",
        evidence=evidence_of(case),
        remedies=offered(case, reuse_address),
        next_steps=_next_steps(case),
    )


def _next_steps(case: Case) -> tuple[str, ...]:
    """Return what shows closed connections that the kernel still keeps; they are gone after a minute."""
    port, node = case.failure.port, case.victim.node
    return (f"sudo ss -tn state time-wait 'sport = :{port}'  # on {node}",) if port and case.failure.on_node else ()


CAUSE = Cause(id=ID, examine=examine, page=__doc__)
