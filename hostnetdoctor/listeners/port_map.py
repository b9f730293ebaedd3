"""Who listens, or says it will listen, on what, in one network: a node's, or one pod's own.

To the claims of `claims.py` it adds what only a failure can tell: a pod of the same workload with the same program and
settings wants the address that its sibling could not get, even when nothing declares it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from hostnetdoctor.listeners.address import Collision, any_collide, host_ports_collide, protocols_collide
from hostnetdoctor.listeners.claims import PortClaim, listeners_of, together
from hostnetdoctor.listeners.scene import Scene
from hostnetdoctor.listeners.settings import argument_settings, environment_settings
from hostnetdoctor.model import (
    Basis,
    BindFailure,
    Claim,
    ContainerSpec,
    Evidence,
    EvidenceKind,
    Listener,
    Pod,
    Protocol,
)

# Kinds of volumes that hold configuration; a pod's token is `projected`, and its name differs from pod to pod.
_CONFIGURING = frozenset({"configMap", "secret", "hostPath"})


class PortMap(Struct, frozen=True):
    """The listeners of one network."""

    listeners: tuple[Listener, ...]

    def colliding(self, failure: BindFailure) -> Iterator[tuple[Listener, Collision]]:
        """Yield the listeners of other containers whose address may exclude the failure's, and how surely."""
        victim = failure.pod.key
        for listener in self.listeners:
            collision = collides(failure, listener)
            if collision is Collision.NO or (listener.container == failure.container and listener.pod.key == victim):
                continue
            yield listener, collision

    def claims_of(
        self, pod: Pod, container: str | None, protocol: Protocol | None, port: int | None
    ) -> tuple[Claim, ...]:
        """Return a container's own claims to a port."""
        key = pod.key
        return tuple(
            claim
            for listener in self.listeners
            if (listener.container, listener.port) == (container, port)
            and listener.pod.key == key
            and protocols_collide(protocol, listener.protocol) is not Collision.NO
            for claim in listener.claims
        )

    def ports_of(self, pod: Pod) -> tuple[tuple[Protocol | None, int], ...]:
        """Return the ports that a pod's listeners name, sorted."""
        key = pod.key
        found = {(each.protocol, each.port) for each in self.listeners if each.port is not None and each.pod.key == key}
        return tuple(sorted(found, key=lambda pair: (pair[1], str(pair[0]))))


def collides(failure: BindFailure, listener: Listener) -> Collision:
    """Say whether a listener excludes the address that a failure is about, as Linux decides it."""
    if failure.path is not None or listener.path is not None:
        return Collision.YES if failure.path == listener.path else Collision.NO
    if failure.port != listener.port:
        return Collision.NO
    protocol = protocols_collide(failure.protocol, listener.protocol)
    # An equal replica wants the very same address, whatever that is.
    address = Collision.YES if wants_the_same(listener) else any_collide(failure.addresses, listener.addresses)
    return min(address, _assumed(protocol), key=lambda collision: collision.value)


def _assumed(protocol: Collision) -> Collision:
    """Take a protocol that a text leaves out for TCP: every wording that belongs to UDP alone names it."""
    return Collision.YES if protocol is Collision.MAYBE else protocol


def wants_the_same(listener: Listener) -> bool:
    """Say whether a listener runs the victim's own program and settings, and so wants the victim's address."""
    return any(claim.basis is Basis.EQUAL_SPEC for claim in listener.claims)


def port_map(failure: BindFailure, scene: Scene) -> PortMap:
    """Build the map of the network in which a failure happened, with the claims that this failure adds to it."""
    pods = (failure.pod, *scene.neighbours(failure))
    return PortMap(tuple(listener for pod in pods if not pod.finished for listener in _listeners(pod, failure, scene)))


def _listeners(pod: Pod, failure: BindFailure, scene: Scene) -> tuple[Listener, ...]:
    known, more = listeners_of(pod, scene), tuple(_claims_by_likeness(pod, failure, scene))
    if not more:
        return known
    claims = (
        PortClaim(listener.container, listener.protocol, listener.port, claim, listener.path)
        for listener in known
        for claim in listener.claims
    )
    return together(pod, [*claims, *more])


def _claims_by_likeness(pod: Pod, failure: BindFailure, scene: Scene) -> Iterator[PortClaim]:
    """Yield the claims to the failed address that follow from what a container is, not from what it says."""
    ours = failure.pod.spec.container(failure.container) if failure.container else None
    if ours is None:
        return
    for theirs in pod.spec.containers:
        if pod.key == failure.pod.key:
            found = _sibling(ours, theirs, host_network=failure.on_node)
        else:
            equal = same_program(ours, theirs) and configuration(failure.pod, ours) == configuration(pod, theirs)
            found = _likeness(ours, theirs, equal=equal, same_workload=scene.same_workload(pod, failure.pod))
        if found is not None:
            basis, words = found
            if basis is not Basis.EQUAL_SPEC and _told_otherwise(theirs, failure):
                continue
            evidence = Evidence(kind=EvidenceKind.SPEC, where=f"{pod.name}, {theirs.name}", text=words)
            yield PortClaim(
                theirs.name, failure.protocol, failure.port, Claim(basis=basis, evidence=evidence), failure.path
            )


