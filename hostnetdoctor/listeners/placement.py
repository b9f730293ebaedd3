"""On which nodes may a pod run? What of the scheduler's filters is decided by the pod's and the node's own fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from msgspec import Struct

from hostnetdoctor.model import LabelRequirement, Node, PodSpec, Taint, Toleration

# The node controller puts these on a node that is in trouble for the moment; they say nothing about where
# the pod belongs (https://kubernetes.io/docs/reference/labels-annotations-taints/).
_PASSING = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable", "node.kubernetes.io/unschedulable")


class _Wishes(Struct, frozen=True):
    """What of a pod's specification decides on which nodes it may run."""

    labels: tuple[tuple[str, str], ...]
    terms: tuple[tuple[LabelRequirement, ...], ...] | None
    tolerations: tuple[Toleration, ...]


class _Nodes(Struct, frozen=True, eq=False):
    """One reading of the nodes. It is compared by identity: comparing thousands of nodes costs as much as judging them."""

    read: tuple[Node, ...]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Nodes) and self.read is other.read

    def __hash__(self) -> int:
        return id(self.read)


def eligible_nodes(spec: PodSpec, nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    """Return the nodes that selector, required affinity, taints and cordons leave to this pod, sorted by name.

    Resources, topology spread and other pods are not considered.
    """
    return _eligible(_wishes(spec), _Nodes(nodes))


# Most workloads of a cluster wish for nothing, and each question about 5,000 nodes would cost 10 ms.
@lru_cache(maxsize=32)
def _eligible(wishes: _Wishes, nodes: _Nodes) -> tuple[Node, ...]:
    return tuple(sorted((node for node in nodes.read if _fits(wishes, node)), key=lambda node: node.name))


def nodes_by_name(nodes: tuple[Node, ...]) -> Mapping[str, Node]:
    """Return the nodes by their names."""
    return _by_name(_Nodes(nodes))


@lru_cache(maxsize=4)
def _by_name(nodes: _Nodes) -> Mapping[str, Node]:
    return {node.name: node for node in nodes.read}


def may_run(spec: PodSpec, node: Node) -> bool:
    """Say whether this pod may run on this node."""
    return _fits(_wishes(spec), node)


def _wishes(spec: PodSpec) -> _Wishes:
    return _Wishes(tuple(sorted(spec.node_selector.items())), spec.affinity.node_terms, tuple(spec.tolerations))


def _fits(wishes: _Wishes, node: Node) -> bool:
    return (
        not node.unschedulable
        and all(node.labels.get(key) == value for key, value in wishes.labels)
        and _affinity_allows(wishes.terms, node)
        and all(_tolerated(taint, wishes.tolerations) for taint in node.taints if _forbids(taint))
    )


def _affinity_allows(terms: tuple[tuple[LabelRequirement, ...], ...] | None, node: Node) -> bool:
    if terms is None:
        return True
    return any(term and all(_satisfied(requirement, node) for requirement in term) for term in terms)


def _satisfied(requirement: LabelRequirement, node: Node) -> bool:
    value = node.name if requirement.field else node.labels.get(requirement.key)
    match requirement.operator:
        case "In":
            return value in requirement.values
        case "NotIn":
            return value not in requirement.values
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
        case "Gt" | "Lt":
            return _compares(requirement, value)
        case _:
            return False


def _compares(requirement: LabelRequirement, value: str | None) -> bool:
    try:
        ours, theirs = int(value or ""), int(requirement.values[0])
    except (ValueError, IndexError):
        return False
    return ours > theirs if requirement.operator == "Gt" else ours < theirs


def _forbids(taint: Taint) -> bool:
    return taint.effect in {"NoSchedule", "NoExecute"} and taint.key not in _PASSING


def _tolerated(taint: Taint, tolerations: Iterable[Toleration]) -> bool:
    return any(
        toleration.effect in {"", taint.effect}
        and (
            (toleration.operator == "Exists" and toleration.key in {"", taint.key})
            or (
                toleration.operator in {"", "Equal"} and toleration.key == taint.key and toleration.value == taint.value
            )
        )
        for toleration in tolerations
    )
