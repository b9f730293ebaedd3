"""`diagnose` from flags to exit code, on saved clusters."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from hostnetdoctor.cli.answer import exit_code
from hostnetdoctor.errors import ExitCode
from hostnetdoctor.model import NotLookedAt, Question, Report, Source, Tool
from hostnetdoctor.report.json import decode
from tests.cli.program import run_program
from tests.decisive import facts

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"
FOUND = str(FIXTURES / "replica-on-same-node" / "found-origin")
QUIET = str(FIXTURES / "other-host-network-pod" / "quiet-other-crashes")
NOTHING = Report(
    tool=Tool(name="hostnet-doctor", version="0"),
    generated_at=datetime(2026, 1, 1, tzinfo=UTC),
    source=Source(kind="files"),
    question=Question(),
)
FORBIDDEN = NotLookedAt(what="pods of node1", why="You may not list pods.", essential=True)


@pytest.mark.parametrize("output", ["text", "json", "markdown"])
def test_the_format_does_not_change_the_exit_code(output: str) -> None:
    """Found is 1 and nothing found is 0, in every format."""
    assert 1 == run_program("diagnose", "--from", FOUND, "-o", output).code
    assert 0 == run_program("diagnose", "--from", QUIET, "-o", output).code


def test_exit_zero() -> None:
    """`--exit-zero` turns "found" into success, and changes nothing that is written."""
    plain, zero = (run_program("diagnose", "--from", FOUND, *more) for more in ((), ("--exit-zero",)))

    assert 0 == zero.code
    assert plain.stdout == zero.stdout


@pytest.mark.parametrize(
    ("report", "exit_zero", "code"),
    [
        (NOTHING, False, ExitCode.NOTHING_FOUND),
        (replace(NOTHING, not_looked_at=(FORBIDDEN,)), False, ExitCode.COULD_NOT_LOOK),
        (replace(NOTHING, not_looked_at=(FORBIDDEN,)), True, ExitCode.COULD_NOT_LOOK),
        (replace(NOTHING, not_looked_at=(replace(FORBIDDEN, essential=False),)), False, ExitCode.NOTHING_FOUND),
        (replace(NOTHING, interrupted="stopped by the user"), False, ExitCode.INTERRUPTED),
    ],
)
def test_exit_code_without_a_diagnosis(report: Report, exit_zero: bool, code: ExitCode) -> None:
    """To say "nothing found" is right only where everything that matters was read."""
    assert code == exit_code(report, exit_zero=exit_zero)


def test_what_was_found_outweighs_what_could_not_be_read() -> None:
    """With a diagnosis the code is 1, whatever else could not be looked at."""
    found = decode(run_program("diagnose", "--from", FOUND, "-o", "json").stdout)

    assert ExitCode.FOUND == exit_code(replace(found, not_looked_at=(FORBIDDEN,)), exit_zero=False)


def test_stdout_is_data_only() -> None:
    """JSON on stdout is nothing but JSON, and without a terminal nothing is said on stderr."""
    done = run_program("diagnose", "--from", FOUND, "-o", "json")

    assert "hostnet-doctor.report/v1" == json.loads(done.stdout)["schema"]
    assert "" == done.stderr


def test_output_file(tmp_path: Path) -> None:
    """`--output-file` gets what stdout would have got, and stdout nothing."""
    path = tmp_path / "report.json"
    done = run_program("diagnose", "--from", FOUND, "-o", "json", "--output-file", str(path))

    assert (1, "") == (done.code, done.stdout)
    assert 1 == len(json.loads(path.read_text(encoding="utf-8"))["diagnoses"])


def test_output_file_that_cannot_be_written(tmp_path: Path) -> None:
    """A result that cannot be written is one sentence about the file."""
    done = run_program("diagnose", "--from", FOUND, "--output-file", str(tmp_path / "no" / "report"))

    assert 2 == done.code
    assert done.stderr.startswith(f"Error: The result cannot be written to {tmp_path}/no/report: No such file")


def test_a_recording_of_a_recording_answers_the_same(tmp_path: Path) -> None:
    """What `--save` keeps gives the same answer again, from a directory and from an archive."""
    first = run_program("diagnose", "--from", FOUND, "-o", "json")

    for name in ("saved", "saved.tar.gz"):
        run_program("diagnose", "--from", FOUND, "--save", str(tmp_path / name))
        again = run_program("diagnose", "--from", str(tmp_path / name), "-o", "json")
        assert json.loads(first.stdout)["diagnoses"] == json.loads(again.stdout)["diagnoses"]


def test_a_recording_repeats_its_own_question() -> None:
    """Without flags, a recording is asked what it was recorded for."""
    report = json.loads(run_program("diagnose", "--from", FOUND, "-o", "json").stdout)

    assert ["web"] == report["question"]["namespaces"]


def test_flags_narrow_saved_files() -> None:
    """A namespace, a pod's name, or labels that fit nobody leave nothing to report."""
    (found,) = facts(json.loads(run_program("diagnose", "--from", FOUND, "-o", "json").stdout))

    named = run_program("diagnose", found["victim"]["pod"], "-n", "web", "--from", FOUND, "-o", "json")
    labelled = run_program("diagnose", "-n", "web", "-l", "app=other", "--from", FOUND, "-o", "json")
    assert [found] == facts(json.loads(named.stdout))
    assert [] == facts(json.loads(labelled.stdout))


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    """`| head` ends the reading, not the program: no complaint, and the code of the answer."""
    command = [sys.executable, "-m", "hostnetdoctor", "diagnose", "--from", FOUND, "-o", "json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        program.stdout.close()
        said = program.stderr.read()

    assert (b"", 1) == (said, program.returncode)
