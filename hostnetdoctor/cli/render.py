"""`hostnet-doctor render`: a saved report in another format."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from hostnetdoctor.cli import options

ReportFile = Annotated[
    str, typer.Argument(metavar="REPORT.json", help="What `diagnose -o json` wrote; - for standard input.")
]


def render(
    report: ReportFile,
    output: options.Output = "text",
    output_file: options.OutputFile = None,
    anonymize: options.Anonymize = False,
    mapping: options.MappingFile = None,
    verbose: options.VerboseErrors = False,  # noqa: ARG001 - cli/run.py looks for the word itself
) -> None:
    """Show a report that was saved with -o json in any format. It may be of an older or a newer version of this tool."""
    from hostnetdoctor.cli import answer
    from hostnetdoctor.report.json import decode

    wanted, read = answer.format_named(output), decode(_read(report))
    answer.write(answer.for_strangers(read, mapping) if anonymize else read, wanted, output_file)


def _read(path: str) -> bytes:
    from hostnetdoctor.errors import BrokenReport

    try:
        return sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        raise BrokenReport(
            f"The report {path} cannot be read: {error.strerror or error}.",
            fix="write one with: hostnet-doctor diagnose -o json --output-file REPORT.json",
        ) from error
