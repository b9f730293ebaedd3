"""Where a program wanted to listen: addresses, ports and socket paths in the notations that programs write."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

import regex

from hostnetdoctor.match.expression import compiled_later
from hostnetdoctor.match.notation import NOTATIONS, V4, V6
from hostnetdoctor.match.pattern import Place
from hostnetdoctor.model import Protocol

# A transport protocol next to an address: `tcp 0.0.0.0:80`, `udp://[::]:53`, `8080/tcp`.
_TCP_WORDS = frozenset(
    [
        "tcp",
        "http",
        "https",
        "ws",
        "wss",
        "grpc",
        "grpcs",
        "tls",
        "ssl",
        "mqtt",
        "mqtts",
        "amqp",
        "amqps",
        "redis",
        "rtmp",
        "rtsp",
        "ldap",
        "ldaps",
        "ftp",
        "ftps",
        "h2",
        "h2c",
        "thrift",
        "nats",
        "inet",  # of milters and FastCGI: inet:8893@127.0.0.1
    ]
)
_UDP_WORDS = frozenset(["udp", "quic", "dtls", "h3"])
_UNIX_WORDS = frozenset(["unix", "unixgram", "unixpacket"])

_PLAIN_NAME = compiled_later(r"[A-Za-z_][\w.-]{0,253}")
# No hosts: words for any address or for none, and transports before a port (`mqtt:ws:8083`).
_ANY_NAME = frozenset(
    {"tcp", "udp", "ws", "wss", "ssl", "tls", "http", "https", "any", "all", "null", "nil", "none", "undefined", "port"}
)

_HOST_FIELD = compiled_later(
    r"\b(?:address|addr|host|ip|interface|hostname|bind|listen)\\?['\"]?\s?[=:]?\s?\\?['\"\[]?(?P<host>"
    + V4
    + r"|"
    + V6
    + r")(?![\w.]*\d|:[1-9])",
    regex.IGNORECASE,
)
# An address as Go prints it, by itself: `:80`, `0.0.0.0:80`, `[::]:80`.
_ADDRESS = compiled_later(
    r"(?:(?P<host>" + V4 + r")|\[(?P<host>" + V6 + r")\])?:(?P<port>[1-9]\d{0,4})", regex.IGNORECASE
)
_LONE_HOST = compiled_later(
    r"(?<![\w.:/@-])(?P<host>" + V4 + r"|(?:::|::1|fe80:" + V6 + r"))(?![\w./-]*\w|:[1-9])", regex.IGNORECASE
)
_PATH = compiled_later(
    r"(?:(?<=[\s'\"=(\[`:,<])|^)(?P<path>/(?:[\w.@+~%-]+/)*[\w.@+~%:-]*[\w@+~%-])(?=[:.,;]?(?:[\s'\"`,;)\]}>]|$))|(?<=[\s=(\[`])(?P<abstract>@(?!timestamp|version|message)[\w./-]{2,100})"
)
_SOURCE_PATH = compiled_later(
    r"\.(?:go|py|js|ts|rb|java|rs|cc?|cpp|cxx|ipp|hh?|hpp|hxx|cr|nim|zig|dart|scm|php|pl|pm|exs?|erl|lua|cs|conf|cfg|ya?ml|json|toml|ini|html?|so|jar|log|pid|lock|crt|pem|key)(?::\d+)*(?::in)?$|^/dev/|^/proc/|/s?bin/"
)
_UNIX_HINT = compiled_later(
    r"\bunix\b|\bsockets?\b|\.sock\b|/\.s\.|\blocal\b|\.(?:socket|ctl|ipc|pipe)\b|\b(?:bind|listen)\w*(?:\(\))?(?: to| on| at|:)?\s['\"(]?[/@]|: bind: |\bEADDRINUSE\b",
    regex.IGNORECASE,
)
_TRANSPORT = compiled_later(
    r"(?P<udp>(?:\b|_)udp(?:v?[46])?(?:\b|_|(?=(?-i:[A-Z])))|\bdatagram\b|\b(?:ssdp|mdns|rtp|gtp|pfcp|tftp)\b|\bu?dhcpd?\d?\b|\bdgram\b|SOCK_DGRAM|DatagramSocket|DatagramChannel|\bquic\b|\bdtls\b|\bNetty.*Datagram)"
    r"|(?P<sctp>(?:\b|_)sctp[46]?(?:\b|_))"
    r"|(?P<unix>\bunix(?:gram|packet)?\b(?=[:\s/-]|$)|\bunix[ -]domain\b|AF_UNIX|AF_LOCAL|\bUDS\b)"
    r"|(?P<tcp>(?:\b|_)tcp(?:v?[46])?(?:ip)?(?:\b|_|(?=(?-i:[A-Z])))|SocketAcceptor\b|ServerConnector\b|\bhttps?\b|\bhttps?(?=(?-i:[A-Z_-]))|\bgrpc\b|\btls\b|\bssl\b|\bwebsocket\b|SOCK_STREAM|ServerSocket|\bweb ?(?:server|console)\b|\bmetasocket\b|\bany listen sockets\b|\bsyscall\W{1,6}listen\b|\bposix_listen\b|\bTCPServer|\bTcpListener|\bREST\b)",
    regex.IGNORECASE,
)


def address_of(host: str | None) -> str | None:
    """Return a host as an IP in its usual form, or as the name that it is; None for a star, `any` or nothing."""
    if not host:
        return None
    text = host.strip("[]'\" /").replace("\\:", ":").partition("%")[0]
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return text.lower() if _PLAIN_NAME.fullmatch(text) and text.lower() not in _ANY_NAME else None


def protocol_of(word: str | None) -> Protocol | None:
    """Return the transport of a protocol's name: `tcp6`, `https`, `udp`; None for a name that has several."""
    if not word:
        return None
    name = word.lower().rstrip("46")
    if name in _TCP_WORDS:
        return Protocol.TCP
    if name in _UDP_WORDS:
        return Protocol.UDP
    if name in _UNIX_WORDS:
        return Protocol.UNIX
    return Protocol.SCTP if name == "sctp" else None


