"""What the program says on the worst days of an API server: one row for each fault, over the whole of `diagnose`."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.program import run_program
from tests.collect.api_server import Answer, ApiServer, Asked, json_answer, serving, status
from tests.collect.pods import listed, node, pod
from tests.faults import shop
from tests.faults.diagnosing import Row, check, replaced
from tests.faults.shop import forbidden

HTML = b"<html><body>Please log in</body></html>"
# What only makes the answer richer: without any one of them the holder is still named.
EXTRAS = (
    (shop.VERSION, "the server's version"),
    (shop.NODES, "nodes"),
    (shop.SERVICES, "Services"),
    (shop.AUTOSCALERS, "autoscalers"),
    (shop.REPLICA_SET, "ReplicaSet shop/web-1"),
    (shop.DEPLOYMENT, "Deployment shop/web"),
    (shop.DAEMON_SET, "DaemonSet monitoring/exporter"),
    (shop.HOLDER_LOG, "log"),
)
# How any single request may fail, and a word of the reason that is then given.
FAILURES: tuple[tuple[str, Answer, str], ...] = (
    ("401", status(401, "Unauthorized"), "does not accept the login"),
    ("403", forbidden("get", "things"), "The user jane may not"),
    ("404", status(404, 'things "x" not found'), ""),
    ("429", status(429, "slow down", Retry_After="3600"), "too busy"),
    ("500", status(500, "etcdserver: request timed out"), "etcdserver: request timed out"),
    ("502", Answer(status=502, body=HTML, kind="text/html"), "HTTP 502"),
    ("503", status(503, "apiserver is shutting down"), "HTTP 503"),
    ("504", status(504, "context deadline exceeded"), "HTTP 504"),
    ("a reset", Answer(refuse=True), "ended the connection"),
    ("a reset halfway through the body", Answer(body=b'{"items": [' + b" " * 4000, cut=2000), "ended the connection"),
)
# Those that only an answer in JSON can have: anything at all may stand in a log.
MALFORMED: tuple[tuple[str, Answer, str], ...] = (
    ("truncated JSON", Answer(body=b'{"items": [{"metadata"'), "cannot be understood"),
    (
        "lists of another shape",
        json_answer({"items": {"a": 1}, "metadata": [], "gitVersion": 1}),
        "cannot be understood",
    ),
    ("a proxy's page with status 200", Answer(body=HTML, kind="text/html"), "web page"),
    ("bytes that are not packed as they say", Answer(headers={"Content-Encoding": "gzip"}), "cannot be unpacked"),
)


def _extras() -> Iterator[Row]:
    for path, what in EXTRAS:
        of_log = path == shop.HOLDER_LOG
        for fault, answer, why in (*FAILURES, *(() if of_log else MALFORMED)):
            yield Row(fault=f"{fault} for {what}", happens=replaced(path, answer), missing=((what, why),))


# --- what is needed -----------------------------------------------------------------------------------------------


def _needed() -> Iterator[Row]:
    """Yield the faults of the three requests without which nobody can tell: the pods, those of the node, the victim's log."""
    for fault, answer, why in (*FAILURES, *MALFORMED):
        yield Row(
            fault=f"{fault} for the pods in trouble",
            happens=replaced(shop.PODS, answer),
            code=3,
            sentence=why or "The server does not know pods in all namespaces",
        )
        yield Row(
            fault=f"{fault} for the pods of the node",
            happens=replaced(shop.PODS, _only_survey(answer)),
            code=1,
            holder=False,
            missing=(("pods on the node", why),),
            arguments=("-n", "shop"),
        )
    for fault, answer, why in FAILURES:
        yield Row(
            fault=f"{fault} for the victim's log",
            happens=replaced(shop.VICTIM_LOG, answer),
            code=3,
            holder=False,
            missing=(("log", why),),
        )


def _only_survey(answer: Answer) -> Callable[[Asked], Answer]:
    return lambda asked: shop.all_pods(asked) if shop.is_survey(asked) else answer


