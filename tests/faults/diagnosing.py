"""Run `diagnose` against a server with a fault, and check what must hold whatever the fault is."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.cli.program import Done, run_program
from tests.collect.api_server import ApiServer
from tests.faults import shop

_GRACE = 4.0  # seconds that a run may take beyond its --timeout, on a busy machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One fault: how the server gets it, and what may then be said.

    `holder` says whether the pod that has the port is named. `missing` are pairs of words: what could not be read, and
    a part of the reason. `sentence` is a part of the error of a run that could look at nothing.
    """

    fault: str
    happens: Callable[[ApiServer], None]
    code: int = 1
    holder: bool = True
    missing: tuple[tuple[str, str], ...] = ()
    sentence: str | None = None
    arguments: tuple[str, ...] = ("-A",)
    timeout: float = 20


def replaced(path: str, *answers: Any) -> Callable[[ApiServer], None]:
    """Return a fault that replaces the answers of one path."""
    return lambda api: api.on(path, *answers)


def check(row: Row, api: ApiServer, directory: Path) -> Done:
    """Run the program under a fault, and check all that the row says; return what came of it."""
    shop.serve(api)
    row.happens(api)
    began = time.monotonic()
    done = run_program(
        "diagnose",
        *row.arguments,
        "--kubeconfig",
        api.kubeconfig(directory),
        "--timeout",
        f"{row.timeout}s",
        "-o",
        "json",
    )
    assert time.monotonic() - began < row.timeout + _GRACE
    assert "Traceback" not in done.stderr
    assert row.code == done.code, f"{done.stdout}{done.stderr}"
    if row.sentence is not None:
        _check_sentence(row.sentence, done)
    else:
        _check_report(row, json.loads(done.stdout))
    return done


def _check_sentence(sentence: str, done: Done) -> None:
    """Check that nothing but one sentence and its fix is said."""
    first, *fix = done.stderr.splitlines()
    assert "" == done.stdout
    assert sentence in first
    assert [True] * len(fix) == [line.startswith("Fix: ") for line in fix]
    assert len(fix) <= 1


def _check_report(row: Row, report: Mapping[str, Any]) -> None:
    found = [f"{each['namespace']}/{each['pod']}" for one in report["diagnoses"] for each in one["holders"]]
    assert ([shop.HOLDER] if row.holder else []) == found
    missed = [(each["what"], each["why"]) for each in report["notLookedAt"]]
    for what, why in row.missing:
        assert any(what in name and why in reason for name, reason in missed), missed
    assert bool(row.missing) == bool(missed), missed
    assert [True] * len(missed) == [reason.endswith(".") for _, reason in missed]
    if not row.holder:
        _check_silence(row, report)


def _check_silence(row: Row, report: Mapping[str, Any]) -> None:
    """Check that a holder who was not found is never said not to exist, and that silence has its reasons."""
    assert row.missing or not report["diagnoses"]
    for each in report["diagnoses"]:
        assert ("holder-not-visible", "possible") == (each["cause"], each["confidence"])
        assert "could not all be read" in each["summary"]
