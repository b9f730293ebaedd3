"""Chats, pagers and mail by an Apprise URL: one line for each failure. What was sent cannot be found again or changed.

`apprise:` takes the addresses of the variable APPRISE_URLS, `apprise:TAG` those with a tag in Apprise's own configuration.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

from hostnetdoctor.errors import CannotPost, UsageError
from hostnetdoctor.extras.tickets.credentials import Credentials
from hostnetdoctor.extras.tickets.draft import Draft
from hostnetdoctor.extras.tickets.target import Target
from hostnetdoctor.extras.tickets.ticket import Comment, Message, System

if TYPE_CHECKING:
    from apprise import Apprise, NotifyBase

_LINES = 10  # as many as anybody reads in a chat
_ADDRESS_FIX = "https://appriseit.com lists the form of each service's address"
# Where the command `apprise` looks.
_CONFIGURATIONS = (
    "~/.apprise",
    "~/.apprise.yml",
    "~/.config/apprise",
    "~/.config/apprise.yml",
    "/etc/apprise.yml",
    "/etc/apprise.conf",
)


def preview(draft: Draft) -> Message:
    """Return the message: plain words, in which nothing calls a whole channel."""
    lines = draft.line.splitlines()
    hidden = len(lines) - _LINES
    text = "\n".join([*lines[:_LINES], *([f"and {hidden} more"] if hidden > 0 else [])])
    return Message(markup="plain text", text=re.sub(r"(?<=[@<])(?=[a-zA-Z!@#&])", " ", text))


def opened(target: Target, credentials: Credentials) -> Told:
    """Return whom to tell. Nothing is sent yet."""
    from apprise import Apprise, AppriseAsset, AppriseConfig  # noqa: PLC0415 - only who needs the client loads it

    told = Apprise(asset=AppriseAsset(async_mode=False))
    if target.address is None and target.ticket:
        told.add(AppriseConfig(paths=_configurations(credentials)))
        return Told(told=told, target=target, tag=target.ticket)
    addresses = [target.address] if target.address else re.split(r"[\s,]+", credentials.secret("APPRISE_URLS") or "")
    for address in filter(None, addresses):
        _hide(address, credentials)
        if not told.add(address):
            raise UsageError(f"{target}: Apprise does not understand this address.", fix=_ADDRESS_FIX)
    if not told:
        raise UsageError(
            "apprise: has nobody to tell.", fix="set APPRISE_URLS, or name a tag of Apprise's own configuration"
        )
    return Told(told=told, target=target)


def _configurations(credentials: Credentials) -> list[str]:
    paths = re.split(r"[\r\n;]+", credentials.setting("APPRISE_CONFIG_PATH") or ";".join(_CONFIGURATIONS))
    return [str(path) for path in (Path(each).expanduser() for each in paths) if path.is_file()]


def _hide(address: str, credentials: Credentials) -> None:
    """Keep everything out of messages that may be a secret in an address: all but the service's name and host."""
    parts = urlsplit(address)
    words = [parts.netloc.rpartition("@")[0], *parts.netloc.rpartition("@")[0].split(":"), *parts.path.split("/")]
    for secret in [address, *words, *(value for _, value in parse_qsl(parts.query))]:
        credentials.hide(secret)
        credentials.hide(unquote(secret))


@dataclass(kw_only=True)
class Told:
    """All services that one target means."""

    told: Apprise
    target: Target
    tag: str | None = None

    def own_comments(self) -> Iterable[Comment]:
        """Return nothing: what was sent cannot be read."""
        return ()

    def add(self, draft: Draft) -> str:
        """Tell each service once, and none twice. Raises `CannotPost` when any was not told."""
        services = list(self._services())
        if not services:
            raise UsageError(f"{self.target}: no address has this tag.", fix="check Apprise's configuration")
        problems = [why for service in services if (why := _told(service, draft)) is not None]
        if problems:
            raise CannotPost(
                f"{self.target}: {len(problems)} of {len(services)} not told: {problems[0]}.", fix=_ADDRESS_FIX
            )
        return f"told {len(services)}"

    def update(self, comment: Comment, draft: Draft) -> str:  # noqa: ARG002 - nothing is ever found again
        """Tell them again."""
        return self.add(draft)

    def _services(self) -> Iterator[NotifyBase]:
        found: Iterator[NotifyBase] = self.told.find(tag=self.tag) if self.tag else iter(self.told)
        return found


def _told(service: NotifyBase, draft: Draft) -> str | None:
    """Tell one service. Return why it was not told, without the client's own words, which may hold the address."""
    from apprise import LogCapture, logging  # noqa: PLC0415

    with LogCapture(level=logging.WARNING) as said:  # type: ignore[no-untyped-call] # its only way to say why
        done = service.notify(body=preview(draft).text, title=draft.title)
        status = re.search(r"error=(\d{3})", said.getvalue())
    if done:
        return None
    name = str(getattr(service, "service_name", None) or "the service")
    match status and status[1]:
        case None:
            return f"{name} was not reached"
        case "401" | "403":
            return f"{name} does not accept the token or password in the address"
        case "404":
            return f"{name} does not know this channel or receiver"
        case "429":
            return f"{name} takes no more messages for a while"
        case code:
            return f"{name} answered with status {code}"


SYSTEM = System(
    name="Apprise",
    variables="APPRISE_URLS",
    rights="the right to post there",
    preview=preview,
    opened=opened,
)
