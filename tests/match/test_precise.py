"""What is read of a failure besides that it happened: kind, transport, address, port or path, and whether the program goes on."""

from __future__ import annotations

import json

import pytest

from hostnetdoctor.match.engine import find_failures
from hostnetdoctor.match.pattern import BindMatch
from hostnetdoctor.model import FailureKind, Protocol

IN_USE, DENIED, NOT_AVAILABLE, NOT_PERMITTED, FAMILY, OTHER = (
    FailureKind.ADDRESS_IN_USE,
    FailureKind.PERMISSION_DENIED,
    FailureKind.ADDRESS_NOT_AVAILABLE,
    FailureKind.OPERATION_NOT_PERMITTED,
    FailureKind.FAMILY_NOT_SUPPORTED,
    FailureKind.OTHER,
)


def _only(text: str) -> BindMatch:
    (failure,) = find_failures(text.split("\n")).failures
    return failure


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("listen tcp :80: bind: address already in use", IN_USE),
        ("listen tcp :80: bind: Address in use", IN_USE),
        ("listen tcp :80: bind: permission denied", DENIED),
        ("listen tcp 192.0.2.1:80: bind: cannot assign requested address", NOT_AVAILABLE),
        ("bind to 192.0.2.1:80: Address not available", NOT_AVAILABLE),
        ("listen tcp :80: bind: operation not permitted", NOT_PERMITTED),
        ("Error: listen EPERM: operation not permitted 0.0.0.0:80", NOT_PERMITTED),
        ("PermissionError: [Errno 1] Operation not permitted: could not bind to ('0.0.0.0', 80)", NOT_PERMITTED),
        ("listen tcp6 [::]:80: socket: address family not supported by protocol", FAMILY),
        ("Error: listen EAFNOSUPPORT: address family not supported :::80", FAMILY),
        ("could not bind [::]:80: Address family not supported by protocol (os error 97)", FAMILY),
        ("could not listen on 0.0.0.0:80", OTHER),
        ("listen unix /run/a.sock: bind: no such file or directory", OTHER),
    ],
)
def test_the_kind_is_the_errno_s(text: str, kind: FailureKind) -> None:
    """Every errno that bind() and listen() may give has its kind, in the words of any runtime."""
    assert kind is _only(text).kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("nginx: [emerg] listen() to 0.0.0.0:80, backlog 511 failed (98: Address already in use)", IN_USE),
        ("listen tcp 0.0.0.0:80: listen: address already in use", IN_USE),
        ("listen() on 0.0.0.0:80 failed: Operation not permitted", NOT_PERMITTED),
        ("myserver: listen on 0.0.0.0 port 80 failed: Address already in use", IN_USE),
    ],
)
def test_a_failure_of_listen_counts_as_one_of_bind_does(text: str, kind: FailureKind) -> None:
    """Linux gives EADDRINUSE from listen() too, when the port was bound with SO_REUSEADDR."""
    failure = _only(text)

    assert (kind, "0.0.0.0", 80) == (failure.kind, failure.address, failure.port)


@pytest.mark.parametrize(
    ("text", "protocol"),
    [
        ("listen sctp 0.0.0.0:38412: bind: address already in use", Protocol.SCTP),
        ("failed to listen: listen sctp4 10.0.0.1/10.0.0.2:38412: bind: address already in use", Protocol.SCTP),
        ("[ERRO][AMF][Ngap] Failed to listen: address already in use: sctp 10.0.0.1:38412", Protocol.SCTP),
        ("sctp_server() [10.0.0.1]:38412 failed (98:Address already in use)", Protocol.SCTP),
        ("sctp_init_sock(): bind(8, 0x7f, 16) on 10.0.0.1:38412 : Address already in use", Protocol.SCTP),
        ("cannot bind sctp://10.0.0.1:38412: EADDRINUSE", Protocol.SCTP),
        ("bind 10.0.0.1:38412/sctp: Address in use", Protocol.SCTP),
        ("could not bind UDP_SOCKET 10.0.0.1:38412: Address in use", Protocol.UDP),
        ("udp_bind: 10.0.0.1:38412: Address in use", Protocol.UDP),
        ("inet_tcp: could not bind 10.0.0.1:38412: Address in use", Protocol.TCP),
        ("bind 10.0.0.1:38412: Address in use", None),
    ],
)
def test_the_transport_is_what_the_text_names(text: str, protocol: Protocol | None) -> None:
    """SCTP, UDP and TCP are read from words and from parts of names; without such a word the transport is unknown."""
    failure = _only(text)

    assert (protocol, 38412) == (failure.protocol, failure.port)


