"""Web servers and proxies: nginx, Apache httpd, lighttpd, HAProxy, Squid, Varnish, Caddy, Envoy and smaller ones."""

from __future__ import annotations

from hostnetdoctor.match.expression import any_of
from hostnetdoctor.match.pattern import Example, Pattern
from hostnetdoctor.model import FailureKind, Protocol

NGINX_BIND = Pattern(
    id="nginx-bind",
    title="nginx: bind() or listen() on one address (src/core/ngx_connection.c)",
    needles=("bind() to ", "listen() ", "socket() "),
    regex=r"\b(?:bind|listen|socket)\(\)(?: to| on)? (?P<address>\S{1,200}?),?(?: backlog \d+)? failed \(\d+: ",
    protocol=Protocol.TCP,
    otherwise=FailureKind.OTHER,
    matches=(
        Example(
            text="2026/01/02 03:04:05 [emerg] 1#1: bind() to 0.0.0.0:80 failed (98: Address already in use)",
            protocol=Protocol.TCP,
            address="0.0.0.0",
            port=80,
        ),
        Example(
            text="nginx: [emerg] bind() to [::]:443 failed (98: Address in use)",
            protocol=Protocol.TCP,
            address="::",
            port=443,
        ),
        Example(
            text="nginx: [emerg] bind() to 0.0.0.0:80 failed (13: Permission denied)",
            kind=FailureKind.PERMISSION_DENIED,
            protocol=Protocol.TCP,
            address="0.0.0.0",
            port=80,
        ),
        Example(
            text="nginx: [emerg] bind() to unix:/run/n.sock failed (98: Address already in use)",
            protocol=Protocol.UNIX,
            path="/run/n.sock",
        ),
    ),
    ignores=("connect() to unix:/run/app.sock failed (13: Permission denied) while connecting to upstream",),
)

NGINX_GIVES_UP = Pattern(
    id="nginx-gives-up",
    title="nginx: the end after five tries (src/core/ngx_connection.c)",
    needles=("still could not bind",),
    regex=r"\bstill could not bind\(\)",
    kind=FailureKind.ADDRESS_IN_USE,
    fatal=True,
    searches=False,
    matches=(Example(text="2026/01/02 03:04:05 [emerg] 1#1: still could not bind()", fatal=True),),
    ignores=("could not bind the parameter",),
)

HTTPD = Pattern(
    id="httpd-make-sock",
    title="Apache httpd: make_sock (server/listen.c)",
    needles=("make_sock", "alloc_listener"),
    regex=r"\bmake_sock: could not bind to address (?P<address>\S{1,200})|\balloc_listener: failed to get a socket for (?P<address>\S{1,200})",
    protocol=Protocol.TCP,
    fatal=True,
    matches=(
        Example(
            text="(98)Address already in use: AH00072: make_sock: could not bind to address [::]:80",
            protocol=Protocol.TCP,
            address="::",
            port=80,
            fatal=True,
        ),
        Example(
            text="(13)Permission denied: AH00072: make_sock: could not bind to address 0.0.0.0:80",
            kind=FailureKind.PERMISSION_DENIED,
            protocol=Protocol.TCP,
            address="0.0.0.0",
            port=80,
            fatal=True,
        ),
    ),
    ignores=("AH00073: make_sock: unable to listen for connections",),
)

LIGHTTPD = Pattern(
    id="lighttpd-bind",
    title="lighttpd: network.c",
    needles=("bind to socket", "socket is still in use"),
    regex=r"\bcan't bind to socket: (?P<address>\S{1,200}?):? |\bserver socket is (?P<in_use>still in use): (?P<path>\S{1,200})",
    protocol=Protocol.TCP,
    matches=(
        Example(
            text="(network.c.537) can't bind to socket: 0.0.0.0:8080: Address already in use",
            protocol=Protocol.TCP,
            address="0.0.0.0",
            port=8080,
        ),
        Example(
            text="(network.c.479) server socket is still in use: /run/li.sock",
            protocol=Protocol.UNIX,
            path="/run/li.sock",
        ),
    ),
    ignores=("(network.c.1) can't open socket file",),
)

HAPROXY = Pattern(
    id="haproxy-bind",
    title="HAProxy: starting a listener of a proxy or frontend (src/proto_tcp.c, src/proto_uxst.c)",
    needles=("cannot bind", "Starting frontend", "Starting proxy", "cannot listen", "receiving socket"),
    regex=r"\b(?:Starting|Binding)\b.{0,300}\b(?:cannot (?:bind|listen|create receiving)|error)\b[^\[]{0,100}\[(?P<address>[^\]\s]{1,200})\](?::(?P<port>\d+))?",
    protocol=Protocol.TCP,
    otherwise=FailureKind.OTHER,
    matches=(
        Example(
            text="[ALERT] (1) : Binding [/a.cfg:7] for frontend web: cannot bind socket (Address already in use) for [0.0.0.0:80]",
            protocol=Protocol.TCP,
            address="0.0.0.0",
            port=80,
        ),
        Example(
            text="[ALERT] 001/010203 (1) : Starting frontend web: cannot bind socket [0.0.0.0:80]",
            kind=FailureKind.OTHER,
            protocol=Protocol.TCP,
            address="0.0.0.0",
            port=80,
        ),
        Example(
            text="[ALERT] (1) : Binding [/a.cfg:7] for frontend web: cannot bind UNIX socket (No such file or directory) [/run/x/h.sock]",
            kind=FailureKind.OTHER,
            protocol=Protocol.UNIX,
            path="/run/x/h.sock",
        ),
    ),
    ignores=("[WARNING] (1) : config : frontend 'stats' has no 'bind' directive.",),
)

