"""Which lines of a configuration file name a port to listen on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostnetdoctor.listeners.config_file import ports_in


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("server {\n    listen 80;\n    listen [::]:80 ipv6only=on;\n}", [(None, 80), ("::", 80)]),
        ("    listen 127.0.0.1:8080 default_server;", [("127.0.0.1", 8080)]),
        ("frontend web\n    bind *:8443 ssl crt /x.pem", [("0.0.0.0", 8443)]),
        ("port 6379\nbind 127.0.0.1", [(None, 6379)]),
        ("server.port=8080", [(None, 8080)]),
        ("server:\n  port: 9000\n", [(None, 9000)]),
        ('[http]\n  bind-address = ":8086"', [(None, 8086)]),
        ("  http_listen_port: 9080\n  grpc_listen_port: 0", [(None, 9080)]),
        ('- address: "0.0.0.0:9443"', [("0.0.0.0", 9443)]),
        ("Listen 8081", [(None, 8081)]),
        ('{\n  "port": 3000,\n  "host": "x"\n}', [(None, 3000)]),
    ],
)
def test_lines_that_listen(text: str, expected: list[tuple[str | None, int]]) -> None:
    """Directives and keys of common programs are understood."""
    assert expected == [(each.address, each.port) for each in ports_in(text)]


@pytest.mark.parametrize(
    "text",
    [
        "# listen 80;",
        "; port = 80",
        "proxy_pass http://127.0.0.1:8080;",
        "upstream backend { server 10.0.0.1:9000; }",
        "remote_port: 5432",
        "address: db.example:5432",
        "worker_connections 1024;",
        "port_range 8000",
        "maxclients 10000",
    ],
)
def test_lines_that_do_not(text: str) -> None:
    """Comments, other programs' addresses and other numbers name no port to listen on."""
    assert () == ports_in(text)


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    """A ConfigMap may hold anything."""
    assert all(0 < each.port < 65_536 for each in ports_in(text))
