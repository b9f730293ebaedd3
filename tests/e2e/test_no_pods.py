"""Holders that are no pods: the process itself, a file, a connection, a program of the node, or nobody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.catalogue_no_pods import NO_PODS
from tests.e2e.doctor import diagnose, moments
from tests.e2e.real_cluster import RealCluster
from tests.e2e.together import together

pytestmark = pytest.mark.e2e
_LOOKS = 15


@pytest.fixture(scope="module", autouse=True)
def _town(cluster: RealCluster) -> Iterator[None]:
    with together(cluster, *NO_PODS):
        yield


def test_victims_of_one_process_never_blame_each_other(cluster: RealCluster) -> None:
    """At every moment of their retries, Running or not, three replicas have a holder that no pod is."""
    for _ in moments(most=_LOOKS):
        for each in diagnose(cluster, "-n", "e5-co-victims").facts:
            assert ("holder-not-visible", "possible", 18009, []) == tuple(
                each[name] for name in ("cause", "confidence", "port", "holders")
            )


def test_all_victims_of_one_process_are_reported(cluster: RealCluster) -> None:
    """Between two attempts of each, three replicas are three diagnoses of one group."""
    cluster.until_restarted("e5-co-victims", containers=3)
    answer = diagnose(cluster, "-n", "e5-co-victims")

    assert 3 == len(answer.facts)
    assert [3] == [group["count"] for group in answer.report["groups"]]


def test_a_process_on_a_usual_port(cluster: RealCluster) -> None:
    """Port 9090 is cockpit's on some nodes: possible, unless a pod has it."""
    found = diagnose(cluster, "-n", "e5-usual-port").only()
    taken = diagnose(cluster, "-n", "e5-usual-pod").only()

    assert ("host-process", "possible", 9090) == (found["cause"], found["confidence"], found["port"])
    assert any("sport = :9090" in step for step in found["nextSteps"])
    assert "other-host-network-pod" == taken["cause"]


def test_a_container_that_the_runtime_lost(cluster: RealCluster) -> None:
    """Its sandbox was killed, a worker stayed, and Kubernetes started the pod anew beside it: the event about the sandbox tells."""
    found = diagnose(cluster, "-n", "e5-lost").only()

    assert ("previous-instance", "possible", 18031, []) == tuple(
        found[name] for name in ("cause", "confidence", "port", "holders")
    )
    assert any("SandboxChanged" in each["text"] for each in found["evidence"])


def test_two_proxies_and_a_connection(cluster: RealCluster) -> None:
    """Neither of two replicas can listen on the port of an outgoing connection, so neither has it."""
    found = diagnose(cluster, "-n", "e5-connection").facts

    assert [("outgoing-connection", "possible", 40011)] * 2 == [
        (each["cause"], each["confidence"], each["port"]) for each in found
    ]


def test_a_node_port_without_a_socket(cluster: RealCluster) -> None:
    """A pod listens on a Service's node port here; where something else has such a port, the Service is possible at most."""
    (found,) = diagnose(cluster, "-n", "e5-node-port", "--all").facts

    assert 31802 == found["port"]
    assert ("node-port-service", "possible") == (found["cause"], found["confidence"])


def test_a_process_that_is_in_its_own_way(cluster: RealCluster) -> None:
    """A debug server that has the port of the program itself; two directives of nginx of which one covers the other."""
    registry = diagnose(cluster, "-n", "e5-twice").only()
    proxy = diagnose(cluster, "-n", "e5-dual").only()

    assert ("process-bound-twice", "pod", 18018) == tuple(registry[name] for name in ("cause", "network", "port"))
    assert ("process-bound-twice", "node", 18018) == tuple(proxy[name] for name in ("cause", "network", "port"))


def test_a_socket_on_the_node(cluster: RealCluster) -> None:
    """A socket in a directory of the node outlives its program: likely, because others may use that directory."""
    found = diagnose(cluster, "on-node", "-n", "e5-sockets").only()

    assert ("stale-socket-file", "likely", "/sockets/app.sock") == tuple(
        found[name] for name in ("cause", "confidence", "path")
    )


def test_a_socket_that_somebody_listens_on(cluster: RealCluster) -> None:
    """Of two equal containers one listens on the socket and runs: it is the holder, and no file that was left."""
    found = diagnose(cluster, "pair", "-n", "e5-sockets").only()

    assert ("container-in-same-pod", "/sockets/app.sock") == (found["cause"], found["path"])
    assert "certain" != found["confidence"]


def test_a_port_that_was_released_late(cluster: RealCluster) -> None:
    """A server without SO_REUSEADDR failed while its own closed connections were in TIME_WAIT, and then got its port."""
    found = diagnose(cluster, "-n", "e5-time-wait", "--all").only()

    assert ("slow-release", "possible", []) == (found["cause"], found["confidence"], found["holders"])
    assert [] == diagnose(cluster, "-n", "e5-time-wait").facts


def test_nobody_has_it(cluster: RealCluster) -> None:
    """No privilege, no such address: nobody has the port. A directory that is closed is no port at all."""
    found = diagnose(cluster, "-n", "e5-nobody").facts

    assert {("nginx", "port-needs-privilege", 803), ("exporter", "address-not-on-node", 18025)} == {
        (each["victim"]["container"], each["cause"], each["port"]) for each in found
    }
