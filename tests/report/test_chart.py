"""The picture of a node's ports."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from msgspec.structs import replace

from hostnetdoctor.model import Confidence, Network, NetworkListener, Protocol, Report
from hostnetdoctor.report.chart import Picture, pictures
from tests.report.answers import HOLDER_NOT_VISIBLE, NOT_VISIBLE, TWO_CANDIDATES, UNSCHEDULABLE
from tests.report.hostile import HOSTILE
from tests.report.origin import ORIGIN, REPLICA, report
from tests.report.strategies import reports


def _drawn(picture: Picture) -> list[tuple[str, list[tuple[str, str]]]]:
    return [(port.label, [(claim.verb, claim.name) for claim in port.claims]) for port in picture.ports]


def _with_listeners(*listeners: NetworkListener) -> Report:
    return replace(ORIGIN, networks=(Network(node="node-3", listeners=listeners),))


def _listener(pod: str, port: int) -> NetworkListener:
    return NetworkListener(
        protocol=Protocol.TCP, address=None, port=port, pod=pod, container="main", basis="declared-port"
    )


def test_the_missed_port_comes_first() -> None:
    """The holder, the victim, and below them the other ports of the node."""
    expected = [
        ("80/TCP", [("has it", "nginx-7c9b4-x2p"), ("cannot listen", "nginx-7c9b4-k4x")]),
        ("9100/TCP", [("may listen", "node-exporter-9f2")]),
    ]
    assert {"Ports of node node-3": expected} == {title: _drawn(each) for title, each in pictures(ORIGIN).items()}


def test_candidates_may_have_it() -> None:
    """A holder is drawn as sure as it is."""
    (picture,) = pictures(TWO_CANDIDATES).values()
    assert ["may have it", "may have it", "cannot listen"] == [claim.verb for claim in picture.ports[0].claims]


def test_a_holder_that_nobody_sees_has_a_place() -> None:
    """Where the API shows no holder, the picture does not look as if the port were free."""
    (picture,) = pictures(HOLDER_NOT_VISIBLE).values()
    assert ["unknown", "victim"] == [claim.role for claim in picture.ports[0].claims]


def test_a_pod_without_a_node_is_drawn_on_each() -> None:
    """Who waits for a port is shown beside the holder of every node."""
    drawn = pictures(UNSCHEDULABLE)
    assert ["Ports of node node-1", "Ports of node node-2", "Ports of node node-3"] == list(drawn)
    assert [("8443/TCP", [("has it", "frontend-58c-cc3"), ("waits for it", "gateway-7f9-zx1")])] == _drawn(
        drawn["Ports of node node-3"]
    )


def test_a_holder_of_two_failures_is_drawn_once() -> None:
    """Two victims of one port stand below one holder, as sure as the surer failure."""
    other = replace(
        REPLICA,
        id="other",
        confidence=Confidence.LIKELY,
        victim=replace(REPLICA.victim, pod="other"),
        holders=tuple(replace(held, confidence=Confidence.LIKELY) for held in REPLICA.holders),
    )
    (picture,) = pictures(report(other, REPLICA)).values()
    assert [
        ("80/TCP", [("has it", "nginx-7c9b4-x2p"), ("cannot listen", "nginx-7c9b4-k4x"), ("cannot listen", "other")])
    ] == (_drawn(picture))


def test_a_victim_that_names_its_port_is_no_other_listener() -> None:
    """The port map lists who says that it will listen; a victim stays a victim."""
    drawn = pictures(_with_listeners(replace(_listener("default/nginx-7c9b4-k4x", 80), container="nginx")))
    assert 2 == len(drawn["Ports of node node-3"].ports[0].claims)


def test_a_busy_node_is_no_map() -> None:
    """Of the ports that nobody misses, some are drawn and the rest is counted."""
    (picture,) = pictures(_with_listeners(*(_listener(f"ns/pod-{port}", port) for port in range(1000, 1030)))).values()
    assert 5 == len(picture.ports)
    assert "and 26 other ports" == picture.more


def test_a_crowded_port_is_counted() -> None:
    """Of many claims to one port, six are drawn and the rest is counted, in words too."""
    (picture,) = pictures(_with_listeners(*(_listener(f"ns/pod-{number}", 80) for number in range(20)))).values()
    assert 16 == picture.ports[0].more
    assert "and 16 more." in picture.words


@pytest.mark.parametrize("each", [ORIGIN, TWO_CANDIDATES, UNSCHEDULABLE, HOSTILE])
def test_names_fit_their_boxes(each: Report) -> None:
    """A long name is cut in its middle, because names of one workload differ at their ends."""
    claims = [claim for picture in pictures(each).values() for port in picture.ports for claim in port.claims]
    assert max(len(claim.name) for claim in claims) <= 33
    assert max(len(claim.detail) for claim in claims) <= 40


@given(reports)
def test_boxes_stand_one_below_the_other(each: Report) -> None:
    """Whatever is in a report, no box covers another one, and all are within the picture."""
    for picture in pictures(each).values():
        tops = [claim.top for port in picture.ports for claim in port.claims]
        assert all(after - before >= 52 for before, after in pairwise(tops))
        assert tops[-1] + 52 <= picture.height


def test_no_picture_without_a_holder() -> None:
    """Where nobody has the address, as with a missing right, there is nothing to draw."""
    assert {} == pictures(report(replace(NOT_VISIBLE, cause="port-needs-privilege")))
