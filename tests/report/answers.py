"""Reports by hand in which a failure is explained in another way than in the origin scenario."""

from __future__ import annotations

from msgspec.structs import replace

from hostnetdoctor.model import (
    Confidence,
    ContainerType,
    Diagnosis,
    Evidence,
    EvidenceKind,
    Group,
    Holder,
    HolderKind,
    NotLookedAt,
    Patch,
    Protocol,
    Question,
    Remedy,
    RuledOut,
    Victim,
    WorkloadRef,
)
from tests.report.origin import EXPORTER, FILES, GATEWAY, REPLICA, at, report

TWO = replace(
    REPLICA,
    id="90aa17c2be04",
    cause="other-host-network-pod",
    confidence=Confidence.POSSIBLE,
    summary="monitoring/node-exporter-5kd2p (container exporter) cannot listen on port 9100/TCP of node-1; two pods may "
    "have it.",
    why="Both pods share the node's network and name the port in their settings. No log that could be read says which "
    "of them opened it.",
    node="node-1",
    port=9100,
    addresses=(),
    victim=replace(
        REPLICA.victim, namespace="monitoring", pod="node-exporter-5kd2p", container="exporter", workload=EXPORTER
    ),
    holders=(
        Holder(
            kind=HolderKind.POD,
            confidence=Confidence.POSSIBLE,
            namespace="agents",
            pod="collector-8xw4q",
            container="collector",
            workload=WorkloadRef(api_version="apps/v1", kind="DaemonSet", namespace="agents", name="collector"),
            started_at=at(18, 3, 44, day=21),
            node="node-1",
        ),
        Holder(
            kind=HolderKind.POD,
            confidence=Confidence.POSSIBLE,
            namespace="kube-system",
            pod="metrics-proxy-node-1",
            container="proxy",
            node="node-1",
            state="Running, not Ready",
        ),
    ),
    evidence=(
        Evidence(
            kind=EvidenceKind.LOG,
            where="exporter, attempt 41, 09:14:40",
            text='time=2026-11-23T09:14:40.118Z level=ERROR source=tls_config.go:347 msg="listen tcp :9100: bind: '
            'address already in use"',
        ),
        Evidence(kind=EvidenceKind.SPEC, where="agents/collector-8xw4q", text="annotation prometheus.io/port: 9100"),
        Evidence(kind=EvidenceKind.CONFIG, where="kube-system/metrics-proxy-node-1", text="--upstream=127.0.0.1:9100"),
    ),
    ruled_out=(
        RuledOut(candidate="kube-system/kube-proxy-aa1", because="listens on other ports only"),
        RuledOut(candidate="kube-system/cilium-7xk", because="listens on other ports only"),
    ),
    remedies=(
        Remedy(
            id="other-port",
            title="let the exporter listen on 9101, which is free on all 3 nodes:",
            why="Nobody else has to change. Whoever scrapes 9100 has to be told.",
            patch=Patch(
                target=EXPORTER,
                type="json",
                body=(
                    {
                        "op": "replace",
                        "path": "/spec/template/spec/containers/0/args/2",
                        "value": "--web.listen-address=:9101",
                    },
                ),
            ),
        ),
    ),
    next_steps=(
        "kubectl -n agents logs collector-8xw4q -c collector | grep -i -E 'listen|9100'",
        "kubectl -n kube-system exec metrics-proxy-node-1 -c proxy -- cat /proc/net/tcp /proc/net/tcp6",
    ),
    timeline=(),
)

TWO_CANDIDATES = report(TWO, question=Question(namespaces=("monitoring",), name="daemonset/node-exporter"))

NOT_VISIBLE = replace(
    REPLICA,
    id="1b44f0cc9e21",
    cause="holder-not-visible",
    confidence=Confidence.POSSIBLE,
    summary="edge/gateway-6d5f7-9wq (container envoy) cannot listen on port 443/TCP of node-2: nothing that can be read "
    "has it.",
    why="Both replicas fail on this node, so neither of them has the port. No pod of the node names it; a process "
    "outside Kubernetes may have it.",
    node="node-2",
    port=443,
    addresses=("0.0.0.0",),
    victim=replace(
        REPLICA.victim, namespace="edge", pod="gateway-6d5f7-9wq", container="envoy", workload=GATEWAY, restarts=4
    ),
    holders=(),
    evidence=(
        Evidence(
            kind=EvidenceKind.LOG,
            where="envoy, attempt 4, 09:13:02",
            text="cannot bind '0.0.0.0:443': Address already in use",
        ),
    ),
    ruled_out=(
        RuledOut(candidate="edge/gateway-6d5f7-m2c", because="its own log shows the same failure"),
        *(
            RuledOut(candidate=f"kube-system/{name}", because="listens on other ports only")
            for name in ("coredns-5d4-x8p", "kube-proxy-zz4", "metrics-server-67c-b2n")
        ),
    ),
    remedies=(),
    next_steps=(
        "kubectl debug node/node-2 -it --image=busybox -- chroot /host ss -ltnp 'sport = :443'",
        "# or, logged in on node-2:\nsudo ss -ltnp 'sport = :443'",
    ),
    timeline=(),
)

