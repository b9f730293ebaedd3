"""The causes behind which no pod of the node stands: conventions, versions, files and earlier instances."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from msgspec.structs import replace

from hostnetdoctor.collect.requests import PodEvents, Request, Services
from hostnetdoctor.model import (
    Condition,
    Confidence,
    ContainerState,
    Event,
    LogText,
    Mount,
    Node,
    Pod,
    PodSpec,
    Protocol,
    Report,
    Service,
    ServicePort,
    Volume,
)
from tests.build import (
    SmallCluster,
    ago,
    ask,
    container,
    crashing,
    declared,
    deployment,
    ended,
    in_use,
    log,
    pod,
    running,
)

WEB = deployment("web")


@dataclass
class Town(SmallCluster):
    """A small cluster with Services and events."""

    services: Collection[Service] = ()
    events: Collection[Event] = field(default_factory=tuple)

    def _answer(self, request: Request[Any]) -> object:
        match request:
            case Services():
                return tuple(self.services)
            case PodEvents():
                return tuple(self.events)
            case _:
                return super()._answer(request)


def victim(**fields: Any) -> Pod:
    return pod("web-1", **{"owner": WEB, "statuses": (crashing(),), **fields})


def report(*pods: Pod, port: int = 8080, logs: Mapping[tuple[str, str], LogText] | None = None, **town: Any) -> Report:
    question = {"examine_all": town.pop("examine_all", False)}
    return ask(Town(pods, {("web-1", "main"): log(in_use(port)), **(logs or {})}, **town), **question)


def answer(found: Report) -> tuple[str, Confidence]:
    (diagnosis,) = [each for each in found.diagnoses if each.victim.pod == "web-1"]
    return diagnosis.cause, diagnosis.confidence


def test_the_kubelets_port_is_likely_the_kubelets() -> None:
    """Every node runs a kubelet on 10250."""
    found = report(victim(), port=10250)
    assert ("host-process", Confidence.LIKELY) == answer(found)
    (holder,) = found.diagnoses[0].holders
    assert holder.process is not None
    assert "kubelet" == holder.process.name


def test_a_usual_port_of_a_node_program_is_possible() -> None:
    """Not every node runs an exporter of its own."""
    assert ("host-process", Confidence.POSSIBLE) == answer(report(victim(), port=9100))


def test_a_pod_that_declares_the_kubelets_port_leaves_two_candidates() -> None:
    """Neither the declaration nor the convention decides."""
    agent = pod("agent", container("agent", ports=declared(10250)), namespace="agents")
    found = report(victim(), agent, port=10250)
    assert Confidence.POSSIBLE is answer(found)[1]
    assert {"pod", "process"} == {holder.kind for holder in found.diagnoses[0].holders}


def test_a_port_of_outgoing_connections_is_possible() -> None:
    """A high port may be anybody's for a moment."""
    assert ("outgoing-connection", Confidence.POSSIBLE) == answer(report(victim(), port=40000))


def test_a_pods_port_in_that_range_is_the_pods() -> None:
    """A listener that is known beats a connection that is not."""
    agent = pod("agent", container("agent", ports=declared(40000)), namespace="agents")
    assert ("other-host-network-pod", Confidence.LIKELY) == answer(report(victim(), agent, port=40000))


def mapped(runtime: str) -> tuple[Pod, tuple[Node, ...]]:
    other = pod("mapped", container("mapped", ports=declared(8080)), namespace="agents", host_network=False)
    return other, (Node(name="node1", ready=True, runtime=runtime),)


@pytest.mark.parametrize(
    ("runtime", "expected"),
    [
        ("docker://24.0.7", ("host-port-mapping", Confidence.LIKELY)),
        ("cri-o://1.30.4", ("host-port-mapping", Confidence.LIKELY)),
        ("cri-o://1.31.0", ("holder-not-visible", Confidence.POSSIBLE)),
        ("containerd://1.7.2", ("holder-not-visible", Confidence.POSSIBLE)),
    ],
)
def test_a_host_port_holds_a_socket_by_runtime_and_version(runtime: str, expected: tuple[str, Confidence]) -> None:
    """docker-proxy and CRI-O before 1.31 listen; the portmap plugin of containerd only rewrites packets."""
    other, nodes = mapped(runtime)
    found = report(victim(), other, nodes=nodes)
    assert expected == answer(found)
    assert (expected[0] == "host-port-mapping") == (not found.diagnoses[0].ruled_out)


