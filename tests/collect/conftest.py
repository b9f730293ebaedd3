"""A server on 127.0.0.1 for the tests of the live cluster."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.collect.api_server import ApiServer, json_answer, serving
from tests.collect.pods import listed, node


@pytest.fixture
def api() -> Iterator[ApiServer]:
    """Run a server that knows its version and has one node."""
    with serving("local.pem") as server:
        server.on("/version", json_answer({"gitVersion": "v1.34.4"}))
        server.on("/api/v1/nodes", json_answer(listed(node())))
        yield server
