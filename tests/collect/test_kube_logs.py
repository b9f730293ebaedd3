"""Reading a log of any size through the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hostnetdoctor.collect import kube_logs
from hostnetdoctor.collect.kube import Access, KubeCluster
from hostnetdoctor.collect.requests import ContainerLog
from hostnetdoctor.model import LogLine, LogText, Unreadable, UnreadableKind
from tests.collect.api_server import Answer, ApiServer, Asked

REQUEST = ContainerLog(namespace="shop", pod="web", container="main")
PATH = "/api/v1/namespaces/shop/pods/web/log"


def kubelet(log: bytes) -> Callable[[Asked], Answer]:
    """Return a route that cuts a log as the kubelet does: by lines first, then by bytes from the front."""

    def route(asked: Asked) -> Answer:
        lines = log.splitlines(keepends=True)
        text = b"".join(lines[-int(asked.query["tailLines"]) :] if "tailLines" in asked.query else lines)
        return Answer(body=text[: int(asked.query.get("limitBytes", len(text)))], kind="text/plain")

    return route


def read(api: ApiServer, directory: Path, log: bytes) -> LogText | Unreadable:
    api.on(PATH, kubelet(log))
    cluster = KubeCluster(Access(kubeconfig=api.kubeconfig(directory), environment={}, timeout=timedelta(seconds=20)))
    answer = cluster.answer([REQUEST])[REQUEST]
    assert isinstance(answer, LogText | Unreadable)
    return answer


def lines(count: int, text: str = "step") -> bytes:
    """Return dated lines, a microsecond apart."""
    return b"".join(f"2026-11-02T09:00:00.{number:06d}999Z {text} {number}\n".encode() for number in range(count))


def test_a_short_log_is_read_whole_with_its_times(api: ApiServer, tmp_path: Path) -> None:
    """Each line has the time that the runtime gave it, in microseconds, and one request is enough."""
    first = LogLine(text="step 0", at=datetime(2026, 11, 2, 9, 0, 0, 0, UTC))
    second = LogLine(text="step 1", at=datetime(2026, 11, 2, 9, 0, 0, 1, UTC))
    assert LogText(lines=(first, second)) == read(api, tmp_path, lines(2))
    assert [{"container": "main", "timestamps": "true", "tailLines": "1000"}] == api.queries(PATH)


def test_an_empty_log_is_a_log(api: ApiServer, tmp_path: Path) -> None:
    """A container that said nothing has an empty log, which is not an unreadable one."""
    assert LogText(lines=()) == read(api, tmp_path, b"")


def test_a_log_of_medium_length_is_joined_without_a_gap(api: ApiServer, tmp_path: Path) -> None:
    """Where the beginning and the end overlap, every line is there once."""
    answer = read(api, tmp_path, lines(1300))
    assert isinstance(answer, LogText)
    assert ([f"step {number}" for number in range(1300)], False) == ([each.text for each in answer.lines], answer.cut)


def test_a_long_log_gives_its_beginning_and_its_end(api: ApiServer, tmp_path: Path) -> None:
    """A log with more lines than are read says that it was cut; no half line is left at the cut."""
    answer = read(api, tmp_path, lines(20000))
    assert isinstance(answer, LogText)
    assert ("step 0", "step 19999", True) == (answer.lines[0].text, answer.lines[-1].text, answer.cut)
    assert all(each.at is not None for each in answer.lines)
    assert 1000 < len(answer.lines) < 4000


def test_long_lines_are_held_within_bounds(api: ApiServer, tmp_path: Path) -> None:
    """A thousand lines of a kilobyte are more than is kept: the newest stay."""
    answer = read(api, tmp_path, lines(900, "x" * 1000))
    assert isinstance(answer, LogText)
    assert ("x 899", True) == (answer.lines[-1].text[-5:], answer.cut)
    kept = sum(len(each.text) for each in answer.lines)
    assert kept < kube_logs.TAIL_BYTES + kube_logs.HEAD_BYTES + 70000


def test_lines_of_megabytes_still_show_the_newest(api: ApiServer, tmp_path: Path) -> None:
    """Where a thousand lines never end, fewer are asked for until the newest one comes."""
    answer = read(api, tmp_path, lines(12, "y" * 2_000_000) + lines(1, "last"))
    assert isinstance(answer, LogText)
    assert ("last 0", True) == (answer.lines[-1].text, answer.cut)


def test_binary_lines_are_shown_as_far_as_they_are_text(api: ApiServer, tmp_path: Path) -> None:
    """Bytes that are no UTF-8 do not keep the rest from being read."""
    answer = read(api, tmp_path, b"2026-11-02T09:00:00Z \xff\x00ok\n")
    assert isinstance(answer, LogText)
    assert ["\ufffd\x00ok"] == [each.text for each in answer.lines]


@pytest.mark.parametrize(
    "sentence",
    [
        b"unable to retrieve container logs for containerd://3f2a",
        b'failed to try resolving symlinks in path "/var/log/pods/shop_web/main/3.log": lstat: no such file or directory',
    ],
)
def test_an_error_sentence_in_place_of_a_log_is_unreadable(api: ApiServer, tmp_path: Path, sentence: bytes) -> None:
    """The kubelet's error with status 200 is not taken for the program's words."""
    answer = read(api, tmp_path, sentence)
    assert isinstance(answer, Unreadable)
    assert (UnreadableKind.NO_LOG, True) == (answer.kind, sentence.decode()[:20] in answer.why)


def test_a_program_may_print_such_a_sentence_itself(api: ApiServer, tmp_path: Path) -> None:
    """The same words behind a time are a log line."""
    answer = read(api, tmp_path, b"2026-11-02T09:00:00Z unable to retrieve container logs for x\n")
    assert isinstance(answer, LogText)
