"""Ruby: sockets, Puma, Unicorn, WEBrick."""

from __future__ import annotations

from hostnetdoctor.match.pattern import Example, Pattern
from hostnetdoctor.model import FailureKind, Protocol

UNCAUGHT = Pattern(
    id="ruby-uncaught",
    title="Ruby: an Errno that nobody rescued, printed with the place in the source",
    needles=("(Errno::",),
    regex=(
        r"^\S{1,300}:\d+:in [`'](?:(?P<udp>bind)(?=': [^-]{5,60} - bind\(2\) for \")|[^`']{1,100})': [A-Z][^-]{5,60} - "
        r"(?:(?:bind|listen)\(2\)|connect\(2\)(?= for /\S{0,200} \(Errno::EADDRINUSE))"
        r"(?: for (?:(?P<path>/\S{1,200})|(?P<address>\"[^\"]{0,100}\" port \d{1,5}|\S{1,120}:\d{1,5})))? \(Errno::"
    ),
    protocol=Protocol.TCP,
    fatal=True,
    sure=True,
    matches=(
        Example(
            text='tcp.rb:2:in `initialize\': Address already in use - bind(2) for "::1" port 31337 (Errno::EADDRINUSE)',
            protocol=Protocol.TCP,
            address="::1",
            port=31337,
            fatal=True,
        ),
        Example(
            text="/usr/lib/ruby/3.1.0/socket.rb:201:in `bind': Permission denied - bind(2) for 127.0.0.1:80 (Errno::EACCES)",
            kind=FailureKind.PERMISSION_DENIED,
            protocol=Protocol.TCP,
            address="127.0.0.1",
            port=80,
            fatal=True,
        ),
        Example(
            text='udp.rb:2:in `bind\': Address already in use - bind(2) for "127.0.0.1" port 514 (Errno::EADDRINUSE)',
            protocol=Protocol.UDP,
            address="127.0.0.1",
            port=514,
            fatal=True,
        ),
        Example(
            text="unix.rb:2:in `initialize': Address already in use - connect(2) for /run/r.sock (Errno::EADDRINUSE)",
            protocol=Protocol.UNIX,
            path="/run/r.sock",
            fatal=True,
        ),
    ),
    ignores=('a.rb:2:in `initialize\': Connection refused - connect(2) for "127.0.0.1" port 80 (Errno::ECONNREFUSED)',),
)

UNICORN = Pattern(
    id="unicorn",
    title="Unicorn: one of its tries (lib/unicorn/http_server.rb)",
    needles=("adding listener failed",),
    regex=r"\badding listener failed addr=(?:(?P<path>/\S{1,200})|(?P<address>\S{1,100})) \((?P<in_use>in use)\)",
    protocol=Protocol.TCP,
    matches=(
        Example(
            text="E, [2026-01-02T03:04:05.132088 #7] ERROR -- : adding listener failed addr=127.0.0.1:8080 (in use)",
            protocol=Protocol.TCP,
            address="127.0.0.1",
            port=8080,
        ),
    ),
    ignores=("adding listener failed addr=127.0.0.1:8080",),
)

PATTERNS = (UNCAUGHT, UNICORN)
