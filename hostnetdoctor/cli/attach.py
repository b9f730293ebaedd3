"""`hostnet-doctor attach`: a saved report as a comment on incident tickets."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from hostnetdoctor.cli import options

To = Annotated[list[str], typer.Option("--to", metavar="TARGET", show_default=False, help=options.TARGETS)]
DryRun = Annotated[
    bool,
    typer.Option(
        "--dry-run", help="Print what would be sent, and send nothing. It needs no network and no credentials."
    ),
]


def attach(
    report: options.ReportFile,
    to: To,
    dry_run: DryRun = False,
    verbose: options.VerboseErrors = False,  # noqa: ARG001 - cli/run.py looks for the word itself
) -> None:
    """Put a saved report on incident tickets: a comment with the summary, and the report as HTML and JSON.

    A second run for the same failures of the same cluster updates its own comment. Credentials come from the environment
    or a keyring: docs/tickets.md.
    """
    from hostnetdoctor.cli import answer, tickets

    saved = answer.saved_report(report)
    if dry_run:
        tickets.show(saved, to)
        return
    tickets.post(saved, tickets.addressees(to), out=sys.stdout)
