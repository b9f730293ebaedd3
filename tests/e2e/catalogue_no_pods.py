"""More scenarios: the address is held by no pod that the API shows."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from tests.e2e.catalogue import _exporter, _proxy, _until_available, _until_socket
from tests.e2e.real_cluster import MANIFESTS, RealCluster
from tests.e2e.scenarios import Scenario, _listening, _on_node


@contextlib.contextmanager
def _nobody(cluster: RealCluster) -> Iterator[None]:
    cluster.apply("nobody.yaml")
    cluster.until_restarted("e5-nobody", containers=3)
    yield


@contextlib.contextmanager
def _twice(cluster: RealCluster) -> Iterator[None]:
    cluster.apply("registry-twice.yaml")
    _proxy(cluster, "e5-dual", cluster.nodes[0], "listen 18018;\n        listen [::]:18018 ipv6only=off;")
    for namespace in ("e5-twice", "e5-dual"):
        cluster.until_restarted(namespace, containers=1)
    yield


@contextlib.contextmanager
def _sockets(cluster: RealCluster) -> Iterator[None]:
    node = cluster.nodes[2]
    cluster.run_on_node(node, "rm", "-rf", "/run/containerd/e5-sockets")
    cluster.apply("sockets.yaml", node=node)
    try:
        cluster.until_restarted("e5-sockets", containers=2)
        yield
    finally:
        cluster.run_on_node(node, "rm", "-rf", "/run/containerd/e5-sockets")


@contextlib.contextmanager
def _time_wait(cluster: RealCluster) -> Iterator[None]:
    namespace = "e5-time-wait"
    cluster.apply("time-wait.yaml", node=cluster.nodes[2])
    cluster.until_restarted(namespace, containers=1, restarts=2)
    cluster.until("it got its port", lambda: any(each["ready"] for each in cluster.statuses(namespace)))
    cluster.pass_time("a container that still runs after this has recovered", seconds=65)
    yield


@contextlib.contextmanager
def _co_victims(cluster: RealCluster) -> Iterator[None]:
    node = cluster.nodes[1]
    with _listening(cluster, node, 18009):
        _proxy(cluster, "e5-co-victims", node, "listen 18009;", replicas=3)
        yield


@contextlib.contextmanager
def _usual_port(cluster: RealCluster) -> Iterator[None]:
    node = cluster.nodes[1]
    with _listening(cluster, node, 9090):
        _exporter(cluster, "e5-usual-port", "metrics", node, ":9090")
        _exporter(cluster, "e5-usual-pod", "metrics", cluster.nodes[2], ":9090")
        _until_available(cluster, "e5-usual-pod")
        _exporter(cluster, "e5-usual-pod", "second", cluster.nodes[2], "0.0.0.0:9090")
        for namespace in ("e5-usual-port", "e5-usual-pod"):
            cluster.until_restarted(namespace, containers=1)
        yield


@contextlib.contextmanager
def _connection(cluster: RealCluster) -> Iterator[None]:
    node = cluster.nodes[2]
    here, there = cluster.address(node), cluster.address(cluster.nodes[0])
    call = f"TCP4:{there}:18024,bind={here},sourceport=40011"
    with _listening(cluster, cluster.nodes[0], 18024), _on_node(cluster, node, "socat", "-u", call, "OPEN:/dev/null"):
        _until_socket(cluster, node, "established", 40011)
        _proxy(cluster, "e5-connection", node, "listen 40011;", replicas=2)
        cluster.until_restarted("e5-connection", containers=2)
        yield


@contextlib.contextmanager
def _node_port(cluster: RealCluster) -> Iterator[None]:
    node, namespace = cluster.nodes[0], "e5-node-port"
    cluster.apply("node-port.yaml", node=node)
    _until_available(cluster, namespace)
    # From outside, the proxy's rules keep everybody from this process.
    with _on_node(cluster, node, "socat", "-u", "TCP4-LISTEN:31802,fork,reuseaddr", "OPEN:/dev/null"):
        _until_socket(cluster, node, "listening", 31802)
        _exporter(cluster, namespace, "taken", node, ":31802")
        cluster.until_restarted(namespace, containers=1)
        yield


@contextlib.contextmanager
def _lost(cluster: RealCluster) -> Iterator[None]:
    node, namespace = cluster.nodes[1], "e5-lost"
    losing = (MANIFESTS / "lose-container.sh").read_text(encoding="utf-8")
    cluster.apply("lost.yaml", node=node)
    cluster.kubectl("-n", namespace, "wait", "--for=condition=Ready", "pod/agent", "--timeout=180s")
    cluster.run_on_node(node, "sh", "-s", "18031", namespace, text=losing)
    try:
        cluster.until_restarted(namespace, containers=1)
        yield
    finally:
        ending = "kill -KILL $(ss -Htlnp 'sport = :18031' | grep -o 'pid=[0-9]*' | cut -d= -f2)"
        cluster.run_on_node(node, "sh", "-c", ending)


NO_PODS = (
    Scenario(name="nobody", namespaces=("e5-nobody",), happen=_nobody),
    Scenario(name="twice", namespaces=("e5-twice", "e5-dual"), happen=_twice),
    Scenario(name="sockets", namespaces=("e5-sockets",), happen=_sockets),
    Scenario(name="time-wait", namespaces=("e5-time-wait",), happen=_time_wait),
    Scenario(name="usual-port", namespaces=("e5-usual-port", "e5-usual-pod"), happen=_usual_port),
    Scenario(name="connection", namespaces=("e5-connection",), happen=_connection),
    Scenario(name="node-port", namespaces=("e5-node-port",), happen=_node_port),
    Scenario(name="lost", namespaces=("e5-lost",), happen=_lost),
    Scenario(name="co-victims", namespaces=("e5-co-victims",), happen=_co_victims),
)
