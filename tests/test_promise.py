"""Confidence is a promise: "certain" is never wrong, and it goes when one of the facts goes that it rests on."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

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
    NodePage,
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


def _held(diagnosis: Diagnosis) -> bool:
    return any(each.kind in {HolderKind.POD, HolderKind.CONTAINER} for each in diagnosis.holders)


def _id(folder: Path) -> str:
    return f"{folder.parent.name}/{folder.name}"


FOUND = [folder for folder in FOLDERS if not folder.name.startswith("quiet-")]
on_every_found = pytest.mark.parametrize("folder", FOUND, ids=_id)


def _truth(folder: Path) -> list[Mapping[str, Any]]:
    told: list[Mapping[str, Any]] = json.loads((folder / "expected.json").read_text(encoding="utf-8"))["diagnoses"]
    return told


def _holders(folder: Path) -> dict[tuple[str, str, str | None], Mapping[str, Any]]:
    """Return every holder of a saved cluster by its name, with the victim of which it is one; no container for a file."""
    return {
        (each["namespace"], each["pod"], each["container"]): truth["victim"]
        for truth in _truth(folder)
        for each in truth["holders"]
    }


def _same_victim(diagnosis: Diagnosis, expected: Mapping[str, Any]) -> bool:
    victim = diagnosis.victim
    told = (victim.namespace, victim.pod, victim.container, diagnosis.port, diagnosis.path)
    names = (expected["victim"][name] for name in ("namespace", "pod", "container"))
    return told == (*names, expected["port"], expected["path"])


@pytest.mark.parametrize("folder", FOLDERS, ids=_id)
def test_certain_is_never_wrong(folder: Path) -> None:
    """What is certain is what is known to be true of the saved cluster: cause, address and holders."""
    truth = json.loads((folder / "expected.json").read_text(encoding="utf-8"))["diagnoses"]
    for each in _certain(_report(folder)):
        (true,) = [one for one in truth if _same_victim(each, one)]
        assert (true["cause"], true["node"]) == (each.cause, each.node)
        holders = {(one["namespace"], one["pod"], one["container"]) for one in true["holders"]}
        assert holders == {(one.namespace, one.pod, one.container) for one in each.holders}


@on_every_found
def test_without_its_holder_nothing_is_certain(folder: Path) -> None:
    """A cluster without the holder, be it a pod, a container or a file, has nobody else who certainly has the address."""
    holders = _holders(folder)

    def gone(request: Request[Any], answer: object) -> object:
        if isinstance(request, PodsOnNode) and isinstance(answer, tuple):
            return tuple(kept for pod in answer if (kept := _without(pod, holders)) is not None)
        return answer

    assert [] == [each for each in _certain(_report(folder, gone)) if each.holders]


def _without(pod: Pod, holders: Collection[tuple[str, str, str | None]]) -> Pod | None:
    """Return a pod without those of its containers, or files, that are holders; None where nothing is left of it."""
    if (pod.namespace, pod.name, None) in holders:
        return replace(pod, spec=replace(pod.spec, volumes=()))
    kept = tuple(each for each in pod.spec.containers if (pod.namespace, pod.name, each.name) not in holders)
    return replace(pod, spec=replace(pod.spec, containers=kept)) if kept else None


@on_every_found
def test_a_holder_that_fails_too_is_no_holder(folder: Path) -> None:
    """Where the holders show their victims' own failure, in the victims' own words, none certainly has the port.

    Only what Kubernetes itself refused is refused all the same: a pod keeps the port that it declares while it crashes.
    """
    victims = {name: _words(folder, victim) for name, victim in _holders(folder).items()}

    def failing(request: Request[Any], answer: object) -> object:
        if isinstance(request, ContainerLog):
            return victims.get((request.namespace, request.pod, request.container)) or answer
        if isinstance(request, PodsOnNode) and isinstance(answer, tuple):
            return tuple(_crashing(pod, victims) for pod in answer)
        return answer

    left = [each for each in _certain(_report(folder, failing)) if _held(each)]
    assert [] == [each for each in left if each.cause not in {"host-port-unschedulable", "host-port-rejected"}]


def _words(folder: Path, victim: Mapping[str, Any]) -> LogText | None:
    """Return all that a victim's attempts said, None where it said nothing."""
    names = {name: victim[name] for name in ("namespace", "pod", "container")}
    requests = [ContainerLog(**names, previous=True), ContainerLog(**names)]
    with FilesCluster(str(folder)) as cluster:
        answers = cluster.answer(requests)
    logs = [log for request in requests if isinstance(log := answers[request], LogText)]
    return LogText(lines=tuple(line for log in logs for line in log.lines)) if logs else None


def _crashing(pod: Pod, holders: Collection[tuple[str, str, str | None]]) -> Pod:
    statuses = tuple(
        _crashed(each) if (pod.namespace, pod.name, each.name) in holders else each for each in pod.statuses
    )
    return replace(pod, statuses=statuses)


def _crashed(status: ContainerStatus) -> ContainerStatus:
    """Return a status as between two attempts; the attempt that runs becomes one that ended at once."""
    started = status.started_at
    ended = ContainerState(name="terminated", reason="Error", exit_code=1, started_at=started, finished_at=started)
    waiting = ContainerState(name="waiting", reason="CrashLoopBackOff")
    return replace(status, state=waiting, last=ended, ready=False, restarts=status.restarts + 1)


@on_every_found
def test_where_not_all_pods_can_be_read_no_pod_is_certain(folder: Path) -> None:
    """Without the right to list the pods of all namespaces, somebody unseen may have the port."""
    hidden = Unreadable(kind=UnreadableKind.FORBIDDEN, why="no right to read it", fix="ask for it")

    def forbidden(request: Request[Any], answer: object) -> object:
        if isinstance(request, PodsOnNode) and request.node is not None and request.namespace is None:
            return hidden
        return answer

    assert [] == [each for each in _certain(_report(folder, forbidden)) if _held(each)]


@on_every_found
def test_where_the_holders_namespace_is_hidden_nothing_is_certain(folder: Path) -> None:
    """Of a holder in a namespace that nobody may read, nothing is seen; no other pod is certain in its place."""
    ours = {truth["victim"]["namespace"] for truth in _truth(folder)}
    theirs = {namespace for namespace, _, _ in _holders(folder)}
    hiding = theirs - ours or theirs

    def hidden(request: Request[Any], answer: object) -> object:
        if isinstance(request, PodsOnNode) and isinstance(answer, tuple):
            seen = tuple(pod for pod in answer if pod.namespace not in hiding)
            return seen if len(seen) < len(answer) else answer
        return answer

    assert [] == [each for each in _certain(_report(folder, hidden)) if each.holders]


@on_every_found
def test_on_a_node_that_is_not_ready_nothing_is_certain(folder: Path) -> None:
    """What the API says of such a node's pods may be old, also where nobody is the holder."""

    def lost(request: Request[Any], answer: object) -> object:
        if isinstance(request, Nodes) and isinstance(answer, tuple):
            return tuple(_not_ready(node) for node in answer)
        if isinstance(answer, NodePage):
            return replace(answer, nodes=tuple(_not_ready(node) for node in answer.nodes))
        return answer

    assert [] == _certain(_report(folder, lost))


def _not_ready(node: object) -> object:
    return replace(node, ready=False) if isinstance(node, Node) else node
