"""A report by hand in which every text from outside is an attack."""

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
    Network,
    NetworkListener,
    NotLookedAt,
    Patch,
    Process,
    Protocol,
    Question,
    Remedy,
    RuledOut,
    TimelineEntry,
    Tool,
    Victim,
    WorkloadRef,
)
from tests.report.origin import FILES, at, report

_ATTACK = (
    "\x1b[31mred\x1b[0m \u202egnp.exe `code` ``two`` ```\n# heading\n[link](javascript:alert(1)) "
    "<script>alert('x')</script> &lt; @everyone fix #12 octo/repo#3 https://evil.example www.evil.example "
    "a@b.example ~~x~~ **b** _i_ | cell | {code} :100: [bold]rich[/bold] deadbeef1 $x^2$ ![i](u) GH-7 '\"\\"
)


def _with_attack(prefix: str) -> str:
    return f"{prefix} {_ATTACK}"


_HOSTILE_WORKLOAD = WorkloadRef(
    api_version=_with_attack("example.com/v1"),
    kind=_with_attack("Kind"),
    namespace=_with_attack("ns"),
    name=_with_attack("workload"),
)

_HOSTILE = Diagnosis(
    id="000000000000",
    cause=_with_attack("cause"),
    confidence=Confidence.LIKELY,
    summary=_with_attack("summary"),
    why=_with_attack("1. why"),
    node=_with_attack("node"),
    network="node",
    protocol=Protocol.UNIX,
    port=None,
    addresses=(_with_attack("0.0.0.0"),),
    path=_with_attack("/run/x"),
    victim=Victim(
        namespace=_with_attack("ns"),
        pod=_with_attack("pod"),
        pod_uid=_with_attack("uid"),
        container=_with_attack("container"),
        container_type=ContainerType.SIDECAR,
        workload=_HOSTILE_WORKLOAD,
        state=_with_attack("state"),
        restarts=1,
    ),
    holders=(
        Holder(
            kind=HolderKind.PROCESS,
            confidence=Confidence.LIKELY,
            process=Process(
                name=_with_attack("name"),
                pid=1,
                user=_with_attack("user"),
                unit=_with_attack("unit"),
                command_line=_with_attack("command"),
            ),
            address=_with_attack("address"),
            workload=_HOSTILE_WORKLOAD,
            node=_with_attack("elsewhere"),
            state=_with_attack("holder state"),
        ),
        Holder(
            kind=HolderKind.SERVICE,
            confidence=Confidence.POSSIBLE,
            namespace=_with_attack("service ns"),
            service=_with_attack("service"),
        ),
        Holder(
            kind=HolderKind.POD,
            confidence=Confidence.POSSIBLE,
            namespace=_with_attack("holder ns"),
            pod=_with_attack("holder pod"),
            container=_with_attack("holder container"),
        ),
        Holder(
            kind=HolderKind.CONTAINER,
            confidence=Confidence.POSSIBLE,
            namespace="ns",
            pod=_with_attack("pod"),
            container=_with_attack("sibling"),
        ),
        Holder(kind=HolderKind.FILE, confidence=Confidence.POSSIBLE, address=_with_attack("/run/y")),
        Holder(
            kind=HolderKind.CONNECTION,
            confidence=Confidence.POSSIBLE,
            namespace="ns",
            pod=_with_attack("peer"),
        ),
    ),
    evidence=(
        Evidence(kind=EvidenceKind.LOG, where=_with_attack("where"), text=_with_attack("text")),
        Evidence(kind=EvidenceKind.CONFIG, where="a long line", text="A" * 1_000_000),
    ),
    ruled_out=(RuledOut(candidate=_with_attack("candidate"), because=_with_attack("because")),),
    remedies=(
        Remedy(
            id="hostile",
            title=_with_attack("title"),
            why=_with_attack("- why"),
            command=_with_attack("echo"),
            patch=Patch(target=_HOSTILE_WORKLOAD, type="merge", body={"metadata": {"annotations": {"note": _ATTACK}}}),
        ),
    ),
    next_steps=(_with_attack("next"),),
    timeline=(TimelineEntry(at=at(9, 0, 0), what=_with_attack("what")),),
)

HOSTILE = report(
    _HOSTILE,
    tool=Tool(name=_with_attack("tool"), version=_with_attack("version")),
    source=replace(
        FILES,
        path=_with_attack("path"),
        context=_with_attack("context"),
        server=_with_attack("server"),
        server_version=_with_attack("server version"),
    ),
    question=Question(namespaces=(_with_attack("asked"),), selector=_with_attack("selector"), name=_with_attack("who")),
    not_looked_at=(
        NotLookedAt(
            what=_with_attack("what"),
            why=_with_attack("why"),
            fix=_with_attack("fix"),
            pod=_with_attack("pod"),
            namespace=_with_attack("ns"),
            container=_with_attack("container"),
            node=_with_attack("node"),
            essential=True,
        ),
    ),
    groups=(
        Group(
            id="000000000000",
            cause=_with_attack("cause"),
            workload=_HOSTILE_WORKLOAD,
            protocol=Protocol.UNIX,
            port=None,
            count=1,
            nodes=(_with_attack("node"),),
        ),
    ),
    networks=(
        Network(
            node=_with_attack("node"),
            listeners=(
                NetworkListener(
                    protocol=Protocol.TCP,
                    address=_with_attack("0.0.0.0"),
                    port=80,
                    pod=_with_attack("listener ns/pod"),
                    container=_with_attack("listener container"),
                    basis=_with_attack("basis"),
                ),
            ),
        ),
    ),
    interrupted=_with_attack("interrupted"),
)