NODE_PORT = Service(namespace="shop", name="shop", type="NodePort", ports=(ServicePort(port=80, node_port=30080),))


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("registry.k8s.io/kube-proxy:v1.20.15", ("node-port-service", Confidence.LIKELY)),
        ("registry.k8s.io/kube-proxy:v1.22.3", ("node-port-service", Confidence.POSSIBLE)),
        ("registry.k8s.io/kube-proxy:v1.34.4", ("holder-not-visible", Confidence.POSSIBLE)),
        ("registry.k8s.io/kube-proxy@sha256:00", ("node-port-service", Confidence.POSSIBLE)),
    ],
)
def test_a_node_port_is_held_by_the_version_of_the_proxy(image: str, expected: tuple[str, Confidence]) -> None:
    """kube-proxy opened sockets for node ports until 1.24, with backports; only the version of the pod on this node tells."""
    proxy = pod("kube-proxy", container("kube-proxy", image=image), namespace="kube-system")
    found = report(victim(), proxy, port=30080, services=(NODE_PORT,))
    assert expected == answer(found)
    excluded = [each.candidate for each in found.diagnoses[0].ruled_out]
    assert (expected[0] == "node-port-service") == ("Service shop/shop" not in excluded)


def test_a_health_check_node_port_is_held_on_every_version() -> None:
    """Service proxies really listen there."""
    service = Service(namespace="shop", name="shop", type="LoadBalancer", health_check_node_port=31000)
    assert ("node-port-service", Confidence.LIKELY) == answer(report(victim(), port=31000, services=(service,)))


def test_a_node_port_of_another_protocol_is_not_the_holder() -> None:
    """UDP and TCP have port spaces of their own."""
    udp = Service(
        namespace="shop",
        name="shop",
        type="NodePort",
        ports=(ServicePort(port=80, node_port=30080, protocol=Protocol.UDP),),
    )
    assert "holder-not-visible" == answer(report(victim(), port=30080, services=(udp,)))[0]


def socket_pod(kind: str, restarts: int = 5, *others: Any) -> Pod:
    spec = container(mounts=(Mount(volume="run", path="/run/app"),))
    volumes = (Volume(name="run", kind=kind, source="/run" if kind == "hostPath" else None),)
    whole = PodSpec(containers=(spec, *others), host_network=False, volumes=volumes)
    return victim(spec=whole, statuses=(crashing(restarts=restarts), *(running(each.name) for each in others)))


SOCKET = {("web-1", "main"): log("listen unix /run/app/worker.sock: bind: address already in use")}


@pytest.mark.parametrize(
    ("kind", "restarts", "expected"),
    [
        ("emptyDir", 5, ("stale-socket-file", Confidence.CERTAIN)),
        ("hostPath", 5, ("stale-socket-file", Confidence.LIKELY)),
        ("emptyDir", 0, ("holder-not-visible", Confidence.POSSIBLE)),
        ("configMap", 5, ("holder-not-visible", Confidence.POSSIBLE)),
    ],
)
def test_a_socket_file_outlives_its_container(kind: str, restarts: int, expected: tuple[str, Confidence]) -> None:
    """It is left over only when the volume outlives the container and the container has restarted."""
    assert expected == answer(report(socket_pod(kind, restarts), logs=SOCKET))


def test_a_shared_socket_directory_is_likely_at_most() -> None:
    """Another container of the pod may be alive on that socket."""
    sidecar = container("side", mounts=(Mount(volume="run", path="/shared"),))
    assert Confidence.LIKELY is answer(report(socket_pod("emptyDir", 5, sidecar), logs=SOCKET))[1]


