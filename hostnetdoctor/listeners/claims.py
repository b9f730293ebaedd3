"""From a pod to what it listens on: one listener for each container and port, with every reason to believe in it.

The sources, and the most that each can prove (the weights of the port map):

    socket          proven     the socket's owner was read on the node
    listening-log   certain    the container's own line "listening on ..."
    equal-spec      certain    a pod of the same workload with the same program and settings wants the same address
    declared-port   likely     charts declare ports that nobody opens
    argument        likely     a flag or word of the command line that names an address to listen on
    probe           likely     the kubelet is told to connect there
    environment     likely     a variable such as PORT
    annotation      likely     prometheus.io/port
    config          likely     a mounted configuration file
    same-program    likely     another pod with the same image, command line and variables, or an earlier revision
    only-neighbour  possible   one of the few containers that share a pod's own network
    mention         possible   a number in an address-like setting that may be somebody else's
    convention      possible   the usual port of a well-known image
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from msgspec import Struct

from hostnetdoctor.collect.requests import ConfigMapData
from hostnetdoctor.listeners.config_file import ports_in
from hostnetdoctor.listeners.conventions import program, usual_ports
from hostnetdoctor.listeners.scene import Scene
from hostnetdoctor.listeners.settings import Setting, argument_settings, environment_settings
from hostnetdoctor.match.listening import ListeningMatch, find_listening
from hostnetdoctor.model import (
    Basis,
    Claim,
    Confidence,
    ContainerSpec,
    ContainerType,
    Evidence,
    EvidenceKind,
    Listener,
    Pod,
    PodSpec,
    Protocol,
)

WEIGHTS: Mapping[Basis, Confidence] = {
    Basis.SOCKET: Confidence.PROVEN,
    Basis.LISTENING_LOG: Confidence.CERTAIN,
    Basis.EQUAL_SPEC: Confidence.CERTAIN,
    Basis.DECLARED_PORT: Confidence.LIKELY,
    Basis.ARGUMENT: Confidence.LIKELY,
    Basis.PROBE: Confidence.LIKELY,
    Basis.ENVIRONMENT: Confidence.LIKELY,
    Basis.ANNOTATION: Confidence.LIKELY,
    Basis.CONFIG: Confidence.LIKELY,
    Basis.SAME_PROGRAM: Confidence.LIKELY,
    Basis.ONLY_NEIGHBOUR: Confidence.POSSIBLE,
    Basis.MENTION: Confidence.POSSIBLE,
    Basis.CONVENTION: Confidence.POSSIBLE,
}
_STRENGTHS = {basis: (WEIGHTS[basis].rank, place) for place, basis in enumerate(Basis)}


class PortClaim(Struct, frozen=True):
    """One claim, before the claims to one port are put together."""

    container: str
    protocol: Protocol | None
    port: int | None
    claim: Claim
    path: str | None = None


def weight(listener: Listener) -> Confidence:
    """Return the most that the strongest claim of a listener can prove."""
    return min((WEIGHTS[claim.basis] for claim in listener.claims), key=lambda confidence: confidence.rank)


def strongest(listener: Listener) -> Claim:
    """Return the claim that proves most; among equals the first in the order of `Basis`."""
    return min(listener.claims, key=lambda claim: (*_STRENGTHS[claim.basis], claim.evidence.text))


def listeners_of(pod: Pod, scene: Scene) -> tuple[Listener, ...]:
    """Return what a pod listens on by its specification, its annotations and its own logs."""
    logs = [scene.log(pod, container.name) for container in pod.spec.containers]
    config = [scene.snapshot.get(each) for container in pod.spec.containers for each in config_maps(pod, container)]
    # Rounds, causes and remedies ask again and again; what was read of a pod is told by which objects that is.
    read = (pod, *logs, *config)
    key = tuple(map(id, read))
    if key not in scene.listeners:
        scene.listeners[key] = read, together(pod, _claims_of_pod(pod, scene))
    return scene.listeners[key][1]


def _claims_of_pod(pod: Pod, scene: Scene) -> list[PortClaim]:
    claims = [*claims_of_spec(pod.spec), *_claims_of_annotations(pod)]
    for container in pod.spec.containers:
        claims.extend(_claims_of_log(pod, container, scene))
        claims.extend(_claims_of_config(pod, container, scene))
    told = {claim.container for claim in claims}
    for container in pod.spec.containers:
        if container.name not in told:
            claims.extend(_claims_of_convention(container))
    return claims


def together(pod: Pod, claims: Iterable[PortClaim]) -> tuple[Listener, ...]:
    """Put the claims to one port of one container together; a claim without a protocol joins those that have one.

    An address is taken from the claims that name one: a declared port says nothing of the address behind it.
    """
    grouped: dict[tuple[str, int | None, str | None], list[PortClaim]] = {}
    for claim in claims:
        grouped.setdefault((claim.container, claim.port, claim.path), []).append(claim)
    return tuple(
        Listener(pod=pod, container=container, protocol=protocol, port=port, path=path, claims=members)
        for (container, port, path), group in sorted(grouped.items(), key=lambda item: str(item[0]))
        for protocol, members in _by_protocol(group)
    )


def _by_protocol(group: Iterable[PortClaim]) -> Iterator[tuple[Protocol | None, tuple[Claim, ...]]]:
    claims = list(group)
    named = sorted({each.protocol for each in claims if each.protocol is not None})
    protocols: tuple[Protocol | None, ...] = tuple(named) or (None,)
    for protocol in protocols:
        yield protocol, tuple(dict.fromkeys(each.claim for each in claims if each.protocol in {protocol, None}))


class _Same(Struct, frozen=True, eq=False):
    """A specification that is compared by identity, which costs nothing."""

    spec: PodSpec

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.spec is other.spec

    def __hash__(self) -> int:
        return id(self.spec)


def claims_of_spec(spec: PodSpec) -> tuple[PortClaim, ...]:
    """Return what a pod's or a template's specification says about ports."""
    return _claims_of(_Same(spec))


# Rounds, causes and remedies ask for the same pods again and again. Enough for the pods of some batches of nodes.
@lru_cache(maxsize=512)
def _claims_of(same: _Same) -> tuple[PortClaim, ...]:
    return tuple(_read_spec(same.spec))


def _read_spec(spec: PodSpec) -> Iterator[PortClaim]:
    for container in spec.containers:
        yield from _declared(container)
        yield from _set(container, argument_settings(container), Basis.ARGUMENT, "args")
        yield from _set(container, environment_settings(container), Basis.ENVIRONMENT, "env")
    for container in spec.containers:
        yield from _probed(container, spec)


def _declared(container: ContainerSpec) -> Iterator[PortClaim]:
    for port in container.ports:
        text = f"{'hostPort' if port.host_port else 'containerPort'} {port.host_port or port.container_port}/{port.protocol}"
        claim = Claim(basis=Basis.DECLARED_PORT, evidence=_spec(container, "ports", text), address=port.host_ip or None)
        yield PortClaim(container.name, port.protocol, port.container_port, claim)


def _set(container: ContainerSpec, settings: Iterable[Setting], basis: Basis, where: str) -> Iterator[PortClaim]:
    for setting in settings:
        evidence = _spec(container, where, setting.text)
        claim = Claim(basis=basis if setting.listens else Basis.MENTION, evidence=evidence, address=setting.address)
        yield PortClaim(container.name, setting.protocol, setting.port, claim)


def _probed(container: ContainerSpec, spec: PodSpec) -> Iterator[PortClaim]:
    """Yield the ports that the kubelet is told to ask about a container, unless another one of the pod is set to listen there.

    A pod has one network, so a probe may be answered by a sidecar: CSI drivers are probed through theirs.
    """
    for probe in container.probes:
        if probe.port is not None and (_sets(container, probe.port) or not _others_set(container, spec, probe.port)):
            evidence = _spec(container, f"{probe.kind} probe", f"{probe.action} port {probe.port}")
            yield PortClaim(container.name, Protocol.TCP, probe.port, Claim(basis=Basis.PROBE, evidence=evidence))


def _others_set(container: ContainerSpec, spec: PodSpec, port: int) -> bool:
    return any(_sets(each, port) for each in spec.containers if each.name != container.name)


def _sets(container: ContainerSpec, port: int) -> bool:
    settings = (*argument_settings(container), *environment_settings(container))
    return any(setting.listens and setting.port == port for setting in settings)


def _spec(container: ContainerSpec, where: str, text: str) -> Evidence:
    return Evidence(kind=EvidenceKind.SPEC, where=f"{container.name}, {where}", text=text)


def _claims_of_annotations(pod: Pod) -> Iterator[PortClaim]:
    """Yield the port that Prometheus is told to scrape; of several containers the one that names the port has it."""
    port = pod.annotations.get("prometheus.io/port", "")
    regular = [each for each in pod.spec.containers if each.type is ContainerType.REGULAR]
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65_536):
        return
    for container in regular if len(regular) == 1 else _naming(int(port), pod.spec, regular):
        evidence = Evidence(kind=EvidenceKind.SPEC, where=f"{pod.name}, annotation", text=f"prometheus.io/port: {port}")
        yield PortClaim(container.name, Protocol.TCP, int(port), Claim(basis=Basis.ANNOTATION, evidence=evidence))


def _naming(port: int, spec: PodSpec, containers: Iterable[ContainerSpec]) -> Iterator[ContainerSpec]:
    named = {claim.container for claim in claims_of_spec(spec) if claim.port == port}
    return (each for each in containers if each.name in named)


def _claims_of_config(pod: Pod, container: ContainerSpec, scene: Scene) -> Iterator[PortClaim]:
    """Yield the ports that the ConfigMaps mounted in a container name, where they were read."""
    for request in config_maps(pod, container):
        for key, text in sorted(scene.snapshot.facts(request, {}).items()):
            for setting in ports_in(text):
                where = f"ConfigMap {request.name}, {key}"
                evidence = Evidence(kind=EvidenceKind.CONFIG, where=where, text=setting.text)
                claim = Claim(basis=Basis.CONFIG, evidence=evidence, address=setting.address)
                yield PortClaim(container.name, setting.protocol, setting.port, claim)


def config_maps(pod: Pod, container: ContainerSpec) -> tuple[ConfigMapData, ...]:
    """Return the requests for the ConfigMaps that a container mounts; the certificates of every namespace are left out."""
    mounted = {mount.volume for mount in container.mounts}
    volumes = (volume for volume in pod.spec.volumes if volume.name in mounted and volume.kind == "configMap")
    names = sorted({volume.source for volume in volumes if volume.source})
    return tuple(ConfigMapData(namespace=pod.namespace, name=name) for name in names if name != "kube-root-ca.crt")


def _claims_of_convention(container: ContainerSpec) -> Iterator[PortClaim]:
    for port in usual_ports(container):
        text = f"{port} is the usual port of {program(container.image)}"
        evidence = Evidence(kind=EvidenceKind.CONVENTION, where=f"{container.name}, image", text=text)
        yield PortClaim(container.name, Protocol.TCP, port, Claim(basis=Basis.CONVENTION, evidence=evidence))


def _claims_of_log(pod: Pod, container: ContainerSpec, scene: Scene) -> Iterator[PortClaim]:
    """Yield what a running container's log says it listens on; an ended attempt's sockets are closed."""
    status, log = pod.status(container.name), scene.log(pod, container.name)
    if status is None or not status.running or log is None:
        return
    for found in _announced(tuple(line.text for line in log.lines)):
        at = log.lines[found.line - 1].at
        where = f"{pod.name}, {container.name}{f', {at:%H:%M:%S}' if at else ''}"
        evidence = Evidence(kind=EvidenceKind.LOG, where=where, text=found.text)
        claim = Claim(basis=Basis.LISTENING_LOG, evidence=evidence, address=found.address, at=at)
        yield PortClaim(container.name, found.protocol, found.port, claim)


# The rounds of reading build the same port map again and again; the logs stay the same. Bounded: a log has up to 256 KiB.
@lru_cache(maxsize=64)
def _announced(lines: tuple[str, ...]) -> tuple[ListeningMatch, ...]:
    return find_listening(lines)
