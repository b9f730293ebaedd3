"""GitHub issues and pull requests. Files cannot be attached by its API, so the comment holds the whole report, folded."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hostnetdoctor.extras.tickets import web
from hostnetdoctor.extras.tickets.credentials import Credentials
from hostnetdoctor.extras.tickets.draft import Draft, Mark
from hostnetdoctor.extras.tickets.target import Target
from hostnetdoctor.extras.tickets.ticket import Comment, Message, System

if TYPE_CHECKING:
    from github import Github
    from github.Issue import Issue

_VARIABLES = "GH_TOKEN or GITHUB_TOKEN"
_LIMIT = 65_000  # characters; GitHub takes 65,536


def preview(draft: Draft) -> Message:
    """Return the comment: the summary, and the whole report behind a fold as far as it fits."""
    before = f"{draft.summary}\n\n<details><summary>The whole report</summary>\n\n"
    after = f"\n\n</details>\n\n<!-- {draft.mark} -->\n"
    whole = draft.whole(_LIMIT - len(before) - len(after))
    return Message(markup="Markdown", text=f"{before}{whole}{after}")


def opened(target: Target, credentials: Credentials) -> GitHubIssue:
    """Return the issue. Nothing is asked yet."""
    from github import Auth, Github  # noqa: PLC0415 - only who needs the client loads it

    token = credentials.needed(
        credentials.secret("GH_TOKEN", "GITHUB_TOKEN"), what="The token for GitHub", variables=_VARIABLES
    )
    host = credentials.setting("GH_HOST")
    api = credentials.setting("GITHUB_API_URL") or (
        f"https://{host}/api/v3" if host and host != "github.com" else "https://api.github.com"
    )
    client = Github(
        auth=Auth.Token(token),
        base_url=credentials.address(api, what="GitHub", variables="GITHUB_API_URL or GH_HOST"),
        timeout=web.TIMEOUT,
        retry=None,  # deliver.py looks before it tries again
        seconds_between_requests=None,
        lazy=True,
    )
    repository, _, number = target.ticket.partition("#")
    return GitHubIssue(client=client, repository=repository, number=int(number))


@dataclass(kw_only=True)
class GitHubIssue:
    """One issue of a repository."""

    client: Github
    repository: str
    number: int

    def own_comments(self) -> Iterator[Comment]:
        """Return our own comments with a mark."""
        with _in_our_words(writing=False):
            # REST's /user refuses the token of a workflow or an app; viewer knows all of them.
            _, answer = self.client.requester.graphql_query("query { viewer { login } }", {})
            own = answer["data"]["viewer"]["login"]
            for comment in self._issue().get_comments():
                mark = Mark.found_in(comment.body or "")
                if mark is not None and getattr(comment.user, "login", None) == own:
                    yield Comment(id=str(comment.id), mark=mark)

    def add(self, draft: Draft) -> str:
        """Add a comment."""
        with _in_our_words(writing=True):
            self._issue().create_comment(preview(draft).text)
        return "added a comment"

    def update(self, comment: Comment, draft: Draft) -> str:
        """Change our comment."""
        with _in_our_words(writing=True):
            self._issue().get_comment(int(comment.id)).edit(preview(draft).text)
        return "updated its own comment"

    def _issue(self) -> Issue:
        return self.client.get_repo(self.repository).get_issue(self.number)


@contextlib.contextmanager
def _in_our_words(*, writing: bool) -> Iterator[None]:
    """Turn the client's exceptions into `Refused`."""
    from github import GithubException  # noqa: PLC0415

    try:
        yield
    except GithubException as error:
        headers = error.headers or {}
        wait = web.wait_of(headers)
        limited = error.status in {403, 429} and (wait is not None or headers.get("x-ratelimit-remaining") == "0")
        said = error.data.get("message", "") if isinstance(error.data, dict) else ""
        raise web.Refused(429 if limited else error.status, writing=writing, said=str(said), wait=wait) from None


SYSTEM = System(
    name="GitHub",
    variables=_VARIABLES,
    rights="the right to write issues (in a workflow: permissions: issues: write)",
    preview=preview,
    opened=opened,
)
