"""Ticket systems on 127.0.0.1 that follow the published API of each, as much of it as `attach` uses.

Jira: https://developer.atlassian.com/cloud/jira/platform/rest/v2, GitHub: https://docs.github.com/rest/issues/comments,
GitLab: https://docs.gitlab.com/api/notes, Redmine and Request Tracker: as the real ones answered in tests/e2e.
"""

from __future__ import annotations

import base64
import contextlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.collect.api_server import Answer, ApiServer, Asked, json_answer, serving

SECRET = "planted-secret-0123456789"  # noqa: S105 - it is one for the tests to find


@dataclass(slots=True, kw_only=True)
class Board:
    """One system with one ticket. `comments` and `files` are what is on it, by number; `me` is our own account.

    `faults` are the answers to the next writes of a comment: each stands for one that is not done, or with `done` one that
    is done although the answer says something else.
    """

    api: ApiServer
    target: str
    environment: dict[str, str] = field(default_factory=dict)
    comments: dict[str, dict[str, str]] = field(default_factory=dict)
    files: dict[str, dict[str, str]] = field(default_factory=dict)
    faults: list[tuple[Answer, bool]] = field(default_factory=list)
    file_fault: Answer | None = None
    look: str = ""  # the path of the first request that is about the ticket

    def write(self, done: Callable[[], Answer]) -> Answer:
        if not self.faults:
            return done()
        answer, is_done = self.faults.pop(0)
        if is_done:
            done()
        return answer

    def comment(self, text: str, author: str = "me") -> str:
        number = str(100 + len(self.comments))
        self.comments[number] = {"author": author, "body": text}
        return number

    def file(self, name: str) -> str:
        number = str(500 + len(self.files) + len(self.comments) * 50)
        self.files[number] = {"author": "me", "name": name}
        return number

    @property
    def bodies(self) -> list[str]:
        return [each["body"] for each in self.comments.values()]

    @property
    def names(self) -> list[str]:
        return sorted(each["name"] for each in self.files.values())


def _body(asked: Asked) -> Any:
    return json.loads(asked.body or b"{}")


def _file_name(asked: Asked) -> str:
    match = re.search(rb'filename="([^"]+)"', asked.body)
    assert match is not None
    return match[1].decode()


def jira(api: ApiServer) -> Board:  # noqa: C901 - one small function for each of its addresses
    base = "/rest/api/2"
    board = Board(api=api, target="jira:OPS-1", look=f"{base}/issue/OPS-1/comment")
    board.environment = {"JIRA_URL": api.url, "JIRA_EMAIL": "me@example.com", "JIRA_API_TOKEN": SECRET}

    def shown(number: str) -> Mapping[str, Any]:
        each = board.comments[number]
        return {
            "self": f"{api.url}{base}/issue/OPS-1/comment/{number}",
            "id": number,
            "body": each["body"],
            "author": {"accountId": each["author"]},
        }

    def comments(asked: Asked) -> Answer:
        if asked.method == "GET":
            start = int(asked.query.get("startAt", 0))
            return json_answer({"comments": list(map(shown, board.comments))[start:]})
        return board.write(lambda: json_answer(shown(added(_body(asked)["body"])), 201))

    def added(text: str) -> str:
        number = board.comment(text)
        api.on(f"{base}/issue/OPS-1/comment/{number}", lambda asked: one(asked, number))
        return number

    def one(asked: Asked, number: str) -> Answer:
        if asked.method == "PUT":
            board.comments[number]["body"] = _body(asked)["body"]
        return json_answer(shown(number))

    def issue(_: Asked) -> Answer:
        attachments = [
            {"id": number, "filename": each["name"], "author": {"accountId": each["author"]}}
            for number, each in board.files.items()
        ]
        return json_answer({"id": "1", "key": "OPS-1", "fields": {"attachment": attachments}})

    def attach(asked: Asked) -> Answer:
        if board.file_fault:
            return board.file_fault
        number = board.file(_file_name(asked))
        api.on(f"{base}/attachment/{number}", lambda _: delete(number))
        return json_answer([{"id": number, "filename": board.files[number]["name"], "size": 1}])

    def delete(number: str) -> Answer:
        del board.files[number]
        return Answer(status=204, body=b"")

    api.on(f"{base}/myself", json_answer({"accountId": "me"}))
    api.on(board.look, comments)
    api.on(f"{base}/issue/OPS-1", issue)
    api.on(f"{base}/issue/OPS-1/attachments", attach)
    return board


