"""The wordings with which programs say that they listen now."""

from __future__ import annotations

from msgspec import Struct

from hostnetdoctor.model import Protocol


class Saying(Struct, frozen=True, kw_only=True):
    """One wording of success. `needles` are lower-case texts of which a line contains at least one.

    `matches` are lines with the address and port that they must yield, `ignores` lines that say something else.
    """

    id: str
    needles: tuple[str, ...]
    regex: str
    protocol: Protocol | None = None
    matches: tuple[tuple[str, str | None, int], ...] = ()
    ignores: tuple[str, ...] = ()

    def has_needle(self, lowered: str) -> bool:
        """Return whether a lower-case line may be one of these."""
        return any(needle in lowered for needle in self.needles)


SAYINGS = (
    Saying(
        id="listening-on",
        needles=("listening", "now listen", "listen on", "listen socket on port"),
        regex=r"\blistening\b|\b(?:now|will|we) listen\b|\blistens? (?:on|at)\b|\blisten socket on port\b",
        matches=(
            ("Listening on [::]:9100", "::", 9100),
            ('time="2026-01-02" level=info msg="Listening on" address=[::]:9100', "::", 9100),
            (
                'ts=2026-01-02T03:04:05Z caller=tls_config.go:313 level=info msg="Listening on" address=0.0.0.0:9100',
                "0.0.0.0",
                9100,
            ),
            ("Listening at: http://0.0.0.0:8000 (1)", "0.0.0.0", 8000),
            ("server listening on 5000", None, 5000),
            ('listening on IPv4 address "0.0.0.0", port 5432', "0.0.0.0", 5432),
            ("Server listening on 0.0.0.0 port 22.", "0.0.0.0", 22),
            ('{"level":"info","msg":"server is listening","address":":8080"}', None, 8080),
            ("Example app listening on port 3000!", None, 3000),
            ("Now listening on: http://[::]:8080", "::", 8080),
            ("Opening ipv4 listen socket on port 1883.", None, 1883),
        ),
        ignores=(
            "listening for events",
            "not listening on 8080",
            "failed to start listening on port 80",
            "listen tcp :9100: bind: address already in use",
            "Another program is already listening on a port that one of our HTTP servers is configured to use",
            "waiting for the server to start listening on port 80",
        ),
    ),
    Saying(
        id="serving-on",
        needles=("serving", "serve on", "served on", "serves"),
        regex=r"\bserving\b|\bserves?d? (?:on|at)\b",
        matches=(
            ("Serving HTTP on 0.0.0.0 port 8000 (http://0.0.0.0:8000/) ...", "0.0.0.0", 8000),
            ("I0102 03:04:05.000000       1 secure_serving.go:213] Serving securely on [::]:10250", "::", 10250),
            ("Serving healthz on 127.0.0.1:10256", "127.0.0.1", 10256),
            ('"Serving metrics server" addr=":8080"', None, 8080),
        ),
        ignores=("serving stale data from 10.0.0.1", "observing port 80"),
    ),
    Saying(
        id="running-on",
        needles=(
            "running on",
            "running at",
            "live at",
            "ready on",
            "ready at",
            "bound to",
            "bound on",
            "launched from",
            "- local:",
        ),
        regex=r"\b(?:running|ready|live|bound|launched) (?:on|at|to|from)\b|^\s*- Local:",
        matches=(
            ("Uvicorn running on http://0.0.0.0:8000 (Press CTRL+C to quit)", "0.0.0.0", 8000),
            (" * Running on http://127.0.0.1:5000", "127.0.0.1", 5000),
            ("Rocket has launched from http://0.0.0.0:8000", "0.0.0.0", 8000),
            ("UDP server bound to 127.0.0.1:5300", "127.0.0.1", 5300),
        ),
        ignores=(
            "running on node 3",
            "running on Linux 5.10",
            "Prometheus is available at http://prometheus.monitoring:9090",
            "proxying http://0.0.0.0:80 to http://10.0.0.5:8080 which is running on port 8080",
        ),
    ),
    Saying(
        id="started-on",
        needles=("started", "start on"),
        regex=r"\bstarted\b.{0,120}\b(?:on|at|with|port|address|addr)\b|\bstarted\b.{0,60}[:{]|:\d+.{0,40}\bstarted\b",
        matches=(
            ("Tomcat started on port 8080 (http) with context path ''", None, 8080),
            ("Tomcat started on port(s): 8080 (http) with context path ''", None, 8080),
            ("Started ServerConnector@1b2c3d{HTTP/1.1, (http/1.1)}{0.0.0.0:8080}", "0.0.0.0", 8080),
            ("Netty started on port 8080", None, 8080),
        ),
        ignores=("started container on node 8080", "Failed to start component [Connector[HTTP/1.1-8080]]"),
    ),
    Saying(
        id="ready-for-clients",
        needles=(
            "ready for connections",
            "server socket created",
            "waiting for connections",
            "awaiting socket connections",
            "server initialized, port",
            "running mode=",
        ),
        regex=r"\bready for connections\b|\bServer socket created on IP\b|\b[Ww]aiting for connections\b|\bAwaiting socket connections on\b|\bServer initialized, port\b|\bRunning mode=\w+, port=",
        protocol=Protocol.TCP,
        matches=(
            ("mysqld: ready for connections. Version: '8.0' socket: '/run/mysqld.sock'  port: 3306  MySQL", None, 3306),
            ("[Note] Server socket created on IP: '::', port: '3306'.", "::", 3306),
            (
                '{"s":"I","c":"NETWORK","id":23016,"msg":"Waiting for connections","attr":{"port":27017,"ssl":"off"}}',
                None,
                27017,
            ),
            ("Awaiting socket connections on 0.0.0.0:9092.", "0.0.0.0", 9092),
            ("1:M 02 Jan 2026 03:04:05.678 * Running mode=standalone, port=6379.", None, 6379),
        ),
        ignores=("waiting for connections to drain on port 80, shutting down",),
    ),
    Saying(
        id="will-listen",
        needles=("starting to listen", "binding to port", "bound_addresses", "server listen", "development server at"),
        regex=r"\b[Ss]tarting to listen\b|^binding to port\b|\bbound_addresses\b|\bServer Listen\b|\bStarting development server at\b",
        matches=(
            ('metrics server is starting to listen {"addr": ":8080"}', None, 8080),
            ("binding to port 0.0.0.0/0.0.0.0:2181", "0.0.0.0", 2181),
            ("publish_address {10.0.0.5:9200}, bound_addresses {[::]:9200}", "::", 9200),
            ('level=info msg="HTTP Server Listen" address=[::]:3000 protocol=http', "::", 3000),
            ("Starting development server at http://127.0.0.1:8000/", "127.0.0.1", 8000),
        ),
        ignores=("binding to port 2181 failed",),
    ),
    Saying(
        id="coredns",
        needles=(".:", "dns://"),
        regex=r"^(?:dns://)?\.:\d{1,5}(?: on (?P<address>\S+))?$",
        matches=((".:53", None, 53), ("dns://.:53", None, 53)),
        ignores=("...:53 done",),
    ),
)
