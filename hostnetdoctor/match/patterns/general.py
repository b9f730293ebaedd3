"""Wordings of no program in particular: the words of an error number next to an address. They come last."""

from __future__ import annotations

from hostnetdoctor.match import attempts, words
from hostnetdoctor.match.pattern import Example, Pattern
from hostnetdoctor.model import FailureKind, Protocol

IN_USE = Pattern(
    id="address-in-use",
    title="Any program that prints the words of EADDRINUSE",
    needles=words.IN_USE_NEEDLES,
    regex=words.IN_USE,
    kind=FailureKind.ADDRESS_IN_USE,
    matches=(
        Example(
            text="cannot open 0.0.0.0:9100 (tcp): Address in use", protocol=Protocol.TCP, address="0.0.0.0", port=9100
        ),
        Example(text="bind: Address in use"),
        Example(text="my own server: 192.0.2.7:4000 (errno 98)", address="192.0.2.7", port=4000),
    ),
    ignores=(
        "the device is in use",
        "97 of 98 ports checked",
        "memory in use: 98%",
        "dial tcp 10.0.0.5:9100: connect: connection refused",
    ),
)

BIND_ERROR = Pattern(
    id="bind-error",
    title="Any program that prints another error of bind() or listen() beside those words",
    needles=words.BIND_ERROR_NEEDLES,
    regex=words.ANY_ERROR,
    beside=attempts.BIND,
    matches=(
        Example(text="binding to port 80: permission denied", kind=FailureKind.PERMISSION_DENIED, port=80),
        Example(
            text="cannot bind 192.0.2.1:80: Cannot assign requested address",
            kind=FailureKind.ADDRESS_NOT_AVAILABLE,
            address="192.0.2.1",
            port=80,
        ),
    ),
    ignores=(
        "open /etc/app.conf: permission denied",
        "dial tcp 192.0.2.1:80: connect: cannot assign requested address",
        "dial unix /var/run/docker.sock: connect: permission denied",
    ),
)

BIND_TRACE = Pattern(
    id="bind-trace",
    title="Any runtime whose stack trace ends in bind() or listen()",
    needles=words.BIND_ERROR_NEEDLES,
    regex=words.ANY_ERROR,
    in_trace=True,
    matches=(
        Example(
            text="    self.socket.bind(self.server_address)\nPermissionError: [Errno 13] Permission denied",
            kind=FailureKind.PERMISSION_DENIED,
        ),
    ),
    ignores=("    self.socket.connect(address)\nPermissionError: [Errno 13] Permission denied",),
)

BARE_ERROR = Pattern(
    id="bare-error",
    title="Any program that says what it opens, and in the next line nothing but the error",
    needles=words.BIND_ERROR_NEEDLES,
    regex=rf"^(?:[\w.-]{{1,40}}: ){{0,2}}(?:{words.ANY_ERROR})\.?(?: \(os error \d+\))?$",
    after=r"(?i)\b(?:listen\w*|bind\w*|serv(?:e|ing)|start\w* .{0,40}\bserver|open\w* .{0,40}\b(?:socket|port))\b.{0,60}(?:\bport\b|:)\W{0,3}\d{2,5}\b",
    within=1,
    matches=(
        Example(
            text="Will listen on port 9001\nError: Cannot assign requested address",
            kind=FailureKind.ADDRESS_NOT_AVAILABLE,
            port=9001,
        ),
    ),
    ignores=("Reading the configuration.\nError: Permission denied",),
)

NO_ERROR = Pattern(
    id="bind-failed",
    title="Any program that says that it could not listen, and not why",
    needles=attempts.NO_ERROR_NEEDLES,
    regex=attempts.NO_ERROR,
    flush=True,
    otherwise=FailureKind.OTHER,
    looks_around=False,
    matches=(
        Example(text="agent: could not bind to 192.0.2.1:8080", kind=FailureKind.OTHER, address="192.0.2.1", port=8080),
        Example(text="Unable to create listening socket on port 8000", kind=FailureKind.OTHER, port=8000),
    ),
    ignores=("failed to notify listener",),
)

NO_PORT = Pattern(
    id="no-free-port",
    title="Any program that found all the ports taken that it may use",
    needles=("available port", "free port"),
    regex=r"\b(?:fail(?:ed|s) to|could ?n[o']t|could not|can ?n[o']t|unable to) (?:find|get|allocate) (?:any|an?) (?:available|free) (?:\w+ )?port\b(?! mapping| group| on (?:the )?(?:switch|hub|router))"
    r"|\bno (?:available|free) port (?:found|left|available|in range)\b",
    otherwise=FailureKind.OTHER,
    protocol=Protocol.TCP,
    matches=(
        Example(text="[server] Failed to find any available port!", kind=FailureKind.OTHER, protocol=Protocol.TCP),
        Example(text="No free port found", kind=FailureKind.OTHER, protocol=Protocol.TCP),
    ),
    ignores=("found an available port", "the switch has no free ports"),
)

PATTERNS = (IN_USE, BIND_ERROR, BIND_TRACE, BARE_ERROR, NO_PORT, NO_ERROR)
