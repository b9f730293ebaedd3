"""Where a report goes: `jira:OPS-1`, `github:owner/repo#7`, or an address of Apprise."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

from hostnetdoctor.errors import UsageError

# How each system names a ticket, with an example. Only such names get into the address of a request.
_TICKETS: Mapping[str, tuple[re.Pattern[str], str]] = {
    "jira": (re.compile(r"[A-Za-z][A-Za-z0-9_]*-\d+"), "jira:OPS-42"),
    "github": (re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+#\d+"), "github:owner/repository#42"),
    "gitlab": (re.compile(r"[A-Za-z0-9_][\w.-]*(/[\w.-]+)+#\d+"), "gitlab:group/project#42"),
    "redmine": (re.compile(r"\d+"), "redmine:42"),
    "rt": (re.compile(r"\d+"), "rt:42"),
    "apprise": (re.compile(r"[\w.-]*"), "apprise:oncall"),
}
_EXAMPLES = ", ".join(example for _, example in _TICKETS.values())


class Target(Struct, frozen=True, kw_only=True):
    """A ticket, or somebody to be told. `address` is an Apprise URL, which is a secret: it holds tokens and passwords."""

    system: str
    ticket: str
    address: str | None = None

    def __str__(self) -> str:
        """Return the target as it may be shown to anybody."""
        if self.address is not None:
            return f"{self.ticket}://..."
        return f"{self.system}:{self.ticket}"


def target(text: str) -> Target:
    """Return the target of this name. Raises `UsageError`, without saying what might be a secret."""
    system, colon, ticket = text.strip().partition(":")
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", system) and ticket.startswith("//"):
        return Target(system="apprise", ticket=system.lower(), address=text.strip())
    if not colon or system not in _TICKETS:
        raise UsageError(
            "--to and --attach take the name of a ticket or an Apprise URL.", fix=f"write it as {_EXAMPLES}"
        )
    pattern, example = _TICKETS[system]
    if not pattern.fullmatch(ticket):
        raise UsageError(f"This is no name of a ticket in {system}.", fix=f"write it as {example}")
    return Target(system=system, ticket=ticket.upper() if system == "jira" else ticket)
