"""Forbid two pods of one workload on one node."""

from __future__ import annotations

from hostnetdoctor.listeners.case import Case
from hostnetdoctor.model import Remedy, Workload
from hostnetdoctor.remedies.owner import aim
from hostnetdoctor.remedies.template import HOSTNAME, ONE_AT_A_TIME, fitting_replicas, template_patch
from hostnetdoctor.remedies.wording import with_note


def keep_replicas_apart(case: Case) -> Remedy | None:
    """Offer required pod anti-affinity by host name, with a rollout that replaces one pod at a time."""
    target = aim(case)
    workload = target.workload
    if workload is None or workload.ref.kind not in {"Deployment", "StatefulSet"} or not workload.selector:
        return None
    if case.victim.spec.affinity.keeps_replicas_apart or not case.same_workload:
        return None
    term = {"labelSelector": {"matchLabels": dict(workload.selector)}, "topologyKey": HOSTNAME}
    spec = {"affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}}
    replicas = fitting_replicas(case, workload)
    patch = (
        template_patch(target.patchable, spec, strategy=ONE_AT_A_TIME, replicas=replicas) if target.patchable else None
    )
    scaled = (
        f" It also sets replicas to {replicas}, the number of nodes, or the rollout could not finish."
        if replicas
        else ""
    )
    why = f"Required anti-affinity counts old pods too, so pods are replaced one at a time and never meet.{scaled}{_by_hand(case, workload)}"
    return Remedy(
        id="keep-replicas-apart",
        title="keep replicas on separate nodes (pod anti-affinity)",
        why=with_note(why, target),
        patch=patch,
    )


def _by_hand(case: Case, workload: Workload) -> str:
    """Return what a StatefulSet does not do by itself: replace a pod that is not Ready (kubernetes/kubernetes#67250)."""
    if workload.ref.kind != "StatefulSet":
        return ""
    return (
        " A StatefulSet may wait for the failing pod instead of replacing it: "
        f"delete {case.victim.name} if it is still there afterwards."
    )
