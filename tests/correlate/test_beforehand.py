"""A long survey: hostNetwork pods are listed beside it, and the first logs are read before it is there."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hostnetdoctor.doctor import diagnose
from hostnetdoctor.model import Question, Report
from tests.cli.program import run_program
from tests.collect.api_server import Answer, ApiServer, Asked, json_answer, serving, status
from tests.collect.live import cluster_of
from tests.collect.pods import listed
from tests.faults import shop

_LONGEST = 10  # seconds that a survey waits for what is to come before it
_LOG = Answer(body=shop.FAILED, kind="text/plain")
_EVERYWHERE = Question(all_namespaces=True, since=timedelta(hours=1))


def row(name: str) -> dict[str, Any]:
    return {"cells": [name, "0/1", "CrashLoopBackOff", "4 (2m ago)", "2h", "10.0.0.1", "node1"]}


def pods_of_node(asked: Asked) -> Answer:
    selected = dict(each.split("=") for each in asked.query["fieldSelector"].split(","))
    meta = {**shop.VICTIM["metadata"], "name": "web-c", "uid": "uid-web-c"}
    every = (shop.VICTIM, {**shop.VICTIM, "metadata": meta}, shop.EXPORTER)
    return json_answer(
        listed(*(each for each in every if selected.get("metadata.name") in {None, each["metadata"]["name"]}))
    )


class LongSurvey:
    """The pods of a server that lists all of them only once `awaited` is set, or after some seconds."""

    def __init__(self, *names: str) -> None:
        self.awaited = threading.Event()
        self.came_first = False
        self._names = names

    def __call__(self, asked: Asked) -> Answer:
        if "fieldSelector" in asked.query:
            return pods_of_node(asked)
        self.came_first = self.awaited.wait(_LONGEST)
        return json_answer({**shop.table(), "rows": [row(each) for each in self._names]})

    def awaiting(self, answer: Answer) -> Callable[[Asked], Answer]:
        """Return what answers the request for which the survey waits."""

        def answered(_: Asked) -> Answer:
            self.awaited.set()
            return answer

        return answered


@pytest.fixture
def api() -> Iterator[ApiServer]:
    with serving() as server:
        shop.serve(server)
        yield server


def served(api: ApiServer, *names: str) -> LongSurvey:
    """Let the server show these pods only when the log of one of them has been asked for, which it shows beforehand."""
    survey = LongSurvey(*names)
    api.on(shop.PODS, survey)
    api.on(shop.HOST_NETWORK_PODS, json_answer({**shop.table(), "rows": [row("web-b")]}))
    api.on(shop.VICTIM_LOG, survey.awaiting(_LOG))
    api.on(shop.VICTIM_LOG.replace("web-b", "web-c"), _LOG)
    return survey


def looked(api: ApiServer, directory: Path) -> Report:
    return diagnose(_EVERYWHERE, cluster_of(api, directory), now=datetime.now(UTC))


def test_logs_are_read_while_the_survey_is_on_its_way(api: ApiServer, tmp_path: Path) -> None:
    """Nobody waits for the list of all pods, and nothing of what was read before it is asked again."""
    survey = served(api, "web-b", "web-c")
    report = looked(api, tmp_path)

    assert survey.came_first
    assert {("web-b", "exporter-x"), ("web-c", "exporter-x")} == {
        (each.victim.pod, *(holder.pod for holder in each.holders)) for each in report.diagnoses
    }
    # What the second pod needs is asked for when the survey shows it, and the rest of the node was known by then.
    asked = [(each.path, tuple(sorted(each.query.items()))) for each in api.asked]
    assert () == tuple(each for each in asked if asked.count(each) > 1)


def test_a_node_where_all_do_well_by_now_is_not_told(api: ApiServer, tmp_path: Path) -> None:
    """The survey has the last word: what was read beforehand of a node that it does not name is in no count."""
    survey = served(api)
    report = looked(api, tmp_path)

    assert (True, (), (), 0, 0) == (
        survey.came_first,
        report.diagnoses,
        report.not_looked_at,
        report.counts.nodes,
        report.counts.suspects,
    )


def test_a_server_that_cannot_list_hostnetwork_pods(api: ApiServer, tmp_path: Path) -> None:
    """Before Kubernetes 1.28 the list is refused, which costs the user nothing."""
    survey = served(api, "web-b", "web-c")
    api.on(shop.HOST_NETWORK_PODS, survey.awaiting(status(400, "field label not supported: spec.hostNetwork")))
    report = looked(api, tmp_path)

    assert (True, ["web-b", "web-c"], ()) == (
        survey.came_first,
        [each.victim.pod for each in report.diagnoses],
        report.not_looked_at,
    )


def test_a_list_that_never_ends_keeps_nobody_waiting(api: ApiServer, tmp_path: Path) -> None:
    """The survey is asked for first and answers while the list of hostNetwork pods hangs: the program ends with its answer."""
    survey = served(api, "web-b", "web-c")
    api.on(shop.HOST_NETWORK_PODS, survey.awaiting(Answer(silent=True)))
    done = run_program("diagnose", "-A", "--timeout", "600s", "--kubeconfig", api.kubeconfig(tmp_path))

    assert (1, True, True) == (done.code, survey.came_first, shop.HOLDER in done.stdout)
    assert "fieldSelector" not in api.queries(shop.PODS)[0]


def test_a_recording_has_the_survey_alone(api: ApiServer, tmp_path: Path) -> None:
    """What was listed beforehand is a part of the survey, and a recording answers without it."""
    survey, saved = served(api, "web-b", "web-c"), tmp_path / "saved"
    words = ("diagnose", "-A", "-o", "json")
    live = run_program(*words, "--save", str(saved), "--kubeconfig", api.kubeconfig(tmp_path))
    again = run_program(*words, "--from", str(saved))

    kinds = [each["asked"]["kind"] for each in json.loads((saved / "recording.json").read_text())["entries"]]
    assert (True, 1, 0) == (survey.came_first, kinds.count("Survey"), kinds.count("HostNetworkSurvey"))
    assert json.loads(live.stdout)["diagnoses"] == json.loads(again.stdout)["diagnoses"]


def test_where_the_survey_never_comes_hostnetwork_pods_are_told(api: ApiServer, tmp_path: Path) -> None:
    """When the time is up, what is known of hostNetwork pods is the answer, and that others were not looked at is said."""
    survey = served(api)
    api.on(shop.PODS, lambda asked: pods_of_node(asked) if "fieldSelector" in asked.query else Answer(silent=True))
    done = run_program("diagnose", "-A", "-o", "json", "--timeout", "4s", "--kubeconfig", api.kubeconfig(tmp_path))
    report = json.loads(done.stdout)

    assert (1, True) == (done.code, survey.awaited.is_set())
    # The second one is a pod of the same node, which was read whole by then.
    assert [("web-b", "exporter-x"), ("web-c", "exporter-x")] == [
        (each["victim"]["pod"], *(holder["pod"] for holder in each["holders"])) for each in report["diagnoses"]
    ]
    assert [("pods", True)] == [(each["what"], each["essential"]) for each in report["notLookedAt"]]