def github(api: ApiServer) -> Board:
    base = "/api/v3/repos/shop/front"
    board = Board(api=api, target="github:shop/front#7", look=f"{base}/issues/7/comments")
    board.environment = {"GITHUB_API_URL": f"{api.url}/api/v3", "GITHUB_TOKEN": SECRET}

    def shown(number: str) -> Mapping[str, Any]:
        each = board.comments[number]
        url = f"{api.url}{base}/issues/comments/{number}"
        return {"id": int(number), "url": url, "body": each["body"], "user": {"login": each["author"], "type": "User"}}

    def comments(asked: Asked) -> Answer:
        if asked.method == "GET":
            return json_answer(list(map(shown, board.comments)))
        return board.write(lambda: json_answer(shown(added(_body(asked)["body"])), 201))

    def added(text: str) -> str:
        number = board.comment(text)
        api.on(f"{base}/issues/comments/{number}", lambda asked: one(asked, number))
        return number

    def one(asked: Asked, number: str) -> Answer:
        if asked.method == "PATCH":
            board.comments[number]["body"] = _body(asked)["body"]
        return json_answer(shown(number))

    api.on("/api/graphql", json_answer({"data": {"viewer": {"login": "me"}}}))
    api.on(f"{base}/issues/7/comments", comments)
    return board


def gitlab(api: ApiServer) -> Board:
    base = "/api/v4/projects/5"
    board = Board(api=api, target="gitlab:shop/front#7", look=f"{base}/issues/7/notes")
    board.environment = {"CI_SERVER_URL": api.url, "GITLAB_TOKEN": SECRET}
    people = {"me": 1, "somebody": 2}

    def shown(number: str) -> Mapping[str, Any]:
        each = board.comments[number]
        return {"id": int(number), "body": each["body"], "author": {"id": people[each["author"]]}}

    def notes(asked: Asked) -> Answer:
        if asked.method == "GET":
            return json_answer(list(map(shown, board.comments)))
        return board.write(lambda: json_answer(shown(added(_body(asked)["body"])), 201))

    def added(text: str) -> str:
        number = board.comment(text)
        api.on(f"{base}/issues/7/notes/{number}", lambda asked: one(asked, number))
        return number

    def one(asked: Asked, number: str) -> Answer:
        board.comments[number]["body"] = _body(asked)["body"]
        return json_answer(shown(number))

    def upload(asked: Asked) -> Answer:
        if board.file_fault:
            return board.file_fault
        name = _file_name(asked)
        number = board.file(name)
        return json_answer({"url": f"/uploads/{number}/{name}", "markdown": f"[{name}](/uploads/{number}/{name})"}, 201)

    api.on("/api/v4/projects/shop%2Ffront", json_answer({"id": 5, "path_with_namespace": "shop/front"}))
    api.on("/api/v4/user", json_answer({"id": 1, "username": "me"}))
    api.on(board.look, notes)
    api.on(f"{base}/uploads", upload)
    return board


