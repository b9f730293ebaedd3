"""The API's JSON in the few fields that this program needs, as msgspec decodes and encodes it.

Unknown fields are ignored. Every field may be missing or null: older and newer servers, hand-trimmed files and
Go's nil slices (`"items": null`) all decode. Defaults are filled in later, when `facts` turns these into the model;
so encoding a struct again writes what the source said and nothing else.
"""

from __future__ import annotations

from typing import Any

import msgspec

IntOrString = int | str


class Wire(msgspec.Struct, rename="camel", omit_defaults=True, kw_only=True):
    """The base of all: camelCase names, and nothing is written that was not said."""


class Present(Wire):
    """An object of which only its being there matters."""


# --- metadata -----------------------------------------------------------------------------------------------------


class ManagedField(Wire):
    """One entry of `metadata.managedFields`."""

    manager: str | None = None


class Owner(Wire):
    """One entry of `metadata.ownerReferences`."""

    api_version: str | None = None
    kind: str | None = None
    name: str | None = None
    uid: str | None = None
    controller: bool | None = None


class Meta(Wire):
    """`metadata` of any object."""

    name: str | None = None
    namespace: str | None = None
    uid: str | None = None
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None
    creation_timestamp: str | None = None
    deletion_timestamp: str | None = None
    owner_references: list[Owner] | None = None
    managed_fields: list[ManagedField] | None = None


class ListMeta(Wire):
    """`metadata` of a list: its version, and where the next page starts."""

    resource_version: str | None = None
    continue_: str | None = msgspec.field(default=None, name="continue")


# --- pod spec -----------------------------------------------------------------------------------------------------


class Port(Wire):
    """One entry of a container's `ports`."""

    name: str | None = None
    container_port: int | None = None
    host_port: int | None = None
    host_ip: str | None = msgspec.field(default=None, name="hostIP")
    protocol: str | None = None


class KeyRef(Wire):
    """A reference to one key of a ConfigMap or Secret."""

    name: str | None = None
    key: str | None = None


class FieldRef(Wire):
    """A reference to a field of the pod itself."""

    field_path: str | None = None


class ResourceRef(Wire):
    """A reference to a container's resource."""

    resource: str | None = None


class EnvSource(Wire):
    """Where a variable's value comes from."""

    config_map_key_ref: KeyRef | None = None
    secret_key_ref: KeyRef | None = None
    field_ref: FieldRef | None = None
    resource_field_ref: ResourceRef | None = None


class Env(Wire):
    """One entry of a container's `env`."""

    name: str | None = None
    value: str | None = None
    value_from: EnvSource | None = None


class HttpGet(Wire):
    """A probe's HTTP request."""

    port: IntOrString | None = None
    host: str | None = None


class TcpSocket(Wire):
    """A probe's TCP connection."""

    port: IntOrString | None = None
    host: str | None = None


class Grpc(Wire):
    """A probe's gRPC call."""

    port: int | None = None


class Probe(Wire):
    """A container's liveness, readiness or startup probe."""

    http_get: HttpGet | None = None
    tcp_socket: TcpSocket | None = None
    grpc: Grpc | None = None


class Capabilities(Wire):
    """Capabilities added to a container."""

    add: list[str] | None = None


class Security(Wire):
    """`securityContext` of a pod or of a container: each has a part of these fields."""

    run_as_user: int | None = None
    run_as_non_root: bool | None = None
    privileged: bool | None = None
    allow_privilege_escalation: bool | None = None
    capabilities: Capabilities | None = None


class VolumeMount(Wire):
    """One entry of a container's `volumeMounts`."""

    name: str | None = None
    mount_path: str | None = None


class Container(Wire):
    """A container of any type."""

    name: str | None = None
    image: str | None = None
    command: list[str] | None = None
    args: list[str] | None = None
    env: list[Env] | None = None
    ports: list[Port] | None = None
    liveness_probe: Probe | None = None
    readiness_probe: Probe | None = None
    startup_probe: Probe | None = None
    security_context: Security | None = None
    volume_mounts: list[VolumeMount] | None = None
    restart_policy: str | None = None


class HostPath(Wire):
    """A volume that is a path of the node."""

    path: str | None = None


