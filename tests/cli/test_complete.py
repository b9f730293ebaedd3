"""What kubectl is told when the user presses Tab."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hostnetdoctor.causes import CAUSES
from hostnetdoctor.cli.complete import FILES, NO_FILES, Candidates, complete
from hostnetdoctor.cli.main import app
from hostnetdoctor.report import FORMATS


@pytest.fixture
def kubectl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a kubectl into the PATH that answers `__complete` with its own words, and return what it was asked."""
    program, asked = tmp_path / "kubectl", tmp_path / "asked"
    program.write_text(f'#!/bin/sh\nshift\necho "$@" > {asked}\nprintf "web-1\\tready\\nweb-2\\n:4\\n"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    return asked


def test_the_first_word_is_a_command() -> None:
    """Nothing typed yet: the commands, and no file names."""
    commands = sorted(
        str(command.name or command.callback.__name__) for command in app.registered_commands if command.callback
    )

    assert Candidates(tuple(commands), NO_FILES) == complete([""])


def test_a_command_is_completed() -> None:
    """The beginning of a command becomes that command."""
    assert ("diagnose",) == complete(["di"]).words


def test_flags_of_the_command() -> None:
    """A dash asks for the flags of the command that was typed."""
    assert {"--namespace", "--all-namespaces", "--from", "-A", "-o"} <= set(complete(["diagnose", "-"]).words)
    assert ("--timeout",) == complete(["diagnose", "--ti"]).words


@pytest.mark.parametrize("words", [["diagnose", "-o", ""], ["diagnose", "--output", ""]])
def test_formats(words: list[str]) -> None:
    """Behind -o come the formats."""
    assert tuple(sorted(FORMATS)) == complete(words).words


def test_formats_of_scan() -> None:
    """`scan` has formats of its own, and takes files."""
    assert ("json", "text") == complete(["scan", "-o", ""]).words
    assert Candidates((), FILES) == complete(["scan", ""])


def test_value_behind_an_equals_sign() -> None:
    """A value that is written with its flag in one word is completed as one word."""
    assert ("--output=json",) == complete(["diagnose", "--output=js"]).words


@pytest.mark.parametrize("flag", ["--from", "--save", "--output-file", "--kubeconfig"])
def test_files(flag: str) -> None:
    """Behind a flag that takes a path, the shell completes file names."""
    assert Candidates((), FILES) == complete(["diagnose", flag, ""])


def test_causes() -> None:
    """Behind `causes` come the ids of the catalogue."""
    assert tuple(sorted(cause.id for cause in CAUSES)) == complete(["causes", ""]).words


def test_features_of_rbac() -> None:
    """What `rbac --without` can leave out is completed, and it takes no file."""
    assert ("events",) == complete(["rbac", "--without", "ev"]).words
    assert Candidates((), NO_FILES) == complete(["rbac", ""])


def test_a_cluster_that_does_not_answer(tmp_path: Path) -> None:
    """A kubectl that hangs is given up after two seconds, in silence."""
    program = tmp_path / "kubectl"
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    program.chmod(0o755)
    began = time.monotonic()

    assert ":4\n" == _printed("diagnose", "we", path=f"{tmp_path}:/bin:/usr/bin")
    assert time.monotonic() - began < 10


def test_pods_come_from_kubectl(kubectl: Path) -> None:
    """A name is completed by kubectl's own completion, with the cluster and namespace that were typed."""
    typed = ["diagnose", "-n", "shop", "--context=test", "web"]

    assert Candidates(("web-1", "web-2"), NO_FILES) == complete(typed)
    assert "logs --namespace=shop --context=test web\n" == kubectl.read_text()


@pytest.mark.parametrize(("flag", "asked"), [("-n", "--namespace"), ("--context", "--context")])
def test_namespaces_and_contexts_come_from_kubectl(kubectl: Path, flag: str, asked: str) -> None:
    """Namespaces and contexts are completed by kubectl's own completion."""
    assert ("web-1", "web-2") == complete(["diagnose", flag, "we"]).words
    assert f"get pods {asked} we\n" == kubectl.read_text()


def _printed(*words: str, path: str) -> str:
    program = "from hostnetdoctor.cli.complete import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, *words], capture_output=True, text=True, check=True, env={"PATH": path}
    )
    assert "" == done.stderr
    return done.stdout


def test_protocol(kubectl: Path) -> None:
    """One candidate a line, then the directive."""
    assert "web-1\nweb-2\n:4\n" == _printed("diagnose", "we", path=f"{kubectl.parent}:/bin:/usr/bin")


def test_silence_when_it_fails(tmp_path: Path) -> None:
    """Without kubectl, there are no candidates and no complaint."""
    assert ":4\n" == _printed("diagnose", "we", path=str(tmp_path))


def test_a_slow_cluster_is_not_waited_for(tmp_path: Path) -> None:
    """A kubectl that does not answer is given up after two seconds."""
    program = tmp_path / "kubectl"
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    program.chmod(0o755)

    assert ":4\n" == _printed("diagnose", "we", path=f"{tmp_path}:/bin:/usr/bin")
