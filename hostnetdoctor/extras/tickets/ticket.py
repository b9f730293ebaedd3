"""What every ticket system can do for a report."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from msgspec import Struct

from hostnetdoctor.extras.tickets.credentials import Credentials
from hostnetdoctor.extras.tickets.draft import Attachment, Draft, Mark
from hostnetdoctor.extras.tickets.target import Target


class Comment(Struct, frozen=True, kw_only=True):
    """A comment that our own account wrote, with its mark."""

    id: str
    mark: Mark
    text: str = ""


class Message(Struct, frozen=True, kw_only=True):
    """A draft in a system's own markup, of which `markup` is the name."""

    markup: str
    text: str
    files: tuple[Attachment, ...] = ()


class Ticket(Protocol):
    """One ticket. Each call may raise what `web.py` lists, besides the errors of the transport."""

    def own_comments(self) -> Iterable[Comment]:
        """Return the comments with a mark that our own account wrote, the oldest first."""

    def add(self, draft: Draft) -> str:
        """Add a comment, and the files where the system takes files. Return what was done, in a few words."""

    def update(self, comment: Comment, draft: Draft) -> str:
        """Bring our own comment up to date, and the files with it. Return what was done, in a few words."""


class System(Struct, frozen=True, kw_only=True):
    """A ticket system: its name, what its account needs, and how to reach and preview it.

    `variables` are where its credentials come from, `rights` what the account must be allowed. `fixes_not_updates` says
    that a comment cannot be changed there, or nothing can be found again.
    """

    name: str
    variables: str
    rights: str
    preview: Callable[[Draft], Message]
    opened: Callable[[Target, Credentials], Ticket]


class Addressee(Struct, frozen=True, kw_only=True):
    """A target with all that is needed to write to it."""

    system: System
    target: Target
    ticket: Ticket
    credentials: Credentials
