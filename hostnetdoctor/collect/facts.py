"""Turn what a source said (`wire`) into what the rest of the program reads (`model`): one function per request.

Both clusters, live and saved, come through here, so that the same words always become the same facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from hostnetdoctor.collect import pod_facts, wire
from hostnetdoctor.collect.requests import (
    Autoscalers,
    ConfigMapData,
    ContainerLog,
    FirstNodes,
    MayI,
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
from hostnetdoctor.collect.times import moment
from hostnetdoctor.model import (
    Autoscaler,
    Event,
    LogLine,
    LogText,
    Node,
    NodePage,
    PodSpec,
    ServerVersion,
    Service,
    ServicePort,
    Taint,
    Unreadable,
    Workload,
    WorkloadRef,
)

# Kinds whose missing fields have defaults (pkg/apis/apps/v1/defaults.go): strategy, surge, unavailable.
_DEFAULT_STRATEGIES = {
    "Deployment": ("RollingUpdate", "25%", "25%"),
    "DaemonSet": ("RollingUpdate", "0", "1"),
    "StatefulSet": ("RollingUpdate", None, "1"),
}
_REPLICATED = frozenset({"Deployment", "ReplicaSet", "StatefulSet", "ReplicationController"})


def fact(request: Request[Any], answer: object) -> object:  # noqa: C901, PLR0912 - one case for each request
    """Return the reading for one answer; `Unreadable` stays what it is."""
    if isinstance(answer, Unreadable):
        return answer
    match request:
        case PodsOnNode():
            return _sorted(pod_facts.pod(each) for each in cast("Iterable[wire.Pod]", answer))
        case ContainerLog():
            return log_text(cast("wire.Log", answer))
        case WorkloadObject(ref=ref):
            return workload(cast("wire.Workload", answer), ref)
        case PodEvents():
            return _events(cast("Iterable[wire.Event]", answer))
        case Nodes():
            return _nodes(cast("Iterable[wire.Node]", answer))
        case FirstNodes():
            page = cast("wire.NodeList", answer)
            return NodePage(nodes=_nodes(page.items or ()), more=bool(page.metadata and page.metadata.continue_))
        case Services():
            return _sorted(service(each) for each in cast("Iterable[wire.Service]", answer))
        case Autoscalers():
            return _sorted(autoscaler(each) for each in cast("Iterable[wire.Autoscaler]", answer))
        case ConfigMapData():
            return config_map_data(cast("wire.ConfigMap", answer))
        case NamespaceName(namespace=namespace):
            return namespace
        case MayI():
            status = cast("wire.AccessReview", answer).status
            return bool(status and status.allowed)
        case Version():
            return version(cast("wire.Version", answer))
        case Survey():
            return answer
        case _:
            raise TypeError(request)


def _sorted(objects: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(sorted(objects, key=lambda each: (each.namespace, each.name, getattr(each, "uid", ""))))


def version(read: wire.Version) -> ServerVersion:
    """Return the server's version and the time on its clock."""
    return ServerVersion(git_version=read.git_version or "unknown", at=moment(read.at))


def _nodes(read: Iterable[wire.Node]) -> tuple[Node, ...]:
    return tuple(sorted(map(node, read), key=lambda each: each.name))


def node(read: wire.Node) -> Node:
    """Return the node that the API describes."""
    meta = read.metadata or wire.NodeMeta()
    spec = read.spec or wire.NodeSpec()
    status = read.status or wire.NodeStatus()
    about = status.node_info or wire.NodeInfo()
    labels = meta.labels or {}
    return Node(
        name=meta.name or "",
        labels=labels,
        taints=tuple(map(_taint, spec.taints)) if spec.taints else (),
        unschedulable=bool(spec.unschedulable),
        ready=_ready(status.conditions or ()),
        os=about.operating_system or labels.get("kubernetes.io/os"),
        kubelet_version=about.kubelet_version or None,
        runtime=about.container_runtime_version or None,
        addresses=tuple(
            [each.address for each in status.addresses or () if each.address and (each.type or "").endswith("IP")]
        ),
    )


def _taint(read: wire.Taint) -> Taint:
    return Taint(key=read.key or "", value=read.value or "", effect=read.effect or "")


def _ready(conditions: Iterable[wire.NodeCondition]) -> bool | None:
    for each in conditions:
        if each.type == "Ready":
            return True if each.status == "True" else False if each.status == "False" else None
    return None


def workload(read: wire.Workload, ref: WorkloadRef) -> Workload:
    """Return the workload of this name; strategy and replicas get the API's defaults for their kind."""
    meta = read.metadata or wire.ManagedMeta()
    spec = read.spec or wire.WorkloadSpec()
    status = read.status or wire.WorkloadStatus()
    replicated = ref.kind in _REPLICATED
    kind, surge, unavailable = _strategy(spec, ref.kind)
    available = status.available_replicas if status.available_replicas is not None else status.number_available
    return Workload(
        ref=ref,
        uid=meta.uid or "",
        controller=pod_facts.controller(meta),
        labels=meta.labels or {},
        annotations=meta.annotations or {},
        managers=tuple(sorted({each.manager for each in meta.managed_fields or () if each.manager})),
        replicas=1 if replicated and spec.replicas is None else spec.replicas,
        # Zero is left out of the JSON; without any status Kubernetes has said nothing.
        available=0 if available is None and replicated and read.status is not None else available,
        selector=_match_labels(spec.selector),
        strategy=kind,
        max_surge=surge,
        max_unavailable=unavailable,
        template=_template(spec, ref.namespace),
    )


