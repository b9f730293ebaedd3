"""Wait until a pod that is being deleted has ended."""

from __future__ import annotations

from hostnetdoctor.listeners.case import Case
from hostnetdoctor.model import Remedy


def wait_for_termination(case: Case) -> Remedy | None:
    """Offer to wait while the holder is being deleted; says until when it may take."""
    holder = case.holder
    if holder is None or holder.deleted_at is None:
        return None
    taken = case.scene.taken_at
    if taken is not None and taken > holder.deleted_at:
        title = f"find out why {holder.path} does not end"
        why = f"Its grace period was over at {holder.deleted_at:%H:%M:%S} UTC and it still runs: its node may be in trouble, or a finalizer holds it."
        return Remedy(
            id="wait-for-termination",
            title=title,
            why=why,
            command=f"kubectl -n {holder.namespace} describe pod {holder.name}",
        )
    why = f"It is being deleted and is killed at {holder.deleted_at:%H:%M:%S} UTC at the latest; the next restart then gets the port."
    command = f"kubectl -n {holder.namespace} wait --for=delete pod/{holder.name} --timeout=5m"
    return Remedy(id="wait-for-termination", title=f"wait until {holder.path} has ended", why=why, command=command)
