"""The scenarios: each makes one conflict happen with real programs, and returns when it has happened."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.e2e.real_cluster import RealCluster


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One conflict: `happen` is a context in which it is there. Its namespaces are removed before and after."""

    name: str
    namespaces: tuple[str, ...]
    happen: Callable[[RealCluster], contextlib.AbstractContextManager[None]]

    @contextlib.contextmanager
    def on(self, cluster: RealCluster) -> Iterator[None]:
        """Make it happen on this cluster, and leave nothing behind."""
        cluster.delete(*self.namespaces)
        try:
            with self.happen(cluster):
                yield
        finally:
            cluster.delete(*self.namespaces)


@contextlib.contextmanager
def origin(cluster: RealCluster, namespace: str = "e2e-origin") -> Iterator[None]:
    """Run one nginx more than there are nodes."""
    cluster.apply("origin.yaml", namespace=namespace, replicas=len(cluster.nodes) + 1)
    cluster.until_restarted(namespace, containers=1, restarts=3)
    yield


@contextlib.contextmanager
def _node_exporters(cluster: RealCluster) -> Iterator[None]:
    cluster.apply("node-exporter.yaml", namespace="e2e-monitoring", name="node-exporter", arguments="[]")
    cluster.until_ready("e2e-monitoring", "daemonset/node-exporter")
    said = '["--web.listen-address=:9100"]'  # as charts write it, so that a patch can change it
    cluster.apply("node-exporter.yaml", namespace="e2e-observability", name="agent-node-exporter", arguments=said)
    cluster.until_restarted("e2e-observability", containers=len(cluster.nodes))
    yield


@contextlib.contextmanager
def _rights(cluster: RealCluster) -> Iterator[None]:
    cluster.apply("rights.yaml", namespace="e2e-exporter-a")
    cluster.until_ready("e2e-exporter-a", "daemonset/exporter")
    cluster.apply("rights.yaml", namespace="e2e-exporter-b")
    cluster.until_restarted("e2e-exporter-b", containers=len(cluster.nodes))
    yield


@contextlib.contextmanager
def _two_containers(cluster: RealCluster) -> Iterator[None]:
    cluster.apply("two-containers.yaml")
    cluster.until_restarted("e2e-two-containers", containers=1)
    yield


@contextlib.contextmanager
def _rollout(cluster: RealCluster) -> Iterator[None]:
    cluster.apply("rollout.yaml", replicas=len(cluster.nodes), release=1)
    cluster.until_ready("e2e-rollout", "deployment/gateway")
    cluster.apply("rollout.yaml", replicas=len(cluster.nodes), release=2)
    cluster.until_restarted("e2e-rollout", containers=1)
    yield


@contextlib.contextmanager
def _terminating(cluster: RealCluster) -> Iterator[None]:
    cluster.apply("terminating.yaml", node=cluster.nodes[0], release=1, grace=900)
    cluster.until_ready("e2e-terminating", "deployment/gateway")
    cluster.apply("terminating.yaml", node=cluster.nodes[0], release=2, grace=900)
    try:
        cluster.until_restarted("e2e-terminating", containers=1)
        yield
    finally:
        cluster.kubectl("-n", "e2e-terminating", "delete", "pods", "--all", "--force", "--grace-period=0")


@contextlib.contextmanager
def _declared_port(cluster: RealCluster) -> Iterator[None]:
    cluster.apply("declared-port.yaml", replicas=len(cluster.nodes) + 1)
    cluster.until(
        "all replicas but one run, and the scheduler has refused that one",
        lambda: (
            len(cluster.nodes) == sum(status["ready"] for status in cluster.statuses("e2e-declared"))
            and any("free ports" in text for text in _conditions(cluster, "e2e-declared"))
        ),
    )
    yield


@contextlib.contextmanager
def _low_port(cluster: RealCluster) -> Iterator[None]:
    cluster.apply("low-port.yaml")
    cluster.until_restarted("e2e-low-port", containers=2)
    yield


@contextlib.contextmanager
def _foreign_address(cluster: RealCluster) -> Iterator[None]:
    cluster.apply("foreign-address.yaml")
    cluster.until_restarted("e2e-foreign-address", containers=2)
    yield


@contextlib.contextmanager
def _host_process(cluster: RealCluster) -> Iterator[None]:
    node = cluster.nodes[0]
    with _listening(cluster, node, 8086):
        cluster.apply("host-process.yaml", node=node)
        cluster.until_restarted("e2e-host-process", containers=2)
        yield


@contextlib.contextmanager
def _other_crashes(cluster: RealCluster) -> Iterator[None]:
    cluster.apply("other-crashes.yaml")
    cluster.until_restarted("e2e-other-crashes", containers=4)
    yield


