"""The rest of the catalogue: the kubelet's own checks, sockets, and holders that are no pods."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import Happening
from tests.e2e.doctor import diagnose
from tests.e2e.real_cluster import RealCluster

pytestmark = pytest.mark.e2e


def test_a_pod_that_the_kubelet_refuses(cluster: RealCluster, happening: Happening) -> None:
    """A pod that came past the scheduler is refused for its declared port; one that is refused for memory is not ours."""
    with happening("rejected"):
        answer = diagnose(cluster, "-n", "e2e-rejected")

    found = answer.only()
    assert ("host-port-rejected", 8091, "second") == (found["cause"], found["port"], found["victim"]["pod"])
    assert ["first"] == [each["pod"] for each in found["holders"]]


def test_a_socket_that_a_killed_program_left(cluster: RealCluster, happening: Happening) -> None:
    """The socket's file in the pod's volume is the holder, for certain, where no other container has that volume."""
    with happening("socket-file"):
        answer = diagnose(cluster, "killed", "-n", "e2e-socket-file")

    found = answer.only()
    assert ("stale-socket-file", "certain", "UNIX", "/sockets/app.sock") == tuple(
        found[name] for name in ("cause", "confidence", "protocol", "path")
    )


def test_a_program_that_listens_twice(cluster: RealCluster, happening: Happening) -> None:
    """Two flags with one port: the program is in its own way."""
    with happening("bound-twice"):
        answer = diagnose(cluster, "-n", "e2e-bound-twice")

    found = answer.only()
    assert ("process-bound-twice", 9480) == (found["cause"], found["port"])
    assert [found["victim"]["pod"]] == [each["pod"] for each in found["holders"]]


def test_a_health_check_port(cluster: RealCluster, happening: Happening) -> None:
    """The service proxy has a Service's health check port; its node port is a pod's, as the pod says itself."""
    with happening("service"):
        answer = diagnose(cluster, "-n", "e2e-service")

    assert {("health", "node-port-service", 31091), ("node-port", "other-host-network-pod", 31090)} == {
        (each["victim"]["pod"], each["cause"], each["port"]) for each in answer.facts
    }


def test_a_port_of_the_kubelet(cluster: RealCluster, happening: Happening) -> None:
    """The kubelet has port 10250 on every node, by convention: likely, and not more."""
    with happening("kubelet-port"):
        answer = diagnose(cluster, "-n", "e2e-kubelet-port")

    found = answer.only()
    assert ("host-process", "likely", 10250) == (found["cause"], found["confidence"], found["port"])
    assert ["kubelet"] == [each["process"]["name"] for each in found["holders"]]


def test_a_port_of_an_outgoing_connection(cluster: RealCluster, happening: Happening) -> None:
    """A port of the range for outgoing connections that no pod has may be such a connection's; a pod that has it is named."""
    with happening("high-port"):
        answer = diagnose(cluster, "-n", "e2e-high-port")

    assert {("connection", "outgoing-connection", "possible"), ("pod", "other-host-network-pod", "certain")} == {
        (each["victim"]["pod"], each["cause"], each["confidence"]) for each in answer.facts
    }


def test_a_host_port_without_a_socket_is_not_the_holder(cluster: RealCluster, happening: Happening) -> None:
    """Where the runtime only rewrites packets, a pod with that hostPort is ruled out."""
    with happening("host-port"):
        answer = diagnose(cluster, "-n", "e2e-host-port")

    found = answer.only()
    assert ("holder-not-visible", []) == (found["cause"], found["holders"])
    assert any("published" in each["candidate"] for each in found["ruledOut"])


def test_something_that_kubernetes_could_not_end(cluster: RealCluster, happening: Happening) -> None:
    """After a hook that failed at the end of the earlier attempt, that attempt may be what has the port."""
    with happening("leftover"):
        answer = diagnose(cluster, "-n", "e2e-leftover")

    found = answer.only()
    assert ("previous-instance", "possible", 8094) == (found["cause"], found["confidence"], found["port"])
