"""Redmine: a note with two files in one step. Redmine 5.0 and later let an account change its own notes.

Plain requests do: https://www.redmine.org/projects/redmine/wiki/Rest_Issues, Rest_IssueJournals and Rest_api (uploads).
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import requests

from hostnetdoctor.extras.tickets import web
from hostnetdoctor.extras.tickets.credentials import Credentials
from hostnetdoctor.extras.tickets.draft import Attachment, Draft, Mark
from hostnetdoctor.extras.tickets.markup import Textile, converted
from hostnetdoctor.extras.tickets.target import Target
from hostnetdoctor.extras.tickets.ticket import Comment, Message, System

_VARIABLES = "REDMINE_URL and REDMINE_API_KEY"


def preview(draft: Draft, *, textile: bool = True) -> Message:
    """Return the note; every Redmine reads Textile or Markdown, as its administrator has chosen."""
    text = converted(draft.summary, Textile()) if textile else draft.summary
    markup = "Textile, or Markdown where the server uses that" if textile else "Markdown"
    return Message(markup=markup, text=f"{text}\n<!-- {draft.mark} -->\n", files=draft.files)


def opened(target: Target, credentials: Credentials) -> Issue:
    """Return the issue. Nothing is asked yet."""
    url = credentials.address(credentials.setting("REDMINE_URL"), what="Redmine", variables="REDMINE_URL")
    key = credentials.needed(
        credentials.secret("REDMINE_API_KEY"), what="The API key for Redmine", variables="REDMINE_API_KEY"
    )
    return Issue(session=web.session(**{"X-Redmine-API-Key": key}), url=url, number=target.ticket)


@dataclass(kw_only=True)
class Issue:
    """One issue of a Redmine."""

    session: requests.Session
    url: str
    number: str

    def own_comments(self) -> Iterator[Comment]:
        """Return our own notes with a mark."""
        own = self._get("/users/current.json")["user"]["id"]
        for journal in self._issue()["journals"]:
            mark = Mark.found_in(journal.get("notes") or "")
            if mark is not None and journal.get("user", {}).get("id") == own:
                yield Comment(id=str(journal["id"]), mark=mark)

    def add(self, draft: Draft) -> str:
        """Add a note with both files in one step, or without them where they are refused."""
        note = preview(draft, textile=self._textile).text
        uploads, refused = self._uploaded(draft.files)
        self._put(f"/issues/{self.number}.json", {"issue": {"notes": note, "uploads": uploads}})
        if refused is not None:
            raise refused
        return f"added a note with {len(uploads)} files"

    def update(self, comment: Comment, draft: Draft) -> str:
        """Change our note, add the files that are not there yet, and remove those of the earlier report."""
        note = preview(draft, textile=self._textile).text
        self._put(f"/journals/{comment.id}.json", {"journal": {"notes": note}})
        there = self._own_files()
        uploads, refused = self._uploaded([each for each in draft.files if each.name not in there])
        if uploads:
            self._put(f"/issues/{self.number}.json", {"issue": {"uploads": uploads}})
        if refused is not None:
            raise refused
        for name in set(comment.mark.file_names) & set(there) - set(draft.mark.file_names):
            with contextlib.suppress(web.Refused):  # some accounts may not delete even what is theirs
                self.session.delete(f"{self.url}/attachments/{there[name]}.json", timeout=web.TIMEOUT)
        return "updated its own note"

    @cached_property
    def _textile(self) -> bool:
        """Whether this Redmine reads Textile: the API does not tell, but the editor of its pages does."""
        page = self.session.get(f"{self.url}/issues/{self.number}", timeout=web.TIMEOUT).text
        return re.search(r"jstoolbar/(markdown|common_mark)", page) is None

    def _uploaded(self, files: Iterable[Attachment]) -> tuple[Sequence[Mapping[str, str]], web.FilesRefused | None]:
        """Upload files, of which nothing is seen until a note has them. Return those that went, and what was refused."""
        went: list[Mapping[str, str]] = []
        try:
            for file in files:
                with web.attaching(len(file.content)):
                    token = self._upload(file)
                went.append({"token": token, "filename": file.name, "content_type": file.kind})
        except web.FilesRefused as refused:
            return went, refused
        return went, None

    def _upload(self, file: Attachment) -> str:
        answer = self.session.post(
            f"{self.url}/uploads.json",
            params={"filename": file.name},
            data=file.content,
            headers={"Content-Type": "application/octet-stream"},
            timeout=web.TIMEOUT,
        )
        return str(answer.json()["upload"]["token"])

    def _own_files(self) -> Mapping[str, int]:
        own = self._get("/users/current.json")["user"]["id"]
        files = self._issue().get("attachments", ())
        return {each["filename"]: each["id"] for each in files if each.get("author", {}).get("id") == own}

    def _issue(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._get(f"/issues/{self.number}.json?include=journals,attachments")["issue"]
        return found

    def _get(self, path: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.session.get(f"{self.url}{path}", timeout=web.TIMEOUT).json()
        return found

    def _put(self, path: str, body: object) -> None:
        self.session.put(f"{self.url}{path}", json=body, timeout=web.TIMEOUT)


SYSTEM = System(
    name="Redmine",
    variables=_VARIABLES,
    rights="the rights to view issues, to add notes and to edit its own notes",
    preview=preview,
    opened=opened,
)