SQUID = Pattern(
    id="squid-bind",
    title="Squid: commBind (src/comm.cc)",
    needles=("commBind",),
    regex=r"\bcommBind\b.{0,10} Cannot bind socket \S{0,10} ?\d* to (?P<address>\S{1,200}):? ",
    protocol=Protocol.TCP,
    matches=(
        Example(
            text="2026/01/02 03:04:05| commBind Cannot bind socket FD 11 to [::]:3128: (98) Address already in use",
            protocol=Protocol.TCP,
            address="::",
            port=3128,
        ),
    ),
    ignores=("2026/01/02 03:04:05| commBind Cannot bind socket FD 11",),
)

VARNISH = Pattern(
    id="varnish-listen",
    title="Varnish: bin/varnishd/mgt/mgt_acceptor.c, mgt_cli.c",
    needles=("Could not get socket", "could not be listened on"),
    regex=r"\bCould not get socket (?P<address>\S{1,200}): |^(?:Error: )?-\w (?P<address>\S{1,200}) could not be listened on",
    protocol=Protocol.TCP,
    otherwise=FailureKind.OTHER,
    matches=(
        Example(
            text="Error: Could not get socket 127.0.0.1:6081: Address already in use",
            protocol=Protocol.TCP,
            address="127.0.0.1",
            port=6081,
        ),
        Example(
            text="Error: -T 127.0.0.1:6082 could not be listened on.",
            kind=FailureKind.OTHER,
            protocol=Protocol.TCP,
            address="127.0.0.1",
            port=6082,
        ),
    ),
    ignores=("Error: Could not get socket options",),
)

CADDY = Pattern(
    id="caddy-start",
    title="Caddy: loading its configuration (cmd/main.go)",
    needles=("loading initial config", "loading new config"),
    regex=r"\bloading (?:initial|new) config: .{0,300}\blisten (?P<protocol>\w+) (?P<address>\S{1,200}): bind: ",
    protocol=Protocol.TCP,
    matches=(
        Example(
            text="Error: loading initial config: loading new config: http app module: start: listening on :80: listen tcp :80: bind: address already in use",
            protocol=Protocol.TCP,
            port=80,
        ),
    ),
    ignores=("loading initial config: open /etc/caddy/Caddyfile: permission denied",),
)

ENVOY = Pattern(
    id="envoy-bind",
    title="Envoy: adding a listener (source/common/listener_manager, source/common/network)",
    needles=("cannot bind '", "cannot listen on '", "cannot bind \\'"),
    regex=r"\bcannot (?:bind|listen on) '(?P<address>[^']{1,200})': ",
    protocol=Protocol.TCP,
    matches=(
        Example(
            text="error adding listener '0.0.0.0:15006': cannot bind '0.0.0.0:15006': Address already in use",
            protocol=Protocol.TCP,
            address="0.0.0.0",
            port=15006,
        ),
    ),
    ignores=("cannot bind 'listener' to a route",),
)

PRIVOXY = Pattern(
    id="privoxy-bind",
    title="Privoxy: jbsockets.c, jcc.c",
    needles=("some other proxy running",),
    regex=r"\bcan't bind to (?P<address>\S{1,200}): There may be another Privoxy",
    kind=FailureKind.ADDRESS_IN_USE,
    protocol=Protocol.TCP,
    fatal=True,
    matches=(
        Example(
            text="Fatal error: can't bind to 127.0.0.1:8118: There may be another Privoxy or some other proxy running on port 8118",
            protocol=Protocol.TCP,
            address="127.0.0.1",
            port=8118,
            fatal=True,
        ),
    ),
    ignores=("there is some other proxy running",),
)

SMALL = Pattern(
    id="small-web-server",
    title="H2O, Hitch, Icecast, nghttpx, mini_httpd, tinyproxy, rinetd, redir, sslh, Dante",
    needles=(
        "failed to listen to port",
        "{bind-socket}",
        "connection_setup_sockets",
        "can't bind to any address",
        "ould not create listening sockets",
        "rinetd error",
        "Failed binding server socket",
        ":bind: ",
        "bindinternal()",
        "bind internal addresses",
        "(shrpx",
    ),
    regex=any_of(
        r"\(shrpx[\w.]{0,40}:\d+\) bind\(\) syscall failed: ",  # nghttpx
        r"\bfailed to listen to port \S{1,100}: ",  # H2O
        r"\{bind-socket\}: ",  # Hitch
        r"\bconnection_setup_sockets Could not create listener",  # Icecast
        r"^mini_httpd: can't bind to any address",
        r"^tinyproxy: Could not create listening sockets",
        r"^rinetd error: couldn't bind",
        r"\bFailed binding server socket: ",  # redir
        r"^\S{1,100}:\d+:bind: ",  # sslh
        r"\bbindinternal\(\): bind of",  # Dante
        r"\bfailed to bind internal addresses\b",
    ),
    protocol=Protocol.TCP,
    otherwise=FailureKind.OTHER,
    matches=(
        Example(
            text="[/etc/h2o.conf:1] failed to listen to port ANY:8080: Address already in use",
            protocol=Protocol.TCP,
            port=8080,
        ),
        Example(text="tinyproxy: Could not create listening sockets.", kind=FailureKind.OTHER, protocol=Protocol.TCP),
        Example(text="redir[7]: Failed binding server socket: Address already in use", protocol=Protocol.TCP),
        Example(
            text="localhost:8443:bind: Address already in use", protocol=Protocol.TCP, address="localhost", port=8443
        ),
    ),
    ignores=("[12] {core} hitch starting", "failed to listen to the song"),
)

PATTERNS = (
    NGINX_BIND,
    NGINX_GIVES_UP,
    HTTPD,
    LIGHTTPD,
    HAPROXY,
    SQUID,
    VARNISH,
    CADDY,
    ENVOY,
    PRIVOXY,
    SMALL,
)
