"""The ticket systems by name, and who is meant by the words of a user."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module

from hostnetdoctor.errors import UsageError
from hostnetdoctor.extras.tickets.credentials import Credentials
from hostnetdoctor.extras.tickets.draft import draft
from hostnetdoctor.extras.tickets.target import Target, target
from hostnetdoctor.extras.tickets.ticket import Addressee, Message, System
from hostnetdoctor.model import Report


def system(name: str) -> System:
    """Return the system of this name, as targets spell it; only its own module is loaded."""
    found: System = import_module(f"hostnetdoctor.extras.tickets.{name}").SYSTEM
    return found


def addressees(targets: Iterable[str], environment: Mapping[str, str]) -> tuple[Addressee, ...]:
    """Return whom these targets mean, ready to be written to. Nothing is sent yet. Raises `UsageError`."""
    return tuple(_addressee(target(each), Credentials(environment)) for each in targets)


def _addressee(wanted: Target, credentials: Credentials) -> Addressee:
    found = system(wanted.system)
    try:
        ticket = found.opened(wanted, credentials)
    except ImportError as error:
        raise UsageError(
            f"The client for {found.name} is not installed.",
            fix="install it with: pip install 'hostnet-doctor[tickets]'",
        ) from error
    return Addressee(system=found, target=wanted, ticket=ticket, credentials=credentials)


def previews(report: Report, targets: Iterable[str]) -> str:
    """Return what would be sent to each of these targets, without credentials and without a network."""
    parsed = [target(each) for each in targets]
    return "\n".join(_preview(each, system(each.system).preview(draft(report))) for each in parsed)


def _preview(to: Target, message: Message) -> str:
    files = "".join(f"with the file {each.name} ({each.kind}, {len(each.content)} bytes)\n" for each in message.files)
    return f"{to}: would add this comment, or update its own with it ({message.markup}):\n\n{message.text}\n{files}"
