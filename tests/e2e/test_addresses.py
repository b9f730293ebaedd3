"""Linux decides which addresses exclude each other: loopback, protocols, IPv6."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.catalogue import ADDRESSES
from tests.e2e.doctor import Answer, diagnose
from tests.e2e.real_cluster import RealCluster
from tests.e2e.together import together

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module", autouse=True)
def _town(cluster: RealCluster) -> Iterator[None]:
    with together(cluster, *ADDRESSES):
        yield


def _told(answer: Answer) -> tuple[str, int, list[str]]:
    found = answer.only()
    return found["cause"], found["port"], [each["namespace"] for each in found["holders"]]


def test_loopback_excludes_the_wildcard(cluster: RealCluster) -> None:
    """A program on 127.0.0.1 keeps another one from listening on all addresses."""
    assert ("other-host-network-pod", 18010, ["e5-loopback"]) == _told(diagnose(cluster, "-n", "e5-wildcard"))


def test_loopback_does_not_exclude_another_address(cluster: RealCluster) -> None:
    """A program on 127.0.0.1 and one on the node's address run side by side."""
    assert [] == diagnose(cluster, "-n", "e5-other-address", "--all").facts


def test_loopback_is_not_blamed_for_another_address(cluster: RealCluster) -> None:
    """Where something else has the node's address, the pod on 127.0.0.1 is ruled out, with its address as the reason."""
    answer = diagnose(cluster, "-n", "e5-same-address")

    assert ("holder-not-visible", 18012, []) == _told(answer)
    reasons = [
        each["because"] for each in answer.only()["ruledOut"] if each["candidate"].startswith("e5-loopback/local-18012")
    ]
    assert ["has this port on 127.0.0.1 only"] == reasons


def test_protocols_do_not_exclude_each_other(cluster: RealCluster) -> None:
    """A collector of datagrams and an exporter have one port number side by side."""
    assert [] == diagnose(cluster, "-n", "e5-datagrams", "--all").facts


def test_datagrams_are_not_blamed_for_streams(cluster: RealCluster) -> None:
    """Where something else has the TCP port, the pod with the UDP port is not the holder."""
    assert ("holder-not-visible", 18014, []) == _told(diagnose(cluster, "-n", "e5-datagrams-too"))


def test_version_six_alone(cluster: RealCluster) -> None:
    """Two programs on [::1] exclude each other, for certain."""
    answer = diagnose(cluster, "-n", "e5-six-second")

    assert ("other-host-network-pod", 18015, ["e5-six"]) == _told(answer)
    assert ("certain", ["::1"]) == (answer.only()["confidence"], answer.only()["addresses"])


def test_version_six_only_leaves_version_four_free(cluster: RealCluster) -> None:
    """nginx on [::], which it takes for IPv6 only, and nginx on 0.0.0.0 run side by side."""
    assert [] == diagnose(cluster, "-n", "e5-six-four", "--all").facts


def test_go_means_both_versions_by_either_wildcard(cluster: RealCluster) -> None:
    """A Go program that is told 0.0.0.0 listens on both versions (net.favoriteAddrFamily), so [::] keeps it out."""
    found = diagnose(cluster, "-n", "e5-six-go").only()

    assert {"e5-six-only", "e5-six-four"} == {each["namespace"] for each in found["holders"]}
    assert found["confidence"] in {"likely", "possible"}


def test_version_six_excludes_both_versions_together(cluster: RealCluster) -> None:
    """A program that wants both versions is in conflict with one that has IPv6 only."""
    assert ("other-host-network-pod", 18017, ["e5-six-first"]) == _told(diagnose(cluster, "-n", "e5-six-both"))
