"""Lines that belong together are one failure."""

from __future__ import annotations

from hostnetdoctor.match.engine import find_failures
from hostnetdoctor.model import FailureKind, Protocol

NGINX = "2026/01/02 03:04:{:02} [emerg] 1#1: bind() to 0.0.0.0:80 failed (98: Address already in use)"


def test_repeats_of_one_address_are_one_failure() -> None:
    """A failure knows its first line, its last one, and how many say it."""
    lines = [
        "start",
        *(NGINX.format(second) for second in range(5)),
        "2026/01/02 03:04:05 [emerg] 1#1: still could not bind()",
    ]

    (failure,) = find_failures(lines).failures

    assert (2, 5, True) == (failure.line, failure.count, failure.fatal)
    assert (2, 7) == failure.lines


def test_two_addresses_are_two_failures() -> None:
    """IPv4 and IPv6 lines of one listener are two failures here; the correlator joins them."""
    lines = [NGINX.format(0), NGINX.format(0).replace("0.0.0.0", "[::]")]

    assert ["0.0.0.0", "::"] == [failure.address for failure in find_failures(lines).failures]


def test_an_error_and_its_address_on_two_lines_are_one_failure() -> None:
    """A line with the errno and one with the port complete each other, in either order."""
    error, place = "bind: Address already in use", "could not bind to 127.0.0.1:3478"
    for lines in ([error, place], [place, error]):
        (failure,) = find_failures(lines).failures

        assert (FailureKind.ADDRESS_IN_USE, "127.0.0.1", 3478) == (failure.kind, failure.address, failure.port)


def test_far_away_lines_are_strangers() -> None:
    """An error without a port is not joined with a failure hundreds of lines away."""
    lines = ["listen tcp :80: bind: address already in use", *["quiet"] * 300, "bind: Address already in use"]

    assert [80, None] == [failure.port for failure in find_failures(lines).failures]


def test_a_port_keeps_the_transport_that_any_line_names() -> None:
    """Of two lines about one port, the one that names the transport tells it for both."""
    lines = ["Port 9100 is already in use", "listen tcp :9100: bind: address already in use"]

    (failure,) = find_failures(lines).failures

    assert (Protocol.TCP, 9100, 2) == (failure.protocol, failure.port, failure.count)


def test_a_retry_that_succeeds_is_not_fatal() -> None:
    """A program that says that it listens after all goes on."""
    lines = ["bind() to 0.0.0.0:80: Address already in use, will retry", "listening on 0.0.0.0:80"]

    (failure,) = find_failures(lines).failures

    assert failure.fatal is False
