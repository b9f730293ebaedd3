"""Many nodes in trouble: what is about the whole cluster is asked once, however many batches of nodes are read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hostnetdoctor.doctor import diagnose
from hostnetdoctor.model import Question
from tests.collect.api_server import Answer, Asked, json_answer, serving
from tests.collect.live import cluster_of
from tests.collect.pods import listed, node
from tests.faults import shop

_NODES = 100


def _on(pod: dict[str, Any], number: int) -> dict[str, Any]:
    name = f"{pod['metadata']['name']}-{number}"
    meta = {**pod["metadata"], "name": name, "uid": name}
    return {**pod, "metadata": meta, "spec": {**pod["spec"], "nodeName": f"node{number}"}}


def _pods(asked: Asked) -> Answer:
    if shop.is_survey(asked):
        rows = [["web-b", "0/1", "CrashLoopBackOff", "4 (2m ago)", "2h", "10.0.0.1"]]
        cells = [[f"{name}-{number}", *rest, f"node{number}"] for number in range(_NODES) for name, *rest in rows]
        return json_answer({**shop.table(), "rows": [{"cells": each} for each in cells]})
    selected = dict(each.split("=") for each in asked.query["fieldSelector"].split(","))
    number = int(selected["spec.nodeName"].removeprefix("node"))
    both = [_on(each, number) for each in (shop.VICTIM, shop.EXPORTER)]
    name = selected.get("metadata.name")
    return json_answer(listed(*(each for each in both if name in {None, each["metadata"]["name"]})))


def test_what_is_about_the_whole_cluster_is_asked_once(tmp_path: Path) -> None:
    """A hundred nodes fail alike: the nodes and the Services are listed once, and no node is read whole more often than twice."""
    with serving() as api:
        shop.serve(api)
        api.on(shop.PODS, _pods)
        api.on(shop.NODES, json_answer(listed(*(node(f"node{number}") for number in range(_NODES)))))
        for number in range(_NODES):
            api.on(f"{shop.VICTIM_LOG.removesuffix('/log')}-{number}/log", Answer(body=shop.FAILED))
            api.on(f"{shop.HOLDER_LOG.removesuffix('/log')}-{number}/log", Answer(body=shop.LISTENS))
        question = Question(all_namespaces=True, since=timedelta(hours=1))
        report = diagnose(question, cluster_of(api, tmp_path), now=datetime.now(UTC))
    holders = {(each.victim.pod, *(holder.pod for holder in each.holders)) for each in report.diagnoses}
    assert {(f"web-b-{number}", f"exporter-x-{number}") for number in range(_NODES)} == holders
    asked = [each.path for each in api.asked]
    assert (1, 1) == (asked.count(shop.NODES), asked.count(shop.SERVICES))
    whole = [each.get("fieldSelector", "") for each in api.queries(shop.PODS)]
    often = {each: whole.count(each) for each in whole if each and "metadata.name" not in each}
    assert (_NODES, True) == (len(often), max(often.values()) <= 2)
