"""The port is held by a pod of another revision, or by one that is going."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import Happening
from tests.e2e.doctor import diagnose
from tests.e2e.real_cluster import RealCluster
from tests.e2e.remedies import apply_remedy, until_healed

pytestmark = pytest.mark.e2e


def test_a_rollout_that_cannot_end(cluster: RealCluster, happening: Happening) -> None:
    """The new revision's pod is the victim, and the old revision's pod of its node the holder; its settings differ, so it is likely.

    Its first remedy lets the rollout end.
    """
    with happening("rollout"):
        answer = diagnose(cluster, "-n", "e2e-rollout")
        pods = {pod["metadata"]["name"]: pod for pod in cluster.pods("e2e-rollout")}
        apply_remedy(cluster, answer.only()["remedies"][0])
        until_healed(cluster, "e2e-rollout", "deployment/gateway")
        healed = diagnose(cluster, "-n", "e2e-rollout")

    (victim,) = [name for name, pod in pods.items() if not pod["status"]["containerStatuses"][0]["ready"]]
    node = pods[victim]["spec"]["nodeName"]
    (holder,) = [name for name, pod in pods.items() if name != victim and pod["spec"]["nodeName"] == node]
    found = answer.only()
    assert ("rollout-overlap", "likely", node, 8081) == tuple(
        found[name] for name in ("cause", "confidence", "node", "port")
    )
    assert (victim, [holder]) == (found["victim"]["pod"], [each["pod"] for each in found["holders"]])
    assert (0, []) == (healed.code, healed.facts)


def test_a_pod_that_still_drains(cluster: RealCluster, happening: Happening) -> None:
    """The pod that is being deleted holds the port until its grace period is over."""
    with happening("terminating"):
        answer = diagnose(cluster, "-n", "e2e-terminating")
        pods = {
            pod["metadata"]["name"]: "deletionTimestamp" in pod["metadata"] for pod in cluster.pods("e2e-terminating")
        }

    (going,) = [name for name, deleted in pods.items() if deleted]
    found = answer.only()
    assert ("rollout-overlap", 8082) == (found["cause"], found["port"])
    assert [going] == [each["pod"] for each in found["holders"]]
