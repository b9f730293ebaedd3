"""What one run reads, and in which order: the survey, then the suspect nodes in small batches, several at once.

Where the survey takes long, the first batches do not wait for it: hostNetwork pods are few, the server lists them in a fraction
of that time, and most of those who are looked for are among them.
"""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Callable, Collection, Generator, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import chain, zip_longest
from typing import Any

from msgspec.structs import replace

from hostnetdoctor.collect.cluster import Cluster
from hostnetdoctor.collect.once import AskedOnce
from hostnetdoctor.collect.requests import Request, Survey
from hostnetdoctor.collect.snapshot import Answering, Snapshot
from hostnetdoctor.correlate import plan
from hostnetdoctor.errors import CannotLook
from hostnetdoctor.listeners.scene import Scene
from hostnetdoctor.model import Question, Unreadable

_NODES_AT_ONCE = 16
_BATCHES_AT_ONCE = 4  # fewer would leave the server without a request now and then, and more take memory
_BATCHES_BEFOREHAND = 8  # what is read of them is kept until the survey is there
_LOOK_UP_SECONDS = 0.2  # how often the wait for a batch is looked up from, for Ctrl-C
_LONG_SURVEY_SECONDS = 0.05  # nearly every survey is answered by then, and nothing is asked beside it

Batch = tuple[str | None, ...]


class Reading:
    """The readings of one run. Files keep nobody waiting, and are read one batch at a time."""

    def __init__(self, cluster: Cluster) -> None:
        """Prepare to read this cluster; `close` ends it."""
        self._cluster = cluster
        self._asked_once = AskedOnce(cluster)
        self._live = cluster.source.kind != "files"
        self._at_once = _BATCHES_AT_ONCE if self._live else 1
        self._threads = ThreadPoolExecutor(self._at_once)
        self._beforehand = Snapshot()  # what was listed before the survey was there, and the batches begun with it
        self._begun: dict[Batch, Future[Scene]] = {}
        self._surveyed = threading.Event()
        self._beginning = threading.Lock()

    def close(self) -> None:
        """Begin nothing more, and wait for what is under way: it still uses the cluster."""
        self._threads.shutdown(cancel_futures=True)

    def survey(self, question: Question) -> Snapshot:
        """Return who may be in trouble: all of them or, where they cannot be listed, those who were known before.

        Raises `CannotLook` when nothing at all can be read.
        """
        if self._live and (beforehand := tuple(plan.beforehand(question))):
            # A daemon, because it may take longer than all the rest, and nobody waits for it.
            threading.Thread(target=self._begin_beforehand, args=(question, beforehand), daemon=True).start()
        try:
            surveyed = _read(self._cluster.answer, Snapshot(), lambda known: plan.survey(question, known))
        finally:
            with self._beginning:
                self._surveyed.set()
        listings = [answer for request, answer in surveyed.answers.items() if isinstance(request, Survey)]
        if all(isinstance(answer, Unreadable) for answer in listings):
            return Snapshot({**surveyed.answers, **self._beforehand.answers})
        return surveyed

    def _begin_beforehand(self, question: Question, beforehand: Collection[Request[Any]]) -> None:
        """Begin the first batches with those who are known before the survey is there, if it takes long."""
        if self._surveyed.wait(_LONG_SURVEY_SECONDS):
            return
        with contextlib.suppress(CannotLook):  # the survey will say so
            listed = Snapshot().asking(self._cluster.answer, beforehand)
            suspects = plan.suspects_by_node(question, plan.surveyed_rows(listed))
            first = Scene(question=question, snapshot=Snapshot(), batch=(), taken_at=None, suspects=suspects)
            with self._beginning:
                if suspects and not self._surveyed.is_set():
                    self._beforehand = listed
                    for batch in _batches(tuple(suspects))[:_BATCHES_BEFOREHAND]:
                        self._begun[batch] = self._threads.submit(
                            self._rounds, _begun(first, batch), self._surveyed.is_set
                        )

    def scenes(self, first: Scene, nodes: Collection[str | None]) -> Generator[Scene]:
        """Read these nodes in batches, and the next ones while the caller works on one; yield each as soon as it is read.

        Once the time of the run is up, none is begun any more.
        """
        # The survey has the last word on who is in trouble, and what nobody has begun to read is no batch of its own.
        begun = {
            tuple(node for node in batch if node in nodes): scene
            for batch, scene in self._begun.items()
            if not scene.cancel()
        }
        self._begun.clear()  # what was read of a batch is kept until its turn, and not for the whole run
        known = set(chain.from_iterable(begun))
        fresh = _batches([node for node in nodes if node not in known])
        # In turn: those that were begun have most of their logs, and would leave the server without requests for others.
        waiting = deque(filter(None, chain.from_iterable(zip_longest(fresh, begun))))
        ahead: list[Future[Scene]] = []

        def begin() -> None:
            while waiting and len(ahead) < self._at_once:
                batch = waiting.popleft()
                ahead.append(self._threads.submit(self._look_at, _begun(first, batch), begun.pop(batch, None)))

        begin()
        while ahead:
            # A Ctrl-C that comes just before a wait without end would be seen after it.
            while not (done := wait(ahead, timeout=_LOOK_UP_SECONDS, return_when=FIRST_COMPLETED).done):
                pass
            read = next(each for each in ahead if each in done)
            ahead.remove(read)
            scene = read.result()
            if plan.too_late(scene) is not None:
                waiting.clear()
            begin()
            yield scene

    def _look_at(self, scene: Scene, begun: Future[Scene] | None) -> Scene:
        """Read one batch of nodes, from where it was begun."""
        if begun is not None:
            early = begun.result()
            answers = {**scene.snapshot.answers, **early.snapshot.answers}
            scene = replace(scene, snapshot=Snapshot(answers), matched=early.matched)
        return self._rounds(scene)

    def _rounds(self, begun: Scene, ended: Callable[[], bool] = lambda: False) -> Scene:
        """Read one batch of nodes, first the scene, then the candidates, unless that has ended before."""

        def answer(requests: Collection[Request[Any]]) -> Mapping[Request[Any], object]:
            return self._asked_once.answer(requests, lambda request: plan.is_shared(request, begun.batch))

        def view(snapshot: Snapshot) -> Scene:
            return replace(begun, snapshot=snapshot, taken_at=self._cluster.source.taken_at)

        snapshot = _read(answer, begun.snapshot, lambda known: () if ended() else plan.scene(view(known)))
        return view(_read(answer, snapshot, lambda known: () if ended() else plan.candidates(view(known))))


def _read(answer: Answering, snapshot: Snapshot, wanted: Callable[[Snapshot], Iterable[Request[Any]]]) -> Snapshot:
    """Ask what a round wants, again and again, until its answers make it want nothing new."""
    while (grown := snapshot.asking(answer, wanted(snapshot))) is not snapshot:
        snapshot = grown
    return snapshot


def _batches(nodes: Sequence[str | None]) -> list[Batch]:
    return [tuple(nodes[first : first + _NODES_AT_ONCE]) for first in range(0, len(nodes), _NODES_AT_ONCE)]


def _begun(first: Scene, batch: Batch) -> Scene:
    """Return the scene of one batch before anything of it is read."""
    return replace(first, batch=batch, listeners={}, failures={}, matched={})
