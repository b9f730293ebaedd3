"""Which ports of a node its pods name: what a remedy must not offer as free."""

from __future__ import annotations

from collections.abc import Iterable

from hostnetdoctor.listeners.claims import listeners_of
from hostnetdoctor.listeners.scene import NODES_FOR_REMEDIES, Scene
from hostnetdoctor.model import Pod


def ports_named_on(node: str, scene: Scene) -> frozenset[int]:
    """Return every port of a node that one of its pods names, however weakly; worked out once for each node."""
    if node in scene.batch:
        if node not in scene.ports_by_node:
            scene.ports_by_node[node] = _ports_named_by(scene.on_node(node), scene)
        return scene.ports_by_node[node]
    pods = scene.on_node(node)
    known = scene.ports_elsewhere.get(node)
    if known is None or known[0] is not pods:
        if len(scene.ports_elsewhere) >= 2 * NODES_FOR_REMEDIES:
            scene.ports_elsewhere.clear()
        known = scene.ports_elsewhere[node] = pods, _ports_named_by(pods, scene)
    return known[1]


def _ports_named_by(pods: Iterable[Pod], scene: Scene) -> frozenset[int]:
    there = [pod for pod in pods if not pod.finished]
    listening = {each.port or 0 for pod in there if pod.spec.host_network for each in listeners_of(pod, scene)}
    mapped = {port.host_port or 0 for pod in there for container in pod.spec.containers for port in container.ports}
    return frozenset(listening | mapped)
