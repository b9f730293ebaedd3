"""What real API servers answered: their Table and their full pods must show the same suspects."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from hostnetdoctor.collect import survey, wire
from hostnetdoctor.collect.requests import Survey

ANSWERS = Path(__file__).parent / "answers"
VERSIONS = sorted(path.name for path in ANSWERS.iterdir() if path.is_dir())
HOUR = timedelta(hours=1)
QUIET = {
    "completed",
    "init-done",
    "one-completed-not-ready",  # rendered as a pod that is done: as long as nothing restarts, nothing tells it apart
    "restarted-long-ago",
    "sidecar-runs",
    "well",
}


def by_table(version: str) -> dict[str, bool]:
    """Return who is a suspect by the server's Table."""
    table = wire.decode((ANSWERS / version / "table.json").read_bytes(), wire.Table)
    read = survey.row_reader(table.column_definitions or (), Survey(namespace="odd"), HOUR)
    return {row.name: row.suspect for row in map(read, table.rows or ()) if row is not None}


def full_pods(version: str) -> tuple[list[wire.Pod], datetime]:
    """Return the pods, and the server's clock when it gave them."""
    pods = wire.decode((ANSWERS / version / "pods.json").read_bytes(), wire.PodList).items or []
    return pods, datetime.fromisoformat((ANSWERS / version / "asked_at").read_text().strip())


@pytest.mark.parametrize("version", VERSIONS)
def test_both_ways_find_the_same_suspects(version: str) -> None:
    """A server that renders no Table is read in full, and nobody is missed by either way."""
    pods, now = full_pods(version)
    rows = (survey.row_of(each, now, HOUR) for each in pods)

    assert by_table(version) == {row.name: row.suspect for row in rows}


@pytest.mark.parametrize("version", VERSIONS)
def test_everybody_who_may_be_in_trouble_is_a_suspect(version: str) -> None:
    """All but those that do well are suspects, whatever words the server has for their state."""
    assert QUIET >= {name for name, suspect in by_table(version).items() if not suspect}


@pytest.mark.parametrize("version", VERSIONS)
def test_the_columns_are_those_of_the_server(version: str) -> None:
    """A full pod is counted as the server counts: ready containers, all containers, restarts."""
    table = wire.decode((ANSWERS / version / "table.json").read_bytes(), wire.Table)
    pods, now = full_pods(version)
    columns = {each.metadata.name: survey.columns_of(each, now) for each in pods if each.metadata is not None}
    shown = {str(row.cells[0]): (row.cells[1], str(row.cells[3]).partition(" ")[0]) for row in table.rows or ()}

    assert shown == {name: (f"{each.ready}/{each.total}", str(each.restarts)) for name, each in columns.items()}
