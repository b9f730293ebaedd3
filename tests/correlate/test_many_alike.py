"""A workload that fails on more nodes than a report holds one by one."""

from __future__ import annotations

from hostnetdoctor.correlate.tally import MOST_ALIKE
from hostnetdoctor.model import Node, WorkloadRef
from hostnetdoctor.report.story import tell
from tests.build import SmallCluster, ask, crashing, in_use, log, pod

MORE = 5
NODES = [f"node{number:04}" for number in range(MOST_ALIKE + MORE)]
EXPORTER = WorkloadRef(api_version="apps/v1", kind="DaemonSet", namespace="default", name="exporter")


def test_what_is_the_same_on_many_nodes_is_counted_from_some_number_on() -> None:
    """So many are reported as they are; of the others the group has the number and the nodes, and people are told so."""
    names = [f"exporter-{node}" for node in NODES]
    report = ask(
        SmallCluster(
            [
                pod(name, statuses=(crashing(),), owner=EXPORTER, node=node)
                for name, node in zip(names, NODES, strict=True)
            ],
            logs={(name, "main"): log(in_use(9100)) for name in names},
            nodes=[Node(name=node, ready=True) for node in NODES],
        )
    )
    (group,) = report.groups
    assert (MOST_ALIKE + MORE, MORE) == (group.count, group.omitted)
    assert tuple(NODES) == group.nodes
    assert MOST_ALIKE == len(report.diagnoses) == len(report.networks) == report.counts.diagnoses
    assert len(NODES) == report.counts.failures
    assert tell(report).closing[0].startswith(f"{len(NODES)} failures, {MORE} of them only counted")
