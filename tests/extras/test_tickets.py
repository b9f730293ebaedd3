"""`attach`, against local servers that follow the published API of each ticket system."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from msgspec.structs import replace

from hostnetdoctor.errors import CannotPost, DoctorError
from hostnetdoctor.extras.tickets import systems, web
from hostnetdoctor.extras.tickets.credentials import Credentials
from hostnetdoctor.extras.tickets.deliver import deliver
from hostnetdoctor.extras.tickets.draft import Draft, Mark, draft
from hostnetdoctor.extras.tickets.target import target
from hostnetdoctor.extras.tickets.ticket import Addressee, Comment
from hostnetdoctor.model import Report
from tests.collect.api_server import Answer, ApiServer, json_answer
from tests.extras.boards import BOARDS, SECRET, Board, github, gitlab, jira, redmine, rt, running
from tests.report.origin import ORIGIN

LATER = replace(ORIGIN, generated_at=ORIGIN.generated_at + timedelta(minutes=5))
OTHER_ANSWER = replace(LATER, diagnoses=tuple(replace(each, holders=()) for each in ORIGIN.diagnoses))
LOST = Answer(refuse=True)
every_system = pytest.mark.parametrize("make", BOARDS, ids=lambda make: str(make.__name__))
Make = Callable[[ApiServer], Board]


@pytest.fixture
def board(make: Make) -> Iterator[Board]:
    with running(make) as started:
        yield started


@dataclass(slots=True, kw_only=True)
class Done:
    """What came of a delivery: what it said, or its error; and how long it waited in between."""

    said: str = ""
    error: DoctorError | None = None
    waits: list[float] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        return self.error.sentence if self.error else self.said

    @property
    def everything(self) -> str:
        if self.error is None:
            return self.said
        return "".join(traceback.format_exception(self.error)) + (self.error.fix or "")


def attach(board: Board, report: Report, **changed: str) -> Done:
    done = Done()
    try:
        (to,) = systems.addressees([board.target], {**board.environment, **changed})
        done.said = deliver(to, draft(report), wait=done.waits.append)
    except DoctorError as error:
        done.error = error
    return done


@every_system
def test_one_comment_however_often(board: Board) -> None:
    """The comment has the answer and the mark; a second run adds neither a comment nor a file."""
    first, names = attach(board, ORIGIN), board.names
    again = attach(board, ORIGIN)

    assert (None, None) == (first.error, again.error)
    (body,) = board.bodies
    assert "another replica has it" in body
    assert draft(ORIGIN).mark == Mark.found_in(body)
    assert names == board.names
    assert ([] if board.target.startswith("github") else sorted(draft(ORIGIN).mark.file_names)) == names


@every_system
def test_a_newer_report(board: Board) -> None:
    """Where comments can be changed it takes the place of the older one; Request Tracker gets a comment that says so."""
    attach(board, ORIGIN)
    done = attach(board, OTHER_ANSWER)

    assert None is done.error
    if board.target == "rt:7":
        assert [False, True] == ["This replaces the comment of transaction 100." in body for body in board.bodies]
    else:
        assert [draft(OTHER_ANSWER).mark] == [Mark.found_in(body) for body in board.bodies]


@pytest.mark.parametrize("make", [jira, redmine])
def test_files_of_an_older_report_go(board: Board) -> None:
    """Only the newest report's files stay on the ticket."""
    attach(board, ORIGIN)
    attach(board, LATER)
    assert sorted(draft(LATER).mark.file_names) == board.names


@every_system
def test_somebody_elses_comment_stays(board: Board) -> None:
    """A comment with our mark that another account wrote is not ours."""
    attach(board, ORIGIN)
    (number,) = board.comments
    board.comments[number]["author"] = "somebody"
    before = board.bodies
    assert None is attach(board, LATER).error
    assert before == board.bodies[:1]
    assert 2 == len(board.comments)


@every_system
@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (401, "does not accept the credentials."),
        (403, "this account may not see the ticket"),
        (404, "there is no such ticket, or this account may not see it."),
        (500, "is in trouble itself (status 500"),
    ],
)
def test_refused(board: Board, status: int, sentence: str) -> None:
    """Each refusal is one sentence with a fix, is not asked again, and nothing is written."""
    board.api.on(
        "/api/graphql" if board.target.startswith("github") else board.look,
        json_answer({"message": f"no, {SECRET}"}, status),
    )
    done = attach(board, ORIGIN)

    assert isinstance(done.error, CannotPost)
    assert 3 == done.error.exit_code
    assert (done.error.fix or "").strip()
    assert sentence in done.sentence
    assert SECRET not in done.everything
    assert ([], []) == (done.waits, board.bodies)


