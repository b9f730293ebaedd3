"""Who has the port that this pod cannot listen on? The whole story of `hostnet-doctor diagnose`, in a page.

    collect  ->  match  ->  correlate  ->  report

Reading goes in rounds, because what to read depends on what was found: a *survey* tells who may be in trouble and on which
nodes; the *scene* is all pods of these nodes with the suspects' logs; then come the logs, owners and Services of the *candidates*,
those who may hold a failed address. Each round is a pure function from what is known to the requests that it
calls for (`correlate/plan.py`), and is asked again with the answers until it wants nothing new.

The unit of work is the node: suspect nodes go through the rounds in small batches, of which only the diagnoses are kept.
While some batches wait for the server (`reading.py`), others are read, and one that is read is correlated.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from time import monotonic

from msgspec.structs import replace

import hostnetdoctor
from hostnetdoctor.collect.cluster import Cluster
from hostnetdoctor.collect.requests import NamespaceName, Survey
from hostnetdoctor.collect.snapshot import Snapshot
from hostnetdoctor.correlate import plan
from hostnetdoctor.correlate.correlate import correlate
from hostnetdoctor.correlate.tally import Tally
from hostnetdoctor.errors import CannotLook
from hostnetdoctor.listeners.scene import Scene
from hostnetdoctor.model import Question, Report, SurveyRow, Tool, Unreadable, UnreadableKind
from hostnetdoctor.reading import Reading

Progress = Callable[[str], None]


def diagnose(question: Question, cluster: Cluster, *, now: datetime, progress: Progress = lambda _: None) -> Report:
    """Answer a question about a cluster, live or saved.

    `now` is when the report is made; what happened in the cluster is only ever compared with the cluster's own times.
    Raises `CannotLook` when nothing at all could be read. What could not be read besides is in the report.
    """
    began, tally, interrupted = monotonic(), Tally(), None
    reading = Reading(cluster)
    try:
        progress("looking for pods in trouble")
        examine_all = question.examine_all or cluster.everything_is_read or question.name is not None
        asked = replace(question, examine_all=examine_all)
        surveyed = reading.survey(asked)
        tally.note_survey(surveyed)
        suspects = plan.suspects_by_node(asked, _rows(asked, surveyed, in_files=cluster.source.kind == "files"))
        first = Scene(
            question=asked,
            snapshot=surveyed,
            batch=(),
            taken_at=None,
            suspects={} if examine_all else suspects,
        )
        unread, late = set(suspects), None
        progress(f"reading {len(suspects)} nodes with pods in trouble")
        for scene in reading.scenes(first, suspects):
            too_late = plan.too_late(scene)
            if late is None or too_late is None:  # the first one that came too late is told, the others are counted
                unread.difference_update(scene.batch)
                progress(f"read {len(suspects) - len(unread)} of {len(suspects)} nodes with pods in trouble")
                tally.add(scene, correlate(scene))
            late = late or too_late
        if late is not None:
            tally.note_unread_nodes(unread, late)
    except KeyboardInterrupt:
        interrupted = "stopped by the user"
    finally:
        reading.close()
    return Report(
        tool=Tool(name="hostnet-doctor", version=hostnetdoctor.__version__),
        generated_at=now,
        source=cluster.source,
        question=question,
        diagnoses=tally.diagnoses(),
        groups=tally.groups(),
        networks=tally.networks(),
        not_looked_at=tally.not_looked_at(),
        counts=replace(
            tally.counts(),
            requests=cluster.requests_made,
            bytes=cluster.bytes_read,
            seconds=round(monotonic() - began, 3),
        ),
        interrupted=interrupted,
    )


def _rows(question: Question, surveyed: Snapshot, *, in_files: bool) -> tuple[SurveyRow, ...]:
    """Return the surveyed pods. Raises `CannotLook` when no listing could be read, or nobody has the name asked for."""
    listings = {request: answer for request, answer in surveyed.answers.items() if isinstance(request, Survey)}
    refused = [answer for answer in listings.values() if isinstance(answer, Unreadable)]
    if refused and len(refused) == len(listings):
        raise CannotLook(refused[0].why, fix=refused[0].fix)
    for request, answer in surveyed.answers.items():
        if (
            isinstance(request, NamespaceName)
            and isinstance(answer, Unreadable)
            and answer.kind is UnreadableKind.NOT_FOUND
        ):
            raise CannotLook(f"There is no namespace {request.namespace}.", fix="look with: kubectl get namespaces")
    rows = tuple(plan.surveyed_rows(surveyed))
    if question.name is not None and not any(plan.may_be_named(question.name, row.name) for row in rows):
        where = "any namespace" if question.all_namespaces else f"namespace {', '.join(question.namespaces)}"
        called = _called(question.name)
        if in_files:
            raise CannotLook(
                f"The files show no {called} in {where}.", fix="ask the cluster itself: the same command without --from"
            )
        raise CannotLook(f"There is no {called} in {where}.", fix="look with: kubectl get pods -A")
    return rows


def _called(name: str) -> str:
    kind, slash, plain = name.rpartition("/")
    return f"pod of {kind} {plain}" if slash and kind not in {"pod", "pods", "po"} else f"pod {plain}"
