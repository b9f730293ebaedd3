"""The report of the origin scenario, by hand, and what the other reports by hand are made from."""

from __future__ import annotations

from datetime import UTC, datetime

from msgspec.structs import replace

from hostnetdoctor.model import (
    Confidence,
    ContainerType,
    Counts,
    Diagnosis,
    Evidence,
    EvidenceKind,
    Group,
    Holder,
    HolderKind,
    Network,
    NetworkListener,
    NotLookedAt,
    Patch,
    Protocol,
    Question,
    Remedy,
    Report,
    RuledOut,
    Source,
    TimelineEntry,
    Tool,
    Victim,
    WorkloadRef,
)

NGINX = WorkloadRef(api_version="apps/v1", kind="Deployment", namespace="default", name="nginx")
EXPORTER = WorkloadRef(api_version="apps/v1", kind="DaemonSet", namespace="monitoring", name="node-exporter")
GATEWAY = WorkloadRef(api_version="apps/v1", kind="Deployment", namespace="edge", name="gateway")

CLUSTER = Source(
    kind="cluster",
    context="prod-fra",
    server="https://10.0.0.1:6443",
    server_version="v1.34.1",
    taken_at=datetime(2026, 11, 23, 9, 15, 2, tzinfo=UTC),
)
FILES = Source(kind="files", path="dump-2026-11-23", taken_at=datetime(2026, 11, 23, 9, 15, 2, tzinfo=UTC))
TOOL = Tool(name="hostnet-doctor", version="0.1.0")


def at(hour: int, minute: int, second: int, day: int = 23) -> datetime:
    return datetime(2026, 11, day, hour, minute, second, tzinfo=UTC)


def report(*diagnoses: Diagnosis, **others: object) -> Report:
    base = Report(
        tool=TOOL,
        generated_at=at(9, 15, 4),
        source=CLUSTER,
        question=Question(namespaces=("default",)),
        diagnoses=diagnoses,
        counts=Counts(
            pods_seen=61,
            suspects=2,
            failures=len(diagnoses),
            diagnoses=len(diagnoses),
            requests=14,
            bytes=48211,
            seconds=0.8,
            nodes=3,
            logs=4,
        ),
    )
    return replace(base, **others)


_DECLARED_PORT = Patch(
    target=NGINX,
    type="strategic",
    body={
        "spec": {
            "strategy": {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}},
            "template": {
                "spec": {
                    "containers": [
                        {"name": "nginx", "ports": [{"containerPort": 80, "hostPort": 80, "protocol": "TCP"}]}
                    ]
                }
            },
        }
    },
)

REPLICA = Diagnosis(
    id="3f1c9a0b77de",
    cause="replica-on-same-node",
    confidence=Confidence.CERTAIN,
    summary="default/nginx-7c9b4-k4x (container nginx) cannot listen on port 80/TCP of node-3: another replica has it.",
    why="4 replicas, 3 nodes that they may run on. The template declares no port, so the scheduler did not keep them "
    "apart.",
    node="node-3",
    network="node",
    protocol=Protocol.TCP,
    port=80,
    addresses=("0.0.0.0", "::"),
    path=None,
    victim=Victim(
        namespace="default",
        pod="nginx-7c9b4-k4x",
        pod_uid="5a0c1d5e-5b0e-4a57-9b0e-0f6f3a1f6d11",
        container="nginx",
        container_type=ContainerType.REGULAR,
        workload=NGINX,
        state="CrashLoopBackOff",
        restarts=13,
        exit_code=1,
        started_at=at(9, 12, 30),
        first_failure_at=at(8, 47, 3),
        last_failure_at=at(9, 12, 31),
    ),
    holders=(
        Holder(
            kind=HolderKind.POD,
            confidence=Confidence.CERTAIN,
            namespace="default",
            pod="nginx-7c9b4-x2p",
            container="nginx",
            workload=NGINX,
            started_at=at(8, 46, 50),
            node="node-3",
            state="Ready since 2026-11-23T08:46:51Z",
        ),
    ),
    evidence=(
        Evidence(
            kind=EvidenceKind.LOG,
            where="nginx, attempt 13, 09:12:31",
            text="bind() to 0.0.0.0:80 failed (98: Address in use)",
        ),
        Evidence(
            kind=EvidenceKind.LOG,
            where="nginx, attempt 13, 09:12:31",
            text="bind() to [::]:80 failed (98: Address in use)",
        ),
        Evidence(kind=EvidenceKind.STATUS, where="nginx-7c9b4-x2p", text="has not restarted since it became Ready"),
        Evidence(
            kind=EvidenceKind.SPEC,
            where="both pods",
            text="same template, hostNetwork: true, both on node-3",
        ),
    ),
    ruled_out=(
        RuledOut(candidate="kube-system/node-exporter-9f2", because="listens on 9100 only"),
        RuledOut(candidate="kube-system/kube-proxy-t8w", because="listens on 10249 and 10256 only"),
    ),
    remedies=(
        Remedy(
            id="fewer-replicas",
            title="run at most one replica a node (capacity goes from 4 to 3):",
            why="",
            command="kubectl -n default scale deployment nginx --replicas=3",
        ),
        Remedy(
            id="declare-port",
            title="declare the port, so that a fourth one waits instead of crashing:",
            why="The scheduler keeps pods with equal host ports on different nodes. Old pods have to go first, so the "
            "rollout may not add one more.",
            patch=_DECLARED_PORT,
        ),
    ),
    next_steps=(),
    timeline=(
        TimelineEntry(at=at(8, 46, 51), what="nginx-7c9b4-x2p became Ready"),
        TimelineEntry(at=at(8, 47, 3), what="nginx-7c9b4-k4x failed for the first time"),
        TimelineEntry(at=at(9, 12, 31), what="nginx-7c9b4-k4x failed for the 13th time"),
    ),
)

ORIGIN = report(
    REPLICA,
    groups=(
        Group(
            id=REPLICA.id,
            cause=REPLICA.cause,
            workload=NGINX,
            protocol=Protocol.TCP,
            port=80,
            count=1,
            nodes=("node-3",),
        ),
    ),
    networks=(
        Network(
            node="node-3",
            listeners=(
                NetworkListener(
                    protocol=Protocol.TCP,
                    address="0.0.0.0",
                    port=80,
                    pod="default/nginx-7c9b4-x2p",
                    container="nginx",
                    basis="equal-spec",
                ),
                NetworkListener(
                    protocol=Protocol.TCP,
                    address=None,
                    port=9100,
                    pod="kube-system/node-exporter-9f2",
                    container="node-exporter",
                    basis="declared-port",
                ),
            ),
        ),
    ),
    not_looked_at=(
        NotLookedAt(
            what="previous log",
            why="The kubelet has no log of the attempt before the last one.",
            namespace="default",
            pod="nginx-7c9b4-k4x",
            container="nginx",
            node="node-3",
        ),
    ),
)
