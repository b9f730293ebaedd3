"""On which nodes may a pod run? What of the scheduler's filters is decided by the pod's and the node's own fields."""

from __future__ import annotations

from collections.abc import Iterable

from hostnetdoctor.model import LabelRequirement, Node, PodSpec, Taint, Toleration

# The node controller puts these on a node that is in trouble for the moment; they say nothing about where
# the pod belongs (https://kubernetes.io/docs/reference/labels-annotations-taints/).
_PASSING = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable", "node.kubernetes.io/unschedulable")


def eligible_nodes(spec: PodSpec, nodes: Iterable[Node]) -> tuple[Node, ...]:
    """Return the nodes that selector, required affinity, taints and cordons leave to this pod, sorted by name.

    Resources, topology spread and other pods are not considered.
    """
    return tuple(sorted((node for node in nodes if may_run(spec, node)), key=lambda node: node.name))


def may_run(spec: PodSpec, node: Node) -> bool:
    """Say whether this pod may run on this node."""
    return (
        not node.unschedulable
        and all(node.labels.get(key) == value for key, value in spec.node_selector.items())
        and _affinity_allows(spec.affinity.node_terms, node)
        and all(_tolerated(taint, spec.tolerations) for taint in node.taints if _forbids(taint))
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
