"""Nodes, workloads, events, Services and autoscalers."""

from __future__ import annotations

from typing import Any

import msgspec

from hostnetdoctor.collect.wire.metadata import IntOrString, ManagedMeta, Meta, Wire
from hostnetdoctor.collect.wire.pods import PodTemplate


class Taint(Wire):
    """A taint of a node."""

    key: str | None = None
    value: str | None = None
    effect: str | None = None


class NodeMeta(Wire):
    """`metadata` of a node, as far as anybody asks: a large cluster has thousands, and their annotations are long."""

    name: str | None = None
    uid: str | None = None
    labels: dict[str, str] | None = None


class NodeSpec(Wire):
    """`spec` of a node."""

    taints: list[Taint] | None = None
    unschedulable: bool | None = None


class NodeInfo(Wire):
    """`status.nodeInfo` of a node."""

    operating_system: str | None = None
    kubelet_version: str | None = None
    container_runtime_version: str | None = None


class NodeAddress(Wire):
    """One entry of `status.addresses` of a node."""

    type: str | None = None
    address: str | None = None


class NodeCondition(Wire):
    """One entry of `status.conditions` of a node."""

    type: str | None = None
    status: str | None = None
    last_transition_time: str | None = None
    last_heartbeat_time: str | None = None


class NodeStatus(Wire):
    """`status` of a node."""

    addresses: list[NodeAddress] | None = None
    conditions: list[NodeCondition] | None = None
    node_info: NodeInfo | None = None


class Node(Wire):
    """A node."""

    metadata: NodeMeta | None = None
    spec: NodeSpec | None = None
    status: NodeStatus | None = None


class RollingUpdate(Wire):
    """How many pods a rolling update may add and take away."""

    max_surge: IntOrString | None = None
    max_unavailable: IntOrString | None = None


class Strategy(Wire):
    """`strategy` of a Deployment, `updateStrategy` of a DaemonSet or StatefulSet."""

    type: str | None = None
    rolling_update: RollingUpdate | None = None


class JobSpec(Wire):
    """`spec.jobTemplate.spec` of a CronJob."""

    template: PodTemplate | None = None


class JobTemplate(Wire):
    """`spec.jobTemplate` of a CronJob."""

    spec: JobSpec | None = None


class WorkloadSpec(Wire):
    """`spec` of any workload. A ReplicationController's selector is a plain map, so `selector` may be anything."""

    replicas: int | None = None
    selector: Any = None
    strategy: Strategy | None = None
    update_strategy: Strategy | None = None
    template: PodTemplate | None = None
    job_template: JobTemplate | None = None


class WorkloadStatus(Wire):
    """`status` of any workload."""

    available_replicas: int | None = None
    number_available: int | None = None


class Workload(Wire):
    """An object that owns pods, or that owns such an object: of any kind, custom resources too."""

    api_version: str | None = None
    kind: str | None = None
    metadata: ManagedMeta | None = None
    spec: WorkloadSpec | None = None
    status: WorkloadStatus | None = None


class Bare(Wire):
    """What every object has: the fallback for a custom resource whose `spec` is unlike a workload's."""

    api_version: str | None = None
    kind: str | None = None
    metadata: ManagedMeta | None = None


class InvolvedObject(Wire):
    """What an event is about."""

    kind: str | None = None
    namespace: str | None = None
    name: str | None = None
    uid: str | None = None


class Series(Wire):
    """How often an event was repeated."""

    count: int | None = None
    last_observed_time: str | None = None


class Event(Wire):
    """An event."""

    metadata: Meta | None = None
    involved_object: InvolvedObject | None = None
    reason: str | None = None
    message: str | None = None
    first_timestamp: str | None = None
    last_timestamp: str | None = None
    event_time: str | None = None
    count: int | None = None
    series: Series | None = None


class ServicePort(Wire):
    """One port of a Service."""

    name: str | None = None
    port: int | None = None
    protocol: str | None = None
    node_port: int | None = None
    target_port: IntOrString | None = None


class ServiceSpec(Wire):
    """`spec` of a Service."""

    type: str | None = None
    selector: dict[str, str] | None = None
    ports: list[ServicePort] | None = None
    external_ips: list[str] | None = msgspec.field(default=None, name="externalIPs")
    health_check_node_port: int | None = None


class Service(Wire):
    """A Service."""

    metadata: Meta | None = None
    spec: ServiceSpec | None = None


class ConfigMap(Wire):
    """A ConfigMap. Its `binaryData` is left out: no setting that we read is binary."""

    metadata: Meta | None = None
    data: dict[str, str | None] | None = None


class ScaleTarget(Wire):
    """What a HorizontalPodAutoscaler scales."""

    api_version: str | None = None
    kind: str | None = None
    name: str | None = None


class AutoscalerSpec(Wire):
    """`spec` of a HorizontalPodAutoscaler; the field is the same in autoscaling/v1 and v2."""

    scale_target_ref: ScaleTarget | None = None


class Autoscaler(Wire):
    """A HorizontalPodAutoscaler."""

    metadata: Meta | None = None
    spec: AutoscalerSpec | None = None