def _strategy(spec: wire.WorkloadSpec, kind: str) -> tuple[str | None, str | None, str | None]:
    named, surge, unavailable = _DEFAULT_STRATEGIES.get(kind, (None, None, None))
    said = spec.strategy or spec.update_strategy or wire.Strategy()
    if (said.type or named) != "RollingUpdate":
        return said.type or named, None, None
    rolling = said.rolling_update or wire.RollingUpdate()
    return (
        "RollingUpdate",
        surge if rolling.max_surge is None else str(rolling.max_surge),
        unavailable if rolling.max_unavailable is None else str(rolling.max_unavailable),
    )


def _match_labels(selector: object) -> dict[str, str]:
    """Return the labels that a workload selects by: `matchLabels`, or a ReplicationController's plain map."""
    if not isinstance(selector, dict):
        return {}
    plain = "matchLabels" not in selector and "matchExpressions" not in selector
    labels = selector if plain else selector.get("matchLabels")
    return {key: value for key, value in (labels or {}).items() if isinstance(value, str)}


def _template(spec: wire.WorkloadSpec, namespace: str) -> PodSpec | None:
    job = spec.job_template.spec if spec.job_template is not None else None
    template = spec.template or (job.template if job is not None else None)
    # A custom resource's `template` may be of anything: only one with containers is a pod's.
    if template is None or template.spec is None or not template.spec.containers:
        return None
    return pod_facts.pod_spec(template.spec, template.metadata or wire.Meta(), namespace)


def _events(read: Iterable[wire.Event]) -> tuple[Event, ...]:
    return tuple(sorted((event(each) for each in read), key=_age))


def _age(event: Event) -> tuple[str, ...]:
    """Return what sorts events by their time; RFC 3339 in one zone sorts as text."""
    times = (
        each.isoformat(timespec="microseconds") if each is not None else "" for each in (event.last_at, event.first_at)
    )
    return (*times, event.reason, event.message, event.uid, str(event.count))


def event(read: wire.Event) -> Event:
    """Return the event. Newer reporters date it by `eventTime` and count it in `series`."""
    about = read.involved_object or wire.InvolvedObject()
    series = read.series or wire.Series()
    first = moment(read.first_timestamp) or moment(read.event_time)
    return Event(
        namespace=about.namespace or "",
        pod=about.name or "",
        uid=about.uid or "",
        reason=read.reason or "",
        message=read.message or "",
        first_at=first,
        last_at=moment(series.last_observed_time) or moment(read.last_timestamp) or first,
        count=series.count or read.count or 1,
    )


def service(read: wire.Service) -> Service:
    """Return the Service that the API describes."""
    meta = read.metadata or wire.Meta()
    spec = read.spec or wire.ServiceSpec()
    return Service(
        namespace=meta.namespace or "",
        name=meta.name or "",
        type=spec.type or "ClusterIP",
        selector=spec.selector or {},
        ports=tuple(_service_port(each) for each in spec.ports or () if each.port is not None),
        external_ips=tuple(spec.external_ips or ()),
        health_check_node_port=spec.health_check_node_port or None,
    )


def _service_port(read: wire.ServicePort) -> ServicePort:
    port = read.port or 0
    return ServicePort(
        port=port,
        protocol=pod_facts.protocol(read.protocol),
        node_port=read.node_port or None,
        target=str(port if read.target_port is None else read.target_port),
    )


def autoscaler(read: wire.Autoscaler) -> Autoscaler:
    """Return the HorizontalPodAutoscaler and what it scales, which is in its own namespace."""
    meta = read.metadata or wire.Meta()
    target = (read.spec.scale_target_ref if read.spec is not None else None) or wire.ScaleTarget()
    namespace = meta.namespace or ""
    ref = WorkloadRef(
        api_version=target.api_version or "", kind=target.kind or "", namespace=namespace, name=target.name or ""
    )
    return Autoscaler(namespace=namespace, name=meta.name or "", target=ref)


def config_map_data(read: wire.ConfigMap) -> Mapping[str, str]:
    """Return the texts of a ConfigMap by their keys."""
    return {key: text or "" for key, text in (read.data or {}).items()}


def log_text(read: wire.Log) -> LogText:
    """Return the log's lines, each with the time that the container runtime gave it, where there is one."""
    lines = read.text.split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    return LogText(lines=tuple(_line(each, dated=read.dated) for each in lines), cut=read.cut)


def _line(line: bytes, *, dated: bool) -> LogLine:
    text = line.decode(errors="replace").removesuffix("\r")
    if dated:
        prefix, _, rest = text.partition(" ")
        if (at := moment(prefix)) is not None:
            return LogLine(text=rest, at=at)
    return LogLine(text=text)
