"""Which settings name a port to listen on, and which only look like it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostnetdoctor.listeners.settings import Setting, argument_settings, environment_settings
from hostnetdoctor.model import ContainerSpec, ContainerType, EnvironmentVariable


def settings(*args: str, **environment: str) -> tuple[Setting, ...]:
    variables = tuple(EnvironmentVariable(name=name, value=value) for name, value in environment.items())
    container = ContainerSpec(name="main", type=ContainerType.REGULAR, image="x", args=args, environment=variables)
    return (*argument_settings(container), *environment_settings(container))


def listening(*args: str, **environment: str) -> list[tuple[str | None, int]]:
    return [(each.address, each.port) for each in settings(*args, **environment) if each.listens]


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (("--web.listen-address=:9100",), [(None, 9100)]),
        (("--web.listen-address=[::]:9100",), [("::", 9100)]),
        (("--web.listen-address", "127.0.0.1:9100"), [("127.0.0.1", 9100)]),
        (("--port=8080",), [(None, 8080)]),
        (("--port", "6380"), [(None, 6380)]),
        (("-p", "6380"), [(None, 6380)]),
        (("--metrics-bind-address=0.0.0.0:10249",), [("0.0.0.0", 10249)]),
        (
            ("--listen-client-urls=https://127.0.0.1:2379,https://10.0.0.1:2379",),
            [("127.0.0.1", 2379), ("10.0.0.1", 2379)],
        ),
        (("-c", "exec nc -lk -p 8081 -e cat"), [(None, 8081)]),
        (("-c", "socat TCP-LISTEN:7000,fork EXEC:cat"), [(None, 7000)]),
        (("-m", "http.server", "8000"), [(None, 8000)]),
        (("--healthz-port=10248/tcp",), [(None, 10248)]),
        (("--entrypoints.web.address=:80/tcp",), [(None, 80)]),
    ],
)
def test_arguments_that_listen(args: tuple[str, ...], expected: list[tuple[str | None, int]]) -> None:
    """A flag whose name or value can only mean an address to listen on is one."""
    assert expected == listening(*args)


@pytest.mark.parametrize(
    "args",
    [
        ("--etcd-servers=https://10.0.0.1:2379",),
        ("--kubelet-api-server=https://api.example:6443",),
        ("--upstream=127.0.0.1:8080",),
        ("--advertise-address=10.0.0.1:8080",),
        ("--log.level=info",),
        ("--v=2",),
        ("sleep", "8080"),
        ("--timeout-port=1",),
        ("--target", "db.example:5432"),
        ("--port=0",),
        ("--port=99999",),
        ("it's not closed",),
    ],
)
def test_arguments_that_do_not_listen(args: tuple[str, ...]) -> None:
    """An address of another program, or a number that is no port, is never taken for one to listen on."""
    assert [] == listening(*args)


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"PORT": "3000"}, [(None, 3000)]),
        ({"HTTP_PORT": "8080"}, [(None, 8080)]),
        ({"LISTEN_ADDRESS": ":9000"}, [(None, 9000)]),
        ({"METRICS_ADDR": "127.0.0.1:9092"}, [("127.0.0.1", 9092)]),
        ({"DB_PORT": "5432"}, []),
        ({"REDIS_HOST": "redis.example", "REDIS_PORT": "6379"}, []),
        ({"SERVER_HOST": "api.example", "SERVER_PORT": "8080"}, []),
        ({"SERVER_HOST": "0.0.0.0", "SERVER_PORT": "8080"}, [(None, 8080)]),
        ({"REPLICAS": "3000"}, []),
    ],
)
def test_variables(environment: dict[str, str], expected: list[tuple[str | None, int]]) -> None:
    """A variable counts when its name is the program's own port, and not when it stands beside another machine's name."""
    assert expected == listening(**environment)


def test_a_port_variable_of_unknown_meaning_is_a_mention() -> None:
    """X_PORT may be the port of a server that is called: worth a closer look, and no more."""
    assert [(5432, False)] == [(each.port, each.listens) for each in settings(DB_PORT="5432")]


def test_references_to_variables_are_expanded() -> None:
    """$(NAME) in an argument stands for the variable, as the kubelet expands it; what it cannot expand stays."""
    assert ("10.0.0.5", 9100) in listening("--listen-address=$(HOST_IP):9100", HOST_IP="10.0.0.5")
    assert [] == listening("--port=$(UNKNOWN)")


@given(st.lists(st.text(), max_size=5), st.text())
def test_no_text_makes_it_fail(args: list[str], value: str) -> None:
    """Command lines and variables are arbitrary text."""
    assert all(0 < each.port < 65_536 for each in settings(*args, PORT=value))
