"""Lines in which a program says that it listens are a strong sign of a holder, so they must say just that."""

from __future__ import annotations

import pytest

from hostnetdoctor.match.listening import find_listening
from hostnetdoctor.match.says import SAYINGS
from hostnetdoctor.model import Protocol

SAID = [(saying.id, text, address, port) for saying in SAYINGS for text, address, port in saying.matches]
NOT_SAID = [text for saying in SAYINGS for text in saying.ignores]

MORE: tuple[tuple[str, int | None], ...] = (
    ("Listening on [::]:9100", 9100),
    ('level=info msg="Listening on" address=[::]:9100', 9100),
    ("I0102 03:04:05.000000       1 secure_serving.go:213] Serving securely on [::]:10250", 10250),
    ("I0102 03:04:05.000000       1 serve.go:107] Serving insecurely on [::]:10251", 10251),
    ("Server is listening on port 5000", 5000),
    ("1:M 02 Jan 2026 03:04:05.678 * Running mode=standalone, port=6379.", 6379),
    ("[1] 02 Jan 03:04:05 # Server initialized, port 6379", 6379),
    ("Tomcat started on port(s): 8080 (http) with context path ''", 8080),
    ("Netty started on port 8080", 8080),
    ("Undertow started on port 8080 (http)", 8080),
    ("Jetty started on port 8080 (http/1.1) with context path '/'", 8080),
    ("Started ServerConnector@1b2c{HTTP/1.1, (http/1.1)}{0.0.0.0:8080}", 8080),
    ("INFO:     Uvicorn running on http://0.0.0.0:8000 (Press CTRL+C to quit)", 8000),
    (" * Running on all addresses (0.0.0.0)", None),
    (" * Running on http://10.0.0.5:5000", 5000),
    ("[2026-01-02 03:04:05 +0000] [7] [INFO] Listening at: http://0.0.0.0:8000 (7)", 8000),
    ("* Listening on http://0.0.0.0:9292", 9292),
    ("Now listening on: http://[::]:80", 80),
    (
        '{"level":"info","ts":1.5,"logger":"admin","msg":"admin endpoint started","address":"localhost:2019","enforce_origin":false}',
        2019,
    ),
    ('{"level":"info","ts":1.5,"msg":"serving initial configuration"}', None),
    ('{"level":"info","msg":"server running","name":"srv0","protocols":["h1"]}', None),
    ('time="2026" level=info msg="Configuration loaded" ', None),
    (".:53", 53),
    ('2026-01-02 03:04:05.000 UTC [1] LOG:  listening on IPv4 address "0.0.0.0", port 5432', 5432),
    ('2026-01-02 03:04:05.000 UTC [1] LOG:  listening on Unix socket "/var/run/postgresql/.s.PGSQL.5432"', None),
    ("mysqld: ready for connections. Version: '8.0' socket: '/run/mysqld.sock'  port: 3306  MySQL", 3306),
    ("[Note] Server socket created on IP: '::', port: '3306'.", 3306),
    ("Waiting for connections on port 27017", 27017),
    (
        '{"t":{},"s":"I","c":"NETWORK","id":23016,"ctx":"listener","msg":"Waiting for connections","attr":{"port":27017,"ssl":"off"}}',
        27017,
    ),
    ("serving client requests on 127.0.0.1:2379", 2379),
    (
        '{"level":"info","msg":"serving client traffic insecurely; this is strongly discouraged!","traffic":"grpc+http","address":"[::]:2379"}',
        2379,
    ),
    ("Listening for client connections on 0.0.0.0:4222", 4222),
    ("started TCP listener on [::]:5672", 5672),
    ("Awaiting socket connections on 0.0.0.0:9092.", 9092),
    (
        "[SocketServer listenerType=ZK_BROKER, nodeId=0] Started data-plane acceptor and processor(s) for endpoint : ListenerName(PLAINTEXT)",
        None,
    ),
    ("binding to port 0.0.0.0/0.0.0.0:2181", 2181),
    ("publish_address {10.0.0.5:9200}, bound_addresses {[::]:9200}", 9200),
    ("HTTP Server Listening on port 3000", 3000),
    ('msg="HTTP Server Listen" address=[::]:3000 protocol=http', 3000),
    ('msg="Server is ready to receive web requests."', None),
    ("Start listening for connections address=0.0.0.0:9090", 9090),
    ("Starting to listen on 0.0.0.0:53 (udp)", 53),
    ("server started on :8080", 8080),
    ("Server started: http://localhost:3000", 3000),
    ("App is live at http://localhost:8080", 8080),
    ("ready - started server on 0.0.0.0:3000, url: http://localhost:3000", 3000),
    ("   - Local:        http://localhost:3000", 3000),
    ("Serving HTTP on 0.0.0.0 port 8000 (http://0.0.0.0:8000/) ...", 8000),
    ("Starting development server at http://127.0.0.1:8000/", 8000),
    ("Server listening on 0.0.0.0 port 22.", 22),
    ("Starting metrics server on :8080", None),
    ('controller-runtime.metrics Serving metrics server {"bindAddress": ":8080", "secure": false}', 8080),
    ('"Starting server" logger="controller-runtime.metrics"', None),
    ('metrics server is starting to listen {"addr": ":8080"}', 8080),
    ("Starting kubelet server on 0.0.0.0:10250", None),
    ('Starting to listen" address="0.0.0.0" port=10250', 10250),
    ("Envoy starting main dispatch loop", None),
    ("Listening and serving HTTP on :8080", 8080),
    ("[GIN-debug] Listening and serving HTTP on 0.0.0.0:8080", 8080),
    ("Rocket has launched from http://0.0.0.0:8000", 8000),
    ('starting service: "actix-web-service-0.0.0.0:8080", workers: 4, listening on: 0.0.0.0:8080', 8080),
    ("Opening ipv4 listen socket on port 1883.", 1883),
    ("started, listening on port 11211", 11211),
    ("UDP server bound to 127.0.0.1:5300", 5300),
    ("listening on IPv4 interface lo, 127.0.0.1#53", 53),
    ("Listening for events on topic 9000", None),
    ("not listening on port 80", None),
    ("Connected to 10.0.0.5:5432, listening for notifications", None),
    ("connected to redis on port 6379", None),
    ("upstream server 10.0.0.5:8080 is up", None),
    ("Backend web/10.0.0.5:8080 is UP", None),
    ("checking that 10.0.0.5:80 is listening", None),
    ("waiting for postgres to listen on port 5432", None),
    ("nothing is listening on port 80", None),
    ("Failed to start, not listening on :80", None),
    (
        'could not connect: is the server running on host "10.0.0.5" and accepting TCP/IP connections on port 5432?',
        None,
    ),
    ("remote peer 10.0.0.5 is listening on port 179", None),
    ("stopped listening on :8080", None),
    ("Closing listener on :8080", None),
    ("No longer listening on 0.0.0.0:80", None),
    ("Will start listening on port 8080 after sync", None),
    ("proxying http://0.0.0.0:80 to http://10.0.0.5:8080 which is running on port 8080", None),
    ("Prometheus is available at http://prometheus.monitoring:9090", None),
    ("Usage: server [--listen ADDRESS]  listening on ADDRESS (default :8080)", None),
    ("config: listen_address: 0.0.0.0:8080", None),
    ("endpoint http://otel-collector:4317 is ready", None),
    ("job 8080 started on node 3", None),
    ("cluster member etcd-1 started at https://10.0.0.6:2380", None),
    ("task started in 8080 ms", None),
    ("running on Node v20, pid 8080", None),
    ("kafka broker kafka-0.kafka:9092 is up", None),
    ("scrape target 10.0.0.5:9100 is up", None),
)


