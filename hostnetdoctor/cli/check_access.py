"""`diagnose --check-access`: what the user may not read, told before the run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hostnetdoctor.cli.rights import RIGHTS, Right, questions
from hostnetdoctor.collect.cluster import Cluster
from hostnetdoctor.model import Question, Unreadable


def missing_rights(question: Question, cluster: Cluster) -> Iterator[str]:
    """Ask the server what the user may do, and yield a line about every right that this run would lack."""
    everywhere = _allowed(RIGHTS, (None,), cluster)
    if isinstance(everywhere, Unreadable):
        yield f"The server does not say what you may read. {everywhere.why}"
        return
    lacking = [right for right in RIGHTS if right not in everywhere]
    if not lacking:
        yield "You may read everything that a run can ask for."
        return
    here = _allowed([right for right in lacking if not right.cluster_wide], question.namespaces, cluster)
    local = here if not isinstance(here, Unreadable) and question.namespaces else frozenset()
    for right in lacking:
        what = f"{right.verb} {', '.join(right.resources)}"
        where = f"only in {', '.join(question.namespaces)}" if right in local else None
        yield f"You may {what} {where}. {_ELSEWHERE}" if where else f"You may not {what}. {right.lost}"
    yield "Fix: let an administrator apply what `hostnet-doctor rbac` prints, and bind it to you"


_ELSEWHERE = "What other namespaces have on the same node stays unknown."


def _allowed(
    rights: Iterable[Right], namespaces: tuple[str | None, ...], cluster: Cluster
) -> frozenset[Right] | Unreadable:
    """Return the rights that the user has in all of these namespaces, or why the server does not say it."""
    asked = {right: tuple(questions(right, namespaces)) for right in rights}
    answers = cluster.answer([each for every in asked.values() for each in every])
    refused = next((answer for answer in answers.values() if isinstance(answer, Unreadable)), None)
    if refused is not None:
        return refused
    return frozenset(right for right, every in asked.items() if all(answers[each] is True for each in every))
