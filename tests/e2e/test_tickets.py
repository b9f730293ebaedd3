"""`attach` on a real Redmine and a real Request Tracker, as they come from Debian's packages."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from msgspec.structs import replace

from hostnetdoctor.model import Report
from hostnetdoctor.report.json import decode, encode

pytestmark = pytest.mark.e2e
_ORIGIN = Path(__file__).parents[2] / "fixtures" / "replica-on-same-node" / "found-origin"
_ANSWER = "cannot listen on port 80/TCP of node1: another replica has it."


@pytest.fixture(scope="session")
def servers() -> Mapping[str, str]:
    """Return what tests/e2e/tickets/servers wrote about the servers that it started."""
    text = (Path(os.environ["HOSTNET_E2E_TICKETS"]) / "environment").read_text()
    return dict(line.split("=", 1) for line in text.splitlines())


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    code: int
    out: str
    error: str


@pytest.fixture(scope="session")
def report() -> Report:
    words = [sys.executable, "-m", "hostnetdoctor", "diagnose", "--from", str(_ORIGIN), "--exit-zero", "-o", "json"]
    return decode(subprocess.run(words, capture_output=True, check=True).stdout)


def _attach(servers: Mapping[str, str], report: Report, to: str, **changed: str) -> Done:
    done = subprocess.run(
        [sys.executable, "-m", "hostnetdoctor", "attach", "-", "--to", to, "-v"],
        input=encode(report),
        capture_output=True,
        check=False,
        timeout=120,
        env={"PATH": os.environ["PATH"], **servers, **changed},
    )
    said = done.stdout.decode() + done.stderr.decode()
    secrets = [value for name, value in {**servers, **changed}.items() if name in _SECRETS and value]
    assert [] == [each for each in secrets if each in said]
    return Done(code=done.returncode, out=done.stdout.decode(), error=done.stderr.decode().partition("Traceback")[0])


_SECRETS = {"REDMINE_API_KEY", "RT_TOKEN", "RTPASSWD"}


def _later(report: Report) -> Report:
    return replace(report, generated_at=report.generated_at + timedelta(minutes=5))


def _huge(report: Report) -> Report:
    """Return a report whose files are larger than the servers are set to take."""
    (one,) = report.diagnoses
    many = tuple(replace(one, id=f"{number:012x}", evidence=one.evidence * 3) for number in range(60))
    return replace(report, diagnoses=many)


def _issue(servers: Mapping[str, str], number: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = requests.get(
        f"{servers['REDMINE_URL']}/issues/{number}.json?include=journals,attachments",
        headers={"X-Redmine-API-Key": servers["REDMINE_API_KEY"]},
        timeout=60,
    ).json()["issue"]
    return found


def _notes(issue: Mapping[str, Any]) -> list[str]:
    return [each["notes"] for each in issue["journals"] if each["notes"]]


def test_a_note_in_redmine(servers: Mapping[str, str], report: Report) -> None:
    """There is one note with two files, however often it is attached; a newer report takes the place of the older."""
    number = servers["REDMINE_ISSUES"].split(",")[0]
    to = f"redmine:{number}"

    assert Done(code=0, out=f"{to}: added a note with 2 files.\n", error="") == _attach(servers, report, to)
    first = _issue(servers, number)
    assert Done(code=0, out=f"{to}: updated its own note.\n", error="") == _attach(servers, report, to)
    assert first["attachments"] == _issue(servers, number)["attachments"]
    assert 0 == _attach(servers, _later(report), to).code
    last = _issue(servers, number)

    assert (1, 1) == (len(_notes(first)), len(_notes(last)))
    assert _notes(first) != _notes(last)
    names = [{each["filename"] for each in issue["attachments"]} for issue in (first, last)]
    assert [2, 2, 0] == [len(names[0]), len(names[1]), len(names[0] & names[1])]
    (kept,) = (each for each in last["attachments"] if each["filename"].endswith(".json"))
    content = requests.get(
        kept["content_url"], headers={"X-Redmine-API-Key": servers["REDMINE_API_KEY"]}, timeout=60
    ).content
    assert encode(_later(report)) == content


def test_the_note_as_redmine_shows_it(servers: Mapping[str, str], report: Report) -> None:
    """On the page the answer is a heading, the evidence a list, and the mark is not there."""
    number = servers["REDMINE_ISSUES"].split(",")[1]
    assert 0 == _attach(servers, report, f"redmine:{number}").code
    page = requests.get(
        f"{servers['REDMINE_URL']}/issues/{number}",
        headers={"X-Redmine-API-Key": servers["REDMINE_API_KEY"]},
        timeout=60,
    ).text

    assert "<h3 ><code>web/nginx-7b578c5b5b-8mnpv</code> (container nginx) " in page
    assert "<code>nginx: [emerg] bind() to [::]:80 failed (98: Address already in use)</code>" in page
    assert "hostnetdoctor.mark" not in page


def test_another_cluster_is_another_note(servers: Mapping[str, str], report: Report) -> None:
    """The same failure in another cluster has a note of its own."""
    number = servers["REDMINE_ISSUES"].split(",")[1]
    before = len(_notes(_issue(servers, number)))
    elsewhere = replace(report, source=replace(report.source, path="another-dump"))

    assert 0 == _attach(servers, elsewhere, f"redmine:{number}").code
    assert before + 1 == len(_notes(_issue(servers, number)))


def test_files_that_redmine_does_not_take(servers: Mapping[str, str], report: Report) -> None:
    """The note is there without them, once, and the sentence has Redmine's own reason."""
    number = servers["REDMINE_ISSUES"].split(",")[2]
    for _ in range(2):
        done = _attach(servers, _huge(report), f"redmine:{number}")
        assert 3 == done.code
        assert "the comment is on the ticket, but Redmine does not take a file of the report" in done.error
        assert "exceeds the maximum allowed file size" in done.error
    issue = _issue(servers, number)
    assert (1, 0) == (len(_notes(issue)), len(issue["attachments"]))