class Named(Wire):
    """A volume that is made from an object of this name."""

    name: str | None = None


class SecretVolume(Wire):
    """A volume that is made from a Secret."""

    secret_name: str | None = None


class ClaimVolume(Wire):
    """A volume that is a PersistentVolumeClaim."""

    claim_name: str | None = None


class Volume(Wire):
    """One entry of a pod's `volumes`: exactly one of the sources is set."""

    name: str | None = None
    empty_dir: Present | None = None
    host_path: HostPath | None = None
    config_map: Named | None = None
    secret: SecretVolume | None = None
    persistent_volume_claim: ClaimVolume | None = None
    projected: Present | None = None
    downward_api: Present | None = msgspec.field(default=None, name="downwardAPI")
    csi: Present | None = None
    nfs: Present | None = None
    ephemeral: Present | None = None
    image: Present | None = None


class Expression(Wire):
    """One entry of `matchExpressions` or `matchFields`."""

    key: str | None = None
    operator: str | None = None
    values: list[str] | None = None


class LabelSelector(Wire):
    """A selector of objects by their labels."""

    match_labels: dict[str, str] | None = None
    match_expressions: list[Expression] | None = None


class NodeTerm(Wire):
    """One term of a required node affinity."""

    match_expressions: list[Expression] | None = None
    match_fields: list[Expression] | None = None


class NodeTerms(Wire):
    """The terms of a required node affinity, one of which must hold."""

    node_selector_terms: list[NodeTerm] | None = None


class NodeAffinity(Wire):
    """A pod's node affinity."""

    required: NodeTerms | None = msgspec.field(default=None, name="requiredDuringSchedulingIgnoredDuringExecution")


class PodTerm(Wire):
    """One term of a required pod anti-affinity."""

    label_selector: LabelSelector | None = None
    topology_key: str | None = None
    namespaces: list[str] | None = None


class PodAffinity(Wire):
    """A pod's anti-affinity."""

    required: list[PodTerm] | None = msgspec.field(default=None, name="requiredDuringSchedulingIgnoredDuringExecution")


class Affinity(Wire):
    """What of a pod's `affinity` can forbid a node."""

    node_affinity: NodeAffinity | None = None
    pod_anti_affinity: PodAffinity | None = None


class Toleration(Wire):
    """One entry of a pod's `tolerations`."""

    key: str | None = None
    operator: str | None = None
    value: str | None = None
    effect: str | None = None


class PodOs(Wire):
    """`spec.os` of a pod."""

    name: str | None = None


class PodSpec(Wire):
    """`spec` of a pod or of a pod template."""

    containers: list[Container] | None = None
    init_containers: list[Container] | None = None
    ephemeral_containers: list[Container] | None = None
    host_network: bool | None = None
    host_users: bool | None = None
    node_name: str | None = None
    runtime_class_name: str | None = None
    os: PodOs | None = None
    node_selector: dict[str, str] | None = None
    affinity: Affinity | None = None
    tolerations: list[Toleration] | None = None
    volumes: list[Volume] | None = None
    security_context: Security | None = None
    termination_grace_period_seconds: int | None = None


class PodTemplate(Wire):
    """The pod template of a workload."""

    metadata: Meta | None = None
    spec: PodSpec | None = None


# --- pod status ---------------------------------------------------------------------------------------------------


class Waiting(Wire):
    """The state of a container that does not run yet, or not again yet."""

    reason: str | None = None
    message: str | None = None


class Running(Wire):
    """The state of a container that runs."""

    started_at: str | None = None


class Terminated(Wire):
    """The state of a container that has ended."""

    reason: str | None = None
    message: str | None = None
    exit_code: int | None = None
    signal: int | None = None
    started_at: str | None = None
    finished_at: str | None = None


class State(Wire):
    """The state of a container: one of the three, or none."""

    waiting: Waiting | None = None
    running: Running | None = None
    terminated: Terminated | None = None


class ContainerStatus(Wire):
    """What the kubelet says of one container."""

    name: str | None = None
    ready: bool | None = None
    started: bool | None = None
    restart_count: int | None = None
    state: State | None = None
    last_state: State | None = None


