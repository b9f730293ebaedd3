"""Give the pods a network of their own."""

from __future__ import annotations

from hostnetdoctor.listeners.case import Case
from hostnetdoctor.model import Protocol, Remedy
from hostnetdoctor.remedies.owner import aim
from hostnetdoctor.remedies.template import container_change, template_patch
from hostnetdoctor.remedies.wording import with_note

# Pods that build or watch the node's own network cannot leave it; their names and namespaces do not tell, their rights do.
_NODE_NETWORK_RIGHTS = frozenset({"NET_ADMIN", "NET_RAW", "SYS_ADMIN", "ALL"})


def drop_host_network(case: Case) -> Remedy | None:
    """Offer to drop hostNetwork behind a Service, where nothing shows that the pod works on the node's network itself."""
    target, port = aim(case), case.failure.port
    if target.workload is None or port is None or needs_node_network(case):
        return None
    protocol = case.failure.protocol or Protocol.TCP
    entry = {"containerPort": port, "hostPort": None, "protocol": protocol.value}
    change = {"hostNetwork": False, **container_change(case, {"ports": [entry]})}
    patch = template_patch(target.patchable, change) if target.patchable else None
    service = (
        f"Service {case.services[0].name} already selects them" if case.services else "put a Service in front of them"
    )
    why = (
        f"Then every pod has port {port} to itself and any number of replicas can run; {service}."
        " Clients that use a node's address and this port need a NodePort, a load balancer or an ingress instead."
    )
    title = "drop hostNetwork and use a Service, if the program does not need the node's own network"
    return Remedy(id="drop-host-network", title=title, why=with_note(why, target), patch=patch)


def needs_node_network(case: Case) -> bool:
    """Say whether a pod shows that it works on the node's network itself: one on every node, or with rights over it."""
    workload, spec = case.workload, case.victim.spec
    everywhere = workload is not None and workload.ref.kind == "DaemonSet"
    powerful = any(each.privileged or _NODE_NETWORK_RIGHTS & set(each.capabilities) for each in spec.containers)
    return not spec.host_network or everywhere or powerful