@pytest.mark.parametrize(("text", "port"), MORE)
def test_success_is_told_from_other_words(text: str, port: int | None) -> None:
    """What programs print when they listen yields the port; what only sounds alike yields nothing."""
    assert ([] if port is None else [port]) == [each.port for each in find_listening([text])]


@pytest.mark.parametrize(("pattern", "text", "address", "port"), SAID, ids=[text for _, text, _, _ in SAID])
def test_success_is_read(pattern: str, text: str, address: str | None, port: int) -> None:
    """The port, and the address where it is said, are read from each wording by its own entry."""
    assert [(pattern, address, port, 1)] == [
        (each.pattern, each.address, each.port, each.line) for each in find_listening([text])
    ]


@pytest.mark.parametrize("text", NOT_SAID)
def test_other_lines_are_not_read(text: str) -> None:
    """A line that only sounds like success says nothing about a port."""
    assert () == find_listening([text])


def test_an_announcement_before_a_failure_is_no_success() -> None:
    """What a log takes back below was not so."""
    lines = [
        "Listening on http://127.0.0.1:8080/",
        "OSError: [Errno 98] error while attempting to bind on address ('127.0.0.1', 8080): address already in use",
    ]

    assert () == find_listening(lines)


def test_a_success_after_failures_counts() -> None:
    """A program that retried and then listens has the port."""
    lines = [
        "Connection in use: ('127.0.0.1', 8000)",
        "listen tcp :8000: bind: address already in use",
        "Listening at: http://127.0.0.1:8000 (7)",
    ]

    assert [(8000, 3)] == [(each.port, each.line) for each in find_listening(lines)]


def test_a_failure_of_another_port_takes_nothing_back() -> None:
    """Two listeners of one program are told apart."""
    lines = ["Listening on [::]:9100", "listen tcp :9101: bind: address already in use"]

    assert [9100] == [each.port for each in find_listening(lines)]


def test_each_address_is_told_once() -> None:
    """A program that says it every minute listens once, since the first line."""
    assert [1] == [each.line for each in find_listening(["Listening on :80", "Listening on :80"])]


def test_the_transport_is_read_where_it_is_said() -> None:
    """UDP is told from TCP by the words of the line."""
    (found,) = find_listening(["listening on udp 0.0.0.0:53"])

    assert Protocol.UDP is found.protocol
