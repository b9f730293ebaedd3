"""Give the pods a network of their own and keep the node's port as a hostPort."""

from __future__ import annotations

from hostnetdoctor.listeners.case import Case
from hostnetdoctor.model import Protocol, Remedy
from hostnetdoctor.remedies.drop_host_network import needs_node_network
from hostnetdoctor.remedies.owner import aim
from hostnetdoctor.remedies.template import ONE_AT_A_TIME, container_change, fitting_replicas, template_patch
from hostnetdoctor.remedies.wording import with_note


def use_host_port(case: Case) -> Remedy | None:
    """Offer a hostPort instead of hostNetwork where a workload's own replicas meet.

    The scheduler counts a hostPort, and the node's address keeps answering. It does not help against another
    hostNetwork pod: that one's listener stays, and the mapping would take its traffic.
    """
    target, port = aim(case), case.failure.port
    workload = target.workload
    if port is None or workload is None or not case.same_workload or needs_node_network(case):
        return None
    protocol = case.failure.protocol or Protocol.TCP
    entry = {"containerPort": port, "hostPort": port, "protocol": protocol.value}
    change = {"hostNetwork": False, **container_change(case, {"ports": [entry]})}
    replicas = fitting_replicas(case, workload)
    patch = (
        template_patch(target.patchable, change, strategy=ONE_AT_A_TIME, replicas=replicas)
        if target.patchable
        else None
    )
    why = (
        f"Each pod then has port {port} of its own network, the node passes its port {port} on to it, and the scheduler puts"
        " one such pod on a node. The program must not need the node's own network otherwise."
    )
    title = f"replace hostNetwork by hostPort {port}"
    return Remedy(id="use-host-port", title=title, why=with_note(why, target), patch=patch)
