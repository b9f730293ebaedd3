"""Turn the API's pod specs and pods into the model, with every default of Kubernetes filled in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hostnetdoctor.collect import selector, wire
from hostnetdoctor.collect.later import Later, later
from hostnetdoctor.collect.times import moment
from hostnetdoctor.model import (
    Affinity,
    Condition,
    ContainerSpec,
    ContainerState,
    ContainerStatus,
    ContainerType,
    EnvironmentVariable,
    LabelRequirement,
    Mount,
    OwnerReference,
    Pod,
    PodSpec,
    PortDeclaration,
    Probe,
    Protocol,
    Toleration,
    Volume,
    WorkloadRef,
)

_PROTOCOLS = {"TCP": Protocol.TCP, "UDP": Protocol.UDP, "SCTP": Protocol.SCTP}
# Volumes that are made from nothing that has a name here.
_PLAIN_VOLUMES = (
    ("projected", "projected"),
    ("empty_dir", "emptyDir"),
    ("downward_api", "downwardAPI"),
    ("csi", "csi"),
    ("nfs", "nfs"),
    ("ephemeral", "ephemeral"),
    ("image", "image"),
)
_HOSTNAME = "kubernetes.io/hostname"
_ANYWHERE = Affinity()
_GRACE_SECONDS = 30  # the API's default of terminationGracePeriodSeconds


def protocol(text: str | None) -> Protocol:
    """Return the protocol of this name; the API's default is TCP."""
    return _PROTOCOLS.get(text or "TCP", Protocol.TCP)


def pod(read: wire.Pod) -> Pod:
    """Return the pod that the API describes."""
    meta = read.metadata or wire.Meta()
    spec = read.spec or wire.PodSpec()
    status = read.status or wire.PodStatus()
    return Pod(
        namespace=meta.namespace or "",
        name=meta.name or "",
        uid=meta.uid or "",
        spec=pod_spec(spec, meta, meta.namespace or ""),
        node=spec.node_name or None,
        labels=meta.labels or {},
        annotations=meta.annotations or {},
        controller=controller(meta),
        created_at=moment(meta.creation_timestamp),
        deleted_at=moment(meta.deletion_timestamp),
        phase=status.phase,
        reason=status.reason,
        message=status.message,
        conditions=later(status.conditions, _condition),
        statuses=tuple(_status(each) for each in _statuses(status)),
    )


def controller(meta: wire.Meta) -> OwnerReference | None:
    """Return the owner that controls the object. An owner that is merely named there does not count."""
    owner = next((each for each in meta.owner_references or () if each.controller), None)
    if owner is None:
        return None
    # A static pod's mirror is controlled by its Node, the one cluster-wide object that controls pods by itself.
    namespace = "" if owner.kind == "Node" else meta.namespace or ""
    ref = WorkloadRef(
        api_version=owner.api_version or "", kind=owner.kind or "", namespace=namespace, name=owner.name or ""
    )
    return OwnerReference(workload=ref, uid=owner.uid or "")


def pod_spec(spec: wire.PodSpec, meta: wire.Meta, namespace: str) -> PodSpec:
    """Return what a pod or a template asks for; `meta` has the labels that its pods wear."""
    return PodSpec(
        containers=Later(lambda: _containers(spec)),
        host_network=bool(spec.host_network),
        host_users=spec.host_users is not False,
        runtime_class=spec.runtime_class_name or None,
        os=spec.os.name if spec.os is not None else None,
        node_selector=spec.node_selector or {},
        affinity=_affinity(spec.affinity, meta.labels or {}, namespace),
        tolerations=later(spec.tolerations, _toleration),
        volumes=later(spec.volumes, _volume),
        grace_seconds=_GRACE_SECONDS
        if spec.termination_grace_period_seconds is None
        else spec.termination_grace_period_seconds,
    )


