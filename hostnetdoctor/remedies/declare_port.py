"""Declare the port, so that the scheduler keeps pods that want it apart."""

from __future__ import annotations

from hostnetdoctor.listeners.case import Case
from hostnetdoctor.model import Protocol, Remedy, Workload
from hostnetdoctor.remedies.owner import aim
from hostnetdoctor.remedies.template import STOP_FIRST, container_change, fitting_replicas, template_patch
from hostnetdoctor.remedies.wording import with_note


def declare_port(case: Case) -> Remedy | None:
    """Offer to declare an undeclared port of a hostNetwork workload whose own replicas meet on one node.

    Not for a StatefulSet: it cannot stop all pods first, and the scheduler may put a new pod beside an old one that declares nothing.
    """
    target, port = aim(case), case.failure.port
    workload = target.workload
    if port is None or case.declares_port or not case.same_workload or _cannot_stop_first(workload):
        return None
    protocol = case.failure.protocol or Protocol.TCP
    entry = {"containerPort": port, "hostPort": port, "protocol": protocol.value}
    replicas = fitting_replicas(case, workload) if workload else None
    patch = (
        template_patch(
            target.patchable, container_change(case, {"ports": [entry]}), strategy=STOP_FIRST, replicas=replicas
        )
        if target.patchable
        else None
    )
    costs = (
        " All replicas stop before the new ones start, because old and new pods cannot share a node."
        if workload is not None and workload.ref.kind == "Deployment"
        else ""
    )
    why = f"The scheduler compares declared ports only. Then a replica too many waits as Pending instead of crashing.{costs}"
    return Remedy(
        id="declare-port",
        title=f"declare port {port}/{protocol} in the template",
        why=with_note(why, target),
        patch=patch,
    )


def _cannot_stop_first(workload: Workload | None) -> bool:
    return workload is not None and workload.ref.kind in {"DaemonSet", "StatefulSet"}
