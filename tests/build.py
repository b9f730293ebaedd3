"""Small clusters made in code: what a test needs of a pod, in a line, and a `Cluster` that answers from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from hostnetdoctor.collect.requests import (
    Autoscalers,
    ConfigMapData,
    ContainerLog,
    FirstNodes,
    NamespaceName,
    Nodes,
    PodEvents,
    PodsOnNode,
    Request,
    Services,
    Survey,
    Version,
    WorkloadObject,
)
from hostnetdoctor.doctor import diagnose
from hostnetdoctor.model import (
    Condition,
    ContainerSpec,
    ContainerState,
    ContainerStatus,
    ContainerType,
    LogLine,
    LogText,
    Node,
    NodePage,
    OwnerReference,
    Pod,
    PodSpec,
    PortDeclaration,
    Question,
    Report,
    ServerVersion,
    Source,
    SurveyRow,
    Unreadable,
    UnreadableKind,
    Workload,
    WorkloadRef,
)

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
GONE = Unreadable(kind=UnreadableKind.NOT_FOUND, why="there is no such object")
FORBIDDEN = Unreadable(kind=UnreadableKind.FORBIDDEN, why="no right to read it", fix="ask for it")


def ago(seconds: float) -> datetime:
    """Return the moment so many seconds before now."""
    return NOW - timedelta(seconds=seconds)


def deployment(name: str, namespace: str = "default") -> WorkloadRef:
    """Return the name of a Deployment."""
    return WorkloadRef(api_version="apps/v1", kind="Deployment", namespace=namespace, name=name)


def owned(ref: WorkloadRef) -> OwnerReference:
    """Return a controller reference to a workload."""
    return OwnerReference(workload=ref, uid=f"uid-{ref.name}")


def container(name: str = "main", **fields: Any) -> ContainerSpec:
    """Return a container's specification."""
    return ContainerSpec(**{"name": name, "type": ContainerType.REGULAR, "image": f"{name}:1", **fields})


def running(
    name: str = "main", since: float = 3600, restarts: int = 0, last: ContainerState | None = None
) -> ContainerStatus:
    """Return the status of a container that has run for so many seconds."""
    state = ContainerState(name="running", started_at=ago(since))
    return ContainerStatus(name=name, state=state, last=last, restarts=restarts, ready=True)


def ended(started: float, finished: float, code: int = 1, message: str | None = None) -> ContainerState:
    """Return an attempt that ended, by its beginning and its end in seconds before now."""
    return ContainerState(
        name="terminated",
        reason="Error",
        exit_code=code,
        started_at=ago(started),
        finished_at=ago(finished),
        message=message,
    )


def crashing(
    name: str = "main", started: float = 63, finished: float = 60, restarts: int = 5, message: str | None = None
) -> ContainerStatus:
    """Return the status of a container in CrashLoopBackOff."""
    waiting = ContainerState(name="waiting", reason="CrashLoopBackOff")
    return ContainerStatus(name=name, state=waiting, last=ended(started, finished, message=message), restarts=restarts)


def pod(
    name: str,
    *containers: ContainerSpec,
    statuses: tuple[ContainerStatus, ...] = (),
    node: str | None = "node1",
    namespace: str = "default",
    owner: WorkloadRef | None = None,
    host_network: bool = True,
    **fields: Any,
) -> Pod:
    """Return a pod, Running unless `fields` say otherwise; its Ready condition is as old as its first container's start."""
    specs = containers or (container(),)
    states = statuses or tuple(running(each.name) for each in specs)
    ready = all(each.ready for each in states)
    started = next((each.started_at for each in states if each.started_at), ago(3600))
    condition = Condition(type="Ready", status="True" if ready else "False", changed_at=started)
    return Pod(
        **{
            "namespace": namespace,
            "name": name,
            "uid": f"uid-{namespace}-{name}",
            "spec": PodSpec(containers=specs, host_network=host_network),
            "node": node,
            "controller": owned(owner) if owner else None,
            "created_at": ago(4000),
            "phase": "Running",
            "conditions": (condition,),
            "statuses": states,
            **fields,
        }
    )


def declared(port: int, **fields: Any) -> tuple[PortDeclaration, ...]:
    """Return one declared host port."""
    return (PortDeclaration(container_port=port, host_port=port, **fields),)


def log(*lines: str, at: float | None = 61) -> LogText:
    """Return a log whose lines were all written so many seconds before now."""
    return LogText(lines=tuple(LogLine(text=line, at=None if at is None else ago(at)) for line in lines))


def in_use(port: int, address: str = "") -> str:
    """Return how a Go program words that an address is in use."""
    return f"listen tcp {address}:{port}: bind: address already in use"


@dataclass
class SmallCluster:
    """A `Cluster` made of a few objects. `refused` requests are answered as forbidden."""

    pods: Collection[Pod]
    logs: Mapping[tuple[str, str], LogText] = field(
        default_factory=dict
    )  # (pod, container) or (pod, container/previous)
    nodes: Collection[Node] = (Node(name="node1", ready=True), Node(name="node2", ready=True))
    workloads: Collection[Workload] = ()
    config_maps: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    refused: Collection[Request[Any]] = ()
    asked: list[Request[Any]] = field(default_factory=list)
    everything_is_read: bool = False
    page: int | None = None  # how many nodes are the first ones, in a cluster with more
    recorded_question: Question | None = None
    bytes_read: int = 0

    @property
    def source(self) -> Source:
        return Source(kind="cluster", context="test", taken_at=NOW)

    @property
    def requests_made(self) -> int:
        return len(self.asked)

    def answer(self, requests: Collection[Request[Any]]) -> Mapping[Request[Any], object]:
        self.asked.extend(requests)
        return {request: FORBIDDEN if request in self.refused else self._answer(request) for request in requests}

    def _answer(self, request: Request[Any]) -> object:  # noqa: C901 - one case for each request
        match request:
            case Version():
                return ServerVersion(git_version="v1.34.4", at=NOW)
            case Nodes(name=name):
                return tuple(each for each in self.nodes if name in {None, each.name})
            case FirstNodes():
                return NodePage(nodes=tuple(self.nodes)[: self.page], more=self.page is not None)
            case Survey(namespace=namespace):
                return tuple(
                    SurveyRow(name=each.name, node=each.node, suspect=True)
                    for each in self.pods
                    if namespace in {None, each.namespace}
                )
            case PodsOnNode(node=node, namespace=namespace, name=name):
                there = (each for each in self.pods if each.node == node and namespace in {None, each.namespace})
                return tuple(each for each in there if name in {None, each.name})
            case ContainerLog(pod=name, container=container_name, previous=previous):
                return self.logs.get((name, f"{container_name}/previous" if previous else container_name), log())
            case WorkloadObject(ref=ref):
                return next((each for each in self.workloads if each.ref == ref), GONE)
            case ConfigMapData(name=name):
                return self.config_maps.get(name, GONE)
            case NamespaceName(namespace=namespace):
                return namespace if namespace != "nowhere" else GONE
            case Services() | Autoscalers() | PodEvents():
                return ()
            case _:
                raise AssertionError(request)


def ask(cluster: SmallCluster, **question: Any) -> Report:
    """Return the diagnosis of a small cluster, of the namespace default unless the question says otherwise."""
    asked = Question(**{"namespaces": ("default",), **question})
    return diagnose(asked, cluster, now=NOW)
