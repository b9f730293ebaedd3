"""What is read of a cluster of which everybody asks: little of those who do well, and all that an answer needs."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from hostnetdoctor.collect.requests import Autoscalers, FirstNodes, PodsOnNode, Request, Survey
from hostnetdoctor.model import LogText, Pod, PodSpec, SurveyRow, Workload
from tests.build import SmallCluster, ask, container, crashing, deployment, in_use, log, pod, running

EVERYWHERE: dict[str, Any] = {"namespaces": (), "all_namespaces": True}


@dataclass
class Watched(SmallCluster):
    """A small cluster whose survey shows who is in trouble and, as a server's Table does, no namespace."""

    rounds: list[tuple[Request[Any], ...]] = field(default_factory=list)

    def answer(self, requests: Collection[Request[Any]]) -> Mapping[Request[Any], object]:
        self.rounds.append(tuple(requests))
        return super().answer(requests)

    def _answer(self, request: Request[Any]) -> object:
        if isinstance(request, Survey):
            return tuple(SurveyRow(name=each.name, node=each.node, suspect=_suspect(each)) for each in self.pods)
        return super()._answer(request)

    def asked_of_nodes(self) -> list[PodsOnNode]:
        """Return the requests for pods, in their order."""
        return [each for each in self.asked if isinstance(each, PodsOnNode)]


def _suspect(each: Pod) -> bool:
    return not all(status.running for status in each.statuses)


def daemon(node: str = "node1") -> Pod:
    return pod(f"daemon-{node}", container(args=("--listen=:9100",)), statuses=(running(),), node=node)


def crash(name: str, node: str = "node1") -> Pod:
    return pod(name, container(), statuses=(crashing(),), node=node)


def failing(*names: str) -> dict[tuple[str, str], LogText]:
    return {(name, "main"): log(in_use(9100)) for name in names}


def test_of_a_node_without_a_failure_only_the_suspect_is_read() -> None:
    """A pod that crashes for another reason costs itself and its log, and not all pods of its node."""
    cluster = Watched(pods=(daemon(), crash("web")))
    report = ask(cluster, **EVERYWHERE)

    assert ((), 1, 1) == (report.diagnoses, report.counts.suspects, report.counts.nodes)
    assert [PodsOnNode(node="node1", name="web")] == cluster.asked_of_nodes()


@pytest.mark.parametrize(
    ("question", "suspects_only"),
    [
        (EVERYWHERE, True),
        ({**EVERYWHERE, "examine_all": True}, False),
        ({**EVERYWHERE, "name": "web"}, False),
        ({}, False),
    ],
    ids=["all namespaces", "every pod examined", "one pod", "one namespace"],
)
def test_who_does_well_is_surveyed_only_where_it_matters(question: dict[str, Any], suspects_only: bool) -> None:
    """A pod asked for by its name may do well, and a namespace with such pods is no misspelt one."""
    cluster = Watched(pods=(daemon(), crash("web")))
    ask(cluster, **question)

    assert [suspects_only] == [each.suspects_only for each in cluster.asked if type(each) is Survey]


@pytest.mark.parametrize(("replicas", "asked"), [(3, True), (2, False)])
def test_autoscalers_are_read_for_a_workload_that_should_be_scaled_down(replicas: int, asked: bool) -> None:
    """Two nodes have room for two replicas; only for a third one it matters who would bring it back."""
    web = deployment("web")
    made = Workload(
        ref=web, uid="uid-web", replicas=replicas, template=PodSpec(containers=(container(),), host_network=True)
    )
    pods = (pod("web", container(), statuses=(crashing(),), owner=web), pod("web-2", container(), owner=web))
    cluster = SmallCluster(pods=pods, logs=failing("web"), workloads=(made,))
    (diagnosis,) = ask(cluster).diagnoses

    assert asked == any(isinstance(each, Autoscalers) for each in cluster.asked)
    assert asked == any(each.id == "scale-to-nodes" for each in diagnosis.remedies)


