"""What `hostnet-doctor scan` shows: the failures that logs report, file by file."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import force_setattr

from hostnetdoctor.model.cluster import Protocol
from hostnetdoctor.model.finding import FailureKind, visible

_TEXT_LIMIT = 1000  # characters of a log line; the file has the rest


class ScannedFailure(Struct, frozen=True, kw_only=True):
    """One failure to take an address, as the contract `hostnet-doctor.scan/v1` words it.

    `line` is the 1-based number of the first line that reports it, `count` how many do. What stands in a log is made
    visible when this is built, so that every format may show it.
    """

    file: str
    line: int
    count: int
    text: str
    pattern: str
    kind: FailureKind
    protocol: Protocol | None = None
    address: str | None = None
    port: int | None = None
    path: str | None = None
    fatal: bool | None = None

    def __post_init__(self) -> None:
        """Make hostile text safe to show, once and for every format."""
        for name in ("file", "text", "address", "path"):
            if (text := getattr(self, name)) is not None:
                force_setattr(self, name, visible(text, _TEXT_LIMIT))


class NotScanned(Struct, frozen=True, kw_only=True):
    """A file that could not be read, or a part of one: `line` is where that part is, None for a whole file."""

    file: str
    why: str
    line: int | None = None

    def __post_init__(self) -> None:
        """Make hostile text safe to show, once and for every format."""
        force_setattr(self, "file", visible(self.file, _TEXT_LIMIT))
        force_setattr(self, "why", visible(self.why, _TEXT_LIMIT))


class ScanResult(Struct, frozen=True, kw_only=True):
    """The answer of `scan`: the failures in the order of the files and their lines, and what was not looked at."""

    files: int
    failures: tuple[ScannedFailure, ...] = ()
    not_looked_at: tuple[NotScanned, ...] = ()

    @property
    def address_in_use(self) -> bool:
        """Return whether an address was found to be taken, which is what the exit code tells."""
        return any(failure.kind is FailureKind.ADDRESS_IN_USE for failure in self.failures)