def test_two_settings_with_one_port_are_the_process_itself() -> None:
    """Nobody else wants the port, and the program was told it twice."""
    twice = victim(
        spec=PodSpec(containers=(container(args=("--http-port=8080", "--metrics-port=8080")),), host_network=True)
    )
    assert ("process-bound-twice", Confidence.LIKELY) == answer(report(twice))


def test_one_setting_is_not_the_process_itself() -> None:
    """A port that is set once and taken is taken by somebody else."""
    once = victim(spec=PodSpec(containers=(container(args=("--http-port=8080",)),), host_network=True))
    assert "holder-not-visible" == answer(report(once))[0]


def test_a_lost_container_may_still_run() -> None:
    """ContainerStatusUnknown is the kubelet's word for a container that it lost."""
    lost = crashing()
    unknown = ContainerState(
        name="terminated", reason="ContainerStatusUnknown", exit_code=137, started_at=ago(63), finished_at=ago(60)
    )
    status = type(lost)(name="main", state=lost.state, last=unknown, restarts=1)
    assert ("previous-instance", Confidence.POSSIBLE) == answer(report(victim(statuses=(status,))))


def test_an_event_about_a_pod_that_could_not_be_killed_is_a_sign() -> None:
    """FailedKillPod says that something of an earlier instance may be left."""
    event = Event(namespace="default", pod="web-1", uid="x", reason="FailedKillPod", message="error killing pod")
    assert ("previous-instance", Confidence.POSSIBLE) == answer(report(victim(), events=(event,)))


def test_a_failure_that_passed_by_itself_is_a_slow_release_when_asked_for() -> None:
    """Somebody who asks about a healthy container learns why it restarted; nobody else is told."""
    fine = pod("web-1", statuses=(running(since=1800, restarts=1, last=ended(1830, 1820)),), owner=WEB)
    logs = {("web-1", "main/previous"): log(in_use(8080), at=1825), ("web-1", "main"): log()}
    assert ("slow-release", Confidence.POSSIBLE) == answer(report(fine, logs=logs, examine_all=True))
    assert () == report(fine, logs=logs).diagnoses


def test_a_refused_pod_is_explained_by_the_pod_that_declares_its_port() -> None:
    """The kubelet's refusal names no holder; the node's pods do."""
    spec = container(ports=declared(80))
    refused = pod(
        "web-1", spec, statuses=(replace(crashing(), last=None),), owner=WEB, phase="Failed", created_at=ago(30), reason="NodePorts",
        message="Pod was rejected: Predicate NodePorts failed", conditions=(Condition(type="Ready", status="False"),),
    )  # fmt: skip
    other = pod("agent", container("agent", ports=declared(80)), namespace="agents")
    found = report(refused, other, logs={("web-1", "main"): log()})
    assert ("host-port-rejected", Confidence.CERTAIN) == answer(found)
    assert ["agent"] == [holder.pod for holder in found.diagnoses[0].holders]


def test_a_runtime_that_cannot_open_a_host_port_says_so_in_an_event() -> None:
    """Some runtimes listen for a hostPort; when they cannot, no container runs and only an event tells."""
    spec = container(ports=declared(30783))
    waiting = replace(crashing(restarts=0), state=ContainerState(name="waiting", reason="ContainerCreating"), last=None)
    stuck = victim(spec=PodSpec(containers=(spec,)), statuses=(waiting,), phase="Pending")
    message = "failed to create pod sandbox: cannot open hostport 30783 for pod web-1: listen tcp4 :30783: bind: address already in use"
    event = Event(
        namespace="default",
        pod="web-1",
        uid=stuck.uid,
        reason="FailedCreatePodSandBox",
        message=message,
        last_at=ago(30),
    )
    service = replace(NODE_PORT, ports=(ServicePort(port=80, node_port=30783),))
    proxy = pod("kube-proxy", container("kube-proxy", image="kube-proxy:v1.20.1"), namespace="kube-system")
    found = report(stuck, proxy, events=(event,), services=(service,), logs={("web-1", "main"): log()})
    assert ("node-port-service", Confidence.LIKELY) == answer(found)
    assert "event" == found.diagnoses[0].evidence[0].kind