class Condition(Wire):
    """A condition of a pod or of a node."""

    type: str | None = None
    status: str | None = None
    reason: str | None = None
    message: str | None = None
    last_transition_time: str | None = None
    last_heartbeat_time: str | None = None


class PodStatus(Wire):
    """`status` of a pod."""

    phase: str | None = None
    reason: str | None = None
    message: str | None = None
    start_time: str | None = None
    conditions: list[Condition] | None = None
    container_statuses: list[ContainerStatus] | None = None
    init_container_statuses: list[ContainerStatus] | None = None
    ephemeral_container_statuses: list[ContainerStatus] | None = None


class Pod(Wire):
    """A pod."""

    metadata: Meta | None = None
    spec: PodSpec | None = None
    status: PodStatus | None = None


# --- other objects ------------------------------------------------------------------------------------------------


class Taint(Wire):
    """A taint of a node."""

    key: str | None = None
    value: str | None = None
    effect: str | None = None


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


class NodeStatus(Wire):
    """`status` of a node."""

    addresses: list[NodeAddress] | None = None
    conditions: list[Condition] | None = None
    node_info: NodeInfo | None = None


class Node(Wire):
    """A node."""

    metadata: Meta | None = None
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
    metadata: Meta | None = None
    spec: WorkloadSpec | None = None
    status: WorkloadStatus | None = None


class Bare(Wire):
    """What every object has: the fallback for a custom resource whose `spec` is unlike a workload's."""

    api_version: str | None = None
    kind: str | None = None
    metadata: Meta | None = None


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


# --- lists and answers of the server itself ------------------------------------------------------------------------


class PodList(Wire):
    """A list, or one page of a list, of pods."""

    metadata: ListMeta | None = None
    items: list[Pod] | None = None


class NodeList(Wire):
    """A list of nodes."""

    metadata: ListMeta | None = None
    items: list[Node] | None = None


class EventList(Wire):
    """A list of events."""

    metadata: ListMeta | None = None
    items: list[Event] | None = None


class ServiceList(Wire):
    """A list of Services."""

    metadata: ListMeta | None = None
    items: list[Service] | None = None


class AutoscalerList(Wire):
    """A list of HorizontalPodAutoscalers."""

    metadata: ListMeta | None = None
    items: list[Autoscaler] | None = None


class Column(Wire):
    """The head of one column of a Table."""

    name: str


class Row(Wire):
    """One row of a Table: its cells are texts, numbers or null."""

    cells: list[Any]


class Table(Wire):
    """The server's rendering of a list for people (`as=Table;v=v1;g=meta.k8s.io`)."""

    kind: str | None = None
    metadata: ListMeta | None = None
    column_definitions: list[Column] | None = None
    rows: list[Row] | None = None


class Version(Wire):
    """`/version`; `at` is the time on the server's clock, from its `Date` header."""

    git_version: str | None = None
    at: str | None = None


class Status(Wire):
    """The server's answer when it refuses something."""

    kind: str | None = None
    message: str | None = None
    reason: str | None = None
    code: int | None = None


class ApiResource(Wire):
    """One kind that a group and version of the API has."""

    name: str | None = None
    kind: str | None = None
    namespaced: bool | None = None


class ApiResourceList(Wire):
    """The kinds of one group and version."""

    resources: list[ApiResource] | None = None


class Log(Wire):
    """A container's log as bytes: whole, or (`cut`) its beginning and its end with lines missing between them.

    `dated` says that each line starts with the time that the container runtime gave it; a line without such a
    time then continues nothing and has none.
    """

    text: bytes
    cut: bool = False
    dated: bool = True


def decode_workload(content: bytes | msgspec.Raw) -> Workload:
    """Return the workload in this JSON; of a custom resource with a `spec` of its own kind, the metadata alone.

    Raises `msgspec.MsgspecError` for what is no object at all.
    """
    try:
        return msgspec.json.decode(content, type=Workload)
    except msgspec.ValidationError:
        bare = msgspec.json.decode(content, type=Bare)
        return Workload(api_version=bare.api_version, kind=bare.kind, metadata=bare.metadata)
