"""Run one pod on every node, which is what a hostNetwork program with as many replicas as nodes wants."""

from __future__ import annotations

from hostnetdoctor.listeners.case import Case
from hostnetdoctor.model import Remedy
from hostnetdoctor.remedies.owner import aim
from hostnetdoctor.remedies.wording import with_note


def use_daemonset(case: Case) -> Remedy | None:
    """Offer a DaemonSet where a Deployment has at least as many replicas as there are nodes for it."""
    target = aim(case)
    workload, nodes = target.workload, len(case.eligible)
    if workload is None or workload.ref.kind != "Deployment" or case.more_nodes:
        return None
    if nodes == 0 or (workload.replicas or 0) < nodes:
        return None
    namespace, name = workload.ref.namespace, workload.ref.name
    convert = (
        f"kubectl -n {namespace} get deployment {name} -o json"
        ' | jq \'{apiVersion: "apps/v1", kind: "DaemonSet", metadata: {name: .metadata.name, namespace: .metadata.namespace,'
        " labels: .metadata.labels}, spec: {selector: .spec.selector, template: .spec.template}}'"
        f" > {name}-daemonset.json && kubectl -n {namespace} delete deployment {name} --wait --cascade=foreground"
        f" && kubectl apply -f {name}-daemonset.json"
    )
    why = "A DaemonSet runs exactly one pod on each node that it may use and follows nodes that come and go. The pods stop once during the change."
    title = (
        f"make it a DaemonSet: one pod on each of the {nodes} nodes"
        if nodes > 1
        else "make it a DaemonSet: one pod on the node"
    )
    return Remedy(
        id="use-daemonset", title=title, why=with_note(why, target), command=convert if target.patchable else None
    )
