"""A hostNetwork pod of another workload has the port on this node.

## Symptom

A hostNetwork pod crash-loops with an address in use on some or on all nodes, whatever its own replicas do.

## Why

All hostNetwork pods of a node share the node's ports, across namespaces and teams: a second node-exporter, two controllers with metrics
on 8080, an agent beside an ingress. The scheduler compares declared ports only, and a DaemonSet's pods have to run on every node anyway.

## How we know

The holder runs on the same node with hostNetwork and ran when the bind failed. That it listens on this port is in its own log
("listening on ..."), or in its declared ports, arguments, variables, probes or scrape annotation.

## How to fix

Move one of the two to another port, or keep only one of two installations that do the same job.

## Not to be confused with

`replica-on-same-node` and `rollout-overlap`: the other pod belongs to the same workload. `container-in-same-pod`: it is a container of the
failing pod itself. `holder-not-visible`: no pod fits.
"""

from __future__ import annotations

from hostnetdoctor.causes.cause import Cause, decide_on_node, doubts_text, evidence_of, has_it
from hostnetdoctor.listeners.case import Case, container_text
from hostnetdoctor.model import Confidence, Evidence, EvidenceKind, FailureKind, Finding
from hostnetdoctor.remedies import offered
from hostnetdoctor.remedies.change_port import change_port
from hostnetdoctor.remedies.drop_host_network import drop_host_network
from hostnetdoctor.remedies.remove_duplicate import remove_duplicate

ID = "other-host-network-pod"


def examine(case: Case) -> Finding | None:
    """Answer for a listener in a hostNetwork pod of another workload."""
    holder = case.holder
    if (
        holder is None
        or case.listener is None
        or case.failure.kind not in {FailureKind.ADDRESS_IN_USE, FailureKind.OTHER}
    ):
        return None
    if holder.key == case.victim.key or case.same_workload:
        return None
    where, has = container_text(case.victim, case.failure.container), container_text(holder, case.listener.container)
    text = f"both hostNetwork: true, both on {case.victim.node}"
    return Finding(
        cause=ID,
        confidence=case.confidence,
        summary=f"{where} cannot listen on {case.port_text} of {case.victim.node}: {has} {has_it(case.confidence)}.",
        why=f"{_why(case)}{doubts_text(case)}",
        evidence=evidence_of(
            case, Evidence(kind=EvidenceKind.SPEC, where=f"{case.victim.name}, {holder.name}", text=text)
        ),
        listeners=(case.listener,),
        remedies=offered(case, change_port, remove_duplicate, drop_host_network),
        next_steps=() if case.confidence.rank <= Confidence.CERTAIN.rank else decide_on_node(case),
    )


def _why(case: Case) -> str:
    holder = case.holder
    every = holder is not None and holder.controller is not None and holder.controller.workload.kind == "DaemonSet"
    spread = " The holder is a DaemonSet's pod, so the same happens on every node where both run." if every else ""
    declared = (
        "" if case.declares_port else " The failing pod does not declare the port, so the scheduler could not know."
    )
    return f"All hostNetwork pods of a node share its ports, whatever their namespace.{declared}{spread}"


CAUSE = Cause(id=ID, examine=examine, page=__doc__)
