"""`hostnet-doctor causes`: the catalogue of root causes, or the page of one."""

from __future__ import annotations

from typing import Annotated

import typer

CauseId = Annotated[str | None, typer.Argument(metavar="ID", show_default=False, help="The cause to explain.")]


def causes(cause: CauseId = None) -> None:
    """List the root causes that can be found, or explain one: symptom, reason, how it is known, how to fix it."""
    from hostnetdoctor.causes import ALIASES, CAUSES
    from hostnetdoctor.cli.near import the_one_named

    if cause is None:
        width = max(len(each.id) for each in CAUSES)
        for each in CAUSES:
            typer.echo(f"{each.id:{width}}  {each.title}")
        return
    known = {each.id: each for each in CAUSES}
    typer.echo(the_one_named(ALIASES.get(cause, cause), known, what="cause").page.strip())
