"""The contract `hostnet-doctor.report/v1`: the JSON that other programs read, one struct for each object.

These structs are written apart from `hostnetdoctor.model`, so that a change inside the program cannot change the
JSON unnoticed. Fields and enum values may be added; nothing is renamed or removed. A field with a default was added
after the contract was first written down: a reader must expect reports without it. `docs/schemas/report-v1.json` is
made from this file, so every description below is text for the authors of other programs.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from hostnetdoctor.model import Confidence as ModelConfidence
from hostnetdoctor.model import ContainerType as ModelContainerType
from hostnetdoctor.model import EvidenceKind as ModelEvidenceKind
from hostnetdoctor.model import HolderKind as ModelHolderKind
from hostnetdoctor.model import Protocol as ModelProtocol

SCHEMA = "hostnet-doctor.report/v1"


def _open_enum(values: type[StrEnum], description: str) -> Meta:
    """Return the description of a text with known values to which later versions may add more."""
    known = [member.value for member in values]
    return Meta(description=description, extra_json_schema={"anyOf": [{"enum": known}, {"type": "string"}]})


Time = Annotated[datetime, Meta(tz=True, description="A moment in UTC (RFC 3339).")]
Confidence = Annotated[
    str,
    _open_enum(ModelConfidence, "How sure this is, strongest first. Read an unknown value as `possible`."),
]
Protocol = Annotated[
    str,
    _open_enum(ModelProtocol, "What the address belongs to; UNIX is a socket in the file system."),
]
ContainerType = Annotated[
    str,
    _open_enum(ModelContainerType, "How Kubernetes runs the container. Read an unknown value as `regular`."),
]
HolderKind = Annotated[
    str,
    _open_enum(ModelHolderKind, "What holds the address; `container` is one of the victim's own pod."),
]
EvidenceKind = Annotated[str, _open_enum(ModelEvidenceKind, "Where the fact was read.")]
Node = Annotated[str, Meta(description="The name of a node.")]
Port = Annotated[int, Meta(ge=0, le=65535)]


class _Part(msgspec.Struct, rename="camel", frozen=True, kw_only=True):
    """What all structs of the contract share: camelCase names, frozen, and unknown fields are passed over."""

    def _read_unknown(self, field: str, known: type[StrEnum], otherwise: str | None) -> None:
        """Replace a value that a later version of the tool added by the one that claims least."""
        value = getattr(self, field)
        if value is not None and value not in {member.value for member in known}:
            msgspec.structs.force_setattr(self, field, otherwise)


class Tool(_Part, frozen=True, kw_only=True):
    """The program that wrote the report."""

    name: str
    version: str


class Source(_Part, frozen=True, kw_only=True):
    """Where the facts come from."""

    kind: Annotated[str, Meta(description="`cluster` (live) or `files` (saved from one).")]
    context: Annotated[str | None, Meta(description="The context of the kubeconfig.")]
    server: Annotated[str | None, Meta(description="The address of the API server.")]
    server_version: str | None
    path: Annotated[str | None, Meta(description="The saved files.")]
    taken_at: Annotated[Time | None, Meta(description="When the facts were read, or saved from the cluster.")]


class Question(_Part, frozen=True, kw_only=True):
    """What was asked."""

    namespaces: Annotated[tuple[str, ...], Meta(description="Empty when all namespaces were meant.")]
    all_namespaces: bool
    selector: str | None
    name: Annotated[str | None, Meta(description="A pod, or `kind/name`.")]
    examine_all: Annotated[
        bool, Meta(description="Every container in scope was examined, whatever its state. Added field.")
    ] = False
    since: Annotated[
        timedelta, Meta(description="How old a restart still counted (ISO 8601 duration). Added field.")
    ] = timedelta(hours=1)


class Workload(_Part, frozen=True, kw_only=True):
    """The name of an object that owns pods, or that a patch is for."""

    api_version: str
    kind: str
    namespace: Annotated[str, Meta(description="Empty for objects that belong to no namespace.")]
    name: str


class Victim(_Part, frozen=True, kw_only=True):
    """The container that could not take its address."""

    namespace: str
    pod: str
    pod_uid: str
    container: Annotated[str | None, Meta(description="Null when nothing says which container of the pod it is.")]
    container_type: ContainerType
    workload: Annotated[Workload | None, Meta(description="The top owner of the pod; null for a bare pod.")]
    state: Annotated[str | None, Meta(description="In a few words, such as `CrashLoopBackOff`.")]
    restarts: int
    exit_code: int | None
    started_at: Time | None
    first_failure_at: Time | None
    last_failure_at: Time | None

    def __post_init__(self) -> None:
        """Read what a later version may have added."""
        self._read_unknown("container_type", ModelContainerType, ModelContainerType.REGULAR)


class Process(_Part, frozen=True, kw_only=True):
    """A process on a node."""

    name: str | None
    pid: int | None
    user: str | None
    unit: Annotated[str | None, Meta(description="The systemd unit.")]
    command_line: str | None


class Holder(_Part, frozen=True, kw_only=True):
    """Who has the address. Fields that do not apply to its kind are null."""

    kind: HolderKind
    confidence: Confidence
    namespace: str | None
    pod: str | None
    container: str | None
    workload: Annotated[Workload | None, Meta(description="The top owner of the holder's pod.")]
    service: Annotated[str | None, Meta(description="The name of a Service, in `namespace`.")]
    process: Process | None
    address: Annotated[str | None, Meta(description="The address that it has, as its own source words it.")]
    started_at: Time | None
    node: Annotated[Node | None, Meta(description="The node on which it has the address. Added field.")] = None
    state: Annotated[
        str | None, Meta(description="In a few words, such as `Ready since 2026-11-23T08:46:51Z`. Added field.")
    ] = None

    def __post_init__(self) -> None:
        """Read what a later version may have added."""
        self._read_unknown("kind", ModelHolderKind, ModelHolderKind.POD if self.pod else ModelHolderKind.PROCESS)
        self._read_unknown("confidence", ModelConfidence, ModelConfidence.POSSIBLE)


class Evidence(_Part, frozen=True, kw_only=True):
    """One fact, quoted."""

    kind: EvidenceKind
    where: Annotated[str, Meta(description="The place where the fact was read.")]
    text: Annotated[str, Meta(description="Its words; control and bidirectional characters are spelled out.")]

    def __post_init__(self) -> None:
        """Read what a later version may have added."""
        self._read_unknown("kind", ModelEvidenceKind, ModelEvidenceKind.CONVENTION)


class RuledOut(_Part, frozen=True, kw_only=True):
    """A candidate that was considered, and the fact that excludes it."""

    candidate: str
    because: str


class Patch(_Part, frozen=True, kw_only=True):
    """A change to one object."""

    target: Workload
    type: Annotated[str, Meta(description="As `kubectl patch --type` takes it: strategic, merge or json.")]
    body: Annotated[
        dict[str, Any] | tuple[dict[str, Any], ...],
        Meta(description="The patch itself; an array for the type json."),
    ]


class Remedy(_Part, frozen=True, kw_only=True):
    """A change that removes the cause."""

    id: str
    title: Annotated[str, Meta(description="What to do.")]
    why: Annotated[str, Meta(description="Why it helps, and what it costs.")]
    command: str | None
    patch: Patch | None


class TimelineEntry(_Part, frozen=True, kw_only=True):
    """Something that happened to the victim or a holder."""

    at: Time
    what: str


class Diagnosis(_Part, frozen=True, kw_only=True):
    """One failure explained. There is one for each victim container, protocol, and port or path."""

    id: Annotated[
        str,
        Meta(
            description="12 hex digits that stay the same between runs: a hash of the victim's top owner (or the pod "
            "if it has none), container, protocol, and port or path. Diagnoses with one id form a group."
        ),
    ]
    cause: Annotated[str, Meta(description="The id of the root cause in the catalogue.")]
    confidence: Confidence
    summary: Annotated[str, Meta(description="The answer in one sentence.")]
    why: Annotated[str, Meta(description="How it could come to this, in plain sentences. Added field.")] = ""
    node: Annotated[Node | None, Meta(description="Null for a pod that no node has.")]
    network: Annotated[str, Meta(description="Whose address it is: that of the `node`, or of the `pod` alone.")]
    protocol: Protocol | None
    port: Annotated[Port | None, Meta(description="Null when no source names it.")]
    addresses: Annotated[
        tuple[str, ...], Meta(description="As the program words them; empty when it does not say. Sorted.")
    ]
    path: Annotated[str | None, Meta(description="The path of a Unix socket.")]
    victim: Victim
    holders: Annotated[
        tuple[Holder, ...],
        Meta(
            description="Strongest first; empty when none is known, and all `possible` when the evidence does not "
            "decide between them."
        ),
    ]
    evidence: tuple[Evidence, ...]
    ruled_out: tuple[RuledOut, ...]
    remedies: Annotated[tuple[Remedy, ...], Meta(description="The one to try first comes first.")]
    next_steps: Annotated[
        tuple[str, ...], Meta(description="Commands that would raise the confidence, ready to paste.")
    ]
    timeline: tuple[TimelineEntry, ...]

    def __post_init__(self) -> None:
        """Read what a later version may have added."""
        self._read_unknown("confidence", ModelConfidence, ModelConfidence.POSSIBLE)
        self._read_unknown("protocol", ModelProtocol, None)


class Group(_Part, frozen=True, kw_only=True):
    """Diagnoses with one id: the same failure of one workload, in several pods."""

    id: str
    cause: str
    workload: Workload | None
    protocol: Protocol | None
    port: Port | None
    count: Annotated[int, Meta(description="How many failures there are, the omitted ones too.")]
    nodes: tuple[Node, ...]
    omitted: Annotated[int, Meta(description="How many of them are not in `diagnoses`.")]

    def __post_init__(self) -> None:
        """Read what a later version may have added."""
        self._read_unknown("protocol", ModelProtocol, None)


class NetworkListener(_Part, frozen=True, kw_only=True):
    """One line of a node's port map."""

    protocol: Protocol | None
    address: Annotated[str | None, Meta(description="Null when no source names it.")]
    port: Port | None
    pod: Annotated[str, Meta(description="`namespace/name`.")]
    container: str
    basis: Annotated[str, Meta(description="The strongest reason to believe that it listens there.")]

    def __post_init__(self) -> None:
        """Read what a later version may have added."""
        self._read_unknown("protocol", ModelProtocol, None)


