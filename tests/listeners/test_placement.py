"""Which nodes a pod may run on."""

from __future__ import annotations

import pytest

from hostnetdoctor.listeners.placement import eligible_nodes, may_run
from hostnetdoctor.model import Affinity, LabelRequirement, Node, PodSpec, Taint, Toleration

CONTROL_PLANE = Taint(key="node-role.kubernetes.io/control-plane", effect="NoSchedule")


@pytest.mark.parametrize(
    ("spec", "node", "expected"),
    [
        (PodSpec(containers=()), Node(name="a"), True),
        (PodSpec(containers=()), Node(name="a", unschedulable=True), False),
        (PodSpec(containers=()), Node(name="a", taints=(CONTROL_PLANE,)), False),
        (
            PodSpec(containers=(), tolerations=(Toleration(operator="Exists"),)),
            Node(name="a", taints=(CONTROL_PLANE,)),
            True,
        ),
        (
            PodSpec(
                containers=(), tolerations=(Toleration(key=CONTROL_PLANE.key, operator="Exists", effect="NoExecute"),)
            ),
            Node(name="a", taints=(CONTROL_PLANE,)),
            False,
        ),
        (PodSpec(containers=()), Node(name="a", taints=(Taint(key="x", effect="PreferNoSchedule"),)), True),
        (
            PodSpec(containers=()),
            Node(name="a", taints=(Taint(key="node.kubernetes.io/not-ready", effect="NoExecute"),)),
            True,
        ),
        (PodSpec(containers=(), node_selector={"disk": "ssd"}), Node(name="a", labels={"disk": "ssd"}), True),
        (PodSpec(containers=(), node_selector={"disk": "ssd"}), Node(name="a"), False),
    ],
)
def test_one_node(spec: PodSpec, node: Node, *, expected: bool) -> None:
    """Selectors, taints and cordons decide; a passing trouble of the node does not."""
    assert expected == may_run(spec, node)


@pytest.mark.parametrize(
    ("operator", "values", "expected"),
    [
        ("In", ("a",), ["one"]),
        ("NotIn", ("a",), ["three", "two"]),
        ("Exists", (), ["one", "two"]),
        ("DoesNotExist", (), ["three"]),
        ("Gt", ("5",), ["two"]),
        ("Lt", ("9",), []),
        ("Unheard", (), []),
    ],
)
def test_required_node_affinity(operator: str, values: tuple[str, ...], expected: list[str]) -> None:
    """Every operator of a node affinity term is applied as the scheduler does."""
    nodes = (Node(name="one", labels={"zone": "a"}), Node(name="two", labels={"zone": "9"}), Node(name="three"))
    term = (LabelRequirement(key="zone", operator=operator, values=values),)
    spec = PodSpec(containers=(), affinity=Affinity(node_terms=(term,)))
    assert expected == [node.name for node in eligible_nodes(spec, nodes)]


def test_terms_are_alternatives_and_an_empty_term_fits_nothing() -> None:
    """One term that fits is enough; one without requirements fits no node."""
    by_name = (LabelRequirement(key="metadata.name", operator="In", values=("two",), field=True),)
    spec = PodSpec(containers=(), affinity=Affinity(node_terms=((), by_name)))
    assert ["two"] == [node.name for node in eligible_nodes(spec, (Node(name="one"), Node(name="two")))]