def test_nodes_are_read_once_and_only_where_somebody_is_in_trouble() -> None:
    """The list of nodes is the largest answer of a large cluster, and a namespace that does well needs none of it."""
    well, many = Watched(pods=(daemon(),)), Watched(pods=[crash(f"web-{each}", f"node{each}") for each in range(90)])
    ask(well)
    ask(many)

    assert (0, 1) == (well.asked.count(FirstNodes()), many.asked.count(FirstNodes()))


def test_a_failure_makes_its_node_worth_reading() -> None:
    """Who cannot listen is read first, and then all who may have the port."""
    cluster = Watched(pods=(daemon(), crash("web")), logs=failing("web"))
    (found,) = ask(cluster, **EVERYWHERE).diagnoses

    assert ["daemon-node1"] == [holder.pod for holder in found.holders]
    assert [PodsOnNode(node="node1", name="web"), PodsOnNode(node="node1")] == cluster.asked_of_nodes()[:2]


def test_a_node_with_many_suspects_is_read_at_once() -> None:
    """Many pods by their names would cost more than all pods of their node."""
    names = ("a", "b", "c", "d")
    cluster = Watched(pods=(daemon(), *(crash(name) for name in names)))
    ask(cluster, **EVERYWHERE)

    assert [PodsOnNode(node="node1")] == cluster.asked_of_nodes()


def test_both_ways_of_reading_give_one_answer() -> None:
    """Names first or the whole node at once: the failures and their holders are the same."""
    pods = (daemon(), crash("web"), crash("other"))
    all_namespaces = ask(Watched(pods=pods, logs=failing("web")), **EVERYWHERE)
    one_namespace = ask(Watched(pods=pods, logs=failing("web")))

    assert all_namespaces.diagnoses == one_namespace.diagnoses


def test_a_pod_that_got_into_trouble_since_the_survey_is_read_too() -> None:
    """When a node is read whole, every pod in trouble on it has its log read, seen by the survey or not."""

    class Late(Watched):
        def _answer(self, request: Request[Any]) -> object:
            if isinstance(request, Survey):
                return (SurveyRow(name="web", node="node1", suspect=True),)
            return super()._answer(request)

    report = ask(Late(pods=(daemon(), crash("web"), crash("new")), logs=failing("web", "new")), **EVERYWHERE)

    assert ["new", "web"] == [each.victim.pod for each in report.diagnoses]


def test_a_node_that_must_not_be_read_names_no_holder() -> None:
    """With no right to the rest of the node, the failure is told and nobody is accused."""
    cluster = Watched(pods=(daemon(), crash("web")), logs=failing("web"), refused=(PodsOnNode(node="node1"),))
    report = ask(cluster, **EVERYWHERE)

    assert [()] == [each.holders for each in report.diagnoses]
    assert ["pods on the node"] == [each.what for each in report.not_looked_at if each.node == "node1"]


@dataclass
class Slow(Watched):
    """A cluster that answers for some nodes only when all of them have been asked for."""

    together: Mapping[str, threading.Barrier] = field(default_factory=dict)

    def _answer(self, request: Request[Any]) -> object:
        if isinstance(request, PodsOnNode) and (barrier := self.together.get(request.node or "")):
            barrier.wait(timeout=20)
        return super()._answer(request)


def test_while_some_nodes_are_waited_for_the_next_ones_are_read() -> None:
    """Two batches of nodes are on their way at once; each is read once, and the report is in order."""
    nodes = [f"node{number:02}" for number in range(1, 61)]
    both = threading.Barrier(2)
    cluster = Slow(
        pods=[crash(f"web-{node}", node) for node in nodes],
        logs=failing(*(f"web-{node}" for node in nodes)),
        together={"node21": both, "node41": both},
    )
    report = ask(cluster, **EVERYWHERE)

    assert not both.broken
    assert nodes == [each.node for each in report.diagnoses]
    assert (60, 60) == (report.counts.suspects, report.counts.failures)
    pods = [each for each in cluster.asked_of_nodes() if each.name is not None]
    assert len(pods) == len(set(pods))
