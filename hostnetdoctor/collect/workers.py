"""Do several things at once, within limits, for as long as the run lasts."""

from __future__ import annotations

import heapq
import itertools
import queue
import threading
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from typing import Generic, NamedTuple, TypeVar

from msgspec import Struct

from hostnetdoctor.collect.clock import Clock

Job = TypeVar("Job", bound=Hashable)
Result = TypeVar("Result")
_GRACE = 0.5  # seconds that workers get to notice the end of the run by themselves


class _Raised(Struct, frozen=True):
    """What a job raised, in place of its result."""

    error: BaseException


class _Order(NamedTuple, Generic[Job, Result]):
    """A job, where its result is waited for, and its turn: how many jobs were wanted together, and which in a row this is."""

    wanted: int
    number: int
    job: Job
    done: queue.SimpleQueue[tuple[Job, Result | _Raised]]


class Lane(Generic[Job, Result]):
    """A limited number of workers for jobs of one kind, shared by all callers.

    The jobs of a caller who wants few are done before those of one who wants many, else first come, first served. If all
    took turns, all of them would get their last answers at the same time, and the workers would idle until they have
    thought of more. The workers are daemons, and end when there is no job: one that hangs in a system call is left behind.
    """

    def __init__(self, limit: int, work: Callable[[Job], Result]) -> None:
        """Let at most `limit` jobs be done at once by `work`, which is called in a thread of the lane."""
        self._limit = limit
        self._work = work
        self._waiting: list[_Order[Job, Result]] = []
        self._numbers = itertools.count()
        self._workers = 0
        self._lock = threading.Lock()

    def begin(self, jobs: Collection[Job], done: queue.SimpleQueue[tuple[Job, Result | _Raised]]) -> None:
        """Have these jobs done when it is their turn; each goes to `done` with its result."""
        with self._lock:
            for job in jobs:
                heapq.heappush(self._waiting, _Order(len(jobs), next(self._numbers), job, done))
            more = min(self._limit - self._workers, len(self._waiting))
            self._workers += more
        for _ in range(more):
            threading.Thread(target=self._work_on, daemon=True).start()

    def _work_on(self) -> None:
        while (order := self._next()) is not None:
            try:
                order.done.put((order.job, self._work(order.job)))
            except BaseException as error:  # noqa: BLE001 - raised again where the caller waits
                order.done.put((order.job, _Raised(error)))

    def _next(self) -> _Order[Job, Result] | None:
        """Return the next job, None for a worker who may go: whoever brings a job after that starts another."""
        with self._lock:
            if self._waiting:
                return heapq.heappop(self._waiting)
            self._workers -= 1
            return None


def in_parallel(
    lanes: Iterable[tuple[Lane[Job, Result], Collection[Job]]], clock: Clock
) -> Iterator[tuple[Job, Result]]:
    """Yield each job that is done before the run ends, with its result; each lane does its own.

    What the caller does with a result, it does while the workers go on. An exception of a job is raised here.
    """
    done: queue.SimpleQueue[tuple[Job, Result | _Raised]] = queue.SimpleQueue()
    expected = 0
    for lane, jobs in lanes:
        expected += len(jobs)
        lane.begin(jobs, done)
    collected = 0
    while collected < expected:
        try:
            job, result = done.get(timeout=_GRACE if clock.over else min(_GRACE, clock.remaining + _GRACE))
        except queue.Empty:
            if clock.over:
                break
            continue
        if isinstance(result, _Raised):
            raise result.error
        collected += 1
        yield job, result