def _likeness(
    ours: ContainerSpec, theirs: ContainerSpec, *, equal: bool, same_workload: bool
) -> tuple[Basis, str] | None:
    if same_workload and theirs.name == ours.name:
        if equal:
            return Basis.EQUAL_SPEC, "same workload, image, command line, variables and ports"
        return Basis.SAME_PROGRAM, "another revision of the same container"
    if equal and not same_workload:
        return Basis.SAME_PROGRAM, "same image, command line, variables and ports, in another workload"
    return None


def _told_otherwise(container: ContainerSpec, failure: BindFailure) -> bool:
    """Say whether a container's own settings name ports, and the failed one is not among them."""
    settings = (*argument_settings(container), *environment_settings(container))
    ports = {setting.port for setting in settings if setting.listens} | {
        port.container_port for port in container.ports
    }
    return bool(ports) and failure.port is not None and failure.port not in ports


def _sibling(ours: ContainerSpec, theirs: ContainerSpec, *, host_network: bool) -> tuple[Basis, str] | None:
    """Return what speaks for another container of the victim's own pod.

    One image may hold many programs, as a driver's image does for its helpers: the command tells which of them runs.
    """
    if theirs.name == ours.name:
        return None
    if (theirs.image, theirs.command) == (ours.image, ours.command):
        return Basis.SAME_PROGRAM, f"same image {theirs.image} and command, in the same pod"
    return None if host_network else (Basis.ONLY_NEIGHBOUR, "shares the network of this pod")


def same_program(first: ContainerSpec, second: ContainerSpec) -> bool:
    """Say whether two containers run one program with the same settings, so that they listen on the same ports.

    Mounts are left out: the API server gives every pod a token volume with a name of its own.
    """
    return (first.image, first.command, first.args, first.environment, first.ports) == (
        second.image,
        second.command,
        second.args,
        second.environment,
        second.ports,
    )


def configuration(pod: Pod, container: ContainerSpec) -> frozenset[tuple[str, str, str, str]]:
    """Return where a container's files from outside its image come from; a program may be configured there."""
    volumes = {volume.name: volume for volume in pod.spec.volumes if volume.kind in _CONFIGURING}
    mounted = ((mount.path, volumes[mount.volume]) for mount in container.mounts if mount.volume in volumes)
    return frozenset(
        (path, volume.kind, volume.source or "", "" if volume.kind == "hostPath" else pod.namespace)
        for path, volume in mounted
    )


def declaring(failure: BindFailure, pods: Iterable[Pod]) -> Iterator[Listener]:
    """Yield the containers that declare the failing container's host port, as scheduler and kubelet compare ports."""
    wanted = failure.pod.spec.container(failure.container or "")
    ours = [each for each in (wanted.ports if wanted else ()) if each.host_port == failure.port]
    for pod in pods:
        for container in pod.spec.containers if not pod.finished and pod.key != failure.pod.key else ():
            found = next(
                (port for port in container.ports if any(host_ports_collide(each, port) for each in ours)), None
            )
            if found is not None:
                text = f"hostPort {found.host_port}/{found.protocol}, on {pod.node}"
                where = f"{pod.name}, {container.name}, ports"
                evidence = Evidence(kind=EvidenceKind.SPEC, where=where, text=text)
                claim = Claim(basis=Basis.DECLARED_PORT, evidence=evidence)
                yield Listener(
                    pod=pod, container=container.name, protocol=found.protocol, port=found.host_port, claims=(claim,)
                )


def host_port_mappings(failure: BindFailure, scene: Scene) -> Iterator[Listener]:
    """Yield the containers of the node, in pods with a network of their own, whose hostPort is the failed port."""
    for pod in scene.on_node(failure.pod.node):
        for container in pod.spec.containers if not pod.finished and not pod.spec.host_network else ():
            for port in container.ports:
                collides_by_protocol = protocols_collide(failure.protocol, port.protocol) is not Collision.NO
                if port.host_port is not None and port.host_port == failure.port and collides_by_protocol:
                    text = f"hostPort {port.host_port}/{port.protocol}, without hostNetwork, on {pod.node}"
                    where = f"{pod.name}, {container.name}, ports"
                    evidence = Evidence(kind=EvidenceKind.SPEC, where=where, text=text)
                    claim = Claim(basis=Basis.DECLARED_PORT, evidence=evidence, address=port.host_ip)
                    yield Listener(
                        pod=pod, container=container.name, protocol=port.protocol, port=port.host_port, claims=(claim,)
                    )
