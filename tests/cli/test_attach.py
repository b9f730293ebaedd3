"""`hostnet-doctor attach` and `diagnose --attach`: what the command line says before anything is sent."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hostnetdoctor.report.json import encode
from tests.cli.program import run_program
from tests.extras.boards import SECRET, Board, redmine, running
from tests.report.origin import ORIGIN

ROOT = Path(__file__).parents[2]
TARGETS = (
    "jira:ops-1",
    "github:shop/front#7",
    "gitlab:shop/back/end#7",
    "redmine:7",
    "rt:7",
    "slack://T0/B0/hook-secret",
)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "report.json"
    path.write_bytes(encode(ORIGIN))
    return path


@pytest.fixture
def board() -> Iterator[Board]:
    with running(redmine) as started:
        yield started


def _run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hostnetdoctor", *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
    )


@pytest.mark.parametrize("to", TARGETS)
def test_a_dry_run(saved: Path, to: str) -> None:
    """It prints the comment in the system's own markup, and needs no network, no credentials and no secret's echo."""
    done = run_program("attach", str(saved), "--to", to, "--dry-run")
    assert (0, "") == (done.code, done.stderr)
    assert "would add this comment" in done.stdout
    assert "another replica has it" in done.stdout
    assert "hook-secret" not in done.stdout
    assert ("hostnetdoctor.mark cluster=prod%2Dfra" in done.stdout) == (not to.startswith("slack"))


def test_a_run(saved: Path, board: Board) -> None:
    """What was done is on stdout, and -v shows no secret either."""
    done = _run("attach", str(saved), "--to", board.target, "-v", **board.environment)
    assert (0, f"{board.target}: added a note with 2 files.\n", "") == (done.returncode, done.stdout, done.stderr)
    wrong = _run("attach", str(saved), "--to", "redmine:8", "-v", **board.environment)
    assert 3 == wrong.returncode
    assert wrong.stderr.startswith("Error: redmine:8: there is no such ticket, or this account may not see it.\nFix: ")
    assert SECRET not in wrong.stdout + wrong.stderr


def test_several_targets(saved: Path, board: Board) -> None:
    """One that fails does not keep the report from the others; each says what came of it."""
    words = ("--to", "redmine:8", "--to", board.target, "--to", "redmine:9")
    done = _run("attach", str(saved), *words, **board.environment)
    assert (3, f"{board.target}: added a note with 2 files.\n") == (done.returncode, done.stdout)
    assert ["redmine:8:", "redmine:9:"] == [
        line.split()[1] for line in done.stderr.splitlines() if line.startswith("Error")
    ]


def test_diagnose_and_attach(board: Board) -> None:
    """The report is on stdout and what became of the ticket on stderr; the exit code is that of the report."""
    folder = ROOT / "fixtures" / "replica-on-same-node" / "found-origin"
    words = ("diagnose", "--from", str(folder), "-o", "line", "--attach")
    done = _run(*words, board.target, **board.environment)
    assert (1, f"{board.target}: added a note with 2 files.\n") == (done.returncode, done.stderr)
    assert "another replica has it" in done.stdout
    failed = _run(*words, "redmine:8", **board.environment)
    assert 3 == failed.returncode
    assert "another replica has it" in failed.stdout


@pytest.mark.parametrize(
    "to",
    [
        "OPS-1",
        "jira:",
        "jira:OPS",
        "github:front#7",
        "github:a/b#7/../x",
        "gitlab:x#1",
        "redmine:x",
        "rt:",
        "trac:1",
        "rt:7?x",
    ],
)
def test_targets_that_are_none(saved: Path, to: str) -> None:
    """A name that no ticket has is a usage error that shows how to write one."""
    done = run_program("attach", str(saved), "--to", to)
    assert (2, "") == (done.code, done.stdout)
    assert "Fix: write it as " in done.stderr


@pytest.mark.parametrize(
    ("to", "variable"),
    [
        ("jira:OPS-1", "JIRA_URL"),
        ("github:a/b#7", "GITHUB_TOKEN"),
        ("gitlab:a/b#7", "GITLAB_TOKEN"),
        ("redmine:7", "REDMINE_URL"),
        ("rt:7", "RTSERVER"),
        ("apprise:", "APPRISE_URLS"),
    ],
)
def test_missing_credentials(saved: Path, to: str, variable: str) -> None:
    """The variable to set is named, before a cluster is read or anything is sent."""
    for words in (("attach", str(saved), "--to", to), ("diagnose", "--from", "nowhere", "--attach", to)):
        done = _run(*words)
        assert (2, "") == (done.returncode, done.stdout)
        assert variable in done.stderr.splitlines()[1]


def test_a_job_token_of_gitlab(saved: Path) -> None:
    """GitLab lets the token that every job has not write to issues, and the sentence says what does."""
    done = _run("attach", str(saved), "--to", "gitlab:a/b#7", CI_JOB_TOKEN="job-secret")  # noqa: S106
    assert 2 == done.returncode
    assert done.stderr.startswith("Error: GitLab lets no CI_JOB_TOKEN write to issues.\n")


@pytest.mark.parametrize(
    ("module", "to", "environment"),
    [
        ("jira", "jira:OPS-1", {"JIRA_URL": "http://127.0.0.1:1", "JIRA_API_TOKEN": "x"}),
        ("github", "github:a/b#7", {"GITHUB_TOKEN": "x"}),
        ("gitlab", "gitlab:a/b#7", {"GITLAB_TOKEN": "x"}),
        ("apprise", "json://127.0.0.1:1", {}),
    ],
)
def test_without_the_extra(saved: Path, module: str, to: str, environment: dict[str, str]) -> None:
    """A client that is not installed is one sentence with the command that installs it."""
    words = ["hostnet-doctor", "attach", str(saved), "--to", to]
    code = f"import sys; sys.modules[{module!r}] = None; sys.argv = {words!r}\nfrom hostnetdoctor.cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT, env=environment
    )
    assert 2 == done.returncode
    assert "is not installed.\nFix: install it with: pip install 'hostnet-doctor[tickets]'\n" in done.stderr


def test_a_keyring(saved: Path, board: Board, tmp_path: Path) -> None:
    """A secret that is not in the environment comes from the keyring, under the name of its variable."""
    (tmp_path / "small_keyring.py").write_text(
        "from keyring.backend import KeyringBackend\n"
        "class Small(KeyringBackend):\n"
        "    priority = 1\n"
        "    def get_password(self, service, name):\n"
        f"        return {{('hostnet-doctor', 'REDMINE_API_KEY'): {SECRET!r}}}.get((service, name))\n"
        "    def set_password(self, service, name, password): ...\n"
        "    def delete_password(self, service, name): ...\n",
        encoding="utf-8",
    )
    environment = {
        "REDMINE_URL": board.api.url,
        "PYTHONPATH": str(tmp_path),
        "PYTHON_KEYRING_BACKEND": "small_keyring.Small",
    }
    done = _run("attach", str(saved), "--to", board.target, **environment)
    assert (0, "") == (done.returncode, done.stderr)
    assert {SECRET} == {each.headers["x-redmine-api-key"] for each in board.api.asked}
