"""Every kind of owner, and every type of container, may be the victim."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import Happening
from tests.e2e.doctor import Answer, diagnose
from tests.e2e.real_cluster import RealCluster

pytestmark = pytest.mark.e2e


def test_every_kind_of_owner(cluster: RealCluster, happening: Happening) -> None:
    """A StatefulSet's, a Job's, a CronJob's, a bare and a static pod all name the DaemonSet's pod of their node."""
    with happening("owners"):
        answer = diagnose(cluster, "-n", "e2e-owners")
        metrics = _pods_by_node(cluster, "e2e-owners")

    assert {
        ("StatefulSet", "stateful"),
        ("Job", "once"),
        ("CronJob", "nightly"),
        ("Pod", "bare"),
        ("Pod", f"static-{cluster.nodes[0]}"),
    } == {_owner(each["victim"]) for each in answer.diagnoses}
    _held_by(metrics, answer, port=9180)
    assert {"certain"} == {each["confidence"] for each in answer.facts}


def test_every_type_of_container(cluster: RealCluster, happening: Happening) -> None:
    """An init container, a sidecar and an ephemeral container are victims like any other."""
    with happening("container-types"):
        answer = diagnose(cluster, "-n", "e2e-container-types", "--all")
        metrics = _pods_by_node(cluster, "e2e-container-types")

    assert {("warm-up", "init"), ("sidecar", "sidecar"), ("debugger", "ephemeral")} == {
        (each["victim"]["container"], each["victim"]["containerType"]) for each in answer.facts
    }
    _held_by(metrics, answer, port=9190)
    assert {"certain"} == {each["confidence"] for each in answer.facts}


def test_neighbours_are_not_taken_for_each_other(cluster: RealCluster, happening: Happening) -> None:
    """No privilege, an exact address, a sibling container: none of it matters where another pod has the port."""
    with happening("neighbours"):
        answer = diagnose(cluster, "-n", "e2e-neighbours")
        metrics = _pods_by_node(cluster, "e2e-neighbours")

    assert {"unprivileged", "exact", "pair"} == {each["victim"]["workload"]["name"] for each in answer.diagnoses}
    _held_by(metrics, answer, port=9280)


def _pods_by_node(cluster: RealCluster, namespace: str) -> dict[str, str]:
    pods = cluster.items("pods", "-n", namespace, "-l", "app=metrics")
    return {pod["spec"]["nodeName"]: pod["metadata"]["name"] for pod in pods}


def _held_by(pods: dict[str, str], answer: Answer, *, port: int) -> None:
    for each in answer.facts:
        assert ("other-host-network-pod", port) == (each["cause"], each["port"]), each
        assert [pods[each["node"]]] == [holder["pod"] for holder in each["holders"]], each


def _owner(victim: dict[str, dict[str, str] | str | None]) -> tuple[str, str]:
    workload = victim["workload"]
    if isinstance(workload, dict):
        return workload["kind"], workload["name"]
    return "Pod", str(victim["pod"])
