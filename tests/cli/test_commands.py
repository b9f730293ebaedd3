"""The command line itself: its words, its help, what it refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from hostnetdoctor import __version__
from hostnetdoctor.causes import CAUSES
from hostnetdoctor.cli.main import app
from hostnetdoctor.report import FORMATS
from tests.cli.program import run_program

ORIGIN = Path(__file__).parents[2] / "fixtures" / "replica-on-same-node" / "found-origin"

# What costs time to import and is not needed to show help.
HEAVY = ("kubernetes", "jinja2", "regex", "msgspec", "ahocorasick_rs", "rich.console", "yaml")


@pytest.mark.parametrize("words", [["--help"], ["diagnose", "--help"], ["scan", "--help"], ["--version"]], ids=" ".join)
def test_help_is_quick(words: list[str]) -> None:
    """Showing help imports neither the Kubernetes client nor anything else that is heavy."""
    program = (
        "import sys\n"
        "from hostnetdoctor.cli.main import main\n"
        "try:\n    main()\n"
        "finally:\n    print('heavy:', *(name for name in sys.argv[-1].split(',') if name in sys.modules), file=sys.stderr)"
    )
    shown = subprocess.run(
        [sys.executable, "-c", program.replace("sys.argv[-1]", repr(",".join(HEAVY))), *words],
        capture_output=True,
        text=True,
        check=True,
    )

    assert "heavy:" == shown.stderr.strip()
    assert shown.stdout


def test_version() -> None:
    """`--version` says the name and the version."""
    assert f"hostnet-doctor {__version__}\n" == run_program("--version").stdout


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help(flag: str) -> None:
    """Help comes with kubectl's flags and goes to stdout."""
    done = run_program(flag)

    assert 0 == done.code
    assert done.stdout.startswith("Usage: hostnet-doctor ")
    assert "diagnose" in done.stdout


def test_usage_says_kubectl_when_kubectl_started_it() -> None:
    """As a plugin, the program calls itself what the user has typed."""
    done = run_program("diagnose", "--help", called_as="/usr/local/bin/kubectl-hostnet_doctor")

    assert done.stdout.startswith("Usage: kubectl hostnet-doctor diagnose ")


def test_no_words_show_help() -> None:
    """Without any word the program shows what it can do, as a wrong use."""
    done = run_program()

    assert 2 == done.code
    assert "Commands:" in done.stdout + done.stderr


def test_module_is_the_program() -> None:
    """`python -m hostnetdoctor` is the same program."""
    done = subprocess.run(
        [sys.executable, "-m", "hostnetdoctor", "--version"], capture_output=True, text=True, check=True
    )

    assert f"hostnet-doctor {__version__}\n" == done.stdout


def test_help_names_every_format() -> None:
    """The formats that `--help` names are those that there are."""
    done = run_program("diagnose", "--help")

    assert all(name in done.stdout for name in FORMATS)


def test_every_command_has_a_docstring() -> None:
    """Every command says in its help what it does."""
    assert all(command.callback is not None and command.callback.__doc__ for command in app.registered_commands)


