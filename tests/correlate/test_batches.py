"""Many nodes in trouble: what is about the whole cluster is asked once, however many batches of nodes are read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hostnetdoctor.doctor import diagnose
from hostnetdoctor.model import Question
from tests.collect.api_server import Answer, ApiServer, Asked, json_answer, serving
from tests.collect.live import cluster_of
from tests.collect.pods import listed, node
from tests.faults import shop

_NODES = 100
_EVERYWHERE = Question(all_namespaces=True, since=timedelta(hours=1))


def _on(pod: dict[str, Any], number: int) -> dict[str, Any]:
    name = f"{pod['metadata']['name']}-{number}"
    meta = {**pod["metadata"], "name": name, "uid": name}
    return {**pod, "metadata": meta, "spec": {**pod["spec"], "nodeName": f"node{number}"}}


def _pods(asked: Asked, nodes: int) -> Answer:
    if shop.is_survey(asked):
        rows = [["web-b", "0/1", "CrashLoopBackOff", "4 (2m ago)", "2h", "10.0.0.1"]]
        cells = [[f"{name}-{number}", *rest, f"node{number}"] for number in range(nodes) for name, *rest in rows]
        return json_answer({**shop.table(), "rows": [{"cells": each} for each in cells]})
    selected = dict(each.split("=") for each in asked.query["fieldSelector"].split(","))
    number = int(selected["spec.nodeName"].removeprefix("node"))
    both = [_on(each, number) for each in (shop.VICTIM, shop.EXPORTER)]
    name = selected.get("metadata.name")
    return json_answer(listed(*(each for each in both if name in {None, each["metadata"]["name"]})))


def served(api: ApiServer, nodes: int) -> None:
    """Let the server have so many nodes, on each of which a pod fails to listen over the same other pod."""
    shop.serve(api)
    api.on(shop.PODS, lambda asked: _pods(asked, nodes))
    api.on(shop.NODES, json_answer(listed(*(node(f"node{number}") for number in range(nodes)))))
    for number in range(nodes):
        api.on(f"{shop.VICTIM_LOG.removesuffix('/log')}-{number}/log", Answer(body=shop.FAILED))
        api.on(f"{shop.HOLDER_LOG.removesuffix('/log')}-{number}/log", Answer(body=shop.LISTENS))


def test_what_is_about_the_whole_cluster_is_asked_once(tmp_path: Path) -> None:
    """A hundred nodes fail alike: the nodes and the Services are listed once, and no node is read whole more often than twice."""
    with serving() as api:
        served(api, _NODES)
        report = diagnose(_EVERYWHERE, cluster_of(api, tmp_path), now=datetime.now(UTC))
    holders = {(each.victim.pod, *(holder.pod for holder in each.holders)) for each in report.diagnoses}
    assert {(f"web-b-{number}", f"exporter-x-{number}") for number in range(_NODES)} == holders
    asked = [each.path for each in api.asked]
    assert (1, 1) == (asked.count(shop.NODES), asked.count(shop.SERVICES))
    whole = [each.get("fieldSelector", "") for each in api.queries(shop.PODS)]
    often = {each: whole.count(each) for each in whole if "spec.nodeName" in each and "metadata.name" not in each}
    assert (_NODES, True) == (len(often), max(often.values()) <= 2)


def test_what_was_read_counts_though_an_earlier_batch_came_too_late(tmp_path: Path) -> None:
    """The pods of the first batch never come: those of the second one are told, and the rest is counted as not looked at."""
    every = sorted(f"node{number}" for number in range(20))
    silent, answering = every[:16], every[16:]

    def pods(asked: Asked) -> Answer:
        on = asked.query.get("fieldSelector", "").rpartition("spec.nodeName=")[2].partition(",")[0]
        return Answer(silent=True) if on in silent else _pods(asked, len(every))

    with serving() as api:
        served(api, len(every))
        api.on(shop.PODS, pods)
        cluster = cluster_of(api, tmp_path, seconds=4, max_requests=40)
        report = diagnose(_EVERYWHERE, cluster, now=datetime.now(UTC))
    assert set(answering) == {each.node for each in report.diagnoses}
    assert set(silent) == {each.node for each in report.not_looked_at if each.essential}
