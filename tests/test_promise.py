"""Confidence is a promise: "certain" is never wrong, and it goes when one of the facts goes that it rests on."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hostnetdoctor.collect.cluster import Cluster
from hostnetdoctor.collect.files import FilesCluster
from hostnetdoctor.collect.requests import ContainerLog, Nodes, PodsOnNode, Request
from hostnetdoctor.doctor import diagnose
from hostnetdoctor.model import (
    Confidence,
    ContainerState,
    ContainerStatus,
    Diagnosis,
    HolderKind,
    LogText,
    Node,
    Pod,
    Question,
    Report,
    Source,
    Unreadable,
    UnreadableKind,
)

FIXTURES = Path(__file__).parent.parent / "fixtures"
FOLDERS = sorted(path.parent for path in FIXTURES.glob("*/*/expected.json"))
NOW = datetime(2026, 11, 23, tzinfo=UTC)

Change = Callable[[Request[Any], object], object]


@dataclass
class Changed:
    """A cluster of which some answers are changed."""

    cluster: Cluster
    change: Change

    @property
    def source(self) -> Source:
        return self.cluster.source

    @property
    def everything_is_read(self) -> bool:
        return self.cluster.everything_is_read

    @property
    def recorded_question(self) -> Question | None:
        return self.cluster.recorded_question

    @property
    def requests_made(self) -> int:
        return self.cluster.requests_made

    @property
    def bytes_read(self) -> int:
        return self.cluster.bytes_read

    def answer(self, requests: Collection[Request[Any]]) -> Mapping[Request[Any], object]:
        return {request: self.change(request, answer) for request, answer in self.cluster.answer(requests).items()}


def _report(folder: Path, change: Change = lambda _, answer: answer) -> Report:
    with FilesCluster(str(folder)) as cluster:
        question = cluster.recorded_question or Question(namespaces=(), all_namespaces=True)
        return diagnose(question, Changed(cluster, change), now=NOW)


def _certain(report: Report) -> list[Diagnosis]:
    return [each for each in report.diagnoses if each.confidence.rank <= Confidence.CERTAIN.rank]


def _held_by_pods(diagnosis: Diagnosis) -> bool:
    return any(each.kind in {HolderKind.POD, HolderKind.CONTAINER} for each in diagnosis.holders)


def _id(folder: Path) -> str:
    return f"{folder.parent.name}/{folder.name}"


CERTAIN = [
    (folder, each)
    for folder in FOLDERS
    for each in json.loads((folder / "expected.json").read_text(encoding="utf-8"))["diagnoses"]
    if each["confidence"] == "certain" and each["holders"] and all(holder["container"] for holder in each["holders"])
]
IDS = [f"{_id(folder)}-{each['victim']['pod']}-{each['victim']['container']}" for folder, each in CERTAIN]
on_every_certain = pytest.mark.parametrize(("folder", "expected"), CERTAIN, ids=IDS)


def _same_victim(diagnosis: Diagnosis, expected: Mapping[str, Any]) -> bool:
    victim = diagnosis.victim
    told = (victim.namespace, victim.pod, victim.container, diagnosis.port, diagnosis.path)
    names = (expected["victim"][name] for name in ("namespace", "pod", "container"))
    return told == (*names, expected["port"], expected["path"])


def _still_certain(report: Report, expected: Mapping[str, Any]) -> list[Diagnosis]:
    return [each for each in _certain(report) if _same_victim(each, expected) and _held_by_pods(each)]


def _is_holder(expected: Mapping[str, Any], namespace: str, pod: str, container: str | None = None) -> bool:
    return any(
        (each["namespace"], each["pod"]) == (namespace, pod) and container in {None, each["container"]}
        for each in expected["holders"]
    )


@pytest.mark.parametrize("folder", FOLDERS, ids=_id)
def test_certain_is_never_wrong(folder: Path) -> None:
    """What is certain is what is known to be true of the saved cluster: cause, address and holders."""
    truth = json.loads((folder / "expected.json").read_text(encoding="utf-8"))["diagnoses"]
    for each in _certain(_report(folder)):
        (true,) = [one for one in truth if _same_victim(each, one)]
        assert (true["cause"], true["node"]) == (each.cause, each.node)
        holders = {(one["namespace"], one["pod"], one["container"]) for one in true["holders"]}
        assert holders == {(one.namespace, one.pod, one.container) for one in each.holders}


@on_every_certain
def test_without_its_holder_nothing_is_certain(folder: Path, expected: dict[str, Any]) -> None:
    """A cluster without the holder has nobody else who certainly has the port."""

    def gone(request: Request[Any], answer: object) -> object:
        if isinstance(request, PodsOnNode) and isinstance(answer, tuple):
            return tuple(_without(pod, expected) for pod in answer if not _removed(pod, expected))
        return answer

    assert [] == _still_certain(_report(folder, gone), expected)


def _removed(pod: Pod, expected: Mapping[str, Any]) -> bool:
    victim = expected["victim"]
    return _is_holder(expected, pod.namespace, pod.name) and (victim["namespace"], victim["pod"]) != (
        pod.namespace,
        pod.name,
    )


def _without(pod: Pod, expected: Mapping[str, Any]) -> Pod:
    """Return a pod without those of its containers that are holders."""
    kept = tuple(each for each in pod.spec.containers if not _is_holder(expected, pod.namespace, pod.name, each.name))
    return replace(pod, spec=replace(pod.spec, containers=kept)) if kept else pod


@on_every_certain
def test_a_holder_that_fails_too_is_no_holder(folder: Path, expected: dict[str, Any]) -> None:
    """Where the holder shows the victim's own failure, in the victim's own words, neither certainly has the port."""
    if expected["cause"] in {"host-port-unschedulable", "host-port-rejected"}:
        # There the failure is Kubernetes' own refusal: a holder that fails as well is a pod that is refused as well.
        refused = list(json.loads((folder / "expected.json").read_text())["diagnoses"])
        assert expected in refused
        return
    words = _words_of_victim(folder, expected)

    def failing(request: Request[Any], answer: object) -> object:
        if isinstance(request, ContainerLog) and _is_holder(
            expected, request.namespace, request.pod, request.container
        ):
            return words
        if isinstance(request, PodsOnNode) and isinstance(answer, tuple):
            return tuple(_crashing(pod, expected) for pod in answer)
        return answer

    assert [] == _still_certain(_report(folder, failing), expected)


def _words_of_victim(folder: Path, expected: Mapping[str, Any]) -> LogText:
    victim = expected["victim"]
    request = ContainerLog(namespace=victim["namespace"], pod=victim["pod"], container=victim["container"])
    with FilesCluster(str(folder)) as cluster:
        log = cluster.answer([request])[request]
    assert isinstance(log, LogText)
    return log


def _crashing(pod: Pod, expected: Mapping[str, Any]) -> Pod:
    statuses = tuple(
        _crashed(each) if _is_holder(expected, pod.namespace, pod.name, each.name) else each for each in pod.statuses
    )
    return replace(pod, statuses=statuses)


def _crashed(status: ContainerStatus) -> ContainerStatus:
    """Return a status as between two attempts; the attempt that runs becomes one that ended at once."""
    started = status.started_at
    ended = ContainerState(name="terminated", reason="Error", exit_code=1, started_at=started, finished_at=started)
    waiting = ContainerState(name="waiting", reason="CrashLoopBackOff")
    return replace(status, state=waiting, last=ended, ready=False, restarts=status.restarts + 1)


@on_every_certain
def test_where_not_all_pods_can_be_read_nothing_is_certain(folder: Path, expected: dict[str, Any]) -> None:
    """Without the right to list the pods of all namespaces, somebody unseen may have the port."""
    hidden = Unreadable(kind=UnreadableKind.FORBIDDEN, why="no right to read it", fix="ask for it")

    def forbidden(request: Request[Any], answer: object) -> object:
        if isinstance(request, PodsOnNode) and request.node is not None and request.namespace is None:
            return hidden
        return answer

    assert [] == _still_certain(_report(folder, forbidden), expected)


@on_every_certain
def test_on_a_node_that_is_not_ready_nothing_is_certain(folder: Path, expected: dict[str, Any]) -> None:
    """What the API says of such a node's pods may be old."""

    def lost(request: Request[Any], answer: object) -> object:
        if isinstance(request, Nodes) and isinstance(answer, tuple):
            return tuple(_not_ready(node) for node in answer)
        return answer

    assert [] == _still_certain(_report(folder, lost), expected)


def _not_ready(node: object) -> object:
    return replace(node, ready=False) if isinstance(node, Node) else node