@pytest.mark.parametrize(
    ("words", "sentence", "fix"),
    [
        (["diagnose", "-n", "a", "-A"], "-n and -A contradict each other", "leave one of them out"),
        (["diagnose", "web", "-A"], "NAME and -A contradict each other", "leave one of them out"),
        (["diagnose", "web", "-l", "app=web"], "NAME and -l contradict each other", "leave one of them out"),
        (["diagnose", "--from", "x", "--context", "y"], "--from and --context contradict each other", "leave one"),
        (
            ["diagnose", "--from", "x", "--kubeconfig", "y"],
            "--from and --kubeconfig contradict each other",
            "leave one",
        ),
        (["diagnose", "--from", "x", "--as", "y"], "--from and --as contradict each other", "leave one"),
        (["diagnose", "-o", "jsn"], "There is no output format 'jsn'", "did you mean json?"),
        (["diagnose", "-o", "pdf"], "There is no output format 'pdf'", "choose one of text,"),
        (["diagnose", "--since", "soon"], "--since 'soon' is no length of time", "write it as 30s"),
        (["diagnose", "--timeout", "0s"], "--timeout must be more than nothing", "write it as 30s"),
        (["diagnose", "--max-log-requests", "9"], "--max-log-requests 9 is more than the 8", "add --max-requests 9"),
        (["causes", "replica-same-node"], "There is no cause 'replica-same-node'", "did you mean replica-on-same-node"),
    ],
)
def test_wrong_use_is_one_sentence(words: list[str], sentence: str, fix: str) -> None:
    """What cannot be done is refused in one sentence with what to do instead, before anything is read."""
    done = run_program(*words)

    assert 2 == done.code
    assert done.stderr.startswith(f"Error: {sentence}")
    assert f"\nFix: {fix}" in done.stderr
    assert 2 == len(done.stderr.splitlines())
    assert "" == done.stdout


@pytest.mark.parametrize(("wrong", "meant"), [("diagnos", "diagnose"), ("cause", "causes")])
def test_unknown_command_names_the_near_one(wrong: str, meant: str) -> None:
    """A command that is misspelt is refused with the one that was probably meant."""
    done = run_program(wrong)

    assert 2 == done.code
    assert meant in done.stderr


def test_unknown_flag_names_the_near_one() -> None:
    """A flag that is misspelt is refused with the one that was probably meant."""
    done = run_program("diagnose", "--namspace", "web")

    assert 2 == done.code
    assert "--namespace" in done.stderr


def test_causes_lists_every_cause() -> None:
    """`causes` shows every cause with its sentence, in order of precedence."""
    done = run_program("causes")

    assert [cause.id for cause in CAUSES] == [line.split()[0] for line in done.stdout.splitlines()]
    assert all(cause.title in done.stdout for cause in CAUSES)


def test_causes_shows_one_page() -> None:
    """`causes ID` shows the page of that cause."""
    done = run_program("causes", "replica-on-same-node")

    assert 0 == done.code
    assert "## Symptom" in done.stdout


def test_no_kubeconfig_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without a cluster or files, the program says so, what to do, and that it could not look."""
    monkeypatch.delenv("KUBECONFIG")
    monkeypatch.setenv("HOME", str(tmp_path))

    done = run_program("diagnose", "-A")

    assert 3 == done.code
    assert done.stderr.startswith("Error: There is no kubeconfig")
    assert "Traceback" not in done.stderr


def test_an_unreachable_cluster_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A cluster that does not answer is named, with what to check, and the code says that nothing could be looked at."""
    config = {
        "current-context": "gone",
        "contexts": [{"name": "gone", "context": {"cluster": "gone", "user": "me"}}],
        "clusters": [{"name": "gone", "cluster": {"server": "https://127.0.0.1:1"}}],
        "users": [{"name": "me", "user": {"token": "none"}}],
    }
    (tmp_path / "config").write_text(json.dumps(config))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "config"))

    done = run_program("diagnose", "--timeout", "2s")

    assert 3 == done.code
    assert "127.0.0.1:1" in done.stderr
    assert "\nFix: " in done.stderr
    assert "Traceback" not in done.stderr


def test_files_without_the_pod_do_not_speak_for_the_cluster() -> None:
    """A recording may leave out a pod that did well: that it is not there says nothing of the cluster."""
    done = run_program("diagnose", "nope", "-n", "web", "--from", str(ORIGIN))

    assert 3 == done.code
    assert done.stderr == (
        "Error: The files show no pod nope in namespace web.\nFix: ask the cluster itself: the same command without --from\n"
    )


def test_no_such_files_is_one_sentence() -> None:
    """A path that is not there is named, and the exit code says that nothing could be looked at."""
    done = run_program("diagnose", "--from", "/nonexistent/dump")

    assert 3 == done.code
    assert "/nonexistent/dump" in done.stderr
    assert "Traceback" not in done.stderr