def transport_in(text: str) -> Protocol | None:
    """Return the transport that a text's words tell: the first word that names one."""
    best: tuple[int, Protocol] | None = None
    for found in _TRANSPORT.finditer(text):
        protocol = {"udp": Protocol.UDP, "sctp": Protocol.SCTP, "unix": Protocol.UNIX, "tcp": Protocol.TCP}[
            str(found.lastgroup)
        ]
        if best is None or (best[1] is Protocol.TCP and protocol is not Protocol.TCP):
            best = (found.start(), protocol)
    return best[1] if best else None


def place_in(text: str, near: int = 0, *, sockets: bool = True) -> Place | None:
    """Return the address that a text names, in the strongest notation that it uses, the one closest to `near`.

    With `sockets` a path counts as well, where the text speaks of sockets.
    """
    # Most addresses that a pattern finds are these, and for them none of the notations needs to be compiled.
    if (whole := _ADDRESS.fullmatch(text)) and (place := _place(whole, text)):
        return place
    for notation in NOTATIONS:
        places = sorted(_places(notation, text), key=lambda each: abs(each[0] - near))
        if places:
            return places[0][1]
    return _path_place(text, near) if sockets else None


def _places(notation: regex.Pattern[str], text: str) -> Iterator[tuple[int, Place]]:
    for found in notation.finditer(text):
        if place := _place(found, text):
            yield found.start(), place


def _place(found: regex.Match[str], text: str) -> Place | None:
    groups = found.groupdict()
    if groups.get("path"):
        return Place(path=clean_path(groups["path"]), protocol=Protocol.UNIX)
    port = int(groups["port"]) + 256 * int(groups.get("high") or 0)
    if not 0 < port < 65536:
        return None
    host = groups.get("host")
    address = address_of(host)
    if host and ":" in host and address is None and not host.startswith("["):
        return None  # hours and minutes look like an IPv6 address
    if groups.get("numbers"):
        address = _from_numbers(groups["numbers"])
    if groups.get("integer"):
        address = str(ipaddress.IPv4Address(int(groups["integer"]) % 2**32))
    if address is None and not host and (lone := _HOST_FIELD.search(text)):
        address = address_of(lone["host"])
    return Place(address=address, port=port, protocol=protocol_of(groups.get("protocol")))


def _from_numbers(numbers: str) -> str | None:
    parts = [int(part) for part in numbers.replace(",", " ").split()]
    if len(parts) == 4:
        return address_of(".".join(map(str, parts)))
    return address_of(":".join(f"{part:x}" for part in parts))


def _path_place(text: str, near: int) -> Place | None:
    if not _UNIX_HINT.search(text):
        return None
    paths = [
        (abs(found.start() - near), found["path"] or found["abstract"])
        for found in _PATH.finditer(text)
        if found["abstract"] or not _SOURCE_PATH.search(found["path"])
    ]
    return Place(path=clean_path(min(paths)[1]), protocol=Protocol.UNIX) if paths else None


def clean_path(path: str) -> str:
    """Return a socket's path without the slashes of a URL before it."""
    plain = path.rstrip("\"'}])>,;")
    return "/" + plain.lstrip("/") if plain.startswith("/") else plain


def lone_address(text: str) -> str | None:
    """Return an address that a text names without a port."""
    found = _HOST_FIELD.search(text) or _LONE_HOST.search(text)
    return address_of(found["host"]) if found else None
