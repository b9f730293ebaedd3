"""JavaScript: Node.js, Bun, Deno and what runs on them."""

from __future__ import annotations

from hostnetdoctor.match.pattern import Example, Pattern
from hostnetdoctor.model import FailureKind, Protocol

NODE = Pattern(
    id="node-listen",
    title="Node.js: the message of listen() and of a datagram socket's bind() (lib/net.js, lib/dgram.js)",
    needles=("listen E", "bind E"),
    regex=r"\b(?:(?P<tcp>listen)|(?P<usually_udp>bind)) E[A-Z]{3,15}\b(?:: [a-z ]{5,40})? (?:(?P<path>[/\\\0@][^\s\"',]{1,200})|(?P<address>[^\s\"',\\}]{1,80}:\d{1,5}))|\((?:E[A-Z]{3,15}: )(?P<tcp>listen) E[A-Z]{3,15}\)",
    otherwise=FailureKind.OTHER,
    matches=(
        Example(
            text="Error: listen EADDRINUSE: address already in use :::31002",
            protocol=Protocol.TCP,
            address="::",
            port=31002,
        ),
        Example(
            text="failed: listen EACCES: permission denied 0.0.0.0:80",
            kind=FailureKind.PERMISSION_DENIED,
            protocol=Protocol.TCP,
            address="0.0.0.0",
            port=80,
        ),
        Example(
            text="Error: bind EADDRINUSE 0.0.0.0:8125\n    at node:dgram:373:20",
            protocol=Protocol.UDP,
            address="0.0.0.0",
            port=8125,
            fatal=True,
        ),
        Example(
            text="Error: listen EADDRINUSE: address already in use /run/node.sock",
            protocol=Protocol.UNIX,
            path="/run/node.sock",
        ),
    ),
    ignores=("Error: connect ECONNREFUSED 127.0.0.1:3000",),
)

NODE_PORT = Pattern(
    id="node-port",
    title="Vite, Jupyter, Streamlit and others that speak HTTP: a port by its number",
    needles=("is already in use", " is in use, trying", "Is port ", "ot available"),
    regex=r"^(?:Error: |\[[^\]]{1,60}\] )?(?:The )?port (?P<port>\d{1,5}) is (?:(?:already )?in use|not available)(?:\.?$|, )|\bFailed to start server\. Is port (?P<port>\d{1,5}) (?P<in_use>in use)\?",
    protocol=Protocol.TCP,
    kind=FailureKind.ADDRESS_IN_USE,
    sure=True,
    matches=(
        Example(text="Port 5173 is in use, trying another one...", protocol=Protocol.TCP, port=5173, fatal=False),
        Example(text="Port 4100 is already in use, retrying in 1s...", protocol=Protocol.TCP, port=4100, fatal=False),
        Example(text="error: Failed to start server. Is port 3000 in use?", protocol=Protocol.TCP, port=3000),
    ),
    ignores=("Is port 3000 open?",),
)

PATTERNS = (NODE, NODE_PORT)
