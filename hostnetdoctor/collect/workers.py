"""Do several things at once, within limits, for as long as the run lasts."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import TypeVar

from msgspec import Struct

from hostnetdoctor.collect.clock import Clock

Job = TypeVar("Job", bound=Hashable)
Result = TypeVar("Result")
_GRACE = 0.5  # seconds that workers get to notice the end of the run by themselves


class _Raised(Struct, frozen=True):
    """What a job raised, in place of its result."""

    error: BaseException


def in_parallel(
    lanes: Iterable[tuple[int, Iterable[Job]]], work: Callable[[Job], Result], clock: Clock
) -> Iterator[tuple[Job, Result]]:
    """Yield each job that is done before the run ends, with its result; each lane has its own number of workers.

    What the caller does with a result, it does while the workers go on. An exception of `work` is raised here. The workers
    are daemons: one that hangs in a system call is left behind.
    """
    done: queue.SimpleQueue[tuple[Job, Result | _Raised]] = queue.SimpleQueue()
    expected = 0
    for limit, jobs in lanes:
        waiting: queue.SimpleQueue[Job] = queue.SimpleQueue()
        count = 0
        for job in jobs:
            waiting.put(job)
            count += 1
        expected += count
        for _ in range(min(limit, count)):
            threading.Thread(target=_worker, args=(waiting, done, work), daemon=True).start()
    yield from _collected(done, expected, clock)


def _worker(
    waiting: queue.SimpleQueue[Job],
    done: queue.SimpleQueue[tuple[Job, Result | _Raised]],
    work: Callable[[Job], Result],
) -> None:
    while True:
        try:
            job = waiting.get_nowait()
        except queue.Empty:
            return
        try:
            done.put((job, work(job)))
        except BaseException as error:  # noqa: BLE001 - raised again where the caller waits
            done.put((job, _Raised(error)))


def _collected(
    done: queue.SimpleQueue[tuple[Job, Result | _Raised]], expected: int, clock: Clock
) -> Iterator[tuple[Job, Result]]:
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
