"""What is concluded: failures, claims to an address, findings with their evidence, and remedies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct
from msgspec.structs import force_setattr

from hostnetdoctor.model.cluster import ContainerType, Pod, Protocol, WorkloadRef

_EVIDENCE_LIMIT = 400  # characters: a line that fits a ticket; the log itself has the rest
# Characters that change how the text around them is shown: the bidirectional controls of Unicode (UAX 9),
# zero-width ones, and line separators.
HIDDEN = frozenset(
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u3164\ufeff\uffa0"
    + "".join(map(chr, range(0x180B, 0x180F)))
    + "".join(map(chr, range(0x202A, 0x202F)))
    + "".join(map(chr, range(0x2060, 0x2070)))
    + "".join(map(chr, range(0xFFF9, 0xFFFC)))
    + "".join(map(chr, range(0xE0000, 0xE0080)))
)


def visible(text: str, limit: int = _EVIDENCE_LIMIT) -> str:
    r"""Return hostile text as one line that can be shown: control and bidirectional characters spelled out.

    A tab becomes a space, a line break a visible `\n`, anything over `limit` characters is cut with an ellipsis.
    """
    if len(text) <= limit and text.isascii() and text.isprintable():
        return text  # nearly always, and a hundred times as fast
    # The limit counts what is shown, so that text which was made visible once stays as it is (a report read from JSON).
    shown = "".join(_shown(character) for character in text[: limit + 1])
    return shown if len(shown) <= limit else shown[: limit - 1] + "\u2026"


def _shown(character: str) -> str:
    if character == "\t":
        return " "
    code = ord(character)
    if code < 0x20 or 0x7F <= code < 0xA0:
        return {"\n": "\\n", "\r": "\\r"}.get(character, f"\\x{code:02x}")
    if character in HIDDEN or 0xD800 <= code < 0xE000:
        return f"\\u{code:04x}"
    return character


class FailureKind(StrEnum):
    """Why an address could not be taken. The first six are what a log can say, the last two come from a status."""

    ADDRESS_IN_USE = "address-in-use"
    PERMISSION_DENIED = "permission-denied"
    ADDRESS_NOT_AVAILABLE = "address-not-available"
    OPERATION_NOT_PERMITTED = "operation-not-permitted"
    FAMILY_NOT_SUPPORTED = "family-not-supported"
    OTHER = "other"
    UNSCHEDULABLE = "unschedulable"
    REJECTED = "rejected"


class Confidence(StrEnum):
    """How sure a finding is; what each level requires stands in docs/confidence.md."""

    PROVEN = "proven"
    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"

    @property
    def rank(self) -> int:
        """Return 0 for the strongest level and more for weaker ones, to sort by."""
        return _RANKS[self]


_RANKS = {level: rank for rank, level in enumerate(Confidence)}


class EvidenceKind(StrEnum):
    """Where a fact was read."""

    LOG = "log"
    SPEC = "spec"
    STATUS = "status"
    EVENT = "event"
    TIME = "time"
    SOCKET = "socket"
    CONFIG = "config"
    VERSION = "version"
    CONVENTION = "convention"


class Evidence(Struct, frozen=True, kw_only=True):
    """One fact: where it was read, and its words. Text is made visible and bounded when it is built."""

    kind: EvidenceKind
    where: str
    text: str

    def __post_init__(self) -> None:
        """Make hostile text safe to show, once and for every format."""
        force_setattr(self, "where", visible(self.where))
        force_setattr(self, "text", visible(self.text))


class BindFailure(Struct, frozen=True, kw_only=True):
    """One container's failure to take one address of its network.

    `addresses` are the IPs that the text names, as the program words them (`0.0.0.0`, `::`); empty where it
    does not say. `port` and `path` are None where no source names them. `first_at` and `last_at` are the first
    and the last dated sign of the failure; `latest_earliest` is the earliest moment at which the latest failure can
    have happened (equal to `last_at` when a log line is dated). `container` is None when nothing says which one.
    `inferred` marks a failure that no text states: the container crashes and its log cannot be read.
    `recovered_at` is when a later attempt began that got the address; None while the failure is still true.
    `by_runtime` marks one that the container runtime met on the node, when it set up the pod's hostPort.
    `port_by_settings` marks one whose text names no port, but whose container's settings name exactly one.
    """

    pod: Pod
    container: str | None
    kind: FailureKind
    protocol: Protocol | None
    addresses: tuple[str, ...]
    port: int | None
    path: str | None
    fatal: bool | None
    evidence: tuple[Evidence, ...]
    first_at: datetime | None = None
    last_at: datetime | None = None
    latest_earliest: datetime | None = None
    inferred: bool = False
    recovered_at: datetime | None = None
    by_runtime: bool = False
    port_by_settings: bool = False

    def __post_init__(self) -> None:
        """Refuse a failure that nothing shows."""
        if not self.evidence:
            raise ValueError("a bind failure needs evidence")

    @property
    def on_node(self) -> bool:
        """Whether the address is one of the node's network, and not of the pod's own."""
        return self.pod.spec.host_network or self.by_runtime

    @property
    def container_type(self) -> ContainerType:
        """Return how Kubernetes runs the failing container; regular where it is not known which one it is."""
        spec = self.pod.spec.container(self.container) if self.container else None
        return spec.type if spec else ContainerType.REGULAR


class Basis(StrEnum):
    """What a claim to an address rests on, strongest first; the weight of each is in listeners/claims.py."""

    SOCKET = "socket"
    LISTENING_LOG = "listening-log"
    EQUAL_SPEC = "equal-spec"
    DECLARED_PORT = "declared-port"
    ARGUMENT = "argument"
    PROBE = "probe"
    ENVIRONMENT = "environment"
    ANNOTATION = "annotation"
    CONFIG = "config"
    SAME_PROGRAM = "same-program"
    ONLY_NEIGHBOUR = "only-neighbour"
    MENTION = "mention"
    CONVENTION = "convention"


class Claim(Struct, frozen=True, kw_only=True):
    """One reason to believe that a container listens on an address, with the words that say so."""

    basis: Basis
    evidence: Evidence
    address: str | None = None
    at: datetime | None = None


class Listener(Struct, frozen=True, kw_only=True):
    """A container that has, or says it will take, a port of its network: all claims to that port together.

    `protocol` and `port` are None for an equal replica of a victim whose log names neither.
    """

    pod: Pod
    container: str
    protocol: Protocol | None
    port: int | None
    claims: tuple[Claim, ...]
    path: str | None = None

    @property
    def addresses(self) -> tuple[str, ...]:
        """Return the addresses that its claims name; empty where none does."""
        return tuple(sorted({claim.address for claim in self.claims if claim.address is not None}))


class Patch(Struct, frozen=True, kw_only=True):
    """A change to one object, as `kubectl patch --type` takes it."""

    target: WorkloadRef
    type: str  # strategic, merge or json
    body: Mapping[str, Any] | tuple[Mapping[str, Any], ...]


class Remedy(Struct, frozen=True, kw_only=True):
    """A change that removes the cause: what to do, why it helps and what it costs, and how."""

    id: str
    title: str
    why: str
    command: str | None = None
    patch: Patch | None = None


class HolderKind(StrEnum):
    """What holds an address."""

    POD = "pod"
    CONTAINER = "container"  # a container of the victim's own pod
    PROCESS = "process"
    SERVICE = "service"
    CONNECTION = "connection"
    FILE = "file"


class Process(Struct, frozen=True, kw_only=True):
    """A process on a node."""

    name: str | None = None
    pid: int | None = None
    user: str | None = None
    unit: str | None = None
    command_line: str | None = None


class Holder(Struct, frozen=True, kw_only=True):
    """Who has the address. Fields that do not apply to its kind are None."""

    kind: HolderKind
    confidence: Confidence
    namespace: str | None = None
    pod: str | None = None
    container: str | None = None
    workload: WorkloadRef | None = None
    service: str | None = None
    process: Process | None = None
    address: str | None = None
    started_at: datetime | None = None
    node: str | None = None
    state: str | None = None  # one plain phrase: "Ready since 08:46:51"


class Finding(Struct, frozen=True, kw_only=True):
    """One cause's answer for one failure: who holds the address, how sure that is, and why.

    `listeners` are containers that hold it, `holders` everything else that can: a process, a Service, a connection, a file.
    """

    cause: str
    confidence: Confidence
    summary: str
    why: str
    evidence: tuple[Evidence, ...]
    listeners: tuple[Listener, ...] = ()
    holders: tuple[Holder, ...] = ()
    remedies: Sequence[Remedy] = ()
    next_steps: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a finding that nothing shows."""
        if not self.evidence:
            raise ValueError(f"{self.cause}: a finding needs evidence")


class RuledOut(Struct, frozen=True, kw_only=True):
    """A candidate that was considered, and the fact that excludes it."""

    candidate: str
    because: str
