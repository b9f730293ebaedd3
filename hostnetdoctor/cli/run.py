"""What happens around a command: the one place that catches errors and turns them into words and an exit code."""

from __future__ import annotations

import contextlib
import io
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from hostnetdoctor import __version__
from hostnetdoctor.errors import DoctorError, ExitCode


def run(program: Callable[[Sequence[str]], object], arguments: Sequence[str]) -> int:
    """Run the program with these arguments and return its exit code, whatever happens."""
    _never_fail_to_print()
    try:
        program(arguments)
    except SystemExit as ending:
        return _code_of(ending)
    except DoctorError as error:
        tell(error)
        _trace(arguments)
        return error.exit_code
    except KeyboardInterrupt:
        _say("Stopped.")
        return ExitCode.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last line of defence: nobody shall see a traceback unasked
        _say(
            f"Error: hostnet-doctor {__version__} failed over a mistake of its own: {type(error).__name__}: {error}",
            "Fix: run it again with -v and report what it says, if it may be shown; with --save PATH you can add what was read.",
        )
        _trace(arguments)
        return ExitCode.BUG
    return ExitCode.NOTHING_FOUND


def tell(error: DoctorError) -> None:
    """Say on stderr what went wrong and what mends it."""
    _say(f"Error: {error.sentence}", f"Fix: {error.fix}" if error.fix else None)


def program_name(called_as: str) -> str:
    """Return how the user calls the program: kubectl finds a plugin by its file's name."""
    return "kubectl hostnet-doctor" if Path(called_as).name.startswith("kubectl-") else "hostnet-doctor"


def _code_of(ending: SystemExit) -> int:
    if ending.code is None:
        return ExitCode.NOTHING_FOUND
    return ending.code if isinstance(ending.code, int) else ExitCode.BUG


def _say(*sentences: str | None) -> None:
    with contextlib.suppress(OSError):  # a closed terminal is no reason for another error
        for sentence in sentences:
            if sentence is not None:
                sys.stderr.write(f"{sentence}\n")


def _trace(arguments: Sequence[str]) -> None:
    # The flag is looked for in the words themselves, so that it also helps when they could not be understood.
    if {"-v", "--verbose"} & set(arguments):
        _say(traceback.format_exc())


def _never_fail_to_print() -> None:
    """Let a terminal that lacks a character show its code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
