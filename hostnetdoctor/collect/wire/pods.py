"""Pods: what they ask for, and what the kubelet and the scheduler say of them."""

from __future__ import annotations

import msgspec

from hostnetdoctor.collect.wire.metadata import IntOrString, Meta, Present, Wire


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
    """A condition of a pod."""

    type: str | None = None
    status: str | None = None
    reason: str | None = None
    message: str | None = None
    last_transition_time: str | None = None


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
