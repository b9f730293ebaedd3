"""Run no more replicas than there are nodes for them."""

from __future__ import annotations

from hostnetdoctor.listeners.case import Case
from hostnetdoctor.model import Remedy, Workload
from hostnetdoctor.remedies.owner import Aim, aim
from hostnetdoctor.remedies.wording import with_note

_SCALABLE = frozenset({"Deployment", "StatefulSet", "ReplicaSet"})


def scale_to_nodes(case: Case) -> Remedy | None:
    """Offer to scale down when the replicas outnumber the nodes; says that this is a loss of capacity."""
    target = aim(case)
    workload = target.workload
    if workload is None or workload.ref.kind not in _SCALABLE or not case.replicas_over_nodes:
        return None
    nodes = len(case.eligible)
    title = f"run at most one replica a node (capacity goes from {workload.replicas} to {nodes})"
    why = f"{nodes} node{'' if nodes == 1 else 's'} can give the port to one replica each; further replicas can only crash or wait."
    return Remedy(
        id="scale-to-nodes", title=title, why=with_note(why, target), command=_command(case, target, workload, nodes)
    )


def _command(case: Case, target: Aim, workload: Workload, nodes: int) -> str | None:
    if target.patchable is None:
        return None
    namespace, name = workload.ref.namespace, workload.ref.name
    scaler = next(
        (each for each in case.autoscalers if each.target.kind == workload.ref.kind and each.target.name == name), None
    )
    if scaler is not None:  # it would undo a change of replicas
        return (
            f'kubectl -n {namespace} patch hpa {scaler.name} --type=merge -p \'{{"spec":{{"maxReplicas":{nodes}}}}}\''
        )
    return f"kubectl -n {namespace} scale {workload.ref.kind.lower()} {name} --replicas={nodes}"
