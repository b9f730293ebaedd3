"""The port is held by a process outside Kubernetes."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import Happening
from tests.e2e.doctor import diagnose
from tests.e2e.real_cluster import RealCluster

pytestmark = pytest.mark.e2e


def test_two_replicas_that_both_fail_do_not_blame_each_other(cluster: RealCluster, happening: Happening) -> None:
    """Both fail over port 8086, so neither has it: the holder is not to be seen, and the answer says how to see it."""
    with happening("host-process"):
        answer = diagnose(cluster, "-n", "e2e-host-process")

    assert [("holder-not-visible", cluster.nodes[0], 8086, [])] * 2 == [
        (each["cause"], each["node"], each["port"], each["holders"]) for each in answer.facts
    ]
    assert {"possible"} == {each["confidence"] for each in answer.facts}
    assert all("8086" in " ".join(each["nextSteps"]) for each in answer.diagnoses)


def test_a_process_that_went_away(cluster: RealCluster, happening: Happening) -> None:
    """Its port was free again for the next attempt, without any change: nothing to report, but said when asked about everything."""
    with happening("slow-release"):
        answer = diagnose(cluster, "-n", "e2e-slow-release")
        everything = diagnose(cluster, "-n", "e2e-slow-release", "--all")

    found = everything.only()
    assert ("slow-release", "possible", 8092) == tuple(found[name] for name in ("cause", "confidence", "port"))
    assert (0, []) == (answer.code, answer.facts)
