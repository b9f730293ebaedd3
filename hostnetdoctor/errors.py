"""Every error that ends a run: one plain sentence, the likely fix, and an exit code.

    DoctorError
    |-- UsageError            2   the command line asks for something that cannot be done
    |-- CannotLook            3   nothing could be looked at: no cluster, no right, no file
    |-- BrokenReport          3   a saved report cannot be read
    `-- CannotPost            3   a report could not be put on a ticket

They are raised where the fact is known and caught once, in `cli/`.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the process says to scripts; no output format changes it."""

    NOTHING_FOUND = 0
    FOUND = 1
    USAGE = 2
    COULD_NOT_LOOK = 3
    BUG = 70
    INTERRUPTED = 130


class DoctorError(Exception):
    """The base of every error that a user may see.

    `sentence` says what is wrong in plain words; `fix` is what most likely mends it, if that is known.
    """

    exit_code = ExitCode.COULD_NOT_LOOK

    def __init__(self, sentence: str, *, fix: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.fix = fix


class UsageError(DoctorError):
    """The command line asks for something that cannot be done."""

    exit_code = ExitCode.USAGE


class CannotLook(DoctorError):
    """Nothing could be looked at: the cluster, the kubeconfig or the saved files cannot be read."""


class BrokenReport(DoctorError):
    """A saved report cannot be read."""


class CannotPost(DoctorError):
    """A report could not be put on a ticket, or not whole: the system refused it or could not be reached."""
