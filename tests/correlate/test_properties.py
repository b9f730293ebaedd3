"""What must not change an answer."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from hostnetdoctor.model import Pod, Report
from tests.build import SmallCluster, ask, container, crashing, declared, deployment, in_use, log, pod

WEB = deployment("web")
NAMES = st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=12)

PODS: tuple[Pod, ...] = (
    pod("web-1", statuses=(crashing(),), owner=WEB),
    pod("web-2", owner=WEB),
    pod("web-3", statuses=(crashing(),), node="node2", owner=WEB),
    pod("exporter", container("exp", ports=declared(8080)), node="node2", namespace="monitoring"),
    pod("agent", container("agent", args=("--port=8080",)), node="node2", namespace="agents"),
    pod(
        "proxy",
        container(),
        container("side", args=("--port=8080",)),
        statuses=(crashing(), crashing("side")),
        host_network=False,
    ),
)
LOGS = {(name, "main"): log(in_use(8080)) for name in ("web-1", "web-3", "proxy")}


def answers(pods: tuple[Pod, ...]) -> Report:
    found = ask(SmallCluster(pods, LOGS))
    return replace(found, counts=replace(found.counts, seconds=0.0, requests=0, pods_seen=0, nodes=0, logs=0))


@given(st.permutations(PODS))
@settings(max_examples=60, deadline=None)
def test_the_order_of_pods_changes_nothing(pods: list[Pod]) -> None:
    """The API server promises no order."""
    assert answers(PODS) == answers(tuple(pods))


@given(NAMES, st.integers(1, 65535).filter(lambda port: port not in {8080, 8081}), st.booleans())
@settings(max_examples=60, deadline=None)
def test_an_unrelated_pod_changes_no_diagnosis(name: str, port: int, host_network: bool) -> None:
    """A pod that works and names other ports is ruled out, or not even that."""
    other = pod(
        f"zz-{name}", container("other", ports=declared(port)), namespace="elsewhere", host_network=host_network
    )
    ours = [replace(each, ruled_out=(), why="", remedies=()) for each in answers(PODS).diagnoses]
    theirs = [replace(each, ruled_out=(), why="", remedies=()) for each in answers((*PODS, other)).diagnoses]
    assert ours == theirs


def test_every_diagnosis_of_one_owner_and_port_has_one_id() -> None:
    """The id names the failure, not the pod, the node or the holder."""
    found = answers(PODS)
    web = {each.id for each in found.diagnoses if each.victim.workload == WEB}
    assert (1, 3) == (len(web), len(found.diagnoses))
    assert {2, 1} == {group.count for group in found.groups}
