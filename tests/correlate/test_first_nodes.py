"""In a cluster with more nodes than are read for one namespace: what is asked besides, and what is said of the rest."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from hostnetdoctor.collect.requests import FirstNodes, Nodes, Request
from hostnetdoctor.model import Condition, Confidence, Diagnosis, Node, PodSpec, Report, Workload
from tests.build import SmallCluster, ask, container, crashing, declared, deployment, in_use, log, pod, running

NODES = [Node(name=f"node{number}", ready=True) for number in range(1, 6)]
WEB = deployment("web")
NAMES_PORT = container("exporter", args=("--listen=:9100",))


def asked(cluster: SmallCluster) -> list[Request[Any]]:
    return [each for each in cluster.asked if isinstance(each, Nodes | FirstNodes)]


def conflict(*, replicas: int | None, page: int, node: str = "node4", **question: Any) -> tuple[SmallCluster, Report]:
    """Diagnose a Deployment's pod of which an exporter on its node has the port."""
    made = Workload(
        ref=WEB, uid="uid-web", replicas=replicas, template=PodSpec(containers=(container(),), host_network=True)
    )
    exporter = pod("exporter", NAMES_PORT, statuses=(running("exporter"),), node=node)
    cluster = SmallCluster(
        [pod("web", statuses=(crashing(),), owner=WEB, node=node), exporter],
        logs={("web", "main"): log(in_use(9100))},
        workloads=(made,),
        nodes=NODES,
        page=page,
    )
    return cluster, ask(cluster, **question)


def only(report: Report) -> Diagnosis:
    (diagnosis,) = report.diagnoses
    return diagnosis


def change_port(diagnosis: Diagnosis) -> str:
    return next(each.why for each in diagnosis.remedies if each.id == "change-port")


def test_the_pods_own_node_is_asked_for_by_its_name() -> None:
    """What depends on the node is as sure as in a small cluster, and the others are counted as far as they are known."""
    cluster, report = conflict(replicas=1, page=2)
    diagnosis = only(report)

    assert [FirstNodes(), Nodes(name="node4")] == asked(cluster)
    assert ("other-host-network-pod", ["exporter"]) == (diagnosis.cause, [each.pod for each in diagnosis.holders])
    assert not any("could not be read" in text for text in (diagnosis.why, diagnosis.summary))
    assert "on the 3 nodes that were looked at; the pod may run on more than 2 nodes." in change_port(diagnosis)


def test_a_node_of_the_first_page_is_not_asked_for_again() -> None:
    """One listing says all that is wanted of it."""
    cluster, report = conflict(replicas=1, page=2, node="node1")

    assert ["exporter"] == [each.pod for each in only(report).holders]
    assert [FirstNodes()] == asked(cluster)


@pytest.mark.parametrize(("replicas", "every"), [(1, False), (2, True), (9, True)])
def test_all_nodes_are_read_where_the_replicas_may_outnumber_them(replicas: int, every: bool) -> None:
    """Only the whole list says how many replicas have room."""
    cluster, report = conflict(replicas=replicas, page=2, node="node1")

    assert every == (Nodes() in cluster.asked)
    assert ("all 5 nodes" in change_port(only(report))) == every


def test_all_nodes_are_read_where_none_of_the_first_ones_is_for_the_pod() -> None:
    """A node selector may choose nodes that come later by their names."""
    chosen = [*NODES[:4], Node(name="node5", ready=True, labels={"disk": "fast"})]
    spec = PodSpec(containers=(container(),), host_network=True, node_selector={"disk": "fast"})
    victim = pod("web", statuses=(crashing(),), node="node5", spec=spec)
    exporter = pod("exporter", NAMES_PORT, statuses=(running("exporter"),), node="node5")
    cluster = SmallCluster([victim, exporter], logs={("web", "main"): log(in_use(9100))}, nodes=chosen, page=2)

    assert "listens on 9101 on the node where" in change_port(only(ask(cluster)))
    assert Nodes() in cluster.asked


def test_a_question_about_all_namespaces_reads_all_nodes() -> None:
    """There, suspects are on many nodes."""
    cluster, report = conflict(replicas=1, page=2, namespaces=(), all_namespaces=True)

    assert ["exporter"] == [each.pod for each in only(report).holders]
    assert [Nodes()] == asked(cluster)


@pytest.mark.parametrize(
    ("refused", "count", "offers"),
    [((), "5 nodes", {"scale-to-nodes", "use-daemonset"}), ((Nodes(),), "more than 2 nodes", set())],
    ids=["all nodes were read", "only the first ones"],
)
def test_only_the_whole_list_says_that_the_replicas_are_too_many(
    refused: tuple[Request[Any], ...], count: str, offers: set[str]
) -> None:
    """Where the first nodes are too few for the replicas, there may still be enough."""
    made = Workload(ref=WEB, uid="uid-web", replicas=9, template=PodSpec(containers=(container(),), host_network=True))
    cluster = SmallCluster(
        [pod(f"web-{name}", statuses=(state,), owner=WEB) for name, state in (("a", crashing()), ("b", running()))],
        logs={("web-a", "main"): log(in_use(9100)), ("web-b", "main"): log("listening on :9100")},
        workloads=(made,),
        nodes=NODES,
        page=2,
        refused=refused,
    )
    diagnosis = only(ask(cluster))

    assert "replica-on-same-node" == diagnosis.cause
    assert f"9 replicas, {count} that they may run on" in diagnosis.why
    assert offers == {"scale-to-nodes", "use-daemonset"} & {each.id for each in diagnosis.remedies}


@pytest.mark.parametrize(("refused", "level"), [((), Confidence.CERTAIN), ((Nodes(),), Confidence.LIKELY)])
def test_a_pending_pod_is_explained_by_all_nodes(refused: tuple[Request[Any], ...], level: Confidence) -> None:
    """That a port is taken everywhere is certain only of a cluster that was read to its end."""
    spec = container(ports=declared(80))
    message = "0/5 nodes are available: 5 node(s) didn't have free ports for the requested pod ports."
    pending = pod(
        "web-9",
        spec,
        node=None,
        phase="Pending",
        conditions=(Condition(type="PodScheduled", status="False", message=message),),
        owner=WEB,
        statuses=(replace(crashing(), state=None, last=None),),
    )
    holders = [pod(f"web-{node.name}", spec, node=node.name, owner=WEB) for node in NODES]
    diagnosis = only(ask(SmallCluster([pending, *holders], nodes=NODES, page=2, refused=refused)))

    assert ("host-port-unschedulable", level) == (diagnosis.cause, diagnosis.confidence)
    assert ("all 5 nodes" in diagnosis.summary) == (not refused)
