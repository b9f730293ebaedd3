"""Linux decides what collides: the measured bind() table, row by row."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostnetdoctor.listeners.address import (
    Collision,
    addresses_collide,
    any_collide,
    host_ports_collide,
    protocols_collide,
)
from hostnetdoctor.model import PortDeclaration, Protocol

ADDRESSES = (
    None,
    "0.0.0.0",
    "::",
    "127.0.0.1",
    "127.0.0.2",
    "10.0.0.5",
    "::1",
    "fd00::5",
    "localhost",
    "*",
    "::ffff:10.0.0.5",
)


@pytest.mark.parametrize(
    ("holder", "wanted", "expected"),
    [
        ("0.0.0.0", "0.0.0.0", Collision.YES),
        ("0.0.0.0", "10.0.0.5", Collision.YES),
        ("127.0.0.1", "0.0.0.0", Collision.YES),
        ("127.0.0.1", "127.0.0.1", Collision.YES),
        ("127.0.0.1", "127.0.0.2", Collision.NO),
        ("127.0.0.1", "10.0.0.5", Collision.NO),
        ("::", "0.0.0.0", Collision.MAYBE),  # dual-stack or v6only: no log shows it
        ("::", "10.0.0.5", Collision.MAYBE),
        ("::", "::1", Collision.YES),
        ("::", "::", Collision.YES),
        ("127.0.0.1", "::1", Collision.NO),
        ("::1", "0.0.0.0", Collision.NO),
        ("::ffff:10.0.0.5", "10.0.0.5", Collision.YES),
        ("localhost", "127.0.0.1", Collision.YES),
        ("fe80::1%eth0", "::", Collision.YES),
        ("[::]", "::", Collision.YES),
        (None, "0.0.0.0", Collision.YES),
        (None, "127.0.0.1", Collision.MAYBE),
        (None, None, Collision.MAYBE),
    ],
)
def test_linux_table(holder: str | None, wanted: str | None, expected: Collision) -> None:
    """Each pair of addresses collides as it does on a Linux machine, whoever came first."""
    assert expected is addresses_collide(holder, wanted)
    assert expected is addresses_collide(wanted, holder)


@given(st.text())
def test_any_text_is_an_address_or_unknown(text: str) -> None:
    """No text that a program may call its address makes the rules fail."""
    assert addresses_collide(text, "0.0.0.0") in Collision


@given(
    st.sets(st.sampled_from([each for each in ADDRESSES if each])),
    st.sets(st.sampled_from([each for each in ADDRESSES if each])),
)
def test_sets_of_addresses_collide_alike_in_both_orders(ours: set[str], theirs: set[str]) -> None:
    """Which of two listeners came first changes nothing."""
    assert any_collide(ours, theirs) is any_collide(theirs, ours)


def test_protocols_have_separate_port_spaces() -> None:
    """UDP never excludes TCP, and a protocol that nobody named may be either."""
    assert Collision.NO is protocols_collide(Protocol.UDP, Protocol.TCP)
    assert Collision.YES is protocols_collide(Protocol.TCP, Protocol.TCP)
    assert Collision.MAYBE is protocols_collide(None, Protocol.TCP)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (PortDeclaration(container_port=80, host_port=80), PortDeclaration(container_port=8080, host_port=80), True),
        (PortDeclaration(container_port=80, host_port=80), PortDeclaration(container_port=80), False),
        (
            PortDeclaration(container_port=53, host_port=53),
            PortDeclaration(container_port=53, host_port=53, protocol=Protocol.UDP),
            False,
        ),
        (
            PortDeclaration(container_port=80, host_port=80, host_ip="10.0.0.1"),
            PortDeclaration(container_port=80, host_port=80),
            True,
        ),
        (
            PortDeclaration(container_port=80, host_port=80, host_ip="10.0.0.1"),
            PortDeclaration(container_port=80, host_port=80, host_ip="10.0.0.2"),
            False,
        ),
        (
            PortDeclaration(container_port=80, host_port=80, host_ip="::"),
            PortDeclaration(container_port=80, host_port=80, host_ip="::1"),
            False,
        ),
    ],
)
def test_scheduler_rules(first: PortDeclaration, second: PortDeclaration, *, expected: bool) -> None:
    """Declared host ports are compared as the scheduler does, which differs from Linux: `::` is no wildcard there."""
    assert expected == host_ports_collide(first, second)
    assert expected == host_ports_collide(second, first)
