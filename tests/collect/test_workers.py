"""Workers that several callers share: order, limits, and errors."""

from __future__ import annotations

import threading
from queue import SimpleQueue
from typing import Any, TypeVar

import pytest

from hostnetdoctor.collect.clock import Clock
from hostnetdoctor.collect.workers import Lane, in_parallel

Result = TypeVar("Result")
_PATIENCE = 20  # seconds that are waited for what must come, on a busy machine


def all_of(lane: Lane[str, Result], *jobs: str, seconds: float = _PATIENCE) -> dict[str, Result]:
    """Have these jobs done in this lane."""
    return dict(in_parallel([(lane, jobs)], Clock(seconds)))


class Gate:
    """Work that waits for a sign, and remembers in which order it was begun and how much of it was at once."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.begun: list[str] = []
        self.most = self._now = 0
        self._lock = threading.Lock()

    def __call__(self, job: str) -> str:
        """Answer a job in capitals."""
        with self._lock:
            self.begun.append(job)
            self._now += 1
            self.most = max(self.most, self._now)
        assert self.open.wait(_PATIENCE)
        with self._lock:
            self._now -= 1
        return job.upper()


def test_first_come_first_served() -> None:
    """What a second caller wants waits for all that the first one wanted, and each gets its own."""
    gate = Gate()
    lane = Lane(2, gate)
    first, second = SimpleQueue[Any](), SimpleQueue[Any]()
    lane.begin("abcd", first)
    lane.begin("xy", second)
    gate.open.set()
    results = [{done.get(timeout=_PATIENCE) for _ in range(count)} for done, count in ((first, 4), (second, 2))]
    assert [{("a", "A"), ("b", "B"), ("c", "C"), ("d", "D")}, {("x", "X"), ("y", "Y")}] == results
    assert ({"x", "y"}, 2) == (set(gate.begun[4:]), gate.most)


def test_a_lane_can_be_used_again() -> None:
    """Workers go when there is nothing to do, and others come for what comes later."""
    lane = Lane[str, threading.Thread](2, lambda _: threading.current_thread())
    for job in ("a", "b", "c"):
        worker = all_of(lane, job)[job]
        worker.join(_PATIENCE)
        assert not worker.is_alive()


def test_an_error_reaches_who_wanted_the_job() -> None:
    """A job that fails stops its caller, not the lane."""

    def work(job: str) -> str:
        if job == "bad":
            raise ValueError(job)
        return job

    lane = Lane(1, work)
    with pytest.raises(ValueError, match="bad"):
        all_of(lane, "bad", "left behind")
    assert {"good": "good"} == all_of(lane, "good")


def test_the_end_of_the_run_is_not_waited_beyond() -> None:
    """A job that hangs is left out once the time is up."""
    gate = Gate()
    assert {} == all_of(Lane(1, gate), "hangs", seconds=0.1)
    gate.open.set()