@contextlib.contextmanager
def _owners(cluster: RealCluster) -> Iterator[None]:
    node = cluster.nodes[0]
    manifest = f"{cluster.static_pods.format(node=node)}/e2e-static.yaml"
    cluster.apply("owners-holder.yaml")
    cluster.until_ready("e2e-owners", "daemonset/metrics")
    cluster.apply("owners.yaml")
    cluster.run_on_node(node, "tee", manifest, text=cluster.manifest("static-pod.yaml"))
    try:
        cluster.until_restarted("e2e-owners", containers=5)
        yield
    finally:
        cluster.run_on_node(node, "rm", "-f", manifest)


@contextlib.contextmanager
def _container_types(cluster: RealCluster) -> Iterator[None]:
    namespace = "e2e-container-types"
    cluster.apply("container-types-holder.yaml")
    cluster.until_ready(namespace, "daemonset/metrics")
    cluster.apply("container-types.yaml")
    cluster.kubectl("-n", namespace, "wait", "--for=condition=Ready", "pod/debugged", "--timeout=180s")
    cluster.add_ephemeral_container(
        namespace, "debugged", name="debugger", command=["prometheus-node-exporter", "--web.listen-address=:9190"]
    )
    cluster.until_restarted(namespace, containers=2)
    cluster.until(
        "the ephemeral container has ended",
        lambda: any(
            "terminated" in status["state"]
            for pod in cluster.pods(namespace)
            for status in pod["status"].get("ephemeralContainerStatuses", [])
        ),
    )
    yield


@contextlib.contextmanager
def _pending(cluster: RealCluster) -> Iterator[None]:
    cluster.apply("pending.yaml")
    cluster.until(
        "the scheduler has refused both",
        lambda: (
            2 == sum("didn't match" in text or "Insufficient" in text for text in _conditions(cluster, "e2e-pending"))
        ),
    )
    yield


@contextlib.contextmanager
def _neighbours(cluster: RealCluster) -> Iterator[None]:
    cluster.apply("neighbours-holder.yaml")
    cluster.until_ready("e2e-neighbours", "daemonset/metrics")
    cluster.apply("neighbours.yaml", node=cluster.nodes[0])
    cluster.until_restarted("e2e-neighbours", containers=3)
    yield


def _conditions(cluster: RealCluster, namespace: str) -> list[str]:
    return [str(pod["status"].get("conditions")) for pod in cluster.pods(namespace)]


@contextlib.contextmanager
def _rejected(cluster: RealCluster) -> Iterator[None]:
    cluster.apply("rejected-holder.yaml", node=cluster.nodes[0])
    cluster.kubectl("-n", "e2e-rejected", "wait", "--for=condition=Ready", "pod/first", "--timeout=180s")
    cluster.apply("rejected.yaml", node=cluster.nodes[0])
    cluster.until(
        "the kubelet has refused both",
        lambda: 2 == sum("Failed" == pod["status"].get("phase") for pod in cluster.pods("e2e-rejected")),
    )
    yield


@contextlib.contextmanager
def _socket_file(cluster: RealCluster) -> Iterator[None]:
    cluster.apply("socket-file.yaml")
    cluster.until_restarted("e2e-socket-file", containers=2)
    yield


@contextlib.contextmanager
def _slow_release(cluster: RealCluster) -> Iterator[None]:
    node = cluster.nodes[0]
    with _listening(cluster, node, 8092):
        cluster.apply("slow-release.yaml", node=node)
        cluster.until_restarted("e2e-slow-release", containers=1, restarts=1)
    cluster.until("it runs", lambda: any(status["ready"] for status in cluster.statuses("e2e-slow-release")))
    cluster.pass_time("a container that still runs after this has recovered", seconds=65)
    yield


@contextlib.contextmanager
def _bound_twice(cluster: RealCluster) -> Iterator[None]:
    cluster.apply("bound-twice.yaml")
    cluster.until_restarted("e2e-bound-twice", containers=1)
    yield


@contextlib.contextmanager
def _service(cluster: RealCluster) -> Iterator[None]:
    cluster.apply("service-holder.yaml")
    cluster.until_ready("e2e-service", "daemonset/metrics")
    cluster.apply("service.yaml")
    cluster.until_restarted("e2e-service", containers=2)
    yield


@contextlib.contextmanager
def _kubelet_port(cluster: RealCluster) -> Iterator[None]:
    cluster.apply("kubelet-port.yaml")
    cluster.until_restarted("e2e-kubelet-port", containers=1)
    yield