class Network(_Part, frozen=True, kw_only=True):
    """Who listens, or says that it will listen, on a node of which something is reported."""

    node: Node
    listeners: tuple[NetworkListener, ...]


class NotLookedAt(_Part, frozen=True, kw_only=True):
    """Something that could not be read."""

    what: str
    namespace: str | None
    pod: str | None
    container: str | None
    node: Node | None
    why: str
    fix: Annotated[str | None, Meta(description="What would mend it.")]
    essential: Annotated[
        bool, Meta(description="The answer may be wrong without it; the exit code says so. Added field.")
    ] = False


class Counts(_Part, frozen=True, kw_only=True):
    """How much was looked at."""

    pods_seen: int
    suspects: Annotated[int, Meta(description="Containers that may have failed, so that their logs were read.")]
    failures: int
    diagnoses: int
    requests: Annotated[int, Meta(description="Sent to the API server.")]
    bytes: Annotated[int, Meta(description="Of answers read, unpacked.")]
    seconds: Annotated[float, Meta(description="How long the run took.")]
    nodes: Annotated[int, Meta(description="Nodes whose pods were read. Added field.")] = 0
    logs: Annotated[int, Meta(description="Logs that were read. Added field.")] = 0


class Report(_Part, frozen=True, kw_only=True):
    """The answer of `hostnet-doctor diagnose`: what was asked, what was found, and what could not be looked at.

    Readers ignore fields and values that they do not know. Lists are sorted; times are UTC.
    """

    schema: Annotated[str, Meta(description=f"Always `{SCHEMA}`.", extra_json_schema={"const": SCHEMA})] = SCHEMA
    tool: Tool
    generated_at: Time
    source: Source
    question: Question
    diagnoses: tuple[Diagnosis, ...]
    groups: tuple[Group, ...]
    networks: tuple[Network, ...]
    not_looked_at: tuple[NotLookedAt, ...]
    counts: Counts
    interrupted: Annotated[
        str | None,
        Meta(description="Why the run ended before everything was read; null when it did not. Added field."),
    ] = None
