"""The program: its commands, and where it starts. Heavy imports stay inside the commands, so that --help is quick."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from hostnetdoctor import __version__
from hostnetdoctor.cli.attach import attach
from hostnetdoctor.cli.causes import causes
from hostnetdoctor.cli.diagnose import diagnose
from hostnetdoctor.cli.rbac import rbac
from hostnetdoctor.cli.render import render
from hostnetdoctor.cli.run import program_name, run
from hostnetdoctor.cli.scan import scan

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,  # kubectl's completion comes from cli/complete.py
    pretty_exceptions_enable=False,  # cli/run.py says what went wrong
    rich_markup_mode=None,  # plain help reads the same in a terminal, in a pipe and in the README
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"hostnet-doctor {__version__}")
        raise typer.Exit


@app.callback()
def hostnet_doctor(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_version, help="Show the version and exit.")
    ] = False,
) -> None:
    """Name the holder of a port that a Kubernetes pod with hostNetwork cannot listen on.

    It only reads. Results go to stdout, everything else to stderr.

    Exit codes: 0 nothing found, 1 found, 2 wrong usage, 3 something needed could not be read or a report could not be put on
    a ticket, 70 a bug of ours, 130 stopped with Ctrl-C.
    """


app.command(short_help="Name who holds the port of every pod that cannot listen.")(diagnose)
app.command(short_help="Show a saved report in another format.")(render)
app.command(short_help="Put a saved report on an incident ticket.")(attach)
app.command(short_help="Find failures to listen in log files or in what comes through a pipe.")(scan)
app.command(short_help="The root causes that can be found, or one explained.")(causes)
app.command(short_help="Print the least rights that it needs, as YAML.")(rbac)


def main() -> None:
    """Run the program with the words of the command line."""
    # Look for reference cycles seldom: starting and reading make millions of small objects and hardly any cycle.
    # At 150,000 pods the looking took a quarter of the time, and found nothing.
    gc.set_threshold(100_000, *gc.get_threshold()[1:])

    def program(arguments: Sequence[str]) -> None:
        app(args=list(arguments), prog_name=program_name(sys.argv[0]))

    code = run(program, sys.argv[1:])
    # Else Python looks through all that is left once more when it ends: an eighth of a short run.
    gc.freeze()
    sys.exit(code)
