"""Runs the command line inside this process: its words, its exit code, and nothing of the outside."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence
from dataclasses import dataclass

from hostnetdoctor.cli.main import app
from hostnetdoctor.cli.run import program_name, run


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a run of the program left: its exit code and what it wrote."""

    code: int
    stdout: str
    stderr: str


def run_program(*arguments: str, called_as: str = "hostnet-doctor") -> Done:
    """Run `hostnet-doctor ARGUMENTS` and return what came of it."""

    def program(words: Sequence[str]) -> None:
        app(args=list(words), prog_name=program_name(called_as))

    out, error = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
        code = run(program, arguments)
    return Done(code=int(code), stdout=out.getvalue(), stderr=error.getvalue())
