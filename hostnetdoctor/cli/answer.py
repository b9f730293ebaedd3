"""What becomes of an answer: it is looked for, written in a format, and ends the program with a code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from msgspec.structs import replace

from hostnetdoctor.cli.near import the_one_named
from hostnetdoctor.cli.stop import stopped_by_the_user
from hostnetdoctor.collect.cluster import Cluster
from hostnetdoctor.doctor import diagnose
from hostnetdoctor.errors import BrokenReport, CannotLook, ExitCode, UsageError
from hostnetdoctor.model import Question, Report
from hostnetdoctor.report import FORMATS

if TYPE_CHECKING:
    from hostnetdoctor.extras.tickets.ticket import Addressee  # loads what only tickets need

Render = Callable[[Report, TextIO], None]


def format_named(name: str) -> Render:
    """Return the format of this name. Raises `UsageError`."""
    return the_one_named(name, FORMATS, what="output format")


def tell_missing_rights(question: Question, cluster: Cluster) -> None:
    """Say on stderr what the user may not read."""
    from hostnetdoctor.cli.check_access import missing_rights

    for line in missing_rights(question, cluster):
        sys.stderr.write(f"{line}\n")


def diagnosed(question: Question, cluster: Cluster) -> Report:
    """Look for the answer, and show on a terminal what is being read.

    Ctrl-C ends the reading, and the report tells what was known by then. Raises `KeyboardInterrupt` if that is nothing.
    """
    with stopped_by_the_user(cluster) as stop:
        try:
            report = _diagnosed(question, cluster)
        except CannotLook as error:
            if stop.asked:
                sys.stderr.write("Stopped before anything was known.\n")
                raise KeyboardInterrupt from error
            raise
    return replace(report, interrupted=report.interrupted or "stopped by the user") if stop.asked else report


def _diagnosed(question: Question, cluster: Cluster) -> Report:
    now = datetime.now(UTC)
    if not sys.stderr.isatty():
        return diagnose(question, cluster, now=now)
    from rich.console import Console

    with Console(stderr=True).status("connecting") as status:
        return diagnose(question, cluster, now=now, progress=status.update)


def for_strangers(report: Report, mapping: str | None) -> Report:
    """Return the report without names; which name stands for which is kept in the file `mapping`."""
    from hostnetdoctor.cli.mapping import anonymous

    return anonymous(report, mapping)


def saved_report(path: str) -> Report:
    """Return the report that was saved with -o json; `-` is standard input. Raises `BrokenReport`."""
    from hostnetdoctor.report.json import decode

    try:
        return decode(sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes())
    except OSError as error:
        raise BrokenReport(
            f"The report {path} cannot be read: {error.strerror or error}.",
            fix="write one with: hostnet-doctor diagnose -o json --output-file REPORT.json",
        ) from error


def write(report: Report, render: Render, path: str | None) -> None:
    """Write the report to a file, or to stdout. Raises `UsageError` when the file cannot be written."""
    if path is None:
        _print(report, render)
        return
    try:
        with Path(path).open("w", encoding="utf-8") as file:
            render(report, file)
    except OSError as error:
        raise UsageError(f"The result cannot be written to {path}: {error.strerror or error}.") from error


def addressees(targets: Sequence[str]) -> Sequence[Addressee]:
    """Return whom `--attach` means, before anything is read: a mistake there is said at once. Raises `UsageError`."""
    if not targets:
        return ()
    from hostnetdoctor.cli import tickets

    return tickets.addressees(targets)


def post(report: Report, to: Sequence[Addressee]) -> None:
    """Put the report on tickets, unless the user stopped the run. Raises `CannotPost`."""
    if not to:
        return
    if report.interrupted:
        sys.stderr.write("Nothing was attached: the run was stopped before the report was complete.\n")
        return
    from hostnetdoctor.cli import tickets

    tickets.post(report, to, out=sys.stderr)


def exit_code(report: Report, *, exit_zero: bool) -> ExitCode:
    """Return what the answer means to a script, in the words of the contract."""
    if report.interrupted:
        return ExitCode.INTERRUPTED
    if report.diagnoses:
        return ExitCode.NOTHING_FOUND if exit_zero else ExitCode.FOUND
    if any(each.essential for each in report.not_looked_at):
        return ExitCode.COULD_NOT_LOOK
    return ExitCode.NOTHING_FOUND


def _print(report: Report, render: Render) -> None:
    try:
        render(report, sys.stdout)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has seen enough (`| head`). Python would complain once more while it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
