"""What Kubernetes says: pods, nodes, workloads, logs, in the few fields that this program needs.

`collect/` makes these from the API's JSON and fills in the defaults; nothing here knows JSON.
Times are aware `datetime` objects in UTC; empty tuples and mappings mean "it says: none".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from msgspec import Struct, field


class Protocol(StrEnum):
    """What an address belongs to: a transport protocol of the network, or the file system."""

    TCP = "TCP"
    UDP = "UDP"
    SCTP = "SCTP"
    UNIX = "UNIX"


class ContainerType(StrEnum):
    """How Kubernetes runs a container; a sidecar is an init container with `restartPolicy: Always`."""

    REGULAR = "regular"
    INIT = "init"
    SIDECAR = "sidecar"
    EPHEMERAL = "ephemeral"


class UnreadableKind(StrEnum):
    """Why a request has no facts as its answer."""

    FORBIDDEN = "forbidden"
    UNAUTHENTICATED = "unauthenticated"
    NOT_FOUND = "not-found"
    NOT_IN_SOURCE = "not-in-source"  # saved files do not carry it
    NO_LOG = "no-log"  # the kubelet has no such log (any more)
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    BROKEN = "broken"  # an answer came, and is not what it should be


class Unreadable(Struct, frozen=True, kw_only=True):
    """An answer without facts: why it could not be read, in one sentence, and what would mend it."""

    kind: UnreadableKind
    why: str
    fix: str | None = None


class WorkloadRef(Struct, frozen=True, kw_only=True, order=True):
    """The name of an object that owns pods. `namespace` is empty for cluster-wide objects."""

    api_version: str
    kind: str
    namespace: str
    name: str


class OwnerReference(Struct, frozen=True, kw_only=True):
    """The controller of an object (`ownerReferences[controller=true]`)."""

    workload: WorkloadRef
    uid: str


class PortDeclaration(Struct, frozen=True, kw_only=True):
    """One entry of a container's `ports`.

    `host_port` is the port on the node, whether written or defaulted: under hostNetwork it equals
    `container_port` (pkg/apis/core/v1/defaults.go `defaultHostNetworkPorts`; since 1.28 the API server
    fills it in for pods only, so `collect/` does it for templates: kubernetes/kubernetes#117696).
    """

    container_port: int
    host_port: int | None = None
    host_ip: str | None = None
    protocol: Protocol = Protocol.TCP
    name: str | None = None


class Probe(Struct, frozen=True, kw_only=True):
    """A probe that connects to a port. `kind`: liveness, readiness or startup; `action`: http, tcp or grpc.

    A named port is resolved through the container's `ports`; `port` is None if that name is not declared.
    """

    kind: str
    action: str
    port: int | None
    host: str | None = None


class EnvironmentVariable(Struct, frozen=True, kw_only=True):
    """One variable; `value` is None when it comes from a reference, which `source` then names."""

    name: str
    value: str | None = None
    source: str | None = None


class Mount(Struct, frozen=True, kw_only=True):
    """A volume mounted in a container."""

    volume: str
    path: str


class Volume(Struct, frozen=True, kw_only=True):
    """A pod's volume. `kind` is the API's field name (emptyDir, hostPath, configMap ...).

    `source` is the ConfigMap's or Secret's name or the host's path, where the kind has one.
    """

    name: str
    kind: str
    source: str | None = None


class ContainerSpec(Struct, frozen=True, kw_only=True):
    """A container as it was asked for. Security fields are the effective ones: the container's, else the pod's."""

    name: str
    type: ContainerType
    image: str
    command: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    environment: Sequence[EnvironmentVariable] = ()
    ports: tuple[PortDeclaration, ...] = ()
    probes: tuple[Probe, ...] = ()
    mounts: Sequence[Mount] = ()
    user: int | None = None  # runAsUser; None is unknown (the image decides), not root
    non_root: bool | None = None
    privileged: bool = False
    capabilities: tuple[str, ...] = ()  # added ones, without the prefix CAP_
    allow_privilege_escalation: bool | None = None


class LabelRequirement(Struct, frozen=True, kw_only=True):
    """One `matchExpressions` entry. `field` is true for `matchFields` (of which only metadata.name exists)."""

    key: str
    operator: str  # In, NotIn, Exists, DoesNotExist, Gt, Lt
    values: tuple[str, ...] = ()
    field: bool = False


class Affinity(Struct, frozen=True, kw_only=True):
    """What of `affinity` forbids a node.

    `node_terms`: required node affinity, terms ORed, requirements of a term ANDed; None where it is not set.
    `keeps_replicas_apart`: there is a required pod anti-affinity on kubernetes.io/hostname.
    """

    node_terms: tuple[tuple[LabelRequirement, ...], ...] | None = None
    keeps_replicas_apart: bool = False


class Toleration(Struct, frozen=True, kw_only=True):
    """One toleration; an empty `key` with Exists tolerates everything, an empty `effect` every effect."""

    key: str = ""
    operator: str = "Equal"
    value: str = ""
    effect: str = ""


class PodSpec(Struct, frozen=True, kw_only=True):
    """What a pod asks for, from a Pod or from a workload's template."""

    containers: Sequence[ContainerSpec]
    host_network: bool = False
    host_users: bool = True
    runtime_class: str | None = None
    os: str | None = None
    node_selector: Mapping[str, str] = field(default_factory=dict)
    affinity: Affinity = field(default_factory=Affinity)
    tolerations: Sequence[Toleration] = ()
    volumes: Sequence[Volume] = ()
    grace_seconds: int = 30

    def container(self, name: str) -> ContainerSpec | None:
        """Return the container of this name, or None."""
        return next((each for each in self.containers if each.name == name), None)


class ContainerState(Struct, frozen=True, kw_only=True):
    """One of `waiting`, `running`, `terminated` in `name`, with the fields that it has."""

    name: str
    reason: str | None = None
    message: str | None = None
    exit_code: int | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None


class ContainerStatus(Struct, frozen=True, kw_only=True):
    """What the kubelet last said of a container; `last` is the attempt before the present one."""

    name: str
    state: ContainerState | None = None
    last: ContainerState | None = None
    restarts: int = 0
    ready: bool = False

    @property
    def running(self) -> bool:
        """Whether the container ran when the kubelet last said so."""
        return self.state is not None and self.state.name == "running"

    @property
    def started_at(self) -> datetime | None:
        """When the running container started; None when it does not run."""
        return self.state.started_at if self.state is not None and self.state.name == "running" else None


class Condition(Struct, frozen=True, kw_only=True):
    """A pod's or node's condition; `status` is True, False or Unknown, as the API spells it."""

    type: str
    status: str
    reason: str | None = None
    message: str | None = None
    changed_at: datetime | None = None


class PodKey(Struct, frozen=True, kw_only=True, order=True):
    """What tells two pods apart: a name may come back with another uid."""

    namespace: str
    name: str
    uid: str


class Pod(Struct, frozen=True, kw_only=True):
    """A pod: who it is, what it asks for, and what the kubelet and the scheduler say of it."""

    namespace: str
    name: str
    uid: str
    spec: PodSpec
    node: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    controller: OwnerReference | None = None
    created_at: datetime | None = None
    deleted_at: datetime | None = None  # deletionTimestamp: the end of the grace period, not its start
    phase: str | None = None
    reason: str | None = None
    message: str | None = None
    conditions: Sequence[Condition] = ()
    statuses: tuple[ContainerStatus, ...] = ()

    @property
    def key(self) -> PodKey:
        """Return what tells this pod from every other, now and before."""
        return PodKey(namespace=self.namespace, name=self.name, uid=self.uid)

    @property
    def path(self) -> str:
        """Return `namespace/name`, as people write it."""
        return f"{self.namespace}/{self.name}"

    @property
    def revision(self) -> str | None:
        """Return the revision of the owner's template that this pod was made from, if a controller labels it."""
        return self.labels.get("pod-template-hash") or self.labels.get("controller-revision-hash")

    @property
    def static(self) -> bool:
        """Whether this is the mirror of a static pod, which the kubelet reads from a file on its node."""
        return "kubernetes.io/config.mirror" in self.annotations

    @property
    def finished(self) -> bool:
        """Whether no container of this pod will run again."""
        return self.phase in {"Succeeded", "Failed"}

    def status(self, container: str) -> ContainerStatus | None:
        """Return the status of the container of this name, or None where the kubelet has not said any."""
        return next((each for each in self.statuses if each.name == container), None)

    def condition(self, kind: str) -> Condition | None:
        """Return the condition of this type, or None."""
        return next((each for each in self.conditions if each.type == kind), None)


class Taint(Struct, frozen=True, kw_only=True):
    """A node's taint."""

    key: str
    value: str = ""
    effect: str = ""


class Node(Struct, frozen=True, kw_only=True):
    """A node. `ready` is None where its condition is Unknown or missing."""

    name: str
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: tuple[Taint, ...] = ()
    unschedulable: bool = False
    ready: bool | None = None
    os: str | None = None
    kubelet_version: str | None = None
    runtime: str | None = None  # containerd://1.7.2, cri-o://1.30.1 ...
    addresses: tuple[str, ...] = ()


class NodePage(Struct, frozen=True, kw_only=True):
    """The first nodes of a cluster, by their names, and whether it has more of them."""

    nodes: tuple[Node, ...] = ()
    more: bool = False


class Workload(Struct, frozen=True, kw_only=True):
    """An object that owns pods, or that owns such an object (Deployment, Job, a custom resource ...).

    `template` is None for kinds without a pod template; strategy fields are None where the kind has none.
    `max_surge` and `max_unavailable` keep the API's form: a number or a percentage, as text.
    """

    ref: WorkloadRef
    uid: str
    controller: OwnerReference | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    managers: tuple[str, ...] = ()  # metadata.managedFields[].manager
    replicas: int | None = None
    available: int | None = None
    selector: Mapping[str, str] = field(default_factory=dict)  # spec.selector.matchLabels
    strategy: str | None = None  # RollingUpdate, Recreate, OnDelete
    max_surge: str | None = None
    max_unavailable: str | None = None
    template: PodSpec | None = None


class Autoscaler(Struct, frozen=True, kw_only=True):
    """A HorizontalPodAutoscaler and what it scales."""

    namespace: str
    name: str
    target: WorkloadRef


class Event(Struct, frozen=True, kw_only=True):
    """An event about a pod."""

    namespace: str
    pod: str
    uid: str
    reason: str
    message: str
    first_at: datetime | None = None
    last_at: datetime | None = None
    count: int = 1


class ServicePort(Struct, frozen=True, kw_only=True):
    """One port of a Service; `target` keeps the API's form, a number or a port's name, as text."""

    port: int
    protocol: Protocol = Protocol.TCP
    node_port: int | None = None
    target: str | None = None


class Service(Struct, frozen=True, kw_only=True):
    """A Service."""

    namespace: str
    name: str
    type: str = "ClusterIP"
    selector: Mapping[str, str] = field(default_factory=dict)
    ports: tuple[ServicePort, ...] = ()
    external_ips: tuple[str, ...] = ()
    health_check_node_port: int | None = None


class LogLine(Struct, frozen=True, kw_only=True):
    """One line of a log. `at` is the time that the container runtime put before it, None where files lack it."""

    text: str
    at: datetime | None = None


class LogText(Struct, frozen=True, kw_only=True):
    """A container's log, whole or its beginning and its end.

    `cut` says that lines between the two are missing.
    """

    lines: tuple[LogLine, ...]
    cut: bool = False


class SurveyRow(Struct, frozen=True, kw_only=True):
    """One pod as the cheapest listing shows it. `namespace` is None where that listing does not say it."""

    name: str
    node: str | None
    suspect: bool
    namespace: str | None = None


class ServerVersion(Struct, frozen=True, kw_only=True):
    """The API server's version, as `v1.34.4`, and the moment in which it answered."""

    git_version: str
    at: datetime | None = None