def redmine(api: ApiServer) -> Board:  # noqa: C901 - one small function for each of its addresses
    board = Board(api=api, target="redmine:7", look="/issues/7.json")
    board.environment = {"REDMINE_URL": api.url, "REDMINE_API_KEY": SECRET}
    people = {"me": 1, "somebody": 2}
    uploaded: dict[str, str] = {}

    def issue(asked: Asked) -> Answer:
        if asked.method == "PUT":
            return board.write(lambda: change(_body(asked)["issue"]))
        journals = [
            {"id": int(number), "user": {"id": people[each["author"]]}, "notes": each["body"]}
            for number, each in board.comments.items()
        ]
        files = [
            {"id": int(number), "filename": each["name"], "author": {"id": people[each["author"]]}}
            for number, each in board.files.items()
        ]
        return json_answer({"issue": {"id": 7, "journals": journals, "attachments": files}})

    def change(wanted: Mapping[str, Any]) -> Answer:
        if "notes" in wanted:
            number = board.comment(wanted["notes"])
            api.on(f"/journals/{number}.json", lambda asked: edit(asked, number))
        for each in wanted.get("uploads", ()):
            attach(uploaded[each["token"]])
        return Answer(status=204, body=b"")

    def attach(name: str) -> None:
        number = board.file(name)
        api.on(f"/attachments/{number}.json", lambda _: delete(number))

    def delete(number: str) -> Answer:
        del board.files[number]
        return Answer(status=204, body=b"")

    def edit(asked: Asked, number: str) -> Answer:
        board.comments[number]["body"] = _body(asked)["journal"]["notes"]
        return Answer(status=204, body=b"")

    def upload(asked: Asked) -> Answer:
        if board.file_fault:
            return board.file_fault
        token = f"{len(uploaded)}.token"
        uploaded[token] = asked.query["filename"]
        return json_answer({"upload": {"id": 1, "token": token}}, 201)

    api.on("/users/current.json", json_answer({"user": {"id": 1, "login": "me", "api_key": SECRET}}))
    api.on(board.look, issue)
    api.on("/issues/7", Answer(body=b'<script src="/javascripts/jstoolbar/textile.js"></script>', kind="text/html"))
    api.on("/uploads.json", upload)
    return board


def rt(api: ApiServer) -> Board:
    base = "/REST/2.0"
    board = Board(api=api, target="rt:7", look=f"{base}/ticket/7")
    board.environment = {"RTSERVER": api.url, "RTUSER": "me", "RTPASSWD": SECRET}

    def listed(items: list[Mapping[str, Any]], asked: Asked) -> Answer:
        return json_answer({"items": items if asked.query["page"] == "1" else [], "pages": None, "total": None})

    def pieces(asked: Asked) -> Answer:
        texts = [
            {
                "id": f"{number}0",
                "Filename": "",
                "ContentType": "text/html",
                "TransactionId": number,
                "Creator": {"id": each["author"]},
            }
            for number, each in board.comments.items()
        ]
        files = [
            {"id": number, "Filename": each["name"], "ContentType": "text/html", "TransactionId": each["on"], "Creator": {"id": board.comments[each["on"]]["author"]}}
            for number, each in board.files.items()
        ]  # fmt: skip
        return listed([*texts, *files], asked)

    def comment(asked: Asked) -> Answer:
        return board.write(lambda: added(_body(asked)))

    def added(wanted: Mapping[str, Any]) -> Answer:
        number = board.comment(wanted["Content"])
        content = base64.encodebytes(wanted["Content"].encode()).decode()
        api.on(f"{base}/attachment/{number}0", json_answer({"Content": content}))
        for each in wanted["Attachments"]:
            board.files[board.file(each["FileName"])]["on"] = number
        return json_answer(["Comments added"], 201)

    api.on(f"{base}/user/me", json_answer({"Name": "me"}))
    api.on(board.look, json_answer({"id": 7}))
    api.on(f"{base}/ticket/7/attachments", pieces)
    api.on(f"{base}/ticket/7/history", lambda asked: listed([], asked))
    api.on(f"{base}/ticket/7/comment", comment)
    return board


BOARDS = (jira, github, gitlab, redmine, rt)


@contextlib.contextmanager
def running(make: Callable[[ApiServer], Board]) -> Iterator[Board]:
    """Run one of the systems."""
    with serving() as api:
        yield make(api)
