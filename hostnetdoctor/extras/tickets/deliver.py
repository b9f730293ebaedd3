"""Puts a draft on a ticket: what is the same for all systems.

First it looks for our own comment on the same incident, and updates that one. After every trouble it looks again before
it writes again: a request that got no answer may have been done. Where the server may still be at work on it, nothing is
written a second time at all.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from hostnetdoctor.errors import CannotPost, DoctorError, UsageError
from hostnetdoctor.extras.tickets.credentials import Credentials
from hostnetdoctor.extras.tickets.draft import Draft
from hostnetdoctor.extras.tickets.target import Target
from hostnetdoctor.extras.tickets.ticket import Addressee, Comment, System, Ticket
from hostnetdoctor.extras.tickets.web import FilesRefused, Lost, Refused, Unusable, asking
from hostnetdoctor.report.phrases import shown

_TRIES = 3
_LONGEST_WAIT = 60  # seconds that a server may ask for, and that somebody with an incident will wait
_PAUSE = 2.0  # seconds before looking again after a lost connection
_AGAIN = "run it again later: it looks for its own comment first, so that nothing is posted twice"

Wait = Callable[[float], None]


@dataclass(slots=True, kw_only=True)
class _Delivery:
    """One draft on its way to one ticket."""

    ticket: Ticket
    draft: Draft
    under_way: bool = False  # a request of ours got no answer, and the server may still be at work on it

    def once(self) -> str:
        """Look for our own comment, and add or update it. Raises `Lost` also where writing again might post twice."""
        own = self._own_comment()
        if own is not None:
            return self._written(lambda: self.ticket.update(own, self.draft))
        if self.under_way:
            raise Lost("it did not answer, and the comment is not on the ticket yet", under_way=True)
        return self._written(lambda: self.ticket.add(self.draft))

    def _own_comment(self) -> Comment | None:
        with asking():
            same = [each for each in self.ticket.own_comments() if self.draft.mark.is_about_the_same(each.mark)]
        return same[-1] if same else None

    def _written(self, write: Callable[[], str]) -> str:
        try:
            with asking():
                return write()
        except Lost as lost:
            self.under_way = self.under_way or lost.under_way
            raise


def deliver(to: Addressee, draft: Draft, *, wait: Wait = time.sleep) -> str:
    """Put the draft on the ticket and return what was done. Raises `CannotPost`, or `UsageError` before anything is sent.

    No exception of a client goes further: they may hold addresses and headers, and with them secrets.
    """
    system, target, credentials = to.system, to.target, to.credentials
    try:
        return f"{target}: {_tried(_Delivery(ticket=to.ticket, draft=draft), wait)}."
    except DoctorError:
        raise
    except Refused as refused:
        raise _cannot(system, target, refused, credentials) from None
    except FilesRefused as refused:
        raise _without_files(system, target, refused, credentials) from None
    except Lost as lost:
        raise CannotPost(f"{target}: {system.name} was not reached: {lost.why}.", fix=_AGAIN) from None
    except Unusable:
        raise UsageError(
            f"{target}: a request with these credentials cannot be sent.", fix=f"check {system.variables}"
        ) from None
    except Exception as error:  # noqa: BLE001 - what a client raises besides is not listed anywhere
        words = shown(credentials.masked(f"{type(error).__name__}: {error}"))[:300]
        raise CannotPost(
            f"{target}: the client of {system.name} did not understand the answer: {words}",
            fix=f"check the address in {system.variables}",
        ) from None


def _tried(delivery: _Delivery, wait: Wait) -> str:
    for attempt in range(1, _TRIES):
        try:
            return delivery.once()
        except Refused as refused:
            if refused.status not in {429, 503} or refused.wait is None or refused.wait > _LONGEST_WAIT:
                raise
            wait(refused.wait)
        except Lost:
            wait(_PAUSE * attempt)
    return delivery.once()


def _cannot(system: System, target: Target, refused: Refused, credentials: Credentials) -> CannotPost:
    said = _said(refused.said, credentials)
    match refused.status:
        case 401:
            return CannotPost(
                f"{target}: {system.name} does not accept the credentials.", fix=f"check {system.variables}"
            )
        case 403:
            act = "write to" if refused.writing else "see"
            return CannotPost(f"{target}: this account may not {act} the ticket{said}.", fix=f"give it {system.rights}")
        case 404 | 410:
            return CannotPost(
                f"{target}: there is no such ticket, or this account may not see it.",
                fix=f"check the name; the account needs {system.rights}",
            )
        case 429 | 503 if refused.wait is not None:
            return CannotPost(
                f"{target}: {system.name} takes no more requests from here for {refused.wait:.0f} seconds.", fix=_AGAIN
            )
        case 429:
            return CannotPost(f"{target}: {system.name} takes no more requests from here for a while.", fix=_AGAIN)
        case status if 300 <= status < 400:
            return CannotPost(
                f"{target}: the address of {system.name} leads to another one, and credentials are not taken there.",
                fix=f"set the final address in {system.variables}",
            )
        case status if status >= 500:
            return CannotPost(f"{target}: {system.name} is in trouble itself (status {status}{said}).", fix=_AGAIN)
        case status:
            return CannotPost(f"{target}: {system.name} does not accept the comment (status {status}{said}).")


def _without_files(system: System, target: Target, refused: FilesRefused, credentials: Credentials) -> CannotPost:
    may_not = refused.status in {403, 404}
    return CannotPost(
        f"{target}: the comment is on the ticket, but {system.name} does not take a file of the report"
        f" ({refused.size / 1_000_000:.2f} MB, status {refused.status}{_said(refused.said, credentials)}).",
        fix=f"give the account {system.rights}"
        if may_not
        else "make a smaller report (one namespace with -n), or have the limit for attachments raised",
    )


def _said(words: str, credentials: Credentials) -> str:
    safe = shown(credentials.masked(words)).strip(" .")
    return f": {safe[:300]}" if safe else ""
