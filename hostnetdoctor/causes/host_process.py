"""A program of the node itself, outside Kubernetes, usually has this port.

## Symptom

A hostNetwork pod crash-loops with an address in use, on every node or on some, and no pod of the node names the port. All its replicas fail in
the same way.

## Why

The node has programs of its own that listen: the kubelet, sshd, systemd-resolved, an exporter or web server from the distribution's packages.
The Kubernetes API does not show them.

## How we know

No pod has the port, and the port is the usual one of a program that nodes have. That is a convention, so it is never more than likely; the
command given reads the owner of the socket on the node.

## How to fix

Stop the node's program if nobody needs it, or give the pod another port.

## Not to be confused with

`holder-not-visible`: the port is nobody's usual one. `previous-instance`: a container that the runtime lost track of.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from hostnetdoctor.causes.cause import Cause, decide_on_node, evidence_of, has_it
from hostnetdoctor.listeners.case import Case, container_text
from hostnetdoctor.model import Confidence, Evidence, EvidenceKind, FailureKind, Finding, Holder, HolderKind, Process
from hostnetdoctor.remedies import offered
from hostnetdoctor.remedies.change_port import change_port

ID = "host-process"


class Daemon(Struct, frozen=True):
    """A program that nodes have: its name, its systemd unit, and whether every Kubernetes node has it."""

    name: str
    unit: str
    everywhere: bool = False


# Kubernetes' own: https://kubernetes.io/docs/reference/networking/ports-and-protocols/. The others: the usual ports of
# distribution packages (/etc/services), as seen in incidents (k3s-io/k3s#2403, kubernetes-sigs/kubespray#4979).
DAEMONS: Mapping[int, Daemon] = {
    22: Daemon("sshd", "ssh"),
    53: Daemon("systemd-resolved or dnsmasq", "systemd-resolved"),
    68: Daemon("dhclient or systemd-networkd", "systemd-networkd"),
    80: Daemon("nginx or Apache httpd", "nginx"),
    111: Daemon("rpcbind", "rpcbind"),
    123: Daemon("chronyd or ntpd", "chrony"),
    179: Daemon("bird or frr", "bird"),
    443: Daemon("nginx or Apache httpd", "nginx"),
    631: Daemon("cupsd", "cups"),
    2049: Daemon("the kernel's NFS server", "nfs-server"),
    9090: Daemon("cockpit", "cockpit.socket"),
    9100: Daemon("prometheus-node-exporter", "prometheus-node-exporter"),
    10248: Daemon("kubelet", "kubelet", everywhere=True),
    10250: Daemon("kubelet", "kubelet", everywhere=True),
    10255: Daemon("kubelet", "kubelet"),
}


def examine(case: Case) -> Finding | None:
    """Answer for a port of the node that is a node program's usual one, when no pod is known to have it."""
    failure, node = case.failure, case.victim.node
    daemon = DAEMONS.get(failure.port or 0)
    if not case.alone(FailureKind.ADDRESS_IN_USE) or daemon is None or not case.failure.on_node:
        return None
    complete = case.scene.complete(node)
    if not complete and not daemon.everywhere:
        return None  # a pod that could not be read is as good a guess: a node exporter is mostly one
    sure = daemon.everywhere and complete
    confidence = Confidence.LIKELY if sure else Confidence.POSSIBLE
    text = f"{failure.port} is the usual port of {daemon.name}"
    return Finding(
        cause=ID,
        confidence=confidence,
        summary=f"{container_text(case.victim, failure.container)} cannot listen on {case.port_text} of {node}: {daemon.name} of the node itself {has_it(confidence)}.",
        why=f"No pod of {node} is known to have the port, and {text}{', which every node runs' if daemon.everywhere else ''}.",
        evidence=evidence_of(case, Evidence(kind=EvidenceKind.CONVENTION, where="node programs", text=text)),
        holders=(
            Holder(
                kind=HolderKind.PROCESS,
                confidence=confidence,
                process=Process(name=daemon.name, unit=daemon.unit),
                node=node,
            ),
        ),
        remedies=offered(case, change_port),
        next_steps=(*decide_on_node(case), f"systemctl status {daemon.unit}  # on {node}"),
    )


CAUSE = Cause(id=ID, examine=examine, page=__doc__)
