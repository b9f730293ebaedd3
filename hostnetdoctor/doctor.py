"""Who has the port that this pod cannot listen on? The whole story of `hostnet-doctor diagnose`, in a page.

    collect  ->  match  ->  correlate  ->  report

Reading goes in rounds, because what to read depends on what was found: a *survey* tells who may be in trouble and on which
nodes; the *scene* is all pods of these nodes with the suspects' logs; then come the logs, owners and Services of the *candidates*,
those who may hold a failed address. Each round is a pure function from what is known to the requests that it
calls for (`correlate/plan.py`), and is asked again with the answers until it wants nothing new.

The unit of work is the node: suspect nodes go through the rounds in small batches, of which only the diagnoses are kept.
While some batches wait for the server, others are read, and the one before is correlated.
"""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Collection, Generator, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime
from time import monotonic
from typing import Any

from msgspec.structs import replace

import hostnetdoctor
from hostnetdoctor.collect.cluster import Cluster
from hostnetdoctor.collect.once import AskedOnce
from hostnetdoctor.collect.requests import NamespaceName, Request, Survey
from hostnetdoctor.collect.snapshot import Answering, Snapshot
from hostnetdoctor.correlate import plan
from hostnetdoctor.correlate.correlate import correlate
from hostnetdoctor.correlate.tally import Tally
from hostnetdoctor.errors import CannotLook
from hostnetdoctor.listeners.scene import Scene
from hostnetdoctor.model import Question, Report, SurveyRow, Tool, Unreadable, UnreadableKind

_NODES_AT_ONCE = 16
_BATCHES_AT_ONCE = 4  # fewer would leave the server without a request now and then, and more take memory
_LOOK_UP_SECONDS = 0.2  # how often the wait for a batch is looked up from, for Ctrl-C

Progress = Callable[[str], None]
Batch = tuple[str | None, ...]


def diagnose(question: Question, cluster: Cluster, *, now: datetime, progress: Progress = lambda _: None) -> Report:
    """Answer a question about a cluster, live or saved.

    `now` is when the report is made; what happened in the cluster is only ever compared with the cluster's own times.
    Raises `CannotLook` when nothing at all could be read. What could not be read besides is in the report.
    """
    began, tally, interrupted = monotonic(), Tally(), None
    try:
        progress("looking for pods in trouble")
        examine_all = question.examine_all or cluster.everything_is_read or question.name is not None
        asked = replace(question, examine_all=examine_all)
        surveyed = _read(cluster.answer, Snapshot(), lambda known: plan.survey(asked, known))
        tally.note_survey(surveyed)
        suspects = plan.suspects_by_node(asked, _rows(asked, surveyed, in_files=cluster.source.kind == "files"))
        first = Scene(
            question=asked,
            snapshot=surveyed,
            batch=(),
            taken_at=None,
            suspects={} if examine_all else suspects,
        )
        nodes = tuple(suspects)
        progress(f"reading {len(nodes)} nodes with pods in trouble")
        read = 0
        with contextlib.closing(_scenes(first, _batches(nodes), cluster)) as scenes:
            for scene in scenes:
                read += len(scene.batch)
                progress(f"read {read} of {len(nodes)} nodes with pods in trouble")
                tally.add(scene, correlate(scene))
                if (late := plan.too_late(scene)) is not None:
                    tally.note_unread_nodes(nodes[read:], late)
                    break
    except KeyboardInterrupt:
        interrupted = "stopped by the user"
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


def _read(answer: Answering, snapshot: Snapshot, wanted: Callable[[Snapshot], Iterable[Request[Any]]]) -> Snapshot:
    """Ask what a round wants, again and again, until its answers make it want nothing new."""
    while (grown := snapshot.asking(answer, wanted(snapshot))) is not snapshot:
        snapshot = grown
    return snapshot


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
    rows = tuple(row for request in listings for row in surveyed.facts(request, ()))
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


def _batches(nodes: Sequence[str | None]) -> list[Batch]:
    return [tuple(nodes[first : first + _NODES_AT_ONCE]) for first in range(0, len(nodes), _NODES_AT_ONCE)]


def _scenes(first: Scene, batches: Iterable[Batch], cluster: Cluster) -> Generator[Scene]:
    """Read batch after batch, and the next ones while the caller works on one; yield them in their order.

    Files keep nobody waiting, and are read one batch at a time.
    """
    at_once = 1 if cluster.source.kind == "files" else _BATCHES_AT_ONCE
    asked_once = AskedOnce(cluster)
    waiting, ahead = deque(batches), deque[Future[Scene]]()
    with ThreadPoolExecutor(at_once) as threads:

        def begin() -> None:
            while waiting and len(ahead) < at_once:
                begun = replace(first, batch=waiting.popleft(), listeners={}, failures={}, matched={})
                ahead.append(threads.submit(_look_at, begun, cluster, asked_once))

        try:
            begin()
            while ahead:
                # A Ctrl-C that comes just before a wait without end would be seen after it.
                while not wait([ahead[0]], timeout=_LOOK_UP_SECONDS).done:
                    pass
                scene = ahead.popleft().result()
                begin()
                yield scene
        finally:
            threads.shutdown(wait=False, cancel_futures=True)


def _look_at(begun: Scene, cluster: Cluster, asked_once: AskedOnce) -> Scene:
    """Read one batch of nodes: first the scene, then the candidates."""

    def answer(requests: Collection[Request[Any]]) -> Mapping[Request[Any], object]:
        return asked_once.answer(requests, lambda request: plan.is_shared(request, begun.batch))

    def view(snapshot: Snapshot) -> Scene:
        return replace(begun, snapshot=snapshot, taken_at=cluster.source.taken_at)

    snapshot = _read(answer, begun.snapshot, lambda known: plan.scene(view(known)))
    return view(_read(answer, snapshot, lambda known: plan.candidates(view(known))))
