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


def begun_in_turn(*wanted: str) -> list[str]:
    """Let callers want these jobs, one caller after another, and return how they were begun by one worker."""
    gate = Gate()
    lane = Lane(1, gate)
    done = [SimpleQueue[Any]() for _ in wanted]
    for jobs, results in zip(wanted, done, strict=True):
        lane.begin(jobs, results)
    gate.open.set()
    for jobs, results in zip(wanted, done, strict=True):
        assert {job: job.upper() for job in jobs} == dict(results.get(timeout=_PATIENCE) for _ in jobs)
    return gate.begun


def test_first_come_first_served() -> None:
    """What a second caller wants waits for all that the first one wanted, and each gets its own."""
    assert [*"abcxyz"] == begun_in_turn("abc", "xyz")


def test_who_wants_few_is_served_before_who_wants_many() -> None:
    """A caller who needs only a few more goes on as soon as a worker is free."""
    # The first job of all is begun before anybody else comes, or not yet.
    assert "".join(begun_in_turn("abcd", "x")) in {"axbcd", "xabcd"}


def test_no_more_at_once_than_the_lane_allows() -> None:
    """The limit is for all callers together."""
    gate = Gate()
    lane = Lane(2, gate)
    done = SimpleQueue[Any]()
    for jobs in ("abc", "xyz"):
        lane.begin(jobs, done)
    gate.open.set()
    assert {*"abcxyz"} == {done.get(timeout=_PATIENCE)[0] for _ in range(6)}
    assert gate.most <= 2


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
