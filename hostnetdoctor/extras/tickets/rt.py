"""Request Tracker: a comment with two files in one step, seen by staff and not by the requestor.

Nothing that is on a ticket can be changed. So nothing is added where our newest comment gives the same answer; another
answer is added as a comment that says which one it replaces.

Plain requests do: https://docs.bestpractical.com/rt/5.0.3/RT/REST2.html. (The client on PyPI is GPL.)
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import Any

import requests

from hostnetdoctor.extras.tickets import web
from hostnetdoctor.extras.tickets.credentials import Credentials
from hostnetdoctor.extras.tickets.draft import Attachment, Draft, Mark
from hostnetdoctor.extras.tickets.markup import as_html
from hostnetdoctor.extras.tickets.target import Target
from hostnetdoctor.extras.tickets.ticket import Comment, Message, System

_VARIABLES = "RTSERVER, and RT_TOKEN or RTUSER and RTPASSWD"


def preview(draft: Draft, *, replaces: str | None = None) -> Message:
    """Return the comment."""
    lead = f"<p>This replaces the comment of transaction {replaces}.</p>\n" if replaces else ""
    return Message(markup="HTML", text=f"{lead}{as_html(draft.summary)}<!-- {draft.mark} -->\n", files=draft.files)


def opened(target: Target, credentials: Credentials) -> RtTicket:
    """Return the ticket. Nothing is asked yet."""
    url = credentials.address(
        credentials.setting("RTSERVER", "RT_SERVER", "RT_URL"), what="Request Tracker", variables="RTSERVER"
    )
    token = credentials.secret("RT_TOKEN")
    if token is not None:
        session = web.session(Authorization=f"token {token}")
        return RtTicket(session=session, url=f"{url}/REST/2.0", number=target.ticket, account=_owner_of(token))
    user = credentials.needed(
        credentials.setting("RTUSER", "RT_USER"), what="The account in Request Tracker", variables=_VARIABLES
    )
    password = credentials.needed(
        credentials.secret("RTPASSWD", "RT_PASSWORD"), what="The password for Request Tracker", variables=_VARIABLES
    )
    session = web.session()
    session.auth = (user, password)
    credentials.hide(f"{user}:{password}")
    return RtTicket(session=session, url=f"{url}/REST/2.0", number=target.ticket, account=user)


def _owner_of(token: str) -> str:
    """Return the number of the account that a token belongs to, which is its second part: `1-14-6a1e...`."""
    parts = token.split("-")
    return parts[1] if len(parts) > 2 else ""


@dataclass(kw_only=True)
class RtTicket:
    """One ticket of a Request Tracker. `account` is our own, by name or number."""

    session: requests.Session
    url: str
    number: str
    account: str

    def own_comments(self) -> Iterator[Comment]:
        """Return our own comments with a mark: only those are read that came with a file of ours."""
        self._get(f"/ticket/{self.number}")  # what follows is empty, and no error, for a ticket that is not there
        pieces = [each for each in self._pieces() if each["Creator"]["id"] == self._own_name]
        ours = {each["TransactionId"] for each in pieces if (each["Filename"] or "").startswith("hostnet-doctor-")}
        for piece in pieces:
            if piece["TransactionId"] in ours and piece["ContentType"] == "text/html" and not piece["Filename"]:
                mark = Mark.found_in(self._content(piece["id"]))
                if mark is not None:
                    yield Comment(id=str(piece["TransactionId"]), mark=mark)

    def add(self, draft: Draft) -> str:
        """Add a comment with both files."""
        self._comment(preview(draft), draft.title)
        return f"added a comment with {len(draft.files)} files"

    def update(self, comment: Comment, draft: Draft) -> str:
        """Add a comment that says which one it replaces; nothing when the newest one gives the same answer."""
        if comment.mark.answer == draft.mark.answer:
            return "has this answer already; nothing added"
        self._comment(preview(draft, replaces=comment.id), draft.title)
        return f"added a comment that replaces the one of transaction {comment.id}"

    @cached_property
    def _own_name(self) -> str:
        return str(self._get(f"/user/{self.account}")["Name"])

    def _comment(self, message: Message, title: str) -> None:
        body = {
            "Subject": title,
            "Content": message.text,
            "ContentType": "text/html",
            "Attachments": [
                {"FileName": file.name, "FileType": file.kind, "FileContent": base64.b64encode(file.content).decode()}
                for file in message.files
            ],
        }
        try:
            self.session.post(f"{self.url}/ticket/{self.number}/comment", json=body, timeout=web.TIMEOUT)
        except web.Refused as refused:
            if refused.status == 400 and "permission denied" in refused.said.lower():
                raise web.Refused(403, writing=True) from None
            raise
        self._refuse_lost_files(message.files)

    def _refuse_lost_files(self, files: Sequence[Attachment]) -> None:
        """Raise `FilesRefused` when a file was dropped or cut: the comment succeeds then, and only the history tells."""
        names = {each.name for each in files}
        for entry in self._listed("history", "Type,Data,OldValue"):
            if entry.get("Type") in {"AttachmentDrop", "AttachmentTruncate"} and entry.get("Data") in names:
                raise web.FilesRefused(int(entry.get("OldValue") or 0), status=413, said="")

    def _pieces(self) -> Iterator[Mapping[str, Any]]:
        """Return what the ticket's transactions consist of: texts and files, without their content."""
        return self._listed("attachments", "Filename,ContentType,TransactionId,Creator")

    def _listed(self, what: str, fields: str) -> Iterator[Mapping[str, Any]]:
        for page in count(1):
            # Only administrators are told how many pages there are.
            path = f"/ticket/{self.number}/{what}?fields={fields}&per_page=100&page={page}"
            found = self._get(path)["items"]
            yield from found
            if not found:
                return

    def _content(self, piece: str) -> str:
        content = self._get(f"/attachment/{piece}").get("Content") or ""
        return base64.b64decode(re.sub(r"\s", "", content)).decode(errors="replace")

    def _get(self, path: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.session.get(f"{self.url}{path}", timeout=web.TIMEOUT).json()
        return found


SYSTEM = System(
    name="Request Tracker",
    variables=_VARIABLES,
    rights="the rights ShowTicket, ShowTicketComments and CommentOnTicket",
    preview=preview,
    opened=opened,
)
