"""Who may be in trouble: the rule, the Table, and full pods judged by the same columns."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hostnetdoctor.collect import survey, wire
from hostnetdoctor.collect.kube import Access, KubeCluster
from hostnetdoctor.collect.requests import Survey, Version
from hostnetdoctor.model import SurveyRow, Unreadable, UnreadableKind
from tests.collect.api_server import Answer, ApiServer, json_answer, status
from tests.collect.pods import listed, pod, running, waiting

HOUR = timedelta(hours=1)
NOW = datetime(2026, 11, 2, 10, tzinfo=UTC)
PODS = "/api/v1/pods"
NAMES = ("Name", "Ready", "Status", "Restarts", "Age", "IP", "Node", "Nominated Node", "Readiness Gates")


def asked(api: ApiServer, directory: Path, request: Survey | None = None) -> Any:
    cluster = KubeCluster(Access(kubeconfig=api.kubeconfig(directory), environment={}, since=HOUR))
    cluster.answer([Version()])
    wanted = request or Survey(namespace=None)
    return cluster.answer([wanted])[wanted]


def table(*rows: tuple[Any, ...], names: tuple[str, ...] = NAMES) -> dict[str, Any]:
    return {
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": {"resourceVersion": "77"},
        "columnDefinitions": [{"name": name, "type": "string", "priority": 0} for name in names],
        "rows": [{"cells": list(cells), "object": None} for cells in rows],
    }


def row(
    name: str, state: str = "Running", ready: str = "1/1", restarts: object = "0", node: str = "node1"
) -> tuple[Any, ...]:
    return (name, ready, state, restarts, "5d", "10.0.0.1", node, "<none>", "<none>")


# --- the rule -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("1/1", "Running", "0"), False),
        (("0/1", "Completed", "0"), False),
        (("1/1", "Running", 3), True),
        (("1/1", "Running", "3 (5m ago)"), True),
        (("1/1", "Running", "3 (59m ago)"), True),
        (("1/1", "Running", "3 (2d5h ago)"), False),
        (("1/1", "Running", "3 (<invalid> ago)"), True),
        (("1/2", "Running", "0"), True),
        (("0/1", "CrashLoopBackOff", "13 (2m ago)"), True),
        (("0/1", "Error", "0"), True),
        (("0/1", "Pending", "0"), True),
        (("0/1", "ContainerCreating", "0"), True),
        (("0/2", "Init:0/1", "0"), True),
        (("0/2", "Init:CrashLoopBackOff", "4 (1m ago)"), True),
        (("1/1", "Terminating", "0"), True),
        (("0/1", "NodePorts", "0"), True),
        (("0/1", "Unknown", "0"), True),
        (("odd", "Running", "odd"), True),
    ],
)
def test_a_row_that_may_hide_a_failure_is_a_suspect(cells: tuple[str, str, object], expected: bool) -> None:
    """Only rows that can hide no failure within the hour are left out."""
    ready, state, restarts = cells
    read = survey.row_reader([wire.Column(name=name) for name in NAMES], Survey(namespace=None), HOUR)
    found = read(wire.Row(cells=list(row("p", state, ready, restarts))))
    assert SurveyRow(name="p", node="node1", suspect=expected) == found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("45s", timedelta(seconds=45)),
        ("3h25m", timedelta(hours=3, minutes=25)),
        ("2y31d", timedelta(days=761)),
        ("<invalid>", None),
        ("99999999999999y", None),
        ("", None),
        ("5m later", None),
    ],
)
def test_ages_are_read_as_kubectl_writes_them(text: str, expected: timedelta | None) -> None:
    """Every form of a duration is understood, and nothing else is."""
    assert expected == survey.age(text)


# --- full pods in the same columns --------------------------------------------------------------------------------


def init(name: str, **state: Any) -> dict[str, Any]:
    return {"name": name, "restartCount": 0, "state": state}


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (pod(), ("Running", 1, 1, False)),
        (pod(status={"containerStatuses": [waiting("main")]}), ("CrashLoopBackOff", 0, 1, True)),
        (pod(status={"containerStatuses": [running("main", 2, "2026-11-02T09:30:00Z")]}), ("Running", 1, 1, True)),
        (pod(status={"containerStatuses": [running("main", 2, "2026-11-01T09:30:00Z")]}), ("Running", 1, 1, False)),
        (pod(metadata={"deletionTimestamp": "2026-11-02T10:00:30Z"}), ("Terminating", 1, 1, True)),
        (pod(status={"phase": "Pending", "containerStatuses": None}), ("Pending", 0, 1, True)),
        (pod(status={"phase": "Failed", "reason": "NodePorts", "containerStatuses": []}), ("NodePorts", 0, 1, True)),
        (
            pod(
                spec={"initContainers": [{"name": "first"}]},
                status={
                    "phase": "Pending",
                    "initContainerStatuses": [init("first", running={})],
                    "containerStatuses": [],
                },
            ),
            ("Init:waiting", 0, 1, True),
        ),
        (
            pod(
                spec={"initContainers": [{"name": "first"}]},
                status={"initContainerStatuses": [init("first", terminated={"exitCode": 0, "reason": "Completed"})]},
            ),
            ("Running", 1, 1, False),
        ),
        (
            pod(
                spec={"initContainers": [{"name": "first"}]},
                status={
                    "initContainerStatuses": [
                        {**init("first", terminated={"exitCode": 0, "reason": "Completed"}), "restartCount": 3}
                    ]
                },
            ),
            ("Running", 1, 1, False),
        ),
        (
            pod(
                spec={"initContainers": [{"name": "proxy", "restartPolicy": "Always"}]},
                status={"initContainerStatuses": [running("proxy")]},
            ),
            ("Running", 2, 2, False),
        ),
        (
            pod(
                spec={"initContainers": [{"name": "proxy", "restartPolicy": "Always"}]},
                status={"initContainerStatuses": [{**waiting("proxy"), "started": False}]},
            ),
            ("Init:CrashLoopBackOff", 0, 2, True),
        ),
        (
            pod(status={"phase": "Succeeded", "containerStatuses": [init("main", terminated={"reason": "Completed"})]}),
            ("Completed", 0, 1, False),
        ),
    ],
)
def test_full_pods_are_rendered_as_the_server_renders_them(
    made: dict[str, Any], expected: tuple[str, int, int, bool]
) -> None:
    """A pod without a Table is judged by the same columns and the same rule."""
    read = msgspec.convert(made, wire.Pod)
    columns = survey.columns_of(read, NOW)
    assert expected == (columns.status, columns.ready, columns.total, survey.row_of(read, NOW, HOUR).suspect)


# --- the Table of a server ----------------------------------------------------------------------------------------


def test_the_table_is_asked_for_from_the_cache_without_objects(api: ApiServer, tmp_path: Path) -> None:
    """One request, rendered by the server, with nothing but the cells."""
    api.on(PODS, json_answer(table(row("a"), row("b", "Error", "0/1"), row("c", node="<none>"))))
    expected = (
        SurveyRow(name="a", node="node1", suspect=False),
        SurveyRow(name="b", node="node1", suspect=True),
        SurveyRow(name="c", node=None, suspect=False),
    )
    assert expected == asked(api, tmp_path)
    assert {"includeObject": "None", "resourceVersion": "0"} == api.queries(PODS)[0]
    assert api.asked[1].headers["accept"].startswith("application/json;as=Table;v=v1;g=meta.k8s.io")


def test_a_namespace_and_a_selector_narrow_the_survey(api: ApiServer, tmp_path: Path) -> None:
    """Rows of one namespace carry it, and the server filters by label."""
    path = "/api/v1/namespaces/shop/pods"
    api.on(path, json_answer(table(row("a"))))
    answer = asked(api, tmp_path, Survey(namespace="shop", selector="app=web"))
    assert (SurveyRow(name="a", node="node1", suspect=False, namespace="shop"),) == answer
    assert "app=web" == api.queries(path)[0]["labelSelector"]


@pytest.mark.parametrize(
    "answer",
    [table(row("a"), row("b", "Error", "0/1")), listed(pod("a"), pod("b", status={"phase": "Pending"}))],
    ids=["table", "pages"],
)
def test_the_others_can_be_left_out(api: ApiServer, tmp_path: Path, answer: dict[str, Any]) -> None:
    """Of a whole cluster only the suspects are kept, whichever way it is listed."""
    api.on(PODS, json_answer(answer))
    found = asked(api, tmp_path, Survey(namespace=None, suspects_only=True))
    assert ["b"] == [each.name for each in found]


def test_an_empty_table(api: ApiServer, tmp_path: Path) -> None:
    """No pods are no rows, whether the list is empty or null."""
    api.on(PODS, json_answer({**table(), "rows": None}))
    assert () == asked(api, tmp_path)


def test_a_table_of_any_length_is_cut_between_its_rows(api: ApiServer, tmp_path: Path) -> None:
    """However the body is split on its way, and whatever its texts hold, every row comes out once and whole."""
    names = [f'odd ,{{"cells":["{number}"]' for number in range(3000)]
    body = json.dumps(table(*(row(name) for name in names)), separators=(",", ":")).encode()
    api.on(PODS, Answer(body=body))
    assert names == [each.name for each in asked(api, tmp_path)]


def test_an_indented_table_is_read_as_a_whole(api: ApiServer, tmp_path: Path) -> None:
    """A proxy that lays the JSON out anew does not disturb."""
    api.on(PODS, Answer(body=json.dumps(table(row("a"), row("b")), indent=2).encode()))
    assert ["a", "b"] == [each.name for each in asked(api, tmp_path)]


def test_a_table_that_breaks_off_is_asked_for_again(api: ApiServer, tmp_path: Path) -> None:
    """A lost connection in the middle of the rows costs a second request and no row."""
    body = json.dumps(table(*(row(f"p{number}") for number in range(5000))), separators=(",", ":")).encode()
    api.on(PODS, Answer(body=body, cut=200_000), Answer(body=body))
    assert 5000 == len(asked(api, tmp_path))


def test_a_table_of_nonsense_is_unreadable(api: ApiServer, tmp_path: Path) -> None:
    """Rows without cells are an answer that cannot be understood."""
    api.on(PODS, json_answer({**table(), "rows": [{"cells": ["only one"]}]}))
    answer = asked(api, tmp_path)
    assert isinstance(answer, Unreadable)
    assert UnreadableKind.BROKEN == answer.kind


def test_columns_are_found_by_name(api: ApiServer, tmp_path: Path) -> None:
    """A server that adds or moves columns is read all the same."""
    names = ("New", "Node", "Restarts", "Status", "Ready", "Name")
    api.on(PODS, json_answer(table(("x", "n7", 0, "Error", "0/1", "a"), names=names)))
    assert (SurveyRow(name="a", node="n7", suspect=True),) == asked(api, tmp_path)


# --- servers without a Table --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "first",
    [
        json_answer({"kind": "PodList", "items": [pod()]}),
        json_answer(table(("a", "5d"), names=("Name", "Age"))),
    ],
)
def test_pages_of_full_pods_are_the_fallback(api: ApiServer, tmp_path: Path, first: Answer) -> None:
    """A server that renders no such Table is read in pages, with the same suspects."""
    bad = pod("bad", status={"containerStatuses": [waiting("main")]})
    api.on(PODS, first, json_answer(listed(pod("good"), **{"continue": "next"})), json_answer(listed(bad)))
    expected = (
        SurveyRow(name="good", node="node1", suspect=False, namespace="shop"),
        SurveyRow(name="bad", node="node1", suspect=True, namespace="shop"),
    )
    assert expected == asked(api, tmp_path)
    assert [{"limit": "500"}, {"limit": "500", "continue": "next"}] == api.queries(PODS)[1:]


def test_an_expired_list_begins_again(api: ApiServer, tmp_path: Path) -> None:
    """410 in the middle of the pages starts over instead of losing pods."""
    half = json_answer(listed(pod("a"), **{"continue": "next"}))
    gone = status(410, "The provided continue parameter is too old")
    api.on(PODS, json_answer({"kind": "PodList"}), half, gone, half, json_answer(listed(pod("b"))))
    assert ["a", "b"] == [each.name for each in asked(api, tmp_path)]


def test_a_list_that_always_expires_is_unreadable(api: ApiServer, tmp_path: Path) -> None:
    """After some attempts an expiring list is given up."""
    api.on(PODS, json_answer({"kind": "PodList"}), status(410, "too old"))
    assert isinstance(asked(api, tmp_path), Unreadable)
