"""Ctrl-C at any time: what is known so far is told, and the exit code is 130."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.collect.api_server import Answer, ApiServer, Asked, json_answer, serving
from tests.faults import shop

_SECONDS = 30


@pytest.fixture
def api() -> Iterator[ApiServer]:
    with serving() as server:
        shop.serve(server)
        yield server


def stalling(api: ApiServer, path: str) -> threading.Event:
    """Let requests for this path wait without end; return what tells when the first one is there."""
    arrived = threading.Event()

    def answer(_: Asked) -> Answer:
        arrived.set()
        return Answer(silent=True)

    api.on(path, answer)
    return arrived


def interrupted(api: ApiServer, directory: Path, arrived: threading.Event, *arguments: str) -> tuple[int, str, str]:
    """Run the program, press Ctrl-C when the stalling request is there, and return what came of it."""
    command = [sys.executable, "-m", "hostnetdoctor", "diagnose", "--kubeconfig", api.kubeconfig(directory), *arguments]
    root = Path(__file__).parent.parent.parent
    program = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root), "PYTHONIOENCODING": "utf-8"},
    )
    try:
        assert arrived.wait(_SECONDS)
        program.send_signal(signal.SIGINT)
        out, error = program.communicate(timeout=_SECONDS)
    finally:
        program.kill()
        program.wait()
    assert "Traceback" not in error
    return program.returncode, out, error


def test_before_anything_is_known(api: ApiServer, tmp_path: Path) -> None:
    """While the pods are listed there is nothing to tell yet."""
    arrived = stalling(api, shop.PODS)

    assert (130, "", "Stopped before anything was known.\n") == interrupted(api, tmp_path, arrived, "-A")


def test_while_the_candidates_are_read(api: ApiServer, tmp_path: Path) -> None:
    """What was read of a node before Ctrl-C makes its answer, and the rest is named."""
    arrived = stalling(api, shop.HOLDER_LOG)
    code, out, _ = interrupted(api, tmp_path, arrived, "-A", "-o", "json")
    report = json.loads(out)

    assert 130 == code
    assert ["exporter-x"] == [holder["pod"] for each in report["diagnoses"] for holder in each["holders"]]
    assert {"The run was stopped before this was read."} == {each["why"] for each in report["notLookedAt"]}


def test_while_the_suspects_are_read(api: ApiServer, tmp_path: Path) -> None:
    """Without the victim's log nothing is known of it, and that is what is told; the nodes may be on their way too."""
    arrived = stalling(api, shop.VICTIM_LOG)
    code, out, _ = interrupted(api, tmp_path, arrived, "-A", "-o", "json")
    report = json.loads(out)

    assert (130, []) == (code, report["diagnoses"])
    missing = {(each["what"], each["pod"]) for each in report["notLookedAt"]}
    assert {("log", "web-b")} == missing - {("nodes", None)}


def test_the_text_says_that_it_is_not_everything(api: ApiServer, tmp_path: Path) -> None:
    """A person sees that the run was stopped."""
    arrived = stalling(api, shop.HOLDER_LOG)
    code, out, _ = interrupted(api, tmp_path, arrived, "-A")

    assert (130, True, True) == (code, shop.HOLDER in out, "stopped" in out.lower())


def test_what_was_read_is_saved(api: ApiServer, tmp_path: Path) -> None:
    """With --save a stopped run leaves a recording of what it had read."""
    arrived = stalling(api, shop.HOLDER_LOG)
    saved = tmp_path / "saved"
    code, _, _ = interrupted(api, tmp_path, arrived, "-A", "--save", str(saved))

    assert (130, True) == (code, (saved / "shop" / "web-b" / "main.log").is_file())


def test_nodes_that_nobody_looked_at_are_counted_not_listed(api: ApiServer, tmp_path: Path) -> None:
    """When the run ends among many nodes, the rest of them is one line."""
    cells = [[f"web-{each}", "0/1", "Error", "4", "2h", "10.0.0.1", f"node{each}"] for each in range(300)]
    cells.append(["web-new", "0/1", "Pending", "0", "2h", "<none>", "<none>"])
    arrived = threading.Event()

    def pods(asked: Asked) -> Answer:
        if shop.is_survey(asked):
            return json_answer({**shop.table(), "rows": [{"cells": each} for each in cells]})
        arrived.set()
        return Answer(silent=True)

    api.on(shop.PODS, pods)
    code, out, _ = interrupted(api, tmp_path, arrived, "-A", "-o", "json")
    missing = json.loads(out)["notLookedAt"]

    assert (130, True) == (code, len(missing) < 30)
    assert "pods that no node has" in {each["what"] for each in missing}
    (rest,) = (each["what"] for each in missing if each["what"].endswith(" more nodes with pods in trouble"))
    assert 300 == int(rest.partition(" ")[0]) + len({each["node"] for each in missing if each["node"] is not None})
