"""Where a change has to be made so that it stays: at the owner of record, or in the source that it is written from."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from hostnetdoctor.listeners.case import Case
from hostnetdoctor.model import Pod, Workload, WorkloadRef

# The kinds whose templates can be changed in place; a Job's cannot (spec.template is immutable).
_PATCHABLE = frozenset({"Deployment", "DaemonSet", "StatefulSet", "ReplicaSet", "CronJob"})


class Aim(Struct, frozen=True):
    """Where to change a workload.

    `patchable` is the object to patch, None where a patch cannot be made or would be reverted at once. `note` is the
    sentence that says where to edit, empty when the patch is all there is to it.
    """

    workload: Workload | None
    patchable: Workload | None
    note: str


def aim(case: Case) -> Aim:
    """Find out where the victim's specification is written."""
    return aim_at(case.victim, case.workload, case.owner)


def aim_at(pod: Pod, workload: Workload | None, owner: WorkloadRef | None) -> Aim:
    """Find out where a pod's specification is written; an owner that could not be read is never guessed."""
    if pod.static:
        return Aim(None, None, f"edit its manifest on {pod.node} (a static pod: usually in /etc/kubernetes/manifests)")
    if owner is None:
        return Aim(
            None, None, "it is a bare pod: change the manifest that it is made from, delete the pod and create it again"
        )
    if workload is None:
        return Aim(
            None, None, f"its owner {owner.kind} {owner.name} could not be read, so look there what it is made from"
        )
    if workload.ref != owner:
        written = f"{workload.ref.kind} {workload.ref.name}"
        note = f"edit {owner.kind} {owner.name}: its operator writes {written} and would undo other changes"
        return Aim(workload, None, note)
    return _managed(workload)


def _managed(workload: Workload) -> Aim:
    if (source := _git_source(workload)) is not None:
        return Aim(workload, None, f"change it in the Git source of {source}, which would undo a patch")
    if workload.ref.kind not in _PATCHABLE:
        return Aim(
            workload, None, f"change the manifest of {workload.ref.kind} {workload.ref.name} and create it again"
        )
    release = workload.annotations.get("meta.helm.sh/release-name")
    if release or workload.labels.get("app.kubernetes.io/managed-by") == "Helm":
        name = f"Helm release {release}" if release else "its Helm release"
        return Aim(workload, workload, f"put it into the values of {name} too, or the next upgrade undoes it")
    return Aim(workload, workload, "")


def _git_source(workload: Workload) -> str | None:
    """Name the Argo CD application or Flux object that applies a workload, by their tracking labels and field managers."""
    labels, annotations = workload.labels, workload.annotations
    if tracking := annotations.get("argocd.argoproj.io/tracking-id"):
        return f"Argo CD application {tracking.partition(':')[0]}"
    if name := labels.get("argocd.argoproj.io/instance"):
        return f"Argo CD application {name}"
    if "argocd-controller" in workload.managers or "argocd-application-controller" in workload.managers:
        return _labelled("Argo CD application", labels, "app.kubernetes.io/instance")
    if name := labels.get("kustomize.toolkit.fluxcd.io/name"):
        return f"Flux Kustomization {name}"
    if name := labels.get("helm.toolkit.fluxcd.io/name"):
        return f"Flux HelmRelease {name}"
    return None


def _labelled(kind: str, labels: Mapping[str, str], label: str) -> str:
    return f"{kind} {labels[label]}" if label in labels else f"its {kind}"
