"""The container runtime listens on the port, for another pod's hostPort.

## Symptom

A hostNetwork pod crash-loops with an address in use, and a pod without hostNetwork on the same node declares that port as its hostPort.

## Why

Some runtimes open a socket on the node for every hostPort: Docker's docker-proxy, and CRI-O before 1.31 (cri-o/cri-o#8470). Most clusters use
containerd with the portmap plugin, which only rewrites packets: there a hostPort has no socket and is never the holder, though it takes the
traffic from outside (containernetworking/plugins, plugins/meta/portmap).

## How we know

The pod with the hostPort runs on the node, and the node names its runtime and version.

## How to fix

Change the hostPort or the failing pod's port.

## Not to be confused with

`node-port-service`: the port belongs to a Service. `host-port-unschedulable`: both pods declare the port.
"""

from __future__ import annotations

import re

from hostnetdoctor.causes.cause import Cause, decide_on_node, evidence_of, has_it
from hostnetdoctor.listeners.case import Case, container_text
from hostnetdoctor.listeners.port_map import host_port_mappings
from hostnetdoctor.model import Confidence, Evidence, EvidenceKind, FailureKind, Finding, RuledOut
from hostnetdoctor.remedies import offered
from hostnetdoctor.remedies.change_port import change_port

ID = "host-port-mapping"
_FIRST_CRI_O_WITHOUT_SOCKET = (1, 31)


def examine(case: Case) -> Finding | RuledOut | None:
    """Answer for a hostPort of another pod on a node whose runtime opens a socket for it."""
    failure = case.failure
    node = case.scene.node(case.victim.node)
    if not case.alone(FailureKind.ADDRESS_IN_USE) or not case.failure.on_node:
        return None
    mappings = tuple(host_port_mappings(failure, case.scene))
    if node is None or not mappings:
        return None
    if not opens_socket(node.runtime):
        because = f"has hostPort {failure.port} without a socket: under {node.runtime} packets are only rewritten"
        return RuledOut(candidate=mappings[0].pod.path, because=because)
    first = mappings[0]
    confidence = (
        Confidence.LIKELY
        if len(mappings) == 1 and case.scene.complete(node.name) and node.ready
        else Confidence.POSSIBLE
    )
    where, has = container_text(case.victim, failure.container), container_text(first.pod, first.container)
    runtime = Evidence(kind=EvidenceKind.VERSION, where=f"{node.name}, containerRuntimeVersion", text=str(node.runtime))
    return Finding(
        cause=ID,
        confidence=confidence,
        summary=f"{where} cannot listen on {case.port_text} of {node.name}: the container runtime {has_it(confidence)}, for the hostPort of {has}.",
        why=f"{node.runtime} opens a socket on the node for each hostPort.",
        evidence=evidence_of(case, *(each.claims[0].evidence for each in mappings), runtime),
        listeners=mappings,
        remedies=offered(case, change_port),
        next_steps=decide_on_node(case),
    )


def opens_socket(runtime: str | None) -> bool:
    """Say whether a runtime, as a node names it, listens for hostPorts: `docker://24.0.7` does, `containerd://1.7.2` does not."""
    name, _, version = (runtime or "").partition("://")
    numbers = re.match(r"(\d+)\.(\d+)", version)
    if name == "cri-o" and numbers:
        return (int(numbers[1]), int(numbers[2])) < _FIRST_CRI_O_WITHOUT_SOCKET
    return name == "docker"


CAUSE = Cause(id=ID, examine=examine, page=__doc__)
