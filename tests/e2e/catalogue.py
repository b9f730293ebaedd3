"""More scenarios, on ports from 18001: who holds an address, and who only looks as if."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from tests.e2e.real_cluster import RealCluster
from tests.e2e.scenarios import Scenario, _connects, _listening, _on_node

# Seconds; a container that crashes again and again counts as available in between, if nothing forbids it.
_LONGER_THAN_A_CRASH = 300


def _exporter(cluster: RealCluster, namespace: str, name: str, node: str, listen: str) -> None:
    cluster.apply("exporter.yaml", namespace=namespace, name=name, node=node, listen=listen, replicas=1)


def _proxy(
    cluster: RealCluster, namespace: str, node: str, listen: str, *, replicas: int = 1, release: int = 1
) -> None:
    cluster.apply(
        "proxy.yaml", namespace=namespace, name="proxy", node=node, listen=listen, replicas=replicas, release=release
    )


def _until_available(cluster: RealCluster, namespace: str) -> None:
    cluster.kubectl("-n", namespace, "wait", "--for=condition=Available", "deployments", "--all", "--timeout=180s")


def _until_socket(cluster: RealCluster, node: str, state: str, port: int) -> None:
    """Wait until a socket of a node is in a state, as `ss` names it."""
    looking = f"until ss -Htn state {state} 'sport = :{port}' | grep -q .; do sleep 0.2; done"
    cluster.run_on_node(node, "timeout", "20", "sh", "-c", looking)


@contextlib.contextmanager
def _static_pod(cluster: RealCluster, node: str, namespace: str, port: int) -> Iterator[None]:
    """Let a kubelet run a pod from a file; the pod is gone when the file is."""
    file = f"{cluster.static_pods.format(node=node)}/{namespace}.yaml"
    manifest = cluster.manifest("static-exporter.yaml", namespace=namespace, port=port)
    cluster.run_on_node(node, "tee", file, text=manifest)
    try:
        yield
    finally:
        cluster.run_on_node(node, "rm", "-f", file)


@contextlib.contextmanager
def _static_holder(cluster: RealCluster) -> Iterator[None]:
    node, namespace = cluster.nodes[1], "e5-static"
    cluster.apply("namespace.yaml", namespace=namespace)
    with _static_pod(cluster, node, namespace, 18001):
        cluster.until("the static pod listens", lambda: _connects(cluster.address(node), 18001))
        _exporter(cluster, namespace, "gateway", node, ":18001")
        cluster.until_restarted(namespace, containers=1)
        yield


@contextlib.contextmanager
def _daemon_set(cluster: RealCluster) -> Iterator[None]:
    cluster.apply("node-exporter-at.yaml", namespace="e5-daemons", port=18002)
    cluster.until_ready("e5-daemons", "daemonset/metrics")
    _exporter(cluster, "e5-gateway", "gateway", cluster.nodes[2], ":18002")
    cluster.until_restarted("e5-gateway", containers=1)
    yield


@contextlib.contextmanager
def _drivers(cluster: RealCluster) -> Iterator[None]:
    node, namespace = cluster.nodes[0], "e5-drivers"
    cluster.apply("drivers.yaml", name="first", node=node, alive="/first")
    cluster.until("the first sidecar listens", lambda: _connects(cluster.address(node), 18003))
    cluster.apply("drivers.yaml", name="second", node=node, alive="/second")
    cluster.until(
        "the second driver restarts", lambda: any(each["restartCount"] for each in cluster.statuses(namespace))
    )
    yield


@contextlib.contextmanager
def _native_sidecar(cluster: RealCluster) -> Iterator[None]:
    cluster.apply("native-sidecar-holder.yaml", node=cluster.nodes[1])
    cluster.kubectl("-n", "e5-native", "wait", "--for=condition=Ready", "pod/holder", "--timeout=180s")
    cluster.apply("native-sidecar.yaml", node=cluster.nodes[1])
    cluster.until_restarted("e5-native", containers=3)
    yield


@contextlib.contextmanager
def _stubborn(cluster: RealCluster) -> Iterator[None]:
    namespace = "e5-stubborn"
    cluster.apply("stubborn.yaml", node=cluster.nodes[2])
    cluster.until_ready(namespace, "deployment/web")
    cluster.until("the program listens", lambda: _connects(cluster.address(cluster.nodes[2]), 18006))
    cluster.kubectl("-n", namespace, "delete", "pods", "--all", "--wait=false")
    try:
        cluster.until_restarted(namespace, containers=1)
        yield
    finally:
        cluster.kubectl("-n", namespace, "scale", "deployment/web", "--replicas=0")
        cluster.kubectl("-n", namespace, "delete", "pods", "--all", "--force", "--grace-period=0")


@contextlib.contextmanager
def _stateful(cluster: RealCluster) -> Iterator[None]:
    namespace = "e5-stateful"
    apart = (
        "affinity: {podAntiAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 100, podAffinityTerm: "
        "{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: store}}}}]}}"
    )
    cluster.apply("stateful.yaml", placement=apart)
    cluster.until_ready(namespace, "statefulset/store")
    (first,) = [pod["spec"]["nodeName"] for pod in cluster.pods(namespace) if pod["metadata"]["name"] == "store-0"]
    cluster.apply("stateful.yaml", placement=f"nodeSelector: {{kubernetes.io/hostname: {first}}}")
    cluster.until_restarted(namespace, containers=1)
    yield


@contextlib.contextmanager
def _stateful_replicas(cluster: RealCluster) -> Iterator[None]:
    cluster.apply("stateful-replicas.yaml", node=cluster.nodes[2])
    cluster.until_restarted("e5-stateful-replicas", containers=1)
    yield


@contextlib.contextmanager
def _surge(cluster: RealCluster) -> Iterator[None]:
    cluster.apply("surge.yaml", release=1, patience=0)
    cluster.until_ready("e5-surge", "daemonset/agent")
    cluster.apply("surge.yaml", release=2, patience=_LONGER_THAN_A_CRASH)
    cluster.until_restarted("e5-surge", containers=len(cluster.nodes))
    yield


@contextlib.contextmanager
def _refused(cluster: RealCluster) -> Iterator[None]:
    node, namespace = cluster.nodes[0], "e5-refused"
    cluster.apply("refused-holder.yaml", node=node)
    cluster.kubectl("-n", namespace, "wait", "--for=condition=Ready", "pod/first", "--timeout=180s")
    cluster.apply("refused.yaml", node=node)
    cluster.until(
        "the kubelet has refused the Job's pods",
        lambda: 2 == sum("NodePorts" == pod["status"].get("reason") for pod in cluster.pods(namespace)),
    )
    cluster.until_restarted(namespace, containers=1)
    yield


@contextlib.contextmanager
def _replicas(cluster: RealCluster) -> Iterator[None]:
    cluster.apply(
        "exporter.yaml", namespace="e5-replicas", name="metrics", node=cluster.nodes[0], listen=":18026", replicas=2
    )
    cluster.until_restarted("e5-replicas", containers=1)
    yield


@contextlib.contextmanager
def _declared_daemons(cluster: RealCluster) -> Iterator[None]:
    cluster.apply("declared-daemons.yaml", namespace="e5-agents")
    cluster.until_ready("e5-agents", "daemonset/agent")
    cluster.apply("declared-daemons.yaml", namespace="e5-more-agents")
    cluster.until(
        "the scheduler has refused them on every node",
        lambda: (
            len(cluster.nodes)
            == sum("free ports" in str(pod["status"].get("conditions")) for pod in cluster.pods("e5-more-agents"))
        ),
    )
    yield


@contextlib.contextmanager
def _loopback(cluster: RealCluster) -> Iterator[None]:
    node = cluster.nodes[0]
    here = cluster.address(node)
    for port in (18010, 18011, 18012):
        _exporter(cluster, "e5-loopback", f"local-{port}", node, f"127.0.0.1:{port}")
    _until_available(cluster, "e5-loopback")
    with _on_node(cluster, node, "socat", "-u", f"TCP4-LISTEN:18012,bind={here},fork,reuseaddr", "OPEN:/dev/null"):
        cluster.until("the process listens", lambda: _connects(here, 18012))
        _exporter(cluster, "e5-wildcard", "wildcard", node, ":18010")
        _exporter(cluster, "e5-other-address", "other", node, f"{here}:18011")
        _exporter(cluster, "e5-same-address", "same", node, f"{here}:18012")
        for namespace in ("e5-wildcard", "e5-same-address"):
            cluster.until_restarted(namespace, containers=1)
        _until_available(cluster, "e5-other-address")
        yield


@contextlib.contextmanager
def _datagrams(cluster: RealCluster) -> Iterator[None]:
    node = cluster.nodes[1]
    cluster.apply("datagrams.yaml", namespace="e5-datagrams", node=node, port=18013)
    cluster.apply("datagrams.yaml", namespace="e5-datagrams-too", node=node, port=18014)
    with _listening(cluster, node, 18014):
        for namespace in ("e5-datagrams", "e5-datagrams-too"):
            _until_available(cluster, namespace)
        _exporter(cluster, "e5-datagrams", "streams", node, ":18013")
        _exporter(cluster, "e5-datagrams-too", "streams", node, ":18014")
        cluster.until_restarted("e5-datagrams-too", containers=1)
        _until_available(cluster, "e5-datagrams")
        yield


@contextlib.contextmanager
def _version_six(cluster: RealCluster) -> Iterator[None]:
    node = cluster.nodes[2]
    _exporter(cluster, "e5-six", "loopback", node, "[::1]:18015")
    _proxy(cluster, "e5-six-only", node, "listen [::]:18016;")
    _proxy(cluster, "e5-six-first", node, "listen [::]:18017;")
    for namespace in ("e5-six", "e5-six-only", "e5-six-first"):
        _until_available(cluster, namespace)
    _exporter(cluster, "e5-six-second", "loopback", node, "[::1]:18015")
    _proxy(cluster, "e5-six-four", node, "listen 0.0.0.0:18016;")
    _exporter(cluster, "e5-six-go", "go", node, "0.0.0.0:18016")
    _exporter(cluster, "e5-six-both", "both", node, ":18017")
    for namespace in ("e5-six-second", "e5-six-go", "e5-six-both"):
        cluster.until_restarted(namespace, containers=1)
    _until_available(cluster, "e5-six-four")
    yield


@contextlib.contextmanager
def _two_settings(cluster: RealCluster) -> Iterator[None]:
    node, namespace = cluster.nodes[1], "e5-two-settings"
    _exporter(cluster, namespace, "first", node, ":18019")
    _until_available(cluster, namespace)
    cluster.apply("two-settings.yaml", node=node)
    cluster.until_restarted(namespace, containers=1)
    yield


@contextlib.contextmanager
def _patient(cluster: RealCluster) -> Iterator[None]:
    node, namespace = cluster.nodes[0], "e5-patient"
    _exporter(cluster, namespace, "first", node, ":18021")
    _until_available(cluster, namespace)
    cluster.apply("patient.yaml", node=node)
    _until_available(cluster, namespace)
    cluster.until("it has said so", lambda: "in use" in cluster.kubectl("-n", namespace, "logs", "deploy/patient"))
    yield


@contextlib.contextmanager
def _recovering(cluster: RealCluster) -> Iterator[None]:
    node, namespace = cluster.nodes[1], "e5-recovering"
    _proxy(cluster, namespace, node, "listen 18020;")
    cluster.until_ready(namespace, "deployment/proxy")
    _proxy(cluster, namespace, node, "listen 18020;", release=2)
    cluster.until_ready(namespace, "deployment/proxy")
    cluster.until("the old pod is gone", lambda: 1 == len(cluster.pods(namespace)))
    cluster.pass_time("nginx retries for 2.5 seconds, and its line counts as over after ten", seconds=12)
    yield


@contextlib.contextmanager
def _flip(cluster: RealCluster) -> Iterator[None]:
    node, namespace = cluster.nodes[2], "e5-flip"
    _exporter(cluster, namespace, "first", node, ":18032")
    _until_available(cluster, namespace)
    _exporter(cluster, namespace, "second", node, ":18032")
    cluster.until_restarted(namespace, containers=1)
    cluster.kubectl("-n", namespace, "scale", "deployment/first", "--replicas=0")
    cluster.until("the loser of the first round has the port", lambda: _all_ready(cluster, namespace, pods=1))
    cluster.kubectl("-n", namespace, "scale", "deployment/first", "--replicas=1")
    cluster.pass_time("a container that failed itself is a holder when it has run for a minute since", seconds=65)
    cluster.until_restarted(namespace, containers=1)
    yield


def _all_ready(cluster: RealCluster, namespace: str, *, pods: int) -> bool:
    statuses = list(cluster.statuses(namespace))
    return pods == len(statuses) and all(each["ready"] for each in statuses)


PODS = (
    Scenario(name="static-holder", namespaces=("e5-static",), happen=_static_holder),
    Scenario(name="daemon-set", namespaces=("e5-daemons", "e5-gateway"), happen=_daemon_set),
    Scenario(name="drivers", namespaces=("e5-drivers",), happen=_drivers),
    Scenario(name="native-sidecar", namespaces=("e5-native",), happen=_native_sidecar),
    Scenario(name="stubborn", namespaces=("e5-stubborn",), happen=_stubborn),
    Scenario(name="stateful", namespaces=("e5-stateful",), happen=_stateful),
    Scenario(name="stateful-replicas", namespaces=("e5-stateful-replicas",), happen=_stateful_replicas),
    Scenario(name="surge", namespaces=("e5-surge",), happen=_surge),
    Scenario(name="refused", namespaces=("e5-refused",), happen=_refused),
    Scenario(name="replicas", namespaces=("e5-replicas",), happen=_replicas),
    Scenario(name="declared-daemons", namespaces=("e5-agents", "e5-more-agents"), happen=_declared_daemons),
    Scenario(name="two-settings", namespaces=("e5-two-settings",), happen=_two_settings),
    Scenario(name="patient", namespaces=("e5-patient",), happen=_patient),
    Scenario(name="flip", namespaces=("e5-flip",), happen=_flip),
    Scenario(name="recovering", namespaces=("e5-recovering",), happen=_recovering),
)
ADDRESSES = (
    Scenario(
        name="loopback",
        namespaces=("e5-loopback", "e5-wildcard", "e5-other-address", "e5-same-address"),
        happen=_loopback,
    ),
    Scenario(name="datagrams", namespaces=("e5-datagrams", "e5-datagrams-too"), happen=_datagrams),
    Scenario(
        name="version-six",
        namespaces=(
            "e5-six",
            "e5-six-second",
            "e5-six-only",
            "e5-six-four",
            "e5-six-go",
            "e5-six-first",
            "e5-six-both",
        ),
        happen=_version_six,
    ),
)