@contextlib.contextmanager
def _high_port(cluster: RealCluster) -> Iterator[None]:
    node = cluster.nodes[0]
    cluster.apply("high-port-holder.yaml")
    cluster.until_ready("e2e-high-port", "daemonset/metrics")
    here = cluster.address(node)
    with (
        _listening(cluster, node, 18099),
        _on_node(cluster, node, "socat", "-u", f"TCP4:{here}:18099,bind={here},sourceport=40001", "OPEN:/dev/null"),
    ):
        cluster.apply("high-port.yaml", node=node)
        cluster.until_restarted("e2e-high-port", containers=2)
        yield


@contextlib.contextmanager
def _host_port(cluster: RealCluster) -> Iterator[None]:
    node = cluster.nodes[0]
    with _listening(cluster, node, 8093):
        cluster.apply("host-port.yaml", node=node)
        cluster.until_restarted("e2e-host-port", containers=1)
        yield


@contextlib.contextmanager
def _leftover(cluster: RealCluster) -> Iterator[None]:
    node = cluster.nodes[0]
    cluster.apply("leftover.yaml", node=node)
    cluster.until("the exporter listens", lambda: _connects(cluster.address(node), 8094))
    # It tries to listen again and again, and so takes the port in the moment in which the container is killed.
    with _on_node(cluster, node, "socat", "TCP4-LISTEN:8094,fork,reuseaddr,forever,interval=0.02", "OPEN:/dev/null"):
        cluster.until_restarted("e2e-leftover", containers=1)
        yield


@contextlib.contextmanager
def _listening(cluster: RealCluster, node: str, port: int) -> Iterator[None]:
    """Let a process of a node, outside Kubernetes, have a port."""
    with _on_node(cluster, node, "socat", "-u", f"TCP4-LISTEN:{port},fork,reuseaddr", "OPEN:/dev/null"):
        cluster.until("the process listens", lambda: _connects(cluster.address(node), port))
        yield


@contextlib.contextmanager
def _on_node(cluster: RealCluster, node: str, *command: str) -> Iterator[None]:
    process = cluster.start_on_node(node, *command)
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=20)


def _connects(address: str, port: int) -> bool:
    try:
        with socket.create_connection((address, port), timeout=2):
            return True
    except OSError:
        return False


SCENARIOS = (
    Scenario(name="origin", namespaces=("e2e-origin",), happen=origin),
    Scenario(name="node-exporters", namespaces=("e2e-monitoring", "e2e-observability"), happen=_node_exporters),
    Scenario(name="rights", namespaces=("e2e-exporter-a", "e2e-exporter-b"), happen=_rights),
    Scenario(name="two-containers", namespaces=("e2e-two-containers",), happen=_two_containers),
    Scenario(name="rollout", namespaces=("e2e-rollout",), happen=_rollout),
    Scenario(name="terminating", namespaces=("e2e-terminating",), happen=_terminating),
    Scenario(name="declared-port", namespaces=("e2e-declared",), happen=_declared_port),
    Scenario(name="low-port", namespaces=("e2e-low-port",), happen=_low_port),
    Scenario(name="foreign-address", namespaces=("e2e-foreign-address",), happen=_foreign_address),
    Scenario(name="host-process", namespaces=("e2e-host-process",), happen=_host_process),
    Scenario(name="other-crashes", namespaces=("e2e-other-crashes",), happen=_other_crashes),
    Scenario(name="owners", namespaces=("e2e-owners",), happen=_owners),
    Scenario(name="container-types", namespaces=("e2e-container-types",), happen=_container_types),
    Scenario(name="pending", namespaces=("e2e-pending",), happen=_pending),
    Scenario(name="neighbours", namespaces=("e2e-neighbours",), happen=_neighbours),
    Scenario(name="rejected", namespaces=("e2e-rejected",), happen=_rejected),
    Scenario(name="socket-file", namespaces=("e2e-socket-file",), happen=_socket_file),
    Scenario(name="slow-release", namespaces=("e2e-slow-release",), happen=_slow_release),
    Scenario(name="bound-twice", namespaces=("e2e-bound-twice",), happen=_bound_twice),
    Scenario(name="service", namespaces=("e2e-service",), happen=_service),
    Scenario(name="kubelet-port", namespaces=("e2e-kubelet-port",), happen=_kubelet_port),
    Scenario(name="high-port", namespaces=("e2e-high-port",), happen=_high_port),
    Scenario(name="host-port", namespaces=("e2e-host-port",), happen=_host_port),
    Scenario(name="leftover", namespaces=("e2e-leftover",), happen=_leftover),
)
