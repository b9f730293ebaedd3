"""Reports made by hand, one for each kind of answer that a reader may get."""

from __future__ import annotations

from hostnetdoctor.model import (
    NotLookedAt,
    Question,
    Report,
)
from tests.report.answers import (
    GROUP_OF_FIVE,
    HOLDER_NOT_VISIBLE,
    NOT_VISIBLE,
    TWO,
    TWO_CANDIDATES,
    UNSCHEDULABLE,
    WAITING,
    sibling,
)
from tests.report.hostile import HOSTILE
from tests.report.origin import ORIGIN, report

MANY = report(TWO, NOT_VISIBLE, WAITING, *map(sibling, range(1, 4)), question=Question(all_namespaces=True))

NOTHING = report()

NOTHING_BUT_FORBIDDEN = report(
    not_looked_at=(
        *(
            NotLookedAt(
                what=f"pods of node {node}",
                why="You may not list pods in all namespaces.",
                fix="ask for the right to list pods in all namespaces",
                node=node,
                essential=True,
            )
            for node in ("node-1", "node-2")
        ),
        *(
            NotLookedAt(
                what="log",
                why="The kubelet did not answer within 10 s.",
                namespace="default",
                pod=f"web-{number:02}",
                container="web",
                node="node-3",
            )
            for number in range(40)
        ),
    ),
)

INTERRUPTED = report(interrupted="The time limit of 60 s ended the run.")


REPORTS: dict[str, Report] = {
    "origin": ORIGIN,
    "two-candidates": TWO_CANDIDATES,
    "holder-not-visible": HOLDER_NOT_VISIBLE,
    "unschedulable": UNSCHEDULABLE,
    "group-of-five": GROUP_OF_FIVE,
    "many": MANY,
    "nothing": NOTHING,
    "nothing-but-forbidden": NOTHING_BUT_FORBIDDEN,
    "interrupted": INTERRUPTED,
    "hostile": HOSTILE,
}
