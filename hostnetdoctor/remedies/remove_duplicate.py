"""Keep one of two installations of the same program."""

from __future__ import annotations

from hostnetdoctor.listeners.case import Case
from hostnetdoctor.listeners.conventions import program
from hostnetdoctor.model import Remedy


def remove_duplicate(case: Case) -> Remedy | None:
    """Offer to keep one installation where another workload runs the same image; which one is for people to decide."""
    if case.listener is None or case.holder is None or case.same_workload:
        return None
    ours = case.victim.spec.container(case.failure.container or "")
    theirs = case.holder.spec.container(case.listener.container)
    mine, other = case.owner, case.scene.top_owner(case.holder)
    if ours is None or theirs is None or mine is None or other is None or program(ours.image) != program(theirs.image):
        return None
    title = f"if both do the same job, keep one: {mine.kind} {mine.namespace}/{mine.name} or {other.kind} {other.namespace}/{other.name}"
    why = f"Both run {program(ours.image)}, and a node has only one port {case.failure.port}. Look at what either does before you remove it."
    command = f"kubectl -n {mine.namespace} get {mine.kind.lower()} {mine.name} -o yaml; kubectl -n {other.namespace} get {other.kind.lower()} {other.name} -o yaml"
    return Remedy(id="remove-duplicate", title=title, why=why, command=command)
