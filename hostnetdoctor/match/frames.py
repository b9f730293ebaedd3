"""Stack traces: which lines are frames, and what the functions in them tell of a socket."""

from __future__ import annotations

import regex

from hostnetdoctor.match.expression import any_of, compiled_later
from hostnetdoctor.match.prefix import message
from hostnetdoctor.match.window import Hit
from hostnetdoctor.model import Protocol

REACH = 150  # lines: what a stack trace takes

FRAME = compiled_later(r"^(?:\[[^\]]{0,60}\])?\s*(?:File \"|at |from |\^|~|\.\.\.|\d{1,3}: |#\d+|in `|goroutine |\t)")
JAVA_FRAME = compiled_later(r"^\s*at [\w.$/<>]{3,200}\((?:[\w$]+\.\w+(?::\d+)?|Native Method|Unknown Source)\)")
# A line of the source that a trace shows, in which something begins to listen.
CODE_FRAME = compiled_later(
    r"^(?:\s{4,}.{0,60}?\b|.{0,40}\w\.)(?:serve|listen|bind|run|start|\w{0,30}Server)\w*\("
    r"|^\s{4,}.{0,80}\(.{0,60}\bhost=['\"][^'\"]{0,60}['\"], ?port=\d",
    regex.IGNORECASE,
)
_UDP = compiled_later(
    any_of(
        r"/udp\.py",  # Twisted
        r"DatagramSocket",  # Java
        r"DatagramChannel",
        r"dgram\.js",  # Node.js
        r"node:dgram",
        r"listenDatagram",  # Deno
        r"listenUDP",  # Twisted
        r"UDPServer",  # Python, Ruby
        r"create_datagram_endpoint",  # asyncio
        r"/Tftp\w*\.py",
        r"UdpSocket",  # Rust
        r"UdpClient",  # .NET
        r"net\.ListenUDP",  # Go
        r"\bgen_udp\b",  # Erlang
        r"bindUDP",
    )
)
_TCP = compiled_later(
    any_of(
        r"TCPServer",  # Python, Ruby
        r"TcpServer",
        r"tcp_server",
        r"http/server\.py",
        r"HTTPServer",
        r"start_server",  # asyncio
        r"create_server",
        r":PROTOCOL :TCP",  # SBCL
        r"socket -server",  # Tcl
        r"net/http\.\(\*Server\)",  # Go
        r"net\.(?:ListenTCP|\(\*TCPListener\))",
        r"HTTP::(?:Server|Daemon)",  # Crystal, Perl
        r"\bgen_tcp\b",  # Erlang
        r"\bKestrel\b",  # .NET
        r"ServerSocket",  # Java
        r"SocketAcceptor",  # MINA
        r"ServerConnector",  # Jetty
        r"\bTcp[A-Z]",
        r"Http\w{0,10}Server",
        r"httpserver",  # Nim
        r"net\.js",  # Node.js
        r"node:net",
        r"01_net\.js",  # Deno
        r"TCPSocket",
        r"TcpListener",  # Rust, .NET
        r"tcp\.py",  # Twisted
        r"bind_sockets",  # Tornado
        r"web_runner",  # aiohttp
        r"WSGIServer",
        r"wsgi",
        r"site-packages/(?:grpc|rpyc|thriftpy2?|quart|sanic|flask|werkzeug|uvicorn|gunicorn|aiohttp|tornado|starlette|waitress|cheroot|bottle|django|daphne|granian|Pyro5)/",
    )
)
_UNIX = compiled_later(
    any_of(
        r"create_unix_server",  # asyncio
        r"start_unix_server",
        r"UnixListener",  # Rust
        r"UnixDomainSocket",
        r"UNIXServer",  # Ruby
        r"UnixStreamServer",  # Python
        r"UnixDatagramServer",
        r"unix_server",
    )
)
_BINDS = compiled_later(
    any_of(
        r"\bcreate_(?:unix_)?server\b",
        r"\bstart_(?:unix_)?server\b",
        r"\bcreate_datagram_endpoint\b",
        r"\.(?:bind|listen)\(",
        r"\b(?:bind|listen)0?\(",
        r"setupListenHandle",  # Node.js
        r"server_bind",  # Python
        r"startListening",  # Twisted
        r"_?bind_?[Ss]ocket",
        r"syscall[\"']?: [\"'](?:bind|listen)",  # the fields of Node.js's errors
        r"\bin `(?:bind|listen|initialize)'",  # Ruby
        r"\bin '[\w:#]*(?:bind|listen|initialize)'",
        r"\.Socket\.bind\b",
        r"Socket\.(?:Bind|Listen)\(",  # .NET
        r"\.(?:Bind|Listen)\(",
    )
)


def protocol_of_trace(hit: Hit) -> Protocol | None:
    """Return the transport that the frames around an error tell by their functions."""
    for _, line in (*hit.before(REACH), *hit.after(12)):
        if not line.startswith((" ", "\t", "at ")) and not FRAME.match(message(line)):
            continue
        if _UDP.search(line):
            return Protocol.UDP
        if _UNIX.search(line):
            return Protocol.UNIX
        if _TCP.search(line):
            return Protocol.TCP
    return None


def is_bind_trace(hit: Hit) -> bool:
    """Say whether the frames right before an error, or right after it, are in bind() or listen()."""
    before = [line for _, line in hit.before(6) if line.strip(" ^~|")]
    after = [line for _, line in hit.after(5)]
    return any(_BINDS.search(line) for line in (*before[:4], *after))
