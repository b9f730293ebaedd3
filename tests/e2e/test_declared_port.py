"""The scheduler knows of the port."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import Happening
from tests.e2e.doctor import diagnose
from tests.e2e.real_cluster import RealCluster
from tests.e2e.remedies import apply_remedy, until_healed

pytestmark = pytest.mark.e2e


def test_a_pod_waits_for_a_free_port(cluster: RealCluster, happening: Happening) -> None:
    """The pod that no node can take is the victim, and the replicas on the nodes are the holders; the first remedy ends it."""
    with happening("declared-port"):
        answer = diagnose(cluster, "-n", "e2e-declared")
        pods = {pod["metadata"]["name"]: pod["spec"].get("nodeName") for pod in cluster.pods("e2e-declared")}
        apply_remedy(cluster, answer.only()["remedies"][0])
        until_healed(cluster, "e2e-declared", "deployment/web")
        healed = diagnose(cluster, "-n", "e2e-declared")

    (victim,) = [name for name, node in pods.items() if node is None]
    found = answer.only()
    assert ("host-port-unschedulable", "TCP", 8083) == tuple(found[name] for name in ("cause", "protocol", "port"))
    assert victim == found["victim"]["pod"]
    assert set(pods) - {victim} == {each["pod"] for each in found["holders"]}
    assert (0, []) == (healed.code, healed.facts)


def test_pods_that_wait_for_something_else(cluster: RealCluster, happening: Happening) -> None:
    """A pod that waits for a node or for memory says nothing about ports."""
    with happening("pending"):
        answer = diagnose(cluster, "-n", "e2e-pending")

    assert [] == answer.facts
    assert 0 == answer.code
