"""GitLab issues: a comment that links to two files, which are uploaded to the project first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from hostnetdoctor.errors import UsageError
from hostnetdoctor.extras.tickets import web
from hostnetdoctor.extras.tickets.credentials import Credentials
from hostnetdoctor.extras.tickets.draft import Attachment, Draft, Mark
from hostnetdoctor.extras.tickets.target import Target
from hostnetdoctor.extras.tickets.ticket import Comment, Message, System

if TYPE_CHECKING:
    from gitlab import Gitlab
    from gitlab.v4.objects import Project, ProjectIssue

_VARIABLES = "GITLAB_TOKEN, and GITLAB_HOST or CI_SERVER_URL for a server of your own"


def preview(draft: Draft, links: Sequence[str] = ()) -> Message:
    """Return the comment, with links to its files where they have been uploaded."""
    files = f"\n\nThe whole report: {', '.join(links)}" if links else ""
    return Message(markup="Markdown", text=f"{draft.summary}{files}\n\n<!-- {draft.mark} -->\n", files=draft.files)


def opened(target: Target, credentials: Credentials) -> GitLabIssue:
    """Return the issue. Nothing is asked yet."""
    from gitlab import Gitlab  # noqa: PLC0415 - only who needs the client loads it

    client = Gitlab(
        credentials.address(_server(credentials), what="GitLab", variables="GITLAB_HOST or CI_SERVER_URL"),
        private_token=_token(credentials),
        timeout=web.TIMEOUT,
        session=web.session(),
    )
    project, _, number = target.ticket.rpartition("#")
    return GitLabIssue(client=client, project=project, number=int(number))


def _server(credentials: Credentials) -> str:
    server = credentials.setting("GITLAB_HOST", "GITLAB_URL", "CI_SERVER_URL") or "https://gitlab.com"
    return server if "://" in server else f"https://{server}"


def _token(credentials: Credentials) -> str:
    token = credentials.secret("GITLAB_TOKEN", "GITLAB_PRIVATE_TOKEN")
    if token is None and credentials.secret("CI_JOB_TOKEN") is not None:
        raise UsageError(
            "GitLab lets no CI_JOB_TOKEN write to issues.",
            fix="give the job a project access token with the scope api, in a masked variable GITLAB_TOKEN",
        )
    return credentials.needed(token, what="The token for GitLab", variables=_VARIABLES)


@dataclass(kw_only=True)
class GitLabIssue:
    """One issue of a project."""

    client: Gitlab
    project: str
    number: int
    uploaded: dict[str, str] = field(default_factory=dict)  # links by file name, in case the comment is tried again

    def own_comments(self) -> Iterator[Comment]:
        """Return our own comments with a mark."""
        self.client.auth()
        own = self.client.user.id if self.client.user else None
        for note in self._issue().notes.list(iterator=True, sort="asc", order_by="created_at"):
            mark = Mark.found_in(note.body or "")
            if mark is not None and note.author["id"] == own:
                yield Comment(id=str(note.id), mark=mark, text=note.body)

    def add(self, draft: Draft) -> str:
        """Upload the files and add a comment that links to them."""
        return self._write(draft, None)

    def update(self, comment: Comment, draft: Draft) -> str:
        """Change our comment; files of the same report are not uploaded again."""
        return self._write(draft, comment)

    def _write(self, draft: Draft, comment: Comment | None) -> str:
        links, refused = self._links(draft.files, comment.text if comment else "")
        text = preview(draft, links).text
        if comment:
            self._issue().notes.update(int(comment.id), {"body": text})
        else:
            self._issue().notes.create({"body": text})
        if refused is not None:
            raise refused
        return "updated its own comment" if comment else f"added a comment with {len(links)} files"

    def _links(self, files: Sequence[Attachment], known: str) -> tuple[Sequence[str], web.FilesRefused | None]:
        links: list[str] = []
        try:
            for file in files:
                link = re.search(rf"\[[^\]]*\]\(/uploads/[\w/]+/{re.escape(file.name)}\)", known)
                with web.attaching(len(file.content)):
                    links.append(link[0] if link else self._upload(file))
        except web.FilesRefused as refused:
            return links, refused
        return links, None

    def _upload(self, file: Attachment) -> str:
        if file.name not in self.uploaded:
            self.uploaded[file.name] = str(self._project.upload(file.name, filedata=file.content)["markdown"])
        return self.uploaded[file.name]

    @cached_property
    def _project(self) -> Project:
        # Asked for, because the client gets the address of uploads wrong where it knows a project by name only.
        return self.client.projects.get(self.project)

    def _issue(self) -> ProjectIssue:
        return self._project.issues.get(self.number, lazy=True)


SYSTEM = System(
    name="GitLab",
    variables=_VARIABLES,
    rights="the role Reporter (or Guest, to comment only) in the project, and its token the scope api",
    preview=preview,
    opened=opened,
)
