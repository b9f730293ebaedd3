"""No root cause of the catalogue lacks anything: file, page, saved clusters, remedies, and a scenario with real programs."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from hostnetdoctor.causes import CAUSES
from tests.cli.program import run_program
from tests.e2e import catalogue, catalogue_no_pods, save_causes, save_fixtures, scenarios

ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "fixtures"
FOLDERS = sorted(path.parent for path in FIXTURES.glob("*/*/expected.json"))
SECTIONS = ["Symptom", "Why", "How we know", "How to fix", "Not to be confused with"]
SAVINGS = {saving.folder: saving for saving in (*save_fixtures.SAVINGS, *save_causes.SAVINGS)}
TOGETHER = {each.name for each in (*catalogue.PODS, *catalogue.ADDRESSES, *catalogue_no_pods.NO_PODS)}
ON_THEIR_OWN = {each.name for each in scenarios.SCENARIOS}

BY_A_LISTENER = {
    "replica-on-same-node",
    "rollout-overlap",
    "other-host-network-pod",
    "host-process",
    "holder-not-visible",
}

on_every_cause = pytest.mark.parametrize("cause", [cause.id for cause in CAUSES])
on_every_folder = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: f"{folder.parent.name}/{folder.name}")


@cache
def _diagnoses(folder: Path) -> list[Mapping[str, Any]]:
    told: list[Mapping[str, Any]] = json.loads(run_program("diagnose", "--from", str(folder), "-o", "json").stdout)[
        "diagnoses"
    ]
    return told


def _folders(cause: str, kind: str) -> list[Path]:
    return [folder for folder in FOLDERS if folder.parent.name == cause and folder.name.startswith(f"{kind}-")]


@on_every_cause
def test_every_cause_has_its_file_and_its_page(cause: str) -> None:
    """A cause is one file, and its page answers the same five questions as every other one."""
    source = ROOT / "hostnetdoctor" / "causes" / f"{cause.replace('-', '_')}.py"
    page = (ROOT / "docs" / "causes" / f"{cause}.md").read_text(encoding="utf-8")

    assert source.is_file()
    assert SECTIONS == re.findall(r"^## (.+)$", page, re.MULTILINE)


@on_every_cause
def test_every_cause_is_shown_twice_and_kept_quiet_twice(cause: str) -> None:
    """One saved cluster may be found by luck, and one neighbour be told apart by luck."""
    assert 2 <= len(_folders(cause, "found"))
    assert 2 <= len(_folders(cause, "quiet"))


@on_every_cause
def test_every_cause_has_remedies(cause: str) -> None:
    """Whoever has this cause is told what to do, in every saved cluster that shows it."""
    shown = [each for folder in _folders(cause, "found") for each in _diagnoses(folder) if each["cause"] == cause]

    assert [] == [each["summary"] for each in shown if not each["remedies"]]


@on_every_folder
def test_every_saved_cluster_has_a_scenario_or_says_where_it_comes_from(folder: Path) -> None:
    """It is recorded from a scenario that the end-to-end tests make happen, or a file beside it names its sources."""
    saving = SAVINGS.get(f"{folder.parent.name}/{folder.name}")

    recorded = saving is not None and saving.runtime is None
    assert recorded or (folder / "PROVENANCE.md").is_file()
    assert saving is None or saving.scenario in {*TOGETHER, *ON_THEIR_OWN, "demo"}


@pytest.mark.parametrize("name", sorted(ON_THEIR_OWN))
def test_every_scenario_has_an_end_to_end_test(name: str) -> None:
    """A scenario that no test makes happen proves nothing; those of `catalogue.py` happen together."""
    assert name in _happening()


@cache
def _happening() -> frozenset[str]:
    """Return the names that the end-to-end tests give to `happening(...)`."""
    calls = (
        node
        for path in sorted((ROOT / "tests" / "e2e").glob("test_*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "happening"
    )
    return frozenset(
        str(argument.value) for call in calls for argument in call.args if isinstance(argument, ast.Constant)
    )


@on_every_folder
def test_what_is_not_certain_says_what_would_decide(folder: Path) -> None:
    """Below certain, the first next step can be pasted: it names the node and the port, or the pod, or the file."""
    for each in _diagnoses(folder):
        if each["confidence"] not in {"proven", "certain"}:
            assert each["nextSteps"], each["summary"]
            assert _filled_in(each), each["nextSteps"]


def _filled_in(diagnosis: Mapping[str, Any]) -> bool:
    steps = " ".join(diagnosis["nextSteps"])
    what = diagnosis["path"] or str(diagnosis["port"] or "")
    of_the_pod = diagnosis["network"] == "pod" and diagnosis["path"] is None
    if diagnosis["node"] is None or of_the_pod or diagnosis["cause"] == "port-needs-privilege":
        return str(diagnosis["victim"]["pod"]) in steps
    return str(what) in steps and str(diagnosis["node"]) in steps


@on_every_folder
def test_words_are_as_sure_as_the_confidence(folder: Path) -> None:
    """Somebody "has it" only where that is certain; below, the sentence says probably, possibly, or that nobody is seen."""
    for each in _diagnoses(folder):
        told = re.search(r"\b(probably|possibly)? ?(?:still runs and )?has it\b", each["summary"])
        if (
            each["confidence"] == "certain"
            or told is None
            or re.search("Kubernetes API does not show|Nobody else has it", each["summary"])
        ):
            continue
        assert {"likely": "probably", "possible": "possibly"}[each["confidence"]] in each["summary"]


def test_the_table_of_scenarios_names_tests_that_there_are() -> None:
    """A reader who follows the table finds the test."""
    table = (ROOT / "tests" / "e2e" / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"`(test_\w+\.py)(?:::(\w+))?`", table)

    assert named
    for file, test in named:
        source = (ROOT / "tests" / "e2e" / file).read_text(encoding="utf-8")
        assert f"def {test}" in source if test else source, f"{file}::{test}"


@on_every_folder
def test_every_neighbour_is_a_holder_or_ruled_out_with_a_reason(folder: Path) -> None:
    """Nobody on the node's network is passed over in silence: each is the holder, or is said not to be, and why."""
    pods = [pod for file in folder.glob("*/pods.json") for pod in json.loads(file.read_text(encoding="utf-8"))["items"]]
    for each in _diagnoses(folder):
        if each["network"] == "node" and each["cause"] in BY_A_LISTENER:
            told = {f"{one['namespace']}/{one['pod']}" for one in each["holders"]}
            told |= {one["candidate"].partition(" ")[0] for one in each["ruledOut"] if one["because"]}
            assert told >= _neighbours(pods, each), each["summary"]


def _neighbours(pods: list[Mapping[str, Any]], diagnosis: Mapping[str, Any]) -> set[str]:
    """Return the other hostNetwork pods of a diagnosis's node."""
    victim = f"{diagnosis['victim']['namespace']}/{diagnosis['victim']['pod']}"
    found = {
        f"{pod['metadata']['namespace']}/{pod['metadata']['name']}"
        for pod in pods
        if pod["spec"].get("hostNetwork") and pod["spec"].get("nodeName") == diagnosis["node"]
    }
    return found - {victim}
