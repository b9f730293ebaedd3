"""How little the program loads to start: what --help and completion must do without."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
# Each of these costs as much as all the rest of the start, or brings something that does.
SLOW = (
    "ahocorasick_rs",
    "apprise",
    "asyncio",
    "email",
    "github",
    "gitlab",
    "http",
    "hostnetdoctor.causes",
    "hostnetdoctor.collect",
    "hostnetdoctor.doctor",
    "hostnetdoctor.extras",
    "hostnetdoctor.match",
    "hostnetdoctor.model",
    "hostnetdoctor.report",
    "jinja2",
    "jira",
    "keyring",
    "kubernetes",
    "logging",
    "msgspec",
    "regex",
    "requests",
    "rich",
    "ssl",
    "urllib3",
    "yaml",
)
HELP = "import sys; sys.argv = ['hostnet-doctor', *{words}]\nfrom hostnetdoctor.cli.main import main\ntry:\n main()\nexcept SystemExit: pass\n"
COMPLETE = "import sys; sys.argv = ['kubectl_complete-hostnet_doctor', *{words}]\nfrom hostnetdoctor.cli.complete import main\nmain()\n"
LOADED = "print(*sorted(sys.modules), sep='\\n', file=sys.stderr)"
CASES = (
    (HELP, ("--help",)),
    (HELP, ("diagnose", "--help")),
    (HELP, ("--version",)),
    (COMPLETE, ("di",)),
    (COMPLETE, ("diagnose", "--al")),
)


def run_python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


@pytest.mark.parametrize(
    ("program", "words"), CASES, ids=lambda value: " ".join(value) if isinstance(value, tuple) else ""
)
def test_modules_that_must_not_be_loaded(program: str, words: tuple[str, ...]) -> None:
    """Help, version and the completion of commands and flags load nothing that only a run needs."""
    done = run_python(f"{program.format(words=words)}{LOADED}")
    loaded = set(done.stderr.splitlines())

    assert "typer" in loaded
    assert [] == [name for name in SLOW if name in loaded]
