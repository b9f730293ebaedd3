"""`hostnet-doctor scan`: the log matcher alone, on files or on standard input."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from hostnetdoctor.cli import options

if TYPE_CHECKING:
    from hostnetdoctor.collect.redact import Redactor
    from hostnetdoctor.match.pattern import Matched
    from hostnetdoctor.model import NotScanned, ScannedFailure, ScanResult

Files = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[FILE ... | -]",
        show_default=False,
        help="Logs, also packed with gzip; - or nothing is standard input.",
    ),
]
ScanOutput = Annotated[
    str, typer.Option("--output", "-o", metavar="FORMAT", help="The format of the result: text or json.")
]
_STDIN = "-"


def scan(
    files: Files = None,
    output: ScanOutput = "text",
    output_file: options.OutputFile = None,
    exit_zero: options.ExitZero = False,
) -> None:
    """Find every failure to listen on an address that logs report: kubectl logs POD | hostnet-doctor scan."""
    from hostnetdoctor.cli.near import the_one_named
    from hostnetdoctor.report import scan_json, scan_text

    formats: dict[str, Callable[[ScanResult, TextIO], None]] = {"text": scan_text.render, "json": scan_json.render}
    render = the_one_named(output, formats, what="output format")
    result = _scanned(_checked(files or [_STDIN]))
    _write(result, render, output_file)
    raise typer.Exit(_code(result, exit_zero=exit_zero))


def _checked(names: Sequence[str]) -> Sequence[str]:
    """Return the names of the files. Raises `UsageError` for one that is not there, before any is read."""
    from hostnetdoctor.errors import UsageError

    for name in names:
        if name != _STDIN and not os.path.lexists(name):
            raise UsageError(f"There is no file {name}.")
        if name != _STDIN and Path(name).is_dir():
            raise UsageError(f"{name} is a directory, and scan reads files.", fix=f"hostnet-doctor scan {name}/*")
    if _STDIN in names and sys.stdin.isatty():
        raise UsageError("There is nothing to read.", fix="kubectl logs POD | hostnet-doctor scan")
    return names


def _scanned(names: Sequence[str]) -> ScanResult:
    from hostnetdoctor.collect.redact import Redactor
    from hostnetdoctor.model import NotScanned, ScanResult
    from hostnetdoctor.model.redacted import numbered

    redactor = Redactor()
    failures: list[ScannedFailure] = []
    gaps: list[NotScanned] = []
    for name in names:
        try:
            matched = _read(name)
        except OSError as error:
            gaps.append(NotScanned(file=name, why=error.strerror or str(error)))
            continue
        failures += _failures(name, matched, redactor)
        gaps += _gaps(name, matched)
    return numbered(ScanResult(files=len(names), failures=tuple(failures), not_looked_at=tuple(gaps)))


def _read(name: str) -> Matched:
    from hostnetdoctor.match.engine import scan as scan_stream

    if name == _STDIN:
        return scan_stream(sys.stdin.buffer)
    with Path(name).open("rb") as stream:
        return scan_stream(stream)


def _failures(name: str, matched: Matched, redactor: Redactor) -> Iterator[ScannedFailure]:
    from hostnetdoctor.model import ScannedFailure

    for found in matched.failures:
        yield ScannedFailure(
            file=name,
            line=found.line,
            count=found.count,
            text=redactor.text(found.text),
            pattern=found.pattern,
            kind=found.kind,
            protocol=found.protocol,
            address=found.address,
            port=found.port,
            path=found.path,
            fatal=found.fatal,
        )


def _gaps(name: str, matched: Matched) -> Iterator[NotScanned]:
    from hostnetdoctor.model import NotScanned

    for line in matched.not_looked_at:
        yield NotScanned(file=name, line=line, why="the line takes too long to read")
    if matched.unread is not None:
        yield NotScanned(file=name, why=matched.unread)


def _write(result: ScanResult, render: Callable[[ScanResult, TextIO], None], path: str | None) -> None:
    """Write the result to a file, or to stdout. Raises `UsageError` when the file cannot be written."""
    from hostnetdoctor.errors import UsageError

    if path is None:
        try:
            render(result, sys.stdout)
            sys.stdout.flush()
        except BrokenPipeError:
            # The reader has seen enough (`| head`). Python would complain once more while it closes stdout.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return
    try:
        with Path(path).open("w", encoding="utf-8") as file:
            render(result, file)
    except OSError as error:
        raise UsageError(f"The result cannot be written to {path}: {error.strerror or error}.") from error


def _code(result: ScanResult, *, exit_zero: bool) -> int:
    from hostnetdoctor.errors import ExitCode

    if result.address_in_use:
        return ExitCode.NOTHING_FOUND if exit_zero else ExitCode.FOUND
    return ExitCode.COULD_NOT_LOOK if result.not_looked_at else ExitCode.NOTHING_FOUND
