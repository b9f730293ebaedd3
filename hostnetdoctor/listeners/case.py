"""One failure beside one listener that may have its address: what a root cause looks at."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, field

from hostnetdoctor.collect.requests import Autoscalers, PodEvents
from hostnetdoctor.listeners.port_map import PortMap
from hostnetdoctor.listeners.scene import Scene
from hostnetdoctor.model import (
    Autoscaler,
    BindFailure,
    Confidence,
    Event,
    Evidence,
    FailureKind,
    Listener,
    Node,
    Pod,
    Protocol,
    Service,
    Workload,
    WorkloadRef,
)


class Case(Struct, frozen=True, kw_only=True):
    """A failure, and a listener that was not ruled out with the most that its claims prove here.

    `listener` is None for the question "and if nobody that can be seen has it?". `others` are the failures of the
    same batch: who else fails, and on what.
    """

    failure: BindFailure
    scene: Scene
    port_map: PortMap
    listener: Listener | None = None
    confidence: Confidence = Confidence.POSSIBLE
    evidence: tuple[Evidence, ...] = ()
    doubts: tuple[str, ...] = ()
    others: tuple[BindFailure, ...] = field(default=())

    @property
    def victim(self) -> Pod:
        """Return the pod that could not take its address."""
        return self.failure.pod

    @property
    def holder(self) -> Pod | None:
        """Return the pod of the listener."""
        return self.listener.pod if self.listener else None

    @property
    def workload(self) -> Workload | None:
        """Return the object whose template the victim is made from: Deployment, DaemonSet ..."""
        return self.scene.made_by(self.victim)

    @property
    def owner(self) -> WorkloadRef | None:
        """Return the victim's owner of record: the last of the chain, whose operator writes the ones below it."""
        return self.scene.top_owner(self.victim)

    @property
    def autoscalers(self) -> tuple[Autoscaler, ...]:
        """Return the autoscalers of the victim's namespace, as far as they could be read."""
        return self.scene.snapshot.facts(Autoscalers(namespace=self.victim.namespace), ())

    @property
    def services(self) -> tuple[Service, ...]:
        """Return the Services that select the victim, as far as they could be read."""
        listed = self.scene.services(self.victim.namespace)
        return tuple(each for each in listed if each.selector and each.selector.items() <= self.victim.labels.items())

    @property
    def events(self) -> tuple[Event, ...]:
        """Return the events about the victim, as far as they could be read."""
        pod = self.victim
        return self.scene.snapshot.facts(PodEvents(namespace=pod.namespace, pod=pod.name), ())

    def alone(self, *kinds: FailureKind) -> bool:
        """Whether this is the question about a failure by itself, still true, and of one of these kinds."""
        return self.listener is None and self.failure.kind in kinds and self.failure.recovered_at is None

    @property
    def same_workload(self) -> bool:
        """Whether victim and listener have one owner of record."""
        return self.holder is not None and self.scene.same_workload(self.victim, self.holder)

    @property
    def replicas_over_nodes(self) -> bool:
        """Whether the workload wants more replicas than there are nodes that they may run on."""
        return self.scene.replicas_over_nodes(self.victim)

    @property
    def declares_port(self) -> bool:
        """Whether the failing container declares the port, so that the scheduler counts it."""
        container = self.victim.spec.container(self.failure.container or "")
        return container is not None and any(each.container_port == self.failure.port for each in container.ports)

    @property
    def eligible(self) -> tuple[Node, ...]:
        """Return the nodes on which the victim may run, of those that are listed; empty when none could be read."""
        return self.scene.eligible(self.victim)

    @property
    def more_nodes(self) -> bool:
        """Whether the cluster has nodes that were not read, so that the victim may run on more than the eligible ones."""
        return self.scene.listed.more

    @property
    def eligible_text(self) -> str:
        """Return how many nodes the victim may run on: `3 nodes`, `more than 240 nodes` of a cluster of which not all were read."""
        count = len(self.eligible)
        return f"{'more than ' if self.more_nodes else ''}{count} node{'' if count == 1 else 's'}"

    @property
    def port_text(self) -> str:
        """Return the address as people write it: `port 80/TCP`, a socket's path, or `its port`."""
        return address_text(self.failure.protocol, self.failure.port, self.failure.path)


def address_text(protocol: Protocol | None, port: int | None, path: str | None) -> str:
    """Return what a failure is about, in words."""
    if path is not None:
        return f"socket {path}"
    if port is None:
        return "its port"
    return f"port {port}/{protocol}" if protocol else f"port {port}"


def container_text(pod: Pod, container: str | None) -> str:
    """Return `namespace/pod (container name)`."""
    return f"{pod.path} (container {container})" if container else pod.path


def joined(parts: Iterable[str]) -> str:
    """Return an English list: `a, b and c`."""
    *most, last = list(parts) or [""]
    return f"{', '.join(most)} and {last}" if most else last