@pytest.mark.parametrize(
    ("to", "changed", "sentence"),
    [
        ("redmine:999", {}, "there is no such ticket, or this account may not see it."),
        ("rt:999", {}, "there is no such ticket, or this account may not see it."),
        ("redmine:{issue}", {"REDMINE_API_KEY": "wrong-and-secret"}, "Redmine does not accept the credentials."),
        ("rt:{ticket}", {"RT_TOKEN": "1-31-wrong-and-secret"}, "Request Tracker does not accept the credentials."),
        ("redmine:{issue}", {"REDMINE_API_KEY": "{REDMINE_STRANGER}"}, "this account may not see the ticket."),
        ("redmine:{issue}", {"REDMINE_API_KEY": "{REDMINE_READER}"}, "this account may not write to the ticket."),
        (
            "rt:{ticket}",
            {"RT_TOKEN": "", "RTUSER": "stranger", "RTPASSWD": "{RT_STRANGER}"},
            "this account may not see the ticket: Forbidden.",
        ),
        (
            "rt:{ticket}",
            {"RT_TOKEN": "", "RTUSER": "reader", "RTPASSWD": "{RT_READER}"},
            "this account may not write to the ticket.",
        ),
    ],
)
def test_what_is_refused(
    servers: Mapping[str, str], report: Report, to: str, changed: Mapping[str, str], sentence: str
) -> None:
    """Each refusal is one sentence and one fix, and exit code 3."""
    known = {"issue": servers["REDMINE_ISSUES"].split(",")[0], "ticket": servers["RT_TICKETS"].split(",")[0], **servers}
    to = to.format(**known)
    done = _attach(servers, report, to, **{name: value.format(**known) for name, value in changed.items()})

    assert (3, "") == (done.code, done.out)
    said, fix = done.error.splitlines()
    assert f"Error: {to}: {sentence}" == said
    assert fix.startswith("Fix: ")


def _tracker(servers: Mapping[str, str], path: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = requests.get(
        f"{servers['RTSERVER']}/REST/2.0/{path}", auth=(servers["RTUSER"], servers["RTPASSWD"]), timeout=60
    ).json()
    return found


def _pieces(servers: Mapping[str, str], number: str) -> list[dict[str, Any]]:
    fields = "fields=Filename,ContentType,TransactionId"
    return list(_tracker(servers, f"ticket/{number}/attachments?{fields}&per_page=100")["items"])


@pytest.mark.parametrize("login", ["token", "password"])
def test_comments_in_request_tracker(servers: Mapping[str, str], report: Report, login: str) -> None:
    """The same answer is there once; another one is a comment that names the one which it replaces."""
    number = servers["RT_TICKETS"].split(",")[0 if login == "token" else 1]
    to, changed = f"rt:{number}", {} if login == "token" else {"RT_TOKEN": ""}
    (one,) = report.diagnoses
    other = replace(_later(report), diagnoses=(replace(one, holders=()),))

    assert Done(code=0, out=f"{to}: added a comment with 2 files.\n", error="") == _attach(
        servers, report, to, **changed
    )
    again = _attach(servers, _later(report), to, **changed)
    assert Done(code=0, out=f"{to}: has this answer already; nothing added.\n", error="") == again
    (first,) = {each["TransactionId"] for each in _pieces(servers, number)}
    replaced = _attach(servers, other, to, **changed)
    assert f"{to}: added a comment that replaces the one of transaction {first}.\n" == replaced.out

    texts = [
        each["id"] for each in _pieces(servers, number) if each["ContentType"] == "text/html" and not each["Filename"]
    ]
    contents = [base64.b64decode(_tracker(servers, f"attachment/{each}")["Content"]).decode() for each in texts]
    assert [True, True] == [_ANSWER in each for each in contents]
    assert f"This replaces the comment of transaction {first}." in contents[1]
    kept = [each for each in _pieces(servers, number) if (each["Filename"] or "").endswith(".json")]
    assert encode(report) == base64.b64decode(_tracker(servers, f"attachment/{kept[0]['id']}")["Content"])


def test_files_that_request_tracker_drops(servers: Mapping[str, str], report: Report) -> None:
    """Where it is set to drop large files it still says that all went well; the history tells, and so do we."""
    number = servers["RT_TICKETS"].split(",")[2]
    done = _attach(servers, _huge(report), f"rt:{number}")

    assert 3 == done.code
    assert "the comment is on the ticket, but Request Tracker does not take a file of the report" in done.error


def test_diagnose_and_attach_in_one_step(servers: Mapping[str, str]) -> None:
    """The report goes to stdout as ever, and what became of the ticket to stderr."""
    number = servers["REDMINE_ISSUES"].split(",")[0]
    words = ["diagnose", "--from", str(_ORIGIN), "-o", "json", "--attach", f"redmine:{number}"]
    done = subprocess.run(
        [sys.executable, "-m", "hostnetdoctor", *words],
        capture_output=True,
        check=False,
        timeout=120,
        env={"PATH": os.environ["PATH"], **servers},
    )

    assert 1 == done.returncode
    assert "hostnet-doctor.report/v1" == json.loads(done.stdout)["schema"]
    assert done.stderr.decode().startswith(f"redmine:{number}: ")
