"""What the matcher knows and what it yields: patterns, and the failures that they find."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from hostnetdoctor.model import FailureKind, Protocol

# Groups of an expression that stand for an error in a program's own words.
KIND_GROUPS: Mapping[str, FailureKind] = {
    "in_use": FailureKind.ADDRESS_IN_USE,
    "denied": FailureKind.PERMISSION_DENIED,
    "not_available": FailureKind.ADDRESS_NOT_AVAILABLE,
}


class Place(Struct, frozen=True):
    """Where a program wanted to listen, as far as a text says it. An `address` keeps its family: `0.0.0.0`, `::`."""

    address: str | None = None
    port: int | None = None
    path: str | None = None
    protocol: Protocol | None = None

    @property
    def known(self) -> bool:
        """Return whether a port or the path of a socket is named."""
        return self.port is not None or self.path is not None


class BindMatch(Struct, frozen=True, kw_only=True):
    """One failure to take an address: what the text says about it, and in which lines.

    `line` is the 1-based number of the first line, `lines` the numbers of the first and the last repeat, `count` how
    often it is said. `text` is the first line without its prefixes; it is as hostile as the log that it comes from.
    """

    kind: FailureKind
    protocol: Protocol | None
    address: str | None
    port: int | None
    path: str | None
    fatal: bool | None
    line: int
    count: int
    text: str
    pattern: str
    lines: tuple[int, ...]


class Matched(Struct, frozen=True, kw_only=True):
    """What a text says: its failures in order of their first lines.

    `not_looked_at` are the numbers of lines that took too long to read. `unread` is a phrase that says why a stream could
    not be read to its end.
    """

    failures: tuple[BindMatch, ...] = ()
    not_looked_at: tuple[int, ...] = ()
    unread: str | None = None


class Example(Struct, frozen=True, kw_only=True):
    """A text that a pattern must match, and what it must yield from it."""

    text: str
    kind: FailureKind = FailureKind.ADDRESS_IN_USE
    protocol: Protocol | None = None
    address: str | None = None
    port: int | None = None
    path: str | None = None
    fatal: bool | None = None


class Pattern(Struct, frozen=True, kw_only=True):
    """One wording of a failure to take an address.

    `needles` are texts of which every matching line contains at least one, byte for byte as written here: upper and
    lower case count. `regex` is searched in a line without its prefixes. Its groups say where: `address` (host, host
    and port, URL or path), `port`, `path`, `protocol`. Without them the line and its neighbours are searched for an
    address. `kind` is None where the error's words decide; `otherwise` is the kind where they say nothing.
    `protocol` holds unless the text says another one. `in_trace` demands that the neighbouring lines are a stack trace
    that ends in bind() or listen(), for errors that name nothing themselves; `beside` is an expression that must match within
    300 characters, `after` one that one of the `within` lines before must match. A pattern for words of its own gives the kind by a group: `in_use`, `denied`,
    `not_available`; groups `ends` and `goes_on` stand for words that tell `fatal`. `sure` says that the wording is the program's own for this failure, so that no look-alike is feared;
    without `looks_around` only the line itself may name an address; `flush` leaves out
    far indented lines, which are prose of a manual;
    `alone` that it names no address, and that those of its neighbours are others.
    """

    id: str
    title: str
    needles: tuple[str, ...]
    regex: str
    kind: FailureKind | None = None
    otherwise: FailureKind | None = None
    protocol: Protocol | None = None
    fatal: bool | None = None
    searches: bool = True
    in_trace: bool = False
    beside: str | None = None
    after: str | None = None
    within: int = 10
    sure: bool = False
    looks_around: bool = True
    flush: bool = False
    alone: bool = False
    matches: tuple[Example, ...] = ()
    ignores: tuple[str, ...] = ()

    @property
    def needs_error(self) -> bool:
        """Return whether it matches only beside the words of an error, which lead to its lines by themselves."""
        named = any(f"(?P<{group}>" in self.regex for group in KIND_GROUPS)
        return self.kind is None and self.otherwise is None and not named