def _containers(spec: wire.PodSpec) -> Iterator[ContainerSpec]:
    for each in spec.init_containers or ():
        yield _container(each, spec, ContainerType.SIDECAR if each.restart_policy == "Always" else ContainerType.INIT)
    for each in spec.containers or ():
        yield _container(each, spec, ContainerType.REGULAR)
    for each in spec.ephemeral_containers or ():
        yield _container(each, spec, ContainerType.EPHEMERAL)


def _container(read: wire.Container, spec: wire.PodSpec, kind: ContainerType) -> ContainerSpec:
    ports = tuple(_port(each, bool(spec.host_network)) for each in read.ports or () if each.container_port)
    own = read.security_context or wire.Security()
    whole = spec.security_context or wire.Security()
    capabilities = own.capabilities or wire.Capabilities()
    return ContainerSpec(
        name=read.name or "",
        type=kind,
        image=read.image or "",
        command=tuple(read.command or ()),
        args=tuple(read.args or ()),
        environment=later(read.env, _variable),
        ports=ports,
        probes=tuple(_probes(read, ports)),
        mounts=later(read.volume_mounts, _mount),
        user=own.run_as_user if own.run_as_user is not None else whole.run_as_user,
        non_root=own.run_as_non_root if own.run_as_non_root is not None else whole.run_as_non_root,
        privileged=bool(own.privileged),
        capabilities=tuple(each.removeprefix("CAP_") for each in capabilities.add or ()),
        allow_privilege_escalation=own.allow_privilege_escalation,
    )


def _port(read: wire.Port, host_network: bool) -> PortDeclaration:
    container_port = read.container_port or 0
    # The API server fills this in for pods, and up to 1.27 for templates too: pkg/apis/core/v1/defaults.go
    # `defaultHostNetworkPorts`, kubernetes/kubernetes#117696.
    defaulted = container_port if host_network else None
    return PortDeclaration(
        container_port=container_port,
        host_port=read.host_port or defaulted,
        host_ip=read.host_ip or None,
        protocol=protocol(read.protocol),
        name=read.name or None,
    )


def _mount(read: wire.VolumeMount) -> Mount:
    return Mount(volume=read.name or "", path=read.mount_path or "")


def _variable(read: wire.Env) -> EnvironmentVariable:
    if read.value_from is None:
        return EnvironmentVariable(name=read.name or "", value=read.value or "")
    return EnvironmentVariable(name=read.name or "", source=_source(read.value_from))


def _source(source: wire.EnvSource) -> str:
    match source:
        case wire.EnvSource(field_ref=wire.FieldRef(field_path=path)):
            return f"field {path}"
        case wire.EnvSource(config_map_key_ref=wire.KeyRef(name=name, key=key)):
            return f"ConfigMap {name}, key {key}"
        case wire.EnvSource(secret_key_ref=wire.KeyRef(name=name, key=key)):
            return f"Secret {name}, key {key}"
        case wire.EnvSource(resource_field_ref=wire.ResourceRef(resource=resource)):
            return f"resource {resource}"
        case _:
            return "another source"


def _probes(read: wire.Container, ports: tuple[PortDeclaration, ...]) -> Iterator[Probe]:
    for kind, probe in (
        ("liveness", read.liveness_probe),
        ("readiness", read.readiness_probe),
        ("startup", read.startup_probe),
    ):
        match probe:
            case wire.Probe(http_get=wire.HttpGet() as get):
                yield Probe(kind=kind, action="http", port=_port_number(get.port, ports), host=get.host or None)
            case wire.Probe(tcp_socket=wire.TcpSocket() as tcp):
                yield Probe(kind=kind, action="tcp", port=_port_number(tcp.port, ports), host=tcp.host or None)
            case wire.Probe(grpc=wire.Grpc(port=port)):
                yield Probe(kind=kind, action="grpc", port=port)
            case _:
                pass


def _port_number(port: wire.IntOrString | None, ports: tuple[PortDeclaration, ...]) -> int | None:
    """Return a probe's port: a number, a number as text, or the declared port of that name."""
    if isinstance(port, int) or port is None:
        return port
    named = next((each.container_port for each in ports if each.name == port), None)
    return named if named is not None else int(port) if port.isascii() and port.isdigit() else None


