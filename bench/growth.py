"""Measures how the cost of `diagnose -A` grows, on made-up clusters: with the pods, with the failures, and on the worst day."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import mean

from bench.measuring import MEGABYTE, MEMORY, Ratio, Run, ours, show, synthetic_server
from bench.server import Server

_TIMEOUT = 60  # seconds: the usual one
_AFTER = 5  # seconds that it may take to write what is known when the time is up
# Times the usual failures, on 5,000 nodes with 12 pods each: with the first, every node has pods in trouble, and there are
# half as many failures to listen as nodes; with the second there are already more than a report for people tells one by one.
_EVERY_NODE = 83
_SOME_NODES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One run on one cluster. `table` is the size of the Table in bytes, `suspects` how many containers were in trouble."""

    table: int
    run: Run
    suspects: int


def growth() -> Iterator[Ratio]:
    """Measure on a cluster with a tenth of the pods and the same failures, on one with ten times the failures, and on the worst day."""
    small = _measured(500, 15_000, failures=10)
    large = _measured(5000, 150_000, failures=1)
    many = _measured(5000, 150_000, failures=10)
    # Shared cores change their speed within a minute: the usual failures are measured before and after ten times as many.
    usual = (large, _measured(5000, 150_000, failures=1))
    yield Ratio(
        what="15,000 to 150,000 pods: growth of diagnose -A / of the Table's size",
        value=(large.run.seconds / small.run.seconds) / (large.table / small.table),
        limit=1,
    )
    yield Ratio(
        what="10 times the failures: CPU for one suspect / with the usual ones",
        value=(many.run.cpu / many.suspects) / mean(each.run.cpu / each.suspects for each in usual),
        limit=1,
    )
    yield from _worst_day()


def _measured(nodes: int, pods: int, *, failures: int) -> Measured:
    with synthetic_server(nodes, pods, failures) as config:
        _, table = Server(config).table()
        run = sorted((ours(config, "-A") for _ in range(3)), key=lambda run: run.seconds)[1]
    suspects = json.loads(run.output)["counts"]["suspects"]
    show(
        f"made up, {nodes} nodes, {pods} pods, {suspects} suspects: Table {table / MEGABYTE:.1f} MB; "
        f"diagnose -A {run.seconds:.2f} s ({run.cpu:.2f} s CPU), {run.peak:.0f} MB"
    )
    return Measured(table=table, run=run, suspects=suspects)


def _worst_day() -> Iterator[Ratio]:
    """Measure the report for a terminal with pods in trouble on every node, beside one with a few failures."""
    with synthetic_server(5000, 60_000, _SOME_NODES) as config:
        some = ours(config, "-A", form="text").output.splitlines()
    with synthetic_server(5000, 60_000, _EVERY_NODE) as config:
        run = ours(config, "-A", form="text", timeout=_TIMEOUT)
    lines = run.output.decode().splitlines()
    told = next(line for line in reversed(lines) if " failures, " in line)
    show(f"made up, trouble on every node: {run.seconds:.0f} s, {run.peak:.0f} MB, {len(lines)} lines: {told} ...")
    yield Ratio(what="trouble on every node: seconds", value=run.seconds, limit=_TIMEOUT + _AFTER)
    yield Ratio(what="trouble on every node: peak memory in MB", value=run.peak, limit=MEMORY)
    yield Ratio(what="trouble on every node: lines of the report / with a few", value=len(lines) / len(some), limit=1.1)