@pytest.mark.parametrize("make", [jira, gitlab, redmine, rt])
def test_an_address_that_leads_elsewhere(board: Board) -> None:
    """Credentials are not taken to where a server points; the client of GitHub sees to it by itself."""
    elsewhere = f"{board.api.url}/elsewhere"
    board.api.on(board.look, json_answer({}, 302, Location=elsewhere))
    assert "leads to another one, and credentials are not taken there." in attach(board, ORIGIN).sentence
    assert [] == [each for each in board.api.asked if each.path == "/elsewhere"]


@every_system
def test_may_see_but_not_write(board: Board) -> None:
    """An account that may only read is told so."""
    board.faults = [(json_answer({"message": f"not you, {SECRET}"}, 403), False)]
    done = attach(board, ORIGIN)
    assert f"{board.target}: this account may not write to the ticket: not you, ***." == done.sentence
    assert [] == board.bodies


@every_system
def test_a_limit_that_ends_soon(board: Board) -> None:
    """It waits as long as the server asks, and then the comment is there once."""
    board.faults = [(json_answer({"message": "slow down"}, 429, Retry_After="7"), False)]
    done = attach(board, ORIGIN)
    assert (None, [7.0], 1) == (done.error, done.waits, len(board.bodies))


@every_system
def test_a_limit_that_lasts(board: Board) -> None:
    """Nobody with an incident waits an hour: the sentence says how long it would be."""
    board.faults = [(json_answer({"message": "slow down"}, 429, Retry_After="3600"), False)]
    done = attach(board, ORIGIN)
    assert "takes no more requests from here for 3600 seconds." in done.sentence
    assert ([], []) == (done.waits, board.bodies)


@every_system
@pytest.mark.parametrize("is_done", [True, False], ids=["after it was done", "before it was done"])
def test_a_connection_lost_while_writing(board: Board, *, is_done: bool) -> None:
    """It looks before it writes again: the comment is there once, with its files."""
    board.faults = [(LOST, is_done)]
    done = attach(board, ORIGIN)
    assert (None, 1) == (done.error, len(board.bodies))
    assert board.names == sorted(set(board.names))
    assert 1 == len(done.waits)


@every_system
def test_a_connection_that_is_always_lost(board: Board) -> None:
    """After three attempts it gives up, and nothing is on the ticket."""
    board.faults = [(LOST, False)] * 3
    done = attach(board, ORIGIN)
    assert "was not reached: " in done.sentence
    assert [] == board.bodies


@every_system
def test_nobody_there(make: Make) -> None:
    """A server that is not there is one sentence, without its address."""
    with running(make) as gone:
        pass
    done = attach(gone, ORIGIN)
    assert (
        f"{gone.target}: {systems.system(gone.target.partition(':')[0]).name} was not reached: it cannot be reached."
        == done.sentence
    )
    assert SECRET not in done.everything


@pytest.mark.parametrize("make", [jira, gitlab, redmine])
def test_a_file_that_is_too_large(board: Board) -> None:
    """The comment is there without it, and the sentence says so in the server's words."""
    board.file_fault = json_answer({"message": "exceeds the limit"}, 413)
    done = attach(board, ORIGIN)
    assert "the comment is on the ticket, but " in done.sentence
    assert "status 413: exceeds the limit" in done.sentence
    assert (1, []) == (len(board.bodies), board.names)
    board.file_fault = None
    assert None is attach(board, ORIGIN).error
    assert (1, sorted(draft(ORIGIN).mark.file_names)) == (len(board.bodies), board.names)


@pytest.mark.parametrize("make", [rt])
def test_a_file_that_request_tracker_drops(board: Board) -> None:
    """Where it drops large files, only the history tells."""
    dropped = {"Type": "AttachmentDrop", "Data": draft(ORIGIN).mark.file_name("html"), "OldValue": "12000000"}
    board.api.on("/REST/2.0/ticket/7/history", json_answer({"items": [dropped]}))
    assert "does not take a file of the report (12.00 MB, status 413)." in attach(board, ORIGIN).sentence


