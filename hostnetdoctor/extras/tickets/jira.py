"""Jira, Cloud and Data Center: a comment, and two files on the issue.

The second version of its API takes wiki markup on both. Jira hides nothing in a comment, so the mark is its last line, in
grey: what Cloud keeps of hidden things in wiki markup is not promised anywhere.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from hostnetdoctor.extras.tickets import web
from hostnetdoctor.extras.tickets.credentials import Credentials
from hostnetdoctor.extras.tickets.draft import Draft, Mark
from hostnetdoctor.extras.tickets.markup import JiraWiki, converted
from hostnetdoctor.extras.tickets.target import Target
from hostnetdoctor.extras.tickets.ticket import Comment, Message, System

if TYPE_CHECKING:
    from jira import JIRA
    from jira import Comment as JiraComment

_VARIABLES = "JIRA_URL, JIRA_API_TOKEN, and on Jira Cloud JIRA_EMAIL"
_PAGE = 100


def preview(draft: Draft) -> Message:
    """Return the comment."""
    text = converted(draft.summary, JiraWiki())
    return Message(
        markup="Jira wiki markup", text=f"{text}\n{{color:#97a0af}}{draft.mark}{{color}}\n", files=draft.files
    )


def opened(target: Target, credentials: Credentials) -> JiraIssue:
    """Return the issue. Nothing is asked yet."""
    from jira import JIRA  # noqa: PLC0415 - only who needs the client loads it

    url = credentials.address(credentials.setting("JIRA_URL", "JIRA_SERVER"), what="Jira", variables="JIRA_URL")
    token = credentials.needed(
        credentials.secret("JIRA_API_TOKEN", "JIRA_TOKEN"), what="The token for Jira", variables=_VARIABLES
    )
    user = credentials.setting("JIRA_EMAIL", "JIRA_USER")
    if user:
        credentials.hide(f"{user}:{token}")
    client = JIRA(
        server=url,
        basic_auth=(user, token) if user else None,
        token_auth=None if user else token,  # a personal access token of Data Center
        get_server_info=False,
        max_retries=0,  # deliver.py looks before it tries again
        timeout=web.TIMEOUT,
    )
    client._session.hooks["response"].append(web.refuse)  # noqa: SLF001 - the client has no other way to set one
    return JiraIssue(client=client, key=target.ticket)


@dataclass(kw_only=True)
class JiraIssue:
    """One issue."""

    client: JIRA
    key: str

    def own_comments(self) -> Iterator[Comment]:
        """Return our own comments with a mark."""
        for comment in self._comments():
            mark = Mark.found_in(comment.raw.get("body") or "")
            if mark is not None and self._is_own(comment.raw.get("author") or {}):
                yield Comment(id=str(comment.id), mark=mark)

    def add(self, draft: Draft) -> str:
        """Add a comment, then the files."""
        self.client.add_comment(self.key, preview(draft).text)
        self._attach(draft)
        return f"added a comment with {len(draft.files)} files"

    def update(self, comment: Comment, draft: Draft) -> str:
        """Change our comment, add the files that are not there yet, and remove those of the earlier report."""
        self.client.comment(self.key, comment.id).update(body=preview(draft).text)
        there = self._attach(draft)
        for name in set(comment.mark.file_names) & set(there) - set(draft.mark.file_names):
            self._remove(there[name])
        return "updated its own comment"

    def _comments(self) -> Iterator[JiraComment]:
        seen: set[str] = set()  # a server that knows no pages sends the first one again
        while page := [
            each
            for each in self.client.comments(self.key, start_at=len(seen), max_results=_PAGE)
            if each.id not in seen
        ]:
            seen.update(each.id for each in page)
            yield from page

    def _attach(self, draft: Draft) -> Mapping[str, str]:
        """Add the files that are not there yet, and return all that were there by name."""
        there = self._own_files()
        for file in draft.files:
            if file.name not in there:
                with web.attaching(len(file.content)):
                    self.client.add_attachment(self.key, io.BytesIO(file.content), filename=file.name)
        return there

    def _remove(self, number: str) -> None:
        try:
            self.client.delete_attachment(number)
        except web.Refused as refused:
            if refused.status not in {403, 404}:  # some accounts may not delete even what is theirs
                raise

    def _own_files(self) -> Mapping[str, str]:
        fields = self.client.issue(self.key, fields="attachment").raw["fields"]
        return {
            each["filename"]: str(each["id"])
            for each in fields.get("attachment") or ()
            if self._is_own(each.get("author") or {})
        }

    @cached_property
    def _own(self) -> Mapping[str, Any]:
        return self.client.myself()

    def _is_own(self, author: Mapping[str, Any]) -> bool:
        # Cloud knows accounts by accountId, Data Center by key.
        return any(author.get(name) and author.get(name) == self._own.get(name) for name in ("accountId", "key"))


SYSTEM = System(
    name="Jira",
    variables=_VARIABLES,
    rights="the permissions Browse Projects, Add Comments, Edit Own Comments and Create Attachments",
    preview=preview,
    opened=opened,
)
