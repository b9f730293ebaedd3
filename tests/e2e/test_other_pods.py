"""The port is held by a pod of another workload."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.conftest import Happening
from tests.e2e.doctor import Answer, diagnose
from tests.e2e.real_cluster import RealCluster
from tests.e2e.remedies import apply_remedy, until_healed

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def answer(cluster: RealCluster, happening: Happening) -> Iterator[Answer]:
    with happening("node-exporters"):
        yield diagnose(cluster, "-n", "e2e-observability")


def test_each_node_names_the_other_exporter(cluster: RealCluster, answer: Answer) -> None:
    """On every node, the second exporter is the victim, and the first one's pod of that node, in another namespace, the holder."""
    holders = {pod["spec"]["nodeName"]: pod["metadata"]["name"] for pod in cluster.pods("e2e-monitoring")}

    assert dict.fromkeys(cluster.nodes, "other-host-network-pod") == {
        each["node"]: each["cause"] for each in answer.facts
    }
    assert {
        node: [{"namespace": "e2e-monitoring", "pod": pod, "container": "node-exporter"}]
        for node, pod in holders.items()
    } == {each["node"]: each["holders"] for each in answer.facts}


def test_port_and_certainty_are_the_same_on_every_node(answer: Answer) -> None:
    """The holder's own log says that it listens, so each answer is certain, and about one port."""
    assert {("TCP", 9100, "certain")} == {(each["protocol"], each["port"], each["confidence"]) for each in answer.facts}


def test_the_failures_of_one_daemon_set_are_one_group(cluster: RealCluster, answer: Answer) -> None:
    """One DaemonSet that fails on every node is one group over these nodes."""
    (group,) = answer.report["groups"]

    assert len(cluster.nodes) == group["count"]
    assert list(cluster.nodes) == group["nodes"]


def test_the_holders_namespace_has_nothing_to_report(cluster: RealCluster, answer: Answer) -> None:
    """Asked about the holder's namespace only, the program stays silent."""
    holder = diagnose(cluster, "-n", "e2e-monitoring")

    assert answer.facts
    assert [] == holder.facts
    assert 0 == holder.code


def test_the_first_remedy_cures_it(cluster: RealCluster, answer: Answer) -> None:
    """The second DaemonSet runs on a port of its own on every node, and there is nothing to report."""
    apply_remedy(cluster, answer.diagnoses[0]["remedies"][0])
    until_healed(cluster, "e2e-observability", "daemonset/agent-node-exporter")

    healed = diagnose(cluster, "-n", "e2e-observability")
    assert (0, []) == (healed.code, healed.facts)
