"""A small API server on 127.0.0.1 that answers what a test tells it to, and fails in the ways that servers fail."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import yaml

_LONGEST = 30  # seconds that a server keeps somebody waiting who would wait for ever
CERTIFICATES = Path(__file__).parent / "certificates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as the server saw it."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    every_header: tuple[tuple[str, str], ...]
    method: str = "GET"
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer. `cut` ends the connection after that many bytes of the body; `stall` leaves the rest unsent.

    `times` sends the body again and again, `drip` sends it byte by byte with so many seconds between two.
    """

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    kind: str = "application/json"
    cut: int | None = None
    stall: bool = False
    refuse: bool = False  # reset the connection instead of answering
    silent: bool = False  # take the request and send nothing
    times: int = 1
    drip: float | None = None


def json_answer(body: object, status: int = 200, **headers: str) -> Answer:
    return Answer(status=status, body=json.dumps(body).encode(), headers=headers)


def status(code: int, message: str, **headers: str) -> Answer:
    return json_answer({"kind": "Status", "status": "Failure", "message": message, "code": code}, code, **headers)


Route = Callable[[Asked], Answer]
_NOT_THERE = status(404, "the server could not find the requested resource")


@dataclass(slots=True)
class ApiServer:
    """A running server: `routes` answer by path, one answer after another where there are several.

    A route with `?fieldSelector=...` behind its path goes before the one of the path alone.
    """

    url: str = ""
    routes: dict[str, list[Answer | Route]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)
    date: str = "Mon, 02 Nov 2026 10:00:00 GMT"
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def on(self, path: str, *answers: Answer | Route) -> None:
        """Answer requests for this path with these, the last of which stays."""
        self.routes[path] = list(answers)

    def answer(self, asked: Asked) -> Answer:
        with self._lock:
            self.asked.append(asked)
            selecting = self.routes.get(f"{asked.path}?fieldSelector={asked.query.get('fieldSelector')}")
            answers = selecting or self.routes.get(asked.path) or [_NOT_THERE]
            chosen = answers.pop(0) if len(answers) > 1 else answers[0]
        return chosen if isinstance(chosen, Answer) else chosen(asked)

    def queries(self, path: str) -> list[Mapping[str, str]]:
        return [each.query for each in self.asked if each.path == path]

    def kubeconfig(self, directory: Path, **user: Any) -> str:
        """Write a kubeconfig for this server and return its path; without fields, the user has the token `secret`."""
        path = directory / "kubeconfig"
        path.write_text(yaml.safe_dump(tree(self.url, **(user or {"token": "secret"}))))
        return str(path)


def tree(server: str, **user: Any) -> dict[str, Any]:
    """Return a kubeconfig with one context, `here`, whose namespace is `shop`."""
    cluster = {"server": server, "certificate-authority": str(CERTIFICATES / "authority.pem")}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "here",
        "contexts": [{"name": "here", "context": {"cluster": "c", "user": "u", "namespace": "shop"}}],
        "clusters": [{"name": "c", "cluster": cluster}],
        "users": [{"name": "u", "user": user}],
    }


@contextlib.contextmanager
def serving(certificate: str | None = None, *, clients_of: str | None = None) -> Iterator[ApiServer]:
    """Run a server, over TLS with one of the certificates if one is named; `clients_of` is whose clients it lets in."""
    api = ApiServer()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(api))
    server.daemon_threads = True
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATES / certificate)
        if clients_of is not None:
            context.load_verify_locations(CERTIFICATES / clients_of)
            context.verify_mode = ssl.CERT_REQUIRED
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    api.url = f"http{'s' if certificate else ''}://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield api
    finally:
        api.ended.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(api: ApiServer) -> type[BaseHTTPRequestHandler]:  # noqa: C901 - a handler is one class, and its methods are small
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle(self) -> None:
            with contextlib.suppress(OSError):
                super().handle()

        def do_POST(self) -> None:
            self._take(self.rfile.read(int(self.headers.get("Content-Length", 0))))

        do_PUT = do_PATCH = do_DELETE = do_POST  # noqa: N815 - the base class looks for these names

        def do_GET(self) -> None:
            self._take(b"")

        def _take(self, body: bytes) -> None:
            parts = urlsplit(self.path)
            query = dict(parse_qsl(parts.query, keep_blank_values=True))
            headers = tuple((key.casefold(), value) for key, value in self.headers.items())
            self._send(
                api.answer(
                    Asked(
                        path=parts.path,
                        query=query,
                        headers=dict(headers),
                        every_header=headers,
                        method=self.command,
                        body=body,
                    )
                )
            )

        def _send(self, answer: Answer) -> None:
            if answer.refuse:
                self._reset()
                return
            if answer.silent:
                api.ended.wait(_LONGEST)
                self.close_connection = True
                return
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(len(answer.body) * answer.times))
            for name, value in answer.headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            whole = answer.cut is None and not answer.stall
            self._write(answer, answer.body if whole else answer.body[: answer.cut or 0])
            if answer.stall:
                self.wfile.flush()
                api.ended.wait(_LONGEST)
            self.close_connection = not whole

        def _write(self, answer: Answer, body: bytes) -> None:
            for _ in range(answer.times):
                if answer.drip is None:
                    self.wfile.write(body)
                    continue
                for position in range(len(body)):
                    self.wfile.write(body[position : position + 1])
                    if api.ended.wait(answer.drip):
                        return

        def _reset(self) -> None:
            # With a linger time of zero, closing sends a reset.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True

        def date_time_string(self, timestamp: float | None = None) -> str:
            return api.date

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            pass

    return Handler