# --- long logs ----------------------------------------------------------------------------------------------------

_MEGABYTE = b"2026-11-02T09:57:00.000000000Z " + b"x" * (2**20 - 32) + b"\n"


def _long_log(asked: Asked) -> Answer:
    """Answer with 100 MB of lines that end with the failure, as far as it is asked for."""
    if "limitBytes" in asked.query:
        return Answer(body=_MEGABYTE[: int(asked.query["limitBytes"])])
    lines = int(asked.query["tailLines"])
    return Answer(body=shop.FAILED) if lines == 3 else Answer(body=_MEGABYTE, times=100)


def _wide_log(asked: Asked) -> Answer:
    """Answer with the failure, then lines of 20 MB."""
    if "limitBytes" in asked.query:
        return Answer(body=(shop.FAILED + _MEGABYTE)[: int(asked.query["limitBytes"])])
    return Answer(body=_MEGABYTE[:-1], times=20)


def _odd(asked: Asked) -> Answer:
    """Answer with a pod of which hardly anything is said beside the others."""
    if shop.is_survey(asked):
        return shop.all_pods(asked)
    return json_answer(listed(ODD, {"metadata": None}, {}, shop.VICTIM, shop.EXPORTER))


# --- single ones --------------------------------------------------------------------------------------------------


def _refuse_all(answer: Answer) -> Callable[[ApiServer], None]:
    def happen(api: ApiServer) -> None:
        for path in api.routes:
            api.on(path, answer)

    return happen


def _both(*faults: Callable[[ApiServer], None]) -> Callable[[ApiServer], None]:
    def happen(api: ApiServer) -> None:
        for fault in faults:
            fault(api)

    return happen


def _at(date: str) -> Callable[[ApiServer], None]:
    def happen(api: ApiServer) -> None:
        api.date = date

    return happen


def _no_table(*pages: Answer) -> Callable[[ApiServer], None]:
    """Return a server without Tables that answers a survey with these pages."""
    left = list(pages)

    def all_pods(asked: Asked) -> Answer:
        if not shop.is_survey(asked):
            return shop.all_pods(asked)
        if "limit" not in asked.query:
            return json_answer(shop.pods() | {"kind": "PodList"})
        return left.pop(0)

    return replaced(shop.PODS, all_pods)


FIRST_PAGE = json_answer(listed(version="41", **{"continue": "token"}))
ALL_PAGES = json_answer(shop.pods())
EXPIRED = status(410, "The provided continue parameter is too old")
ONLY_SHOP = replaced(shop.PODS, forbidden("list", "pods"))
ODD = pod(
    "odd",
    "odd",
    spec={"containers": None, "new": {"field": [1]}},
    status={"containerStatuses": None, "conditions": None},
)
VANISHED = {**shop.VICTIM, "spec": {**shop.VICTIM["spec"], "nodeName": "node9"}}
GONE_TABLE = {**shop.table(), "rows": [{"cells": ["web-b", "0/1", "CrashLoopBackOff", "4", "2h", "10.0.0.1", "node1"]}]}
BINARY = bytes(range(256)) * 400 + b"\n"

