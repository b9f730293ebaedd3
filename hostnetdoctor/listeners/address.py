"""Does one address collide with another? Linux's rules and the scheduler's rules, side by side.

Linux: measured with TCP on kernel 6.18, SO_REUSEADDR set on both sockets, unless a row says otherwise:

    holder              new listener                    result
    0.0.0.0             0.0.0.0 or any IPv4             in use (both orders)
    127.0.0.1           another IPv4, even 127.0.0.2    free
    [::] dual-stack     0.0.0.0 or any IPv4             in use (both orders)
    [::] v6only         0.0.0.0 (both orders)           free
    127.0.0.1           [::1]                           free
    [::1]               0.0.0.0                         free
    UDP                 TCP                             free
"""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum
from ipaddress import IPv4Address, IPv6Address, ip_address

from hostnetdoctor.model import PortDeclaration, Protocol

IPAddress = IPv4Address | IPv6Address


class Collision(Enum):
    """Whether two listeners can exist at once; MAYBE where an address or a socket option is not known."""

    NO = 0
    MAYBE = 1
    YES = 2


def parse(address: str | None) -> IPAddress | None:
    """Return the IP that a program worded, or None where it gave none or a name. `*` is left to the caller.

    Zone indexes are dropped, IPv4-mapped IPv6 addresses become IPv4 ones, and localhost is 127.0.0.1.
    """
    if address is None:
        return None
    plain = address.strip("[]").partition("%")[0]
    try:
        parsed = ip_address("127.0.0.1" if plain == "localhost" else plain)
    except ValueError:
        return None
    return (parsed.ipv4_mapped or parsed) if isinstance(parsed, IPv6Address) else parsed


def protocols_collide(first: Protocol | None, second: Protocol | None) -> Collision:
    """Port spaces of TCP, UDP and SCTP are separate; a protocol that nobody named may be either."""
    if first is None or second is None:
        return Collision.MAYBE
    return Collision.YES if first == second else Collision.NO


def addresses_collide(first: str | None, second: str | None) -> Collision:
    """Say whether two addresses with one port and protocol exclude each other on Linux.

    An unknown address beside a wildcard collides: whatever it is, the wildcard covers it. Only the pair of
    `::` and an IPv4 address depends on an option that no log shows (IPV6_V6ONLY).
    """
    one, two = parse(first), parse(second)
    if one is None or two is None:
        known = one or two
        return Collision.YES if known is not None and known.is_unspecified else Collision.MAYBE
    if one.version == two.version:
        return Collision.YES if one == two or one.is_unspecified or two.is_unspecified else Collision.NO
    six = one if isinstance(one, IPv6Address) else two
    return Collision.MAYBE if six.is_unspecified else Collision.NO


def any_collide(ours: Collection[str], theirs: Collection[str]) -> Collision:
    """Return the strongest collision among two sets of addresses; an empty set is one unknown address."""
    return max(
        (addresses_collide(one, two) for one in (ours or (None,)) for two in (theirs or (None,))),
        key=lambda collision: collision.value,
    )


def host_ports_collide(first: PortDeclaration, second: PortDeclaration) -> bool:
    """Say whether the scheduler keeps two declared host ports apart.

    `pkg/scheduler/framework/types.go` HostPortInfo.CheckConflict: an empty hostIP is 0.0.0.0, which collides with
    every IP; two other IPs collide when they are equal; `::` is no wildcard there.
    """
    if first.host_port is None or (first.protocol, first.host_port) != (second.protocol, second.host_port):
        return False
    one, two = first.host_ip or "0.0.0.0", second.host_ip or "0.0.0.0"
    return one == two or "0.0.0.0" in {one, two}