@pytest.mark.parametrize(
    ("text", "port"),
    [
        (
            "SEVERE: Failed to start component [Connector[HTTP/1.1-8080]]\n\tat a.B.c(B.java:1)\nCaused by: java.net.BindException: Address already in use\n\tat sun.nio.ch.Net.bind0(Native Method)",
            8080,
        ),
        ("bird: Opening listening socket on port 179\nbird: bind: Address in use", 179),
        (
            "[1] [INFO] Starting gunicorn 20.1.0\n[1] [ERROR] Connection in use: ('0.0.0.0', 8000)\n[1] [ERROR] Retrying in 1 second.",
            8000,
        ),
        ('{"level":"error","port":8080,"err":{"code":"EADDRINUSE","syscall":"listen"},"msg":"listen failed"}', 8080),
        (
            "Error: bind EADDRINUSE\n    at node:dgram:373:20 {\n  code: 'EADDRINUSE',\n  syscall: 'bind',\n  address: '0.0.0.0',\n  port: 8125\n}",
            8125,
        ),
        (
            'LOG:  could not bind IPv4 address "0.0.0.0": Address already in use\nHINT:  Is another postmaster already running on port 5432?',
            5432,
        ),
        (
            "Error: could not start\n\nCaused by:\n    0: failed to listen on 0.0.0.0:9000\n    1: Address in use (os error 98)",
            9000,
        ),
    ],
)
def test_a_port_on_another_line_is_found(text: str, port: int) -> None:
    """Traces, fields and hints name the port before or after the line with the error."""
    assert port == _only(text).port


@pytest.mark.parametrize(
    "text",
    [
        "bind: Address already in use",
        "RTNETLINK answers: Address already in use",
        "Listening for TCP connections on port 4096\nsetup_udp_recv: bind: Address in use",
        "Processed 8080 requests\nbind(): Address already in use",
    ],
)
def test_where_no_line_names_the_port_there_is_none(text: str) -> None:
    """A number that is no port of this failure is not taken for one."""
    failure = _only(text)

    assert (None, None) == (failure.port, failure.path)


@pytest.mark.parametrize("levels", [1, 2])
def test_escaped_quotes_of_json_are_transparent(levels: int) -> None:
    """A message that was put into JSON once or twice is read as it was."""
    text = 'could not bind "127.0.0.1:5000" ("edge"): Address already in use'
    for _ in range(levels):
        text = json.dumps({"level": "error", "msg": text})

    failure = _only(text)

    assert (IN_USE, "127.0.0.1", 5000) == (failure.kind, failure.address, failure.port)


@pytest.mark.parametrize(
    ("text", "fatal"),
    [
        ("F0102 03:04:05.000000       1 main.go:59] listen tcp :80: bind: address already in use", True),
        ('level=fatal msg="listen tcp :80: bind: address already in use"', True),
        ("FATA[0001] listen tcp :80: bind: address already in use", True),
        ("thread 'main' panicked at 'bind 0.0.0.0:80: Address in use'", True),
        ("listen tcp :80: bind: address already in use\nexit status 1", True),
        (
            "Hosting failed to start\nSystem.IO.IOException: Failed to bind to address http://[::]:80: address already in use.",
            True,
        ),
        ("bind 0.0.0.0:80: Address in use, retrying in 5s", False),
        ("bind 0.0.0.0:80: Address in use\nskipping this listener", False),
        ("bind 0.0.0.0:80: Address in use\nListening on 0.0.0.0:81", False),
        ("bind 0.0.0.0:80: Address in use", None),
    ],
)
def test_whether_the_program_goes_on_is_read(text: str, fatal: bool | None) -> None:
    """It ends, says that it goes on, or says neither."""
    assert fatal is _only(text).fatal


@pytest.mark.parametrize(
    "text",
    [
        "12 bind(3<socket:[1]>, {sa_family=AF_INET, sin_port=htons(80)}, 16) = -1 EACCES (Permission denied)",
        'bind_errors_total{errno="EADDRINUSE",proxy="a"} 3.0',
        "-98 EADDRINUSE address already in use",
        "'web' status failed (1) -- httpd: bind: Address already in use",
        "could not connect: bind to local address 192.0.2.1 failed: Cannot assign requested address",
        "Could not bind to netlink socket: Operation not permitted",
        "PING 192.0.2.1:80 (/):\nerror binding to interface (Cannot assign requested address)",
    ],
)
def test_what_others_print_and_connections_bind_is_no_failure(text: str) -> None:
    """The trace of system calls, metrics, lists of errors, watched programs, and the own end of a connection."""
    assert find_failures(text.split("\n")).failures == ()


@pytest.mark.parametrize(
    ("text", "fatal"),
    [
        ("Failed to start exporter: listen tcp :9100: bind: address already in use", True),
        ("bind: Address already in use\nagent -- exit", True),
        ("10:00:01 bind: Address already in use\n10:00:03 bind: Address already in use", False),
        ("WARN port 9092 already in use, trying 9093", False),
        ("ERROR web: bind: Address already in use\nINFO Starting SOCKS Proxy at 127.0.0.1:4447", False),
        ("bind: Address already in use\nINFO ready to serve", False),
        ("bind: Address already in use", None),
    ],
)
def test_the_last_words_and_the_next_try_tell_whether_it_goes_on(text: str, fatal: bool | None) -> None:
    """Null where the text tells neither."""
    assert _only(text).fatal is fatal
