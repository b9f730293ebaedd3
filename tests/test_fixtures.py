"""Every saved cluster in `fixtures/` gives the answer that its `expected.json` says, through the public entry point."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hostnetdoctor.causes import CAUSES
from tests.cli.program import run_program
from tests.decisive import facts

FIXTURES = Path(__file__).parent.parent / "fixtures"
FOLDERS = sorted(path.parent for path in FIXTURES.glob("*/*/expected.json"))
SAVED = sorted(path for path in FIXTURES.glob("*/*") if path.is_dir())


def _id(folder: Path) -> str:
    return f"{folder.parent.name}/{folder.name}"


def _expected(folder: Path) -> list[Any]:
    found: list[Any] = json.loads((folder / "expected.json").read_text(encoding="utf-8"))["diagnoses"]
    return found


@pytest.mark.parametrize("folder", FOLDERS, ids=_id)
def test_fixture(folder: Path) -> None:
    """A saved cluster gives exactly the expected diagnoses, and the exit code that belongs to them."""
    done = run_program("diagnose", "--from", str(folder), "-o", "json")

    assert _expected(folder) == facts(json.loads(done.stdout))
    assert (1 if _expected(folder) else 0) == done.code, done.stderr


@pytest.mark.parametrize("folder", FOLDERS, ids=_id)
def test_fixture_is_about_its_cause(folder: Path) -> None:
    """A `found-` folder shows its cause, a `quiet-` folder a neighbour of it that must not be taken for it."""
    causes = {diagnosis["cause"] for diagnosis in _expected(folder)}
    kind = folder.name.partition("-")[0]

    assert kind in {"found", "quiet", "issue"}
    assert kind == "issue" or (kind == "found") == (folder.parent.name in causes)


def test_every_folder_says_what_is_expected_of_it() -> None:
    """No saved cluster lies in `fixtures/` without an `expected.json` that makes it a test."""
    assert SAVED == FOLDERS


@pytest.mark.parametrize("cause", [cause.id for cause in CAUSES])
def test_every_cause_has_fixtures(cause: str) -> None:
    """Every root cause is shown once where it is found and once where it must stay quiet."""
    kinds = {folder.name.partition("-")[0] for folder in FOLDERS if folder.parent.name == cause}

    assert {"found", "quiet"} <= kinds


def test_every_fixture_belongs_to_a_cause() -> None:
    """The folders of `fixtures/` have the ids of root causes as their names."""
    assert {cause.id for cause in CAUSES} >= {folder.parent.name for folder in FOLDERS}
