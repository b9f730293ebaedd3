"""What happens around a command: errors become a sentence and an exit code."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence

import pytest

from hostnetdoctor.cli.run import program_name, run
from hostnetdoctor.errors import BrokenReport, CannotLook, DoctorError, UsageError


def _ending(error: BaseException, *words: str) -> tuple[int, str]:
    def program(_: Sequence[str]) -> None:
        raise error

    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        code = run(program, words)
    return code, said.getvalue()


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("No."), 2),
        (CannotLook("No."), 3),
        (BrokenReport("No."), 3),
        (DoctorError("No."), 3),
        (KeyboardInterrupt(), 130),
        (SystemExit(1), 1),
        (SystemExit(None), 0),
        (ZeroDivisionError("no"), 70),
    ],
    ids=lambda value: type(value).__name__,
)
def test_exit_code(error: BaseException, code: int) -> None:
    """Every way to end has the exit code of the contract."""
    assert code == _ending(error)[0]


def test_an_error_says_what_and_how_to_fix_it() -> None:
    """An expected error is one sentence and one fix, and nothing else."""
    expected = "Error: The cluster does not answer.\nFix: kubectl cluster-info\n"
    assert expected == _ending(CannotLook("The cluster does not answer.", fix="kubectl cluster-info"))[1]


def test_an_error_without_a_fix_is_one_line() -> None:
    """Where no fix is known, none is invented."""
    assert "Error: No.\n" == _ending(CannotLook("No."))[1]


@pytest.mark.parametrize("error", [CannotLook("No."), ZeroDivisionError("no")], ids=lambda value: type(value).__name__)
def test_a_traceback_is_shown_on_request_only(error: Exception) -> None:
    """Only `-v` shows where an error comes from."""
    assert "Traceback" not in _ending(error)[1]
    assert "Traceback" in _ending(error, "-v")[1]
    assert "Traceback" in _ending(error, "diagnose", "--verbose")[1]


def test_a_bug_says_that_it_is_ours() -> None:
    """An unexpected error is called our mistake, and says how to report it."""
    said = _ending(ZeroDivisionError("division by zero"))[1]

    assert "a mistake of its own: ZeroDivisionError: division by zero" in said
    assert "report" in said


def test_success_is_zero() -> None:
    """A program that just returns has found nothing."""
    assert 0 == run(lambda _: None, [])


@pytest.mark.parametrize(
    ("called_as", "name"),
    [
        ("/usr/bin/hostnet-doctor", "hostnet-doctor"),
        ("/usr/bin/kubectl-hostnet_doctor", "kubectl hostnet-doctor"),
        ("python -m hostnetdoctor", "hostnet-doctor"),
    ],
)
def test_program_name(called_as: str, name: str) -> None:
    """The program goes by the name under which it was started."""
    assert name == program_name(called_as)
