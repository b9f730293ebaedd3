"""A long list comes out whole, however it is split on its way, and no more of it is held than was not cut off yet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostnetdoctor.collect import wire
from hostnetdoctor.collect.kube import Access, KubeCluster
from hostnetdoctor.collect.requests import Nodes
from hostnetdoctor.collect.streaming import ListForm, blocks, opened
from hostnetdoctor.model import Unreadable, UnreadableKind
from tests.collect.api_server import Answer, serving
from tests.collect.pods import listed, node

FORM = ListForm(
    opening=b'"items":[',
    between=b',{"metadata":{',
    items=list[wire.Node],
    whole=lambda body: wire.decode(body, wire.NodeList).items,
)
# What would end an item if it stood outside of a string.
NAMES = st.lists(st.sampled_from(["a", ',{"metadata":{"name":"b"}}', '"items":[', "]}", '\\"', "é", ""]), max_size=30)


def compact(*names: str) -> bytes:
    items = [{"metadata": {"name": name}} for name in names]
    return json.dumps({"kind": "NodeList", "items": items}, separators=(",", ":")).encode()


def split(body: bytes, size: int) -> Iterator[bytes]:
    return (body[first : first + size] for first in range(0, len(body), size))


def names_in(body: bytes, size: int) -> list[str | None]:
    pieces = split(body, size)
    head, begun = opened(FORM, pieces)
    found = (
        [wire.decode(b"".join((head, *pieces)), wire.NodeList).items or ()]
        if begun is None
        else blocks(FORM, begun, pieces)
    )
    return [each.metadata.name for block in found for each in block if each.metadata is not None]


@given(NAMES, st.integers(min_value=1, max_value=200))
def test_every_item_comes_out_once_and_whole(names: list[str], size: int) -> None:
    """Wherever the body is split, and whatever its texts hold."""
    assert names == names_in(compact(*names), size)


def test_items_come_out_while_the_rest_is_on_its_way() -> None:
    """Of a thousand items only those of one piece are ever held."""
    body, taken = compact(*map(str, range(1000))), 0

    def pieces() -> Iterator[bytes]:
        nonlocal taken
        for piece in split(body, 300):
            taken += len(piece)
            yield piece

    coming = pieces()
    _, begun = opened(FORM, coming)
    assert begun is not None
    given_out = 0
    for block in blocks(FORM, begun, coming):
        given_out += len(list(block)) * len(b'{"metadata":{"name":"1"}},')
        assert taken - given_out < 2 * 300 + 1000 * 2  # names grow to three digits
    assert taken == len(body)


def test_a_list_without_a_place_to_cut_is_taken_as_a_whole() -> None:
    """A proxy may put an item's fields in another order, and then every item is still there, in megabytes as well."""
    names = [str(number) for number in range(100_000)]
    items = [{"kind": "Node", "metadata": {"name": name}} for name in names]
    body = json.dumps({"items": items, "kind": "NodeList"}, separators=(",", ":")).encode()
    assert len(body) > 4 * 2**20
    assert names == names_in(body, 65_536)


@pytest.mark.parametrize("indent", [None, 1])
def test_nodes_are_read_in_either_form(tmp_path: Path, indent: int | None) -> None:
    """As the server writes them, and as a proxy lays them out anew."""
    every = [node(f"node{number:04}") for number in range(900)]
    with serving("local.pem") as api:
        api.on("/api/v1/nodes", Answer(body=json.dumps(listed(*every), indent=indent, separators=(",", ":")).encode()))
        cluster = KubeCluster(Access(kubeconfig=api.kubeconfig(tmp_path), environment={}))
        (nodes,) = cluster.answer([Nodes()]).values()
    assert [each["metadata"]["name"] for each in every] == [each.name for each in nodes]  # type: ignore[attr-defined]  # a tuple


def test_nodes_of_nonsense_are_unreadable(tmp_path: Path) -> None:
    """A list that ends in the middle of an item is an answer that cannot be understood."""
    with serving("local.pem") as api:
        api.on("/api/v1/nodes", Answer(body=compact("a", "b")[:-4]))
        cluster = KubeCluster(Access(kubeconfig=api.kubeconfig(tmp_path), environment={}))
        (answer,) = cluster.answer([Nodes()]).values()
    assert isinstance(answer, Unreadable)
    assert UnreadableKind.BROKEN == answer.kind
