"""Where a program wanted to listen: addresses, ports and socket paths in the notations that programs write."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

import regex

from hostnetdoctor.match.pattern import Place
from hostnetdoctor.model import Protocol

_V4 = r"(?:\d{1,3}\.){3}\d{1,3}"
_V6 = r"(?:[0-9a-f]{0,4}:){2,7}(?:[0-9a-f]{1,4}|" + _V4 + r")?(?:%[\w.-]{1,15})?"
_NAME = r"(?:[a-z_](?:[\w-]{0,62}\.){0,6}[\w-]{0,62})"
_PORT = r"(?P<port>[1-9]\d{0,4})(?!\d|\.\d|\w)"
_BEFORE = r"(?<![\w.:/@%-])"
# `name:number` that is no host and port: a source file and its line, an error category and its number.
_SOURCE_FILE = r"(?!(?:system|generic|errno|error|code|line|asio\.\w{1,20}):|\S{0,80}\.(?:go|py|js|ts|rb|java|rs|cc?|cpp|cxx|hh?|hpp|php|pl|pm|ex|exs|erl|lua|cs|fs|kt|scala|mjs|cjs|tsx|jsx|swift|ml|hs|zig|nim|d):\d)"
_PROTOCOL = r"(?:tcp|udp|sctp|https?|wss?|grpcs?|tls|ssl|quic|dns|mqtts?|amqps?|redis|dtls|rtmp|rtsp|sip|ldaps?|ftps?|h2c?|h3|thrift|nats|unix|unixgram|unixpacket)[46]?"

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
    ]
)
_UDP_WORDS = frozenset(["udp", "quic", "dtls", "h3"])
_UNIX_WORDS = frozenset(["unix", "unixgram", "unixpacket"])

_PLAIN_NAME = regex.compile(r"[A-Za-z_][\w.-]{0,253}")
# No hosts: words for any address or for none, and transports before a port (`mqtt:ws:8083`).
_ANY_NAME = frozenset(
    {"tcp", "udp", "ws", "wss", "ssl", "tls", "http", "https", "any", "all", "null", "nil", "none", "undefined", "port"}
)

# Strongest notation first: the first that a text contains decides.
_NOTATIONS = tuple(
    regex.compile(text, regex.IGNORECASE)
    for text in (
        # Python, Erlang: ('0.0.0.0', 8080), ('::1', 9000, 0, 0), {{0,0,0,0},8080}
        r"[(\[]\s?[bu]?(?P<quote>['\"])(?P<host>[^'\"]{0,60})(?P=quote),\s?" + _PORT + r"(?:,\s?\d+,\s?\d+)?[)\]]",
        r"[{,]\s?\{(?P<numbers>\d+(?:,\s?\d+){3,7})\},\s?" + _PORT + r"\}",
        # A socket of the file system: unix:/run/x.sock, unix:///run/x.sock, unix:@abstract
        r"\bunix(?:gram|packet)?(?::(?://)?|\s)(?P<path>[/@][^\s'\",;)\]}]{1,200}?)(?=[:.,;]?(?:[\s'\",;)\]}]|$))",
        # [::]:443, [fe80::1%eth0]:80, [::1].80, [::1]#53
        r"(?:\b(?P<protocol>"
        + _PROTOCOL
        + r")(?:://|[:\s]\s?))?/?\[(?P<host>"
        + _V6
        + r"|"
        + _V4
        + r")\](?::|#|@|,?\sport\s|\.)"
        + _PORT,
        # Erlang's options: {ip,{0,0,0,0}},{port,8083}
        r"\{ip,\s?\{(?P<numbers>\d+(?:,\s?\d+){3,7})\}\},\s?\{port,\s?" + _PORT + r"\}",
        # [0.0.0.0:80], [:::80], [*:80]
        r"\[(?P<host>" + _V4 + r"|\*|::|" + _V6 + r")?:" + _PORT + r"\]",
        # Tomcat: [Connector["http-nio-8080"]], [Connector[HTTP/1.1-8080]], http-nio-127.0.0.1-8080
        r"\b(?P<protocol>https?|ajp)-\w{2,8}-(?:(?P<host>" + _V4 + r")-)?" + _PORT,
        r"\b(?P<protocol>http)/[12]\.\d-" + _PORT + r"\]",
        # Twisted's endpoints: tcp:port=8000:interface=0.0.0.0
        r"\b(?P<protocol>tcp6?|udp|ssl):(?:port=)?" + _PORT + r"(?::interface=(?P<host>[\da-f.\\:]{2,60}))?",
        # Arguments and tuples: listen(*, 143), {httpd_acceptor_sup,any,8080,default}
        r"(?<=[\w)]\(|[,{]|,\s)\s?(?P<host>\*|any|localhost|" + _V4 + r"|" + _V6 + r"),\s?" + _PORT + r"(?=[,)}])",
        # 0.0.0.0:80, /0.0.0.0:80, tcp://0.0.0.0:80, 0.0.0.0/0.0.0.0:80, 127.0.0.1#53, 0.0.0.0 port 80, 10.0.0.1,80
        r"(?:\b(?P<protocol>"
        + _PROTOCOL
        + r")(?:://|[:\s,]\s?|/))?(?<![\d.])(?P<host>"
        + _V4
        + r")['\"]?(?::|#|@|\.(?=\d{2,5}(?:\s|$|\)))|(?:,|:|\s-)?\s\(?(?:tcp\s|udp\s|on\s)?port[:=\s]\s?['\"]?|,\s?)"
        + _PORT,
        # :::80, 0:0:0:0:0:0:0:0:80, ::1#53, "::", port 5432, ::.80
        r"(?<![\w.:])(?P<host>::|(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|"
        + _V6
        + r")['\"]?(?::|#|@|\.(?=\d)|(?:,|:|\s-)?\s\(?(?:tcp\s|udp\s|on\s)?port[:=\s]\s?['\"]?)"
        + _PORT,
        # port 80 on 0.0.0.0, port 80 (0.0.0.0), port 80 of address ::
        r"\bport\s"
        + _PORT
        + r"['\"]?,?\s(?:on|at|of|for|\()\s?(?:the\s)?(?:interface|address|host|ip)?\s?['\"\[]?(?P<host>"
        + _V4
        + r"|"
        + _V6
        + r")",
        # *:80, any:80, localhost:80, http://name:80, name:port after "on" or "to"
        r"(?:\b(?P<protocol>"
        + _PROTOCOL
        + r")(?:://|[:\s]\s?))"
        + _SOURCE_FILE
        + r"(?P<host>\*|"
        + _NAME
        + r")?:"
        + _PORT,
        r"(?<![\w.:/@%*-])" + _SOURCE_FILE + r"(?P<host>\*|any|localhost|0|<null>|null)(?::|#|\sport\s)" + _PORT,
        r"\b(?:on|to|at|address|bind|binding|addr|listen)[\s=:]\s?['\"(\[`]?"
        + _SOURCE_FILE
        + r"(?P<host>"
        + _NAME
        + r"):"
        + _PORT,
        # :8080 alone
        r"(?:^|(?<=[\s=(\[`,/{])|(?<=[\s=:(,\[][\"'`])|(?<=^[\"'`]))(?P<host>):" + _PORT,
        # Failed to bind to [443]
        r"\b(?:on|to|at)\s\[" + _PORT + r"\]",
        # Fields: port=80, "port":80, port: 80, port 80, port(s) 80, port '80'
        r"\b(?:(?P<protocol>tcp|udp|sctp|https?|grpc|tls)[\s_/-])?(?:\w{0,20}_)?port(?:\(s\)|s|\snumber|\sno\.?)?\\?['\"`]?\s?(?:[=:,]\s?|\sis\s|\s|\s#|\s?\()\s?\\?['\"`:\[(]{0,2}"
        + _PORT,
        # Port already in use: 9010
        r"\bports?\s(?:is\s)?(?:already\s)?in use:?\s" + _PORT,
        # 8080/tcp, 53/udp, tcp/8080, udp 53, port tcp/80
        r"(?<![\w./:])" + _PORT[: -len(r"(?!\d|\.\d|\w)")] + r"/(?P<protocol>tcp|udp|sctp)\b",
        r"\b(?P<protocol>tcp|udp|sctp)[46]?(?:/|:|\s)" + _PORT,
        # listening on 5000, .:53
        r"\b(?:listen(?:ing|s)?|bind(?:ing)?|bound|serving|running|started) (?:on|at|to)\s['\"(]?" + _PORT,
        r"(?:^|(?<=[\s/]))\.:" + _PORT,
    )
)
_HOST_FIELD = regex.compile(
    r"\b(?:address|addr|host|ip|interface|hostname|bind|listen)\\?['\"]?\s?[=:]?\s?\\?['\"\[]?(?P<host>"
    + _V4
    + r"|"
    + _V6
    + r")(?![\w.]*\d|:[1-9])",
    regex.IGNORECASE,
)
_LONE_HOST = regex.compile(
    r"(?<![\w.:/@-])(?P<host>" + _V4 + r"|(?:::|::1|fe80:" + _V6 + r"))(?![\w./-]*\w|:[1-9])", regex.IGNORECASE
)
_PATH = regex.compile(
    r"(?:(?<=[\s'\"=(\[`:,<])|^)(?P<path>/(?:[\w.@+~%-]+/)*[\w.@+~%:-]*[\w@+~%-])(?=[:.,;]?(?:[\s'\"`,;)\]}>]|$))|(?<=[\s=(\[`])(?P<abstract>@(?!timestamp|version|message)[\w./-]{2,100})"
)
_SOURCE_PATH = regex.compile(
    r"\.(?:go|py|js|ts|rb|java|rs|cc?|cpp|h|php|pl|pm|exs?|erl|lua|cs|conf|cfg|ya?ml|json|toml|ini|html?|so|jar|log|pid|lock|crt|pem|key)(?::\d+)*(?::in)?$|^/dev/|^/proc/|/s?bin/"
)
_UNIX_HINT = regex.compile(
    r"\bunix\b|\bsockets?\b|\.sock\b|/\.s\.|\blocal\b|\.(?:socket|ctl|ipc|pipe)\b|\b(?:bind|listen)\w*(?:\(\))?(?: to| on| at|:)?\s['\"(]?[/@]|: bind: |\bEADDRINUSE\b",
    regex.IGNORECASE,
)
_TRANSPORT = regex.compile(
    r"(?P<udp>(?:\b|_)udp[46]?(?:\b|_|(?=(?-i:[A-Z])))|\bdatagram\b|\b(?:ssdp|mdns|rtp|gtp|pfcp|tftp)\b|\bdgram\b|SOCK_DGRAM|DatagramSocket|DatagramChannel|\bquic\b|\bdtls\b|\bNetty.*Datagram)"
    r"|(?P<sctp>(?:\b|_)sctp[46]?(?:\b|_))"
    r"|(?P<unix>\bunix(?:gram|packet)?\b(?=[:\s/-]|$)|\bunix[ -]domain\b|AF_UNIX|AF_LOCAL|\bUDS\b)"
    r"|(?P<tcp>(?:\b|_)tcp[46]?(?:ip)?(?:\b|_|(?=(?-i:[A-Z])))|SocketAcceptor\b|ServerConnector\b|\bhttps?\b|\bhttps?(?=(?-i:[A-Z_-]))|\bgrpc\b|\btls\b|\bssl\b|\bwebsocket\b|SOCK_STREAM|ServerSocket|\bweb ?server\b|\bsyscall\W{1,6}listen\b|\bposix_listen\b|\bTCPServer|\bTcpListener|\bREST\b)",
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
    for notation in _NOTATIONS:
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
    port = int(groups["port"])
    if not 0 < port < 65536:
        return None
    host = groups.get("host")
    address = address_of(host)
    if host and ":" in host and address is None and not host.startswith("["):
        return None  # hours and minutes look like an IPv6 address
    if groups.get("numbers"):
        address = _from_numbers(groups["numbers"])
    if address is None and not host and (lone := _HOST_FIELD.search(text)):
        address = address_of(lone["host"])
    return Place(address=address, port=port, protocol=protocol_of(groups.get("protocol")))


def _from_numbers(numbers: str) -> str | None:
    parts = [int(part) for part in numbers.split(",")]
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
