"""Another container of the same pod has the port.

## Symptom

One container of a pod crash-loops with an address in use while another one of the same pod runs. It happens on every node, with and without
hostNetwork, and with a single replica. Often only one of the two logs it, and the other one is the one that restarts.

## Why

All containers of a pod share one network, so a port can be taken once in it. Typical pairs are two programs with the default 8080, a proxy
that was given the port of the container behind it, or a sidecar added by an admission webhook.

## How we know

The other container of the pod is running, and its log, ports, arguments, variables or probes name the port.

## How to fix

Give one of the two containers another port.

## Not to be confused with

`process-bound-twice`: one process takes the same port with two of its own listeners.
"""

from __future__ import annotations

from hostnetdoctor.causes.cause import Cause, decide_on_node, doubts_text, evidence_of, has_it
from hostnetdoctor.listeners.case import Case, container_text
from hostnetdoctor.model import Confidence, FailureKind, Finding
from hostnetdoctor.remedies import offered
from hostnetdoctor.remedies.change_port import change_port

ID = "container-in-same-pod"


def examine(case: Case) -> Finding | None:
    """Answer for a listener in another container of the victim's own pod."""
    if case.listener is None or case.holder is None or case.holder.key != case.victim.key:
        return None
    if case.failure.kind not in {FailureKind.ADDRESS_IN_USE, FailureKind.OTHER}:
        return None
    where, network = (
        container_text(case.victim, case.failure.container),
        "node" if case.failure.on_node else "pod",
    )
    whose = f"of {case.victim.node}" if network == "node" else "of its pod"
    return Finding(
        cause=ID,
        confidence=case.confidence,
        summary=f"{where} cannot listen on {case.port_text} {whose}: container {case.listener.container} of the same pod {has_it(case.confidence)}.",
        why=f"All containers of a pod share one network, so each port can be taken once.{doubts_text(case)}",
        evidence=evidence_of(case),
        listeners=(case.listener,),
        remedies=offered(case, change_port),
        next_steps=() if case.confidence.rank <= Confidence.CERTAIN.rank else decide_on_node(case),
    )


CAUSE = Cause(id=ID, examine=examine, page=__doc__)