def _volume(read: wire.Volume) -> Volume:
    source = None
    if read.config_map is not None:
        kind, source = "configMap", read.config_map.name
    elif read.secret is not None:
        kind, source = "secret", read.secret.secret_name
    elif read.host_path is not None:
        kind, source = "hostPath", read.host_path.path
    elif read.persistent_volume_claim is not None:
        kind, source = "persistentVolumeClaim", read.persistent_volume_claim.claim_name
    else:
        kind = next((name for field, name in _PLAIN_VOLUMES if getattr(read, field) is not None), "other")
    return Volume(name=read.name or "", kind=kind, source=source)


def _toleration(read: wire.Toleration) -> Toleration:
    return Toleration(
        key=read.key or "", operator=read.operator or "Equal", value=read.value or "", effect=read.effect or ""
    )


def _affinity(read: wire.Affinity | None, labels: dict[str, str], namespace: str) -> Affinity:
    if read is None:
        return _ANYWHERE
    required = read.node_affinity.required if read.node_affinity is not None else None
    terms = None if required is None else tuple(_node_term(each) for each in required.node_selector_terms or ())
    apart = (read.pod_anti_affinity.required if read.pod_anti_affinity is not None else None) or ()
    return Affinity(node_terms=terms, keeps_replicas_apart=any(_keeps_apart(each, labels, namespace) for each in apart))


def _node_term(term: wire.NodeTerm) -> tuple[LabelRequirement, ...]:
    return (
        *requirements(term.match_expressions or ()),
        *requirements(term.match_fields or (), field=True),
    )


def requirements(expressions: Iterable[wire.Expression], *, field: bool = False) -> tuple[LabelRequirement, ...]:
    """Return the requirements that these expressions stand for."""
    return tuple(
        LabelRequirement(key=each.key or "", operator=each.operator or "", values=tuple(each.values or ()), field=field)
        for each in expressions
    )


def _keeps_apart(term: wire.PodTerm, labels: dict[str, str], namespace: str) -> bool:
    """Return whether the term forbids two pods with these labels on one node."""
    if term.topology_key != _HOSTNAME or term.label_selector is None:
        return False
    if term.namespaces and namespace and namespace not in term.namespaces:
        return False
    wanted = term.label_selector
    exact = (
        LabelRequirement(key=key, operator="In", values=(value,)) for key, value in (wanted.match_labels or {}).items()
    )
    return selector.matches((*exact, *requirements(wanted.match_expressions or ())), labels)


def _condition(read: wire.Condition) -> Condition:
    return Condition(
        type=read.type or "",
        status=read.status or "",
        reason=read.reason or None,
        message=read.message or None,
        changed_at=moment(read.last_transition_time),
    )


def _statuses(status: wire.PodStatus) -> Iterator[wire.ContainerStatus]:
    yield from status.init_container_statuses or ()
    yield from status.container_statuses or ()
    yield from status.ephemeral_container_statuses or ()


def _status(read: wire.ContainerStatus) -> ContainerStatus:
    return ContainerStatus(
        name=read.name or "",
        state=_state(read.state),
        last=_state(read.last_state),
        restarts=read.restart_count or 0,
        ready=bool(read.ready),
    )


def _state(read: wire.State | None) -> ContainerState | None:
    if read is None:
        return None
    if read.running is not None:
        return ContainerState(name="running", started_at=moment(read.running.started_at))
    if read.waiting is not None:
        return ContainerState(name="waiting", reason=read.waiting.reason or None, message=read.waiting.message or None)
    ended = read.terminated
    if ended is None:
        return None
    return ContainerState(
        name="terminated",
        reason=ended.reason or None,
        message=ended.message or None,
        exit_code=ended.exit_code,
        started_at=moment(ended.started_at),
        finished_at=moment(ended.finished_at),
    )
