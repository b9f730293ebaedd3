"""The live cluster: how long a run takes at most, and how much it asks at once."""

from __future__ import annotations

import contextlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hostnetdoctor.collect.requests import (
    ConfigMapData,
    ContainerLog,
    Nodes,
    PodsOnNode,
    Version,
)
from hostnetdoctor.errors import CannotLook
from hostnetdoctor.model import Unreadable, UnreadableKind
from tests.collect.api_server import Answer, ApiServer
from tests.collect.live import PODS, cluster_of

_PATIENCE = 20  # seconds that a request waits for the others, on a busy machine


class Busy:
    """A route that counts how many requests are in it, and lets each wait until so many are."""

    def __init__(self, full: int = 5, answer: Answer | None = None, patience: float = _PATIENCE) -> None:
        self.most = self._now = 0
        self._lock = threading.Lock()
        self._full = threading.Barrier(full)
        self._patience = patience
        self._answer = answer or Answer(body=b"", kind="text/plain")

    def __call__(self, _: object) -> Answer:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        with contextlib.suppress(threading.BrokenBarrierError):
            self._full.wait(self._patience)
        with self._lock:
            self._now -= 1
        return self._answer


# --- time ----------------------------------------------------------------------------------------------------------


def test_the_run_ends_in_time_and_keeps_what_it_has(api: ApiServer, tmp_path: Path) -> None:
    """A body that stalls becomes a timeout when the run's time is up; the other answers stay."""
    api.on(PODS, Answer(body=b'{"items": []}', cut=5, stall=True))
    began = time.monotonic()
    answers = cluster_of(api, tmp_path, seconds=1).answer([Version(), PodsOnNode(node="n")])
    late = answers[PodsOnNode(node="n")]
    assert isinstance(late, Unreadable)
    assert (UnreadableKind.TIMEOUT, True) == (late.kind, time.monotonic() - began < 3)
    assert not isinstance(answers[Version()], Unreadable)


def test_a_server_that_never_answers_ends_the_run(api: ApiServer, tmp_path: Path) -> None:
    """If the time runs out before any answer came, there is nothing to report on."""
    api.on("/version", Answer(stall=True))
    with pytest.raises(CannotLook, match=r"within the 0\.5 seconds"):
        cluster_of(api, tmp_path, seconds=0.5).answer([Version()])


def test_a_stopped_run_asks_nothing_more(api: ApiServer, tmp_path: Path) -> None:
    """After `cancel`, every request is answered at once and nothing is sent."""
    cluster = cluster_of(api, tmp_path)
    cluster.answer([Version()])
    cluster.cancel()
    answer = cluster.answer([Nodes()])[Nodes()]
    assert isinstance(answer, Unreadable)
    assert ("The run was stopped before this was read.", 1) == (answer.why, len(api.asked))


# --- at once -------------------------------------------------------------------------------------------------------


def test_no_more_than_five_logs_at_once(api: ApiServer, tmp_path: Path) -> None:
    """Logs are read at most five at a time, whatever is asked for."""
    busy = Busy()
    for number in range(10):
        api.on(f"/api/v1/namespaces/shop/pods/p{number}/log", busy)
    cluster_of(api, tmp_path).answer(
        [ContainerLog(namespace="shop", pod=f"p{number}", container="main") for number in range(10)]
    )
    assert 5 == busy.most


def much_to_read(api: ApiServer, busy: Busy) -> tuple[list[ContainerLog], list[ConfigMapData]]:
    """Return ten logs and six ConfigMaps, all of which this route answers."""
    logs = [ContainerLog(namespace="shop", pod=f"p{number}", container="main") for number in range(10)]
    maps = [ConfigMapData(namespace="shop", name=f"c{number}") for number in range(6)]
    for log in logs:
        api.on(f"/api/v1/namespaces/shop/pods/{log.pod}/log", busy)
    for config in maps:
        api.on(f"/api/v1/namespaces/shop/configmaps/{config.name}", busy)
    return logs, maps


def test_no_more_than_eight_requests_at_once(api: ApiServer, tmp_path: Path) -> None:
    """Logs and everything else together are at most eight, whatever is asked for."""
    busy = Busy(8, Answer(body=b"{}"))
    logs, maps = much_to_read(api, busy)
    cluster_of(api, tmp_path).answer([*logs, *maps])
    assert 8 == busy.most


@pytest.mark.parametrize(("limit", "kinds"), [(8, "everything"), (5, "logs")])
def test_the_limits_are_for_all_that_is_read_at_once(api: ApiServer, tmp_path: Path, limit: int, kinds: str) -> None:
    """Two batches of nodes that are read at the same time share them."""
    # For one more, which must not come; a full queue of the server costs a second.
    busy = Busy(limit + 1, Answer(body=b"{}"), patience=3)
    logs, maps = much_to_read(api, busy)
    maps = maps if kinds == "everything" else []
    cluster = cluster_of(api, tmp_path)
    with ThreadPoolExecutor(2) as threads:
        both = threads.map(cluster.answer, ([*logs[:5], *maps[:3]], [*logs[5:], *maps[3:]]))
        assert len(logs) + len(maps) == sum(map(len, both))
    assert busy.most <= limit


@pytest.mark.parametrize(
    ("requests", "logs", "kinds"), [(3, 2, "logs"), (7, 6, "logs"), (3, 2, "both"), (9, 6, "both")]
)
def test_the_limits_can_be_set(api: ApiServer, tmp_path: Path, requests: int, logs: int, kinds: str) -> None:
    """As many as the user says are sent at once, and of these as many for logs."""
    expected = logs if kinds == "logs" else requests
    busy = Busy(expected, Answer(body=b"{}"), patience=3)
    ten, six = much_to_read(api, busy)
    cluster = cluster_of(api, tmp_path, max_requests=requests, max_log_requests=logs)
    cluster.answer(ten if kinds == "logs" else [*ten, *six])
    assert expected == busy.most


def test_one_request_at_a_time_reads_everything(api: ApiServer, tmp_path: Path) -> None:
    """Where the only request may be for a log, the others are not forgotten."""
    busy = Busy(1, Answer(body=b"{}"))
    logs, maps = much_to_read(api, busy)
    answers = cluster_of(api, tmp_path, max_requests=1, max_log_requests=1).answer([*logs, *maps])
    assert (1, 0) == (busy.most, sum(isinstance(each, Unreadable) for each in answers.values()))