@pytest.mark.parametrize("make", [github])
def test_a_limit_that_github_calls_forbidden(board: Board) -> None:
    """GitHub refuses with status 403 when too much was asked; its headers tell it from a missing right."""
    board.faults = [(json_answer({"message": "secondary rate limit"}, 403, Retry_After="3"), False)]
    done = attach(board, ORIGIN)
    assert (None, [3.0]) == (done.error, done.waits)


@pytest.mark.parametrize("make", [github])
def test_the_whole_report_fits_into_a_comment(board: Board) -> None:
    """GitHub takes 65,536 characters: what does not fit is left out at the end of a block."""
    many = tuple(replace(each, id=f"{number:012x}") for number in range(200) for each in ORIGIN.diagnoses)
    attach(board, replace(ORIGIN, diagnoses=many))
    (body,) = board.bodies
    assert len(body) < 65_536
    assert "<details><summary>The whole report</summary>" in body
    assert "The rest does not fit into this comment" in body
    assert 0 == body.count("```") % 2


@every_system
def test_what_else_a_server_says(board: Board) -> None:
    """An answer that is not of this system is one sentence, and holds no secret."""
    board.api.on(
        "/api/graphql" if board.target.startswith("github") else board.look,
        Answer(body=f"<html>{SECRET}".encode(), kind="text/html"),
    )
    for path in ("/users/current.json", "/api/v4/user", "/rest/api/2/myself", "/REST/2.0/user/me"):
        board.api.on(path, Answer(body=f"<html>{SECRET}".encode(), kind="text/html"))
    done = attach(board, ORIGIN)
    assert isinstance(done.error, CannotPost)
    assert SECRET not in done.everything


@dataclass(slots=True, kw_only=True)
class Silent:
    """A ticket whose server takes a comment and never says so. `appears` is after how many looks it is there."""

    appears: int
    looks: int = 0
    added: list[Draft] = field(default_factory=list)

    def own_comments(self) -> Iterator[Comment]:
        self.looks += 1
        if self.added and self.looks > self.appears:
            yield Comment(id="1", mark=self.added[0].mark)

    def add(self, draft: Draft) -> str:
        self.added.append(draft)
        raise web.Lost("it did not answer within 30 seconds", under_way=True)

    def update(self, comment: Comment, draft: Draft) -> str:
        return f"updated {comment.id}"


@pytest.mark.parametrize(("appears", "expected"), [(2, "updated 1."), (9, "it did not answer")])
def test_a_server_that_may_still_be_at_work(appears: int, expected: str) -> None:
    """A comment that got no answer is looked for again and again, and never sent a second time."""
    ticket, done = Silent(appears=appears), Done()
    to = Addressee(system=systems.system("rt"), target=target("rt:7"), ticket=ticket, credentials=Credentials({}))
    try:
        done.said = deliver(to, draft(ORIGIN), wait=done.waits.append)
    except CannotPost as error:
        done.error = error
    assert expected in done.sentence
    assert (1, [2.0, 4.0][: len(done.waits)]) == (len(ticket.added), done.waits)


@pytest.mark.parametrize(
    "environment",
    [{"RTSERVER": "http://me:hunter2222@127.0.0.1:1"}, {"RTSERVER": "ftp://x"}, {"RTSERVER": "http://["}, {}],
)
def test_an_address_that_is_none(environment: Mapping[str, str]) -> None:
    """What is wrong with an address is said without the address, which may hold a password."""
    with pytest.raises(DoctorError) as caught:
        systems.addressees(["rt:7"], {**environment, "RTUSER": "me", "RTPASSWD": SECRET})
    assert 2 == caught.value.exit_code
    assert "hunter2222" not in f"{caught.value.sentence} {caught.value.fix}"


@pytest.mark.parametrize("secret", ["two\nlines-of-secret", "sch\u00f6nes-geheimnis"])
@every_system
def test_a_secret_that_is_none(board: Board, secret: str) -> None:
    """A secret with a line break or another alphabet would fail somewhere deep in a client, and be shown there."""
    names = [name for name, value in board.environment.items() if value == SECRET]
    done = attach(board, ORIGIN, **dict.fromkeys(names, secret))
    assert done.error is not None
    assert 2 == done.error.exit_code
    assert [] == [part for part in secret.split("\n") if part in done.everything]