HOLDER_NOT_VISIBLE = report(
    NOT_VISIBLE,
    source=FILES,
    question=Question(),
    not_looked_at=tuple(
        NotLookedAt(
            what="previous log",
            why="The saved files have no previous logs.",
            namespace="edge",
            pod=f"gateway-6d5f7-{name}",
            container="envoy",
            fix="save them with: hostnet-doctor collect PATH",
        )
        for name in ("9wq", "m2c")
    ),
)

WAITING = replace(
    REPLICA,
    id="77d0e2b1a9c3",
    cause="host-port-unschedulable",
    summary="edge/gateway-7f9-zx1 waits for a node with a free port 8443/TCP: on each of the 3 nodes another pod declares "
    "it.",
    why="The scheduler places a pod only where no other pod declares the same host port.",
    node=None,
    port=8443,
    addresses=(),
    victim=Victim(
        namespace="edge",
        pod="gateway-7f9-zx1",
        pod_uid="0a4d2b7c-8a43-44d2-8a3f-7a7be4b1c9ad",
        container=None,
        container_type=ContainerType.REGULAR,
        workload=GATEWAY,
        state="Pending for 2 days",
        first_failure_at=at(7, 30, 0, day=21),
        last_failure_at=at(7, 30, 0, day=21),
    ),
    holders=tuple(
        Holder(
            kind=HolderKind.POD,
            confidence=Confidence.CERTAIN,
            namespace=namespace,
            pod=pod,
            container="envoy",
            node=node,
            state="Running",
        )
        for node, namespace, pod in (
            ("node-1", "edge", "gateway-7f9-aa1"),
            ("node-2", "edge", "gateway-7f9-bb2"),
            ("node-3", "web", "frontend-58c-cc3"),
        )
    ),
    evidence=(
        Evidence(
            kind=EvidenceKind.EVENT,
            where="FailedScheduling, 09:14:58",
            text="0/3 nodes are available: 3 node(s) didn't have free ports for the requested pod ports.",
        ),
    ),
    ruled_out=(),
    remedies=(
        Remedy(
            id="fewer-replicas",
            title="run 2 replicas, as many as there are nodes for them",
            why="Capacity goes from 3 to 2.",
            command="kubectl -n edge scale deployment gateway --replicas=2",
        ),
    ),
    timeline=(),
)

UNSCHEDULABLE = report(WAITING, question=Question(all_namespaces=True))


def sibling(number: int) -> Diagnosis:
    node = f"node-{number}"
    return replace(
        REPLICA,
        cause="other-host-network-pod",
        summary=f"monitoring/node-exporter-{number}ab (container node-exporter) cannot listen on port 9100/TCP of {node}: "
        f"agents/collector-{number}cd has it.",
        why="Two DaemonSets listen on the same port of every node.",
        node=node,
        port=9100,
        victim=replace(
            REPLICA.victim,
            namespace="monitoring",
            pod=f"node-exporter-{number}ab",
            container="node-exporter",
            workload=EXPORTER,
        ),
        holders=(
            Holder(
                kind=HolderKind.POD,
                confidence=Confidence.CERTAIN,
                namespace="agents",
                pod=f"collector-{number}cd",
                container="collector",
                node=node,
                state="Ready since 07:02:11",
            ),
        ),
        evidence=(
            Evidence(
                kind=EvidenceKind.LOG,
                where="node-exporter, attempt 13, 09:12:31",
                text="listen tcp :9100: bind: address already in use",
            ),
            Evidence(
                kind=EvidenceKind.LOG,
                where=f"collector-{number}cd, collector, 07:02:10",
                text="HTTP server listening on [::]:9100",
            ),
        ),
        remedies=TWO.remedies,
        ruled_out=(),
        timeline=(),
    )


GROUP_OF_FIVE = report(
    *map(sibling, range(1, 6)),
    question=Question(all_namespaces=True, selector="app=node-exporter"),
    groups=(
        Group(
            id=REPLICA.id,
            cause="other-host-network-pod",
            workload=EXPORTER,
            protocol=Protocol.TCP,
            port=9100,
            count=12,
            nodes=tuple(f"node-{number}" for number in range(1, 6)),
            omitted=7,
        ),
    ),
)
