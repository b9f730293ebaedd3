"""What is shown: the report that every format renders and that JSON carries whole.

The fields are those of the contract `hostnet-doctor.report/v1`; fields may be added, none is renamed or removed.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from hostnetdoctor.model.cluster import ContainerType, Protocol, WorkloadRef
from hostnetdoctor.model.finding import Confidence, Evidence, Holder, Remedy, RuledOut


class Question(Struct, frozen=True, kw_only=True):
    """What the user asks: whose bind failures, in which namespaces.

    `namespaces` is empty when all are meant. `name` is a pod's name or `kind/name`. With `examine_all` every
    container in scope is read whatever its state. `since` is how old a restart still counts.
    """

    namespaces: tuple[str, ...] = ()
    all_namespaces: bool = False
    selector: str | None = None
    name: str | None = None
    examine_all: bool = False
    since: timedelta = timedelta(hours=1)


class Tool(Struct, frozen=True, kw_only=True):
    """The program that wrote a report."""

    name: str
    version: str


class Source(Struct, frozen=True, kw_only=True):
    """Where the facts come from. `kind` is cluster or files; `taken_at` is when the source was read or saved."""

    kind: str
    context: str | None = None
    server: str | None = None
    server_version: str | None = None
    path: str | None = None
    taken_at: datetime | None = None


class Victim(Struct, frozen=True, kw_only=True):
    """The container that could not take its address."""

    namespace: str
    pod: str
    pod_uid: str
    container: str | None
    container_type: ContainerType
    workload: WorkloadRef | None = None
    state: str | None = None
    restarts: int = 0
    exit_code: int | None = None
    started_at: datetime | None = None
    first_failure_at: datetime | None = None
    last_failure_at: datetime | None = None


class TimelineEntry(Struct, frozen=True, kw_only=True):
    """Something that happened to the victim or a holder."""

    at: datetime
    what: str


class Diagnosis(Struct, frozen=True, kw_only=True):
    """One failure explained. There is one per victim container, protocol, and port or path."""

    id: str
    cause: str
    confidence: Confidence
    summary: str
    why: str
    node: str | None
    network: str  # node or pod
    protocol: Protocol | None
    port: int | None
    addresses: tuple[str, ...]
    path: str | None
    victim: Victim
    holders: tuple[Holder, ...]
    evidence: tuple[Evidence, ...]
    ruled_out: tuple[RuledOut, ...]
    remedies: tuple[Remedy, ...]
    next_steps: tuple[str, ...]
    timeline: tuple[TimelineEntry, ...]


class Group(Struct, frozen=True, kw_only=True):
    """Diagnoses with one id: the same failure of one workload, in several pods. `omitted` are not in `diagnoses`."""

    id: str
    cause: str
    workload: WorkloadRef | None
    protocol: Protocol | None
    port: int | None
    count: int
    nodes: tuple[str, ...]
    omitted: int = 0


class NetworkListener(Struct, frozen=True, kw_only=True):
    """One line of a node's port map. `basis` is the strongest reason to believe it."""

    protocol: Protocol | None
    address: str | None
    port: int | None
    pod: str
    container: str
    basis: str


class Network(Struct, frozen=True, kw_only=True):
    """Who listens, or says it will listen, on a node of which something is reported."""

    node: str
    listeners: tuple[NetworkListener, ...]


class NotLookedAt(Struct, frozen=True, kw_only=True):
    """Something that could not be read, why, and what would mend it. `essential`: the answer may be wrong without it."""

    what: str
    why: str
    fix: str | None = None
    namespace: str | None = None
    pod: str | None = None
    container: str | None = None
    node: str | None = None
    essential: bool = False


class Counts(Struct, frozen=True, kw_only=True):
    """How much was looked at. `seconds` is the time that the run took."""

    pods_seen: int = 0
    suspects: int = 0
    failures: int = 0
    diagnoses: int = 0
    requests: int = 0
    bytes: int = 0
    seconds: float = 0.0
    nodes: int = 0
    logs: int = 0


class Report(Struct, frozen=True, kw_only=True):
    """The answer: what was asked, what was found, and what could not be looked at.

    `interrupted` is set when the user or the time limit ended the run before everything was read.
    """

    tool: Tool
    generated_at: datetime
    source: Source
    question: Question
    diagnoses: tuple[Diagnosis, ...] = ()
    groups: tuple[Group, ...] = ()
    networks: tuple[Network, ...] = ()
    not_looked_at: tuple[NotLookedAt, ...] = ()
    counts: Counts = Counts()
    interrupted: str | None = None
