"""Stop all old pods before new ones start."""

from __future__ import annotations

from hostnetdoctor.listeners.case import Case
from hostnetdoctor.model import Remedy
from hostnetdoctor.remedies.owner import aim
from hostnetdoctor.remedies.template import STOP_FIRST, template_patch
from hostnetdoctor.remedies.wording import with_note


def stop_before_start(case: Case) -> Remedy | None:
    """Offer `strategy: Recreate` for a Deployment whose revisions overlap; names the outage that it is."""
    target = aim(case)
    workload = target.workload
    if (
        workload is None
        or workload.ref.kind != "Deployment"
        or workload.strategy == "Recreate"
        or case.replicas_over_nodes
    ):
        return None
    patch = template_patch(target.patchable, {}, strategy=STOP_FIRST) if target.patchable else None
    why = "Old and new pods never meet on a node. Nothing serves from the moment the old pods stop until the new ones are up, at every rollout."
    return Remedy(
        id="stop-before-start",
        title="stop all old pods before new ones start (strategy Recreate)",
        why=with_note(why, target),
        patch=patch,
    )
