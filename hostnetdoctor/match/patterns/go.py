"""Go: package net, and with it every program that is written in Go."""

from __future__ import annotations

from hostnetdoctor.match.pattern import Example, Pattern
from hostnetdoctor.model import FailureKind, Protocol

GO_LISTEN = Pattern(
    id="go-listen",
    title="Go: net.OpError of listen (net/net.go), with or without what the program says before it",
    needles=("listen tcp", "listen udp", "listen unix", "listen sctp", "listen ip"),
    regex=r"(?<![A-Za-z])listen (?P<protocol>(?:tcp|udp|unix(?:gram|packet)?|sctp)[46]?) (?:(?P<path>[/@][^:]{1,200})|(?P<address>[^\s]{0,120}:\d{1,5})|:?)(?:->\S+)?: (?:bind|listen|socket|setsockopt|set sock opt)\b",
    otherwise=FailureKind.OTHER,
    matches=(
        Example(text="listen tcp :9100: bind: address already in use", protocol=Protocol.TCP, port=9100),
        Example(
            text="failed to listen on 127.0.0.1:10250: listen tcp 127.0.0.1:10250: bind: address already in use",
            protocol=Protocol.TCP,
            address="127.0.0.1",
            port=10250,
        ),
        Example(text="listen udp [::]:53: bind: address already in use", protocol=Protocol.UDP, address="::", port=53),
        Example(
            text="listen unix /run/a.sock: bind: no such file or directory",
            kind=FailureKind.OTHER,
            protocol=Protocol.UNIX,
            path="/run/a.sock",
        ),
        Example(
            text='{"level":"error","error":"listen tcp :80: bind: permission denied"}',
            kind=FailureKind.PERMISSION_DENIED,
            protocol=Protocol.TCP,
            port=80,
        ),
    ),
    ignores=(
        "dial tcp 127.0.0.1:9999->127.0.0.1:8080: bind: address already in use",
        "listen tcp: address 9400: missing port in address",
        "listen tcp: lookup nohost: no such host",
    ),
)

PATTERNS = (GO_LISTEN,)
