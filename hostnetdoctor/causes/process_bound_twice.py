"""The process has the port itself, with another of its own listeners.

## Symptom

A program says that an address is in use, and it is alone: nobody else wants the port. Often it goes on running with the listener that it has.

## Why

Two of its settings name the same port (the service and its metrics, IPv4 and IPv6), or it opens a port again, when it loads its configuration
anew, before it closed the old one (coredns/coredns#1604, kubernetes/kubernetes#107413).

## How we know

Its own log says that it listens on the port before it says that it cannot, in one attempt; or two of its settings name the port.

## How to fix

Give one of the two settings another port. After a failed reload, restart the pod.

## Not to be confused with

`container-in-same-pod`: another container of the pod has the port. `previous-instance`: an earlier process of the container still runs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from hostnetdoctor.causes.cause import Cause, decide_on_node, evidence_of, has_it
from hostnetdoctor.listeners.case import Case, container_text
from hostnetdoctor.model import Basis, BindFailure, Claim, Confidence, FailureKind, Finding, Holder, HolderKind
from hostnetdoctor.remedies import offered
from hostnetdoctor.remedies.change_port import change_port

ID = "process-bound-twice"
_SETTINGS = frozenset({Basis.ARGUMENT, Basis.ENVIRONMENT, Basis.CONFIG})


def examine(case: Case) -> Finding | None:
    """Answer for a container that claims the failed port twice, or had it before it failed to take it."""
    failure, victim = case.failure, case.victim
    if not case.alone(FailureKind.ADDRESS_IN_USE) or failure.port is None:
        return None
    own = case.port_map.claims_of(victim, failure.container, failure.protocol, failure.port)
    heard = [claim for claim in own if claim.basis is Basis.LISTENING_LOG and not _later(claim, failure)]
    settings = {claim.evidence.text: claim for claim in own if claim.basis in _SETTINGS}
    if not heard and len(settings) < 2:
        return None
    shown: list[Claim] = heard or list(settings.values())
    confidence = Confidence.LIKELY if heard or _of_one_kind(settings.values()) else Confidence.POSSIBLE
    where = container_text(victim, failure.container)
    whose = f"of {victim.node}" if failure.on_node else "of its pod"
    return Finding(
        cause=ID,
        confidence=confidence,
        summary=f"{where} cannot listen on {case.port_text} {whose}: it {has_it(confidence)} itself, through another of its listeners.",
        why="Its own log says that it has the port."
        if heard
        else f"{len(settings)} of its own settings name the port.",
        evidence=evidence_of(case, *(claim.evidence for claim in shown[:3])),
        holders=(
            Holder(
                kind=HolderKind.CONTAINER,
                confidence=confidence,
                namespace=victim.namespace,
                pod=victim.name,
                container=failure.container,
                node=victim.node,
            ),
        ),
        remedies=offered(case, change_port),
        next_steps=decide_on_node(case),
    )


def _later(claim: Claim, failure: BindFailure) -> bool:
    """Say whether a container got the port after it failed: then it did not have it before."""
    return claim.at is not None and failure.last_at is not None and claim.at > failure.last_at


def _of_one_kind(settings: Iterable[Claim]) -> bool:
    """Say whether two settings of one kind name the port; a flag beside a variable often says one thing twice."""
    return max(Counter(claim.basis for claim in settings).values(), default=0) > 1


CAUSE = Cause(id=ID, examine=examine, page=__doc__)
