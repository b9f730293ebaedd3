"""Let the owner make a new pod, with new volumes of its own."""

from __future__ import annotations

from hostnetdoctor.listeners.case import Case
from hostnetdoctor.model import Remedy


def delete_pod(case: Case) -> Remedy | None:
    """Offer to delete a pod that something will make again."""
    pod = case.victim
    if case.owner is None:
        return None
    why = "Its owner makes a new one, which starts with an empty emptyDir. Everything else in that volume is lost as well."
    command = f"kubectl -n {pod.namespace} delete pod {pod.name}"
    return Remedy(id="delete-pod", title="delete the pod once", why=why, command=command)
