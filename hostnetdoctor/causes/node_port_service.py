"""A Service has the port on every node: a NodePort, an external IP, or a health check port.

## Symptom

A hostNetwork pod cannot listen on a port that a Service of type NodePort or LoadBalancer has, on any node. With some network plugins the message
is "operation not permitted" instead of "address in use".

## Why

Old kube-proxies opened a socket for each node port and external IP, to keep others away. Kubernetes 1.24 removed that, with backports to the last
patches of 1.21 to 1.23 (kubernetes/kubernetes#108496): since then a node port has no socket and is not the holder, but its traffic never
reaches the pod. `healthCheckNodePort` is different: a service proxy really listens on it, on every version. A proxy built on eBPF may refuse
to let anybody bind a Service's port (cilium/cilium#14182), which a program words as "operation not permitted".

## How we know

A Service names the port, and the image of the kube-proxy pod on that node tells its version. The kubelet's version is no substitute: then
it is possible at most.

## How to fix

Use a port outside the node port range (30000 to 32767 by default), or change the Service's.

## Not to be confused with

`outgoing-connection`: no Service has the port.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from hostnetdoctor.causes.cause import Cause, decide_on_node, evidence_of, has_it
from hostnetdoctor.listeners.case import Case, container_text
from hostnetdoctor.listeners.scene import Scene
from hostnetdoctor.model import (
    Confidence,
    Evidence,
    EvidenceKind,
    FailureKind,
    Finding,
    Holder,
    HolderKind,
    RuledOut,
    Service,
)
from hostnetdoctor.remedies import offered
from hostnetdoctor.remedies.change_port import change_port

ID = "node-port-service"
_KINDS = (FailureKind.ADDRESS_IN_USE, FailureKind.OPERATION_NOT_PERMITTED)
_FIRST_BACKPORT, _FIRST_WITHOUT_SOCKETS = (1, 21), (1, 24)


def examine(case: Case) -> Finding | RuledOut | None:
    """Answer for a port of the node that a Service has, by the version of the proxy that serves it."""
    port = case.failure.port
    if not case.alone(*_KINDS) or not case.failure.on_node or port is None:
        return None
    excluded: RuledOut | None = None
    for service, field in services_with(case, port):
        level, because = _level(case, field)
        if level is not None:
            return _found(case, service, field, level, because)
        name = f"Service {service.namespace}/{service.name}"
        excluded = RuledOut(
            candidate=name, because=f"has {field} {port}, but {because.text[0].lower()}{because.text[1:-1]}"
        )
    return excluded


def _found(case: Case, service: Service, field: str, level: Confidence, because: Evidence) -> Finding:
    where, name = container_text(case.victim, case.failure.container), f"{service.namespace}/{service.name}"
    text = f"{service.type} {name}: {field} {case.failure.port}"
    holder = Holder(
        kind=HolderKind.SERVICE,
        confidence=level,
        namespace=service.namespace,
        service=service.name,
        node=case.victim.node,
    )
    return Finding(
        cause=ID,
        confidence=level,
        summary=f"{where} cannot listen on {case.port_text} of {case.victim.node}: Service {name} {has_it(level)}.",
        why=because.text,
        evidence=evidence_of(case, Evidence(kind=EvidenceKind.SPEC, where=f"Service {name}", text=text), because),
        holders=(holder,),
        remedies=offered(case, change_port),
        next_steps=decide_on_node(case),
    )


def services_with(case: Case, port: int) -> Iterator[tuple[Service, str]]:
    """Yield the Services that have a port on the node, and the field that names it."""
    for service in case.scene.services():
        if service.health_check_node_port == port:
            yield service, "healthCheckNodePort"
        elif any(each.node_port == port and case.failure.protocol in {None, each.protocol} for each in service.ports):
            yield service, "nodePort"
        elif service.external_ips and any(each.port == port for each in service.ports):
            yield service, "externalIPs, port"


def _level(case: Case, field: str) -> tuple[Confidence | None, Evidence]:
    """Return how sure it is that the Service's proxy keeps the port, None where it does not, and the fact that says so."""
    if case.failure.kind is FailureKind.OPERATION_NOT_PERMITTED:
        text = "A Service has the port, and proxies built on eBPF refuse binds to Services' ports as not permitted."
        return Confidence.LIKELY, Evidence(kind=EvidenceKind.CONVENTION, where="service proxy", text=text)
    if field == "healthCheckNodePort":
        text = "Service proxies listen on health check node ports, on every version."
        return Confidence.LIKELY, Evidence(kind=EvidenceKind.CONVENTION, where="service proxy", text=text)
    image = proxy_image(case.scene, case.victim.node)
    version = _version(image)
    if version is None:
        text = "Old versions of kube-proxy open a socket for it; the version on this node could not be read."
        return Confidence.POSSIBLE, Evidence(kind=EvidenceKind.VERSION, where="kube-proxy", text=text)
    words = f"kube-proxy {version[0]}.{version[1]} on this node"
    if version >= _FIRST_WITHOUT_SOCKETS:
        return None, Evidence(kind=EvidenceKind.VERSION, where=str(image), text=f"{words} opens no socket for it.")
    level = Confidence.POSSIBLE if version >= _FIRST_BACKPORT else Confidence.LIKELY
    only = ", unless it is one of the last patches of this version" if level is Confidence.POSSIBLE else ""
    return level, Evidence(kind=EvidenceKind.VERSION, where=str(image), text=f"{words} opens a socket for it{only}.")


def proxy_image(scene: Scene, node: str | None) -> str | None:
    """Return the image of the kube-proxy container that runs on a node; its tag is the proxy's version."""
    containers = (container for pod in scene.on_node(node) if not pod.finished for container in pod.spec.containers)
    return next((each.image for each in containers if "kube-proxy" in each.image), None)


def _version(image: str | None) -> tuple[int, int] | None:
    found = re.search(r":v?(\d+)\.(\d+)", image or "")
    return (int(found[1]), int(found[2])) if found else None


CAUSE = Cause(id=ID, examine=examine, page=__doc__)
