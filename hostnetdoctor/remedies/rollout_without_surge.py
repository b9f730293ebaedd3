"""Stop an old pod before its successor starts."""

from __future__ import annotations

from hostnetdoctor.listeners.case import Case
from hostnetdoctor.model import Patch, Remedy, Workload
from hostnetdoctor.remedies.owner import aim
from hostnetdoctor.remedies.template import ONE_AT_A_TIME, template_patch
from hostnetdoctor.remedies.wording import with_note


def rollout_without_surge(case: Case) -> Remedy | None:
    """Offer a rollout without surge where that alone lets it finish.

    With several replicas and an undeclared port it does not: the scheduler may put a new pod beside another old one.
    """
    target = aim(case)
    workload = target.workload
    if (
        workload is None
        or not _surges(workload)
        or not ((workload.replicas or 0) == 1 or case.declares_port or workload.ref.kind == "DaemonSet")
    ):
        return None
    patch = _patch(target.patchable) if target.patchable else None
    alone = len(case.eligible) == 1 and not case.more_nodes
    outage = " With one replica that is a short outage." if workload.replicas == 1 else ""
    why = f"The default starts a new pod before the old one stops, and both want the same port{' of the only node' if alone else ''}.{outage}"
    title = "roll out without surge: stop an old pod, then start its successor"
    return Remedy(id="rollout-without-surge", title=title, why=with_note(why, target), patch=patch)


def _surges(workload: Workload) -> bool:
    if workload.ref.kind == "DaemonSet":
        return workload.max_surge not in {None, "0", "0%"}
    return (
        workload.ref.kind == "Deployment" and workload.strategy != "Recreate" and workload.max_surge not in {"0", "0%"}
    )


def _patch(workload: Workload) -> Patch:
    if workload.ref.kind == "DaemonSet":
        return Patch(target=workload.ref, type="strategic", body={"spec": {"updateStrategy": dict(ONE_AT_A_TIME)}})
    return template_patch(workload, {}, strategy=ONE_AT_A_TIME)