SINGLE = (
    Row(fault="nothing is wrong", happens=lambda _: None),
    Row(
        fault="401 for everything",
        happens=_refuse_all(status(401, "Unauthorized")),
        code=3,
        sentence="does not accept the login",
    ),
    Row(
        fault="403 for everything",
        happens=_refuse_all(forbidden("list", "things")),
        code=3,
        sentence="The user jane may not",
    ),
    Row(
        fault="403 for nobody",
        happens=_refuse_all(status(403, 'User "system:anonymous" cannot')),
        code=3,
        sentence="does not know who is asking",
    ),
    Row(
        fault="403 for all namespaces but the victim's",
        happens=ONLY_SHOP,
        holder=False,
        missing=(("pods on the node", "may not list pods in all namespaces"),),
        arguments=("-n", "shop"),
    ),
    Row(
        fault="403 for one of two namespaces",
        happens=replaced("/api/v1/namespaces/bank/pods", forbidden("list", "pods", 'in the namespace "bank"')),
        missing=(("pods", "may not list pods in namespace bank"),),
        arguments=("-n", "shop", "-n", "bank"),
    ),
    Row(
        fault="403 for the only namespace",
        happens=replaced(shop.SHOP_PODS, forbidden("list", "pods", 'in the namespace "shop"')),
        code=3,
        sentence="may not list pods in namespace shop",
        arguments=("-n", "shop"),
    ),
    Row(
        fault="the victim's pod is deleted between the list and its log",
        happens=replaced(shop.VICTIM_LOG, status(404, 'pods "web-b" not found')),
        code=3,
        holder=False,
        missing=(("log", "There is no such log (any more)"),),
    ),
    Row(
        fault="the kubelet has removed the container",
        happens=replaced(shop.VICTIM_LOG, status(400, 'previous terminated container "main" in pod "web-b" not found')),
        code=3,
        holder=False,
        missing=(("log", "There is no such log (any more)"),),
    ),
    Row(
        fault="the kubelet of the node cannot be reached",
        happens=replaced(
            shop.VICTIM_LOG, status(500, 'Get "https://10.0.0.1:10250/containerLogs": dial tcp: no route to host')
        ),
        code=3,
        holder=False,
        missing=(("log", "cannot reach the node's kubelet"),),
    ),
    Row(
        fault="the victim is gone when its node is read",
        happens=replaced(
            shop.PODS, lambda asked: json_answer(shop.table() if shop.is_survey(asked) else listed(shop.EXPORTER))
        ),
        code=0,
        holder=False,
    ),
    Row(
        fault="the node has vanished",
        happens=_both(replaced(shop.NODES, json_answer(listed(node("node2"))))),
    ),
    Row(fault="an expired continue token", happens=_no_table(FIRST_PAGE, EXPIRED, ALL_PAGES)),
    Row(
        fault="a continue token that always expires",
        happens=_no_table(*([FIRST_PAGE, EXPIRED] * 3)),
        code=3,
        sentence="HTTP 410",
    ),
    Row(
        fault="429 with Retry-After",
        happens=replaced(shop.VICTIM_LOG, status(429, "slow", Retry_After="1"), Answer(body=shop.FAILED)),
    ),
    Row(
        fault="429 without Retry-After",
        happens=replaced(shop.VICTIM_LOG, status(429, "slow"), Answer(body=shop.FAILED)),
    ),
    Row(
        fault="429 without Retry-After and without end",
        happens=replaced(shop.VICTIM_LOG, status(429, "slow")),
        code=3,
        holder=False,
        missing=(("log", "too busy"),),
        timeout=2,
    ),
    Row(
        fault="a stalling Table",
        happens=replaced(shop.PODS, Answer(body=json_answer(shop.table()).body, cut=100, stall=True)),
        code=3,
        sentence="within the 2 seconds",
        timeout=2,
    ),
    Row(
        fault="a stalling log",
        happens=replaced(shop.VICTIM_LOG, Answer(body=shop.FAILED * 2, cut=len(shop.FAILED), stall=True)),
        code=3,
        holder=False,
        missing=(("log", "within the 2 seconds"),),
        timeout=2,
    ),
    Row(
        fault="a holder's log that stalls",
        happens=replaced(shop.HOLDER_LOG, Answer(body=shop.LISTENS, cut=10, stall=True)),
        missing=(("log", "within the 3 seconds"),),
        timeout=3,
    ),
    Row(
        fault="a server that takes the request and says nothing",
        happens=replaced(shop.PODS, Answer(silent=True)),
        code=3,
        sentence="within the 2 seconds",
        timeout=2,
    ),
    Row(
        fault="a slow loris",
        happens=replaced(shop.PODS, Answer(body=b" " * 10_000, drip=0.2)),
        code=3,
        sentence="within the 2 seconds",
        timeout=2,
    ),
    Row(
        fault="nodes that come drop by drop",
        happens=replaced(shop.NODES, Answer(body=b" " * 10_000, drip=0.2)),
        missing=(("nodes", "within the 3 seconds"), ("log", "within the 3 seconds")),
        timeout=3,
    ),
    Row(fault="unknown and missing fields", happens=replaced(shop.PODS, _odd)),
    Row(
        fault="lists that are null",
        happens=_both(
            *(replaced(path, json_answer({"items": None})) for path in (shop.NODES, shop.SERVICES, shop.AUTOSCALERS))
        ),
    ),
    Row(
        fault="pods that are null",
        happens=replaced(shop.PODS, json_answer({"kind": "PodList", "items": None})),
        code=0,
        holder=False,
    ),
    Row(fault="a server's clock that is nine hours ahead", happens=_at("Mon, 02 Nov 2026 19:00:00 GMT")),
    Row(fault="a server's clock that is nine hours behind", happens=_at("Mon, 02 Nov 2026 01:00:00 GMT")),
    Row(fault="a server without a clock", happens=_at("soon")),
    Row(
        fault="a log of 100 MB",
        happens=replaced(shop.VICTIM_LOG, _long_log),
    ),
    Row(
        fault="log lines of 20 MB",
        happens=replaced(shop.VICTIM_LOG, _wide_log),
    ),
    Row(fault="a binary log", happens=replaced(shop.VICTIM_LOG, Answer(body=BINARY + shop.FAILED + BINARY))),
)


