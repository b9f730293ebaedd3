"""What several want to know at the same time is asked once."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import pytest

from hostnetdoctor.collect.cluster import Cluster
from hostnetdoctor.collect.once import AskedOnce
from hostnetdoctor.collect.requests import Nodes, PodsOnNode, Request
from hostnetdoctor.collect.snapshot import Answering
from hostnetdoctor.errors import CannotLook

_PATIENCE = 20  # seconds that are waited for what must come, on a busy machine


class Slow:
    """A cluster that answers once it is told to, and remembers what it was asked."""

    def __init__(self, error: Exception | None = None) -> None:
        self.asked: list[Request[Any]] = []
        self.busy, self.open = threading.Event(), threading.Event()
        self._error = error

    def answer(self, requests: Collection[Request[Any]]) -> Mapping[Request[Any], object]:
        """Answer each request with how often it was asked."""
        self.asked += requests
        answers = {each: self.asked.count(each) for each in requests}
        self.busy.set()
        assert not requests or self.open.wait(_PATIENCE)
        if self._error is not None:
            raise self._error
        return answers


def once(cluster: Slow) -> Answering:
    """Ask this cluster for lists of nodes once."""
    asked = AskedOnce(cast("Cluster", cluster))
    return lambda requests: asked.answer(requests, lambda request: isinstance(request, Nodes))


def test_the_same_is_asked_once_and_answered_to_all() -> None:
    """Who comes while somebody else is asking gets that answer, and who comes later too; the rest is asked each time."""
    cluster = Slow()
    asked = once(cluster)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(asked, [Nodes(), PodsOnNode(node="a")])
        assert cluster.busy.wait(_PATIENCE)
        second = threads.submit(asked, [Nodes(), PodsOnNode(node="a")])
        cluster.open.set()
        results = [each.result(_PATIENCE) for each in (first, second)]
    assert [{Nodes(): 1, PodsOnNode(node="a"): count} for count in (1, 2)] == results
    assert {Nodes(): 1} == asked([Nodes()])
    assert 1 == cluster.asked.count(Nodes())


def test_others_of_the_kind_are_asked_too() -> None:
    """One node is not all nodes."""
    cluster = Slow()
    cluster.open.set()
    once(cluster)([Nodes(), Nodes(name="a")])
    assert [Nodes(), Nodes(name="a")] == cluster.asked


def test_nobody_waits_for_an_answer_that_cannot_come() -> None:
    """When nothing can be read at all, all who wait hear that."""
    cluster = Slow(CannotLook("There is no server."))
    asked = once(cluster)
    with ThreadPoolExecutor(2) as threads:
        both = [threads.submit(asked, [Nodes()]) for _ in range(2)]
        assert cluster.busy.wait(_PATIENCE)
        cluster.open.set()
        for each in both:
            with pytest.raises(CannotLook, match="no server"):
                each.result(_PATIENCE)


def test_what_is_kept_does_not_grow_with_the_cluster() -> None:
    """Of many answers those that nobody has wanted for longest are forgotten."""
    cluster = Slow()
    cluster.open.set()
    asked = once(cluster)
    for number in range(1000):
        asked([Nodes(), Nodes(name=f"n{number}")])
    asked([Nodes(name="n999"), Nodes(name="n0")])
    assert (1, 1, 2) == tuple(cluster.asked.count(each) for each in (Nodes(), Nodes(name="n999"), Nodes(name="n0")))
