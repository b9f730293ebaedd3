"""The port is held by another container of the same pod, without hostNetwork."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.conftest import Happening
from tests.e2e.doctor import Answer, diagnose
from tests.e2e.real_cluster import RealCluster

pytestmark = pytest.mark.e2e
NAMESPACE = "e2e-two-containers"


@pytest.fixture(scope="module")
def answer(cluster: RealCluster, happening: Happening) -> Iterator[Answer]:
    with happening("two-containers"):
        yield diagnose(cluster, "-n", NAMESPACE)


def test_the_sibling_is_the_holder(cluster: RealCluster, answer: Answer) -> None:
    """The container that restarts is the victim, its sibling of the same pod the holder, in the pod's own network."""
    (pod,) = cluster.pods(NAMESPACE)
    restarts = {status["name"]: status["restartCount"] for status in pod["status"]["containerStatuses"]}
    victim, holder = sorted(restarts, key=lambda name: -restarts[name])

    found = answer.only()
    assert ("container-in-same-pod", "pod", "TCP", 80) == tuple(
        found[name] for name in ("cause", "network", "protocol", "port")
    )
    assert victim == found["victim"]["container"]
    assert [("container", pod["metadata"]["name"], holder)] == [
        (each["kind"], each["pod"], each["container"]) for each in found["holders"]
    ]