@pytest.fixture
def api() -> Iterator[ApiServer]:
    with serving() as server:
        yield server


@pytest.mark.parametrize("row", [*_extras(), *_needed(), *SINGLE], ids=lambda row: row.fault)
def test_a_fault(row: Row, api: ApiServer, tmp_path: Path) -> None:
    """Whatever fails, the answer that is possible is given, and the rest is named with its reason."""
    check(row, api, tmp_path)


@pytest.mark.parametrize("log", [_long_log, _wide_log])
def test_a_huge_log_is_not_read_whole(log: Callable[[Asked], Answer], api: ApiServer, tmp_path: Path) -> None:
    """Of a log of any size some megabytes are read, and its end is among them."""
    row = Row(fault="a huge log", happens=replaced(shop.VICTIM_LOG, log))

    assert json.loads(check(row, api, tmp_path).stdout)["counts"]["bytes"] < 30 * 2**20


@pytest.mark.parametrize(
    ("certificate", "sentence"),
    [
        ("other.pem", "is for another name"),
        ("expired.pem", "has expired"),
        ("local.pem", "was not issued by an authority"),
    ],
)
def test_certificates(certificate: str, sentence: str, tmp_path: Path) -> None:
    """A certificate that does not fit ends the run with what is wrong with it."""
    with serving(certificate) as api:
        authority = "other.pem" if certificate == "local.pem" else "authority.pem"
        config = Path(api.kubeconfig(tmp_path))
        config.write_text(config.read_text(encoding="utf-8").replace("authority.pem", authority), encoding="utf-8")
        done = run_program("diagnose", "-A", "--kubeconfig", str(config))

    assert (3, "") == (done.code, done.stdout)
    assert sentence in done.stderr.splitlines()[0]
    assert done.stderr.splitlines()[1].startswith("Fix: ")


def test_nothing_listens(api: ApiServer, tmp_path: Path) -> None:
    """A refused connection is one sentence with its fix."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        api.url = f"http://127.0.0.1:{free.getsockname()[1]}"
    done = run_program("diagnose", "-A", "--kubeconfig", api.kubeconfig(tmp_path))

    assert (3, "") == (done.code, done.stdout)
    assert "refuses the connection" in done.stderr.splitlines()[0]
