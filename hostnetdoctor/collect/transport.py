"""Send requests to the API server as a polite guest: limits, retries, deadlines, and a count of what was sent.

How a request leaves (addresses, certificates, tokens) is the `Sender`'s business; this module decides when it is
sent again and when it is given up, and gives the body to its reader piece by piece, so that a slow or endless answer
cannot outlast the run.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Protocol, TypeVar

from msgspec import Struct, field
from urllib3 import exceptions as network
from urllib3.response import BaseHTTPResponse

from hostnetdoctor.collect import wire
from hostnetdoctor.collect.call import ANY, Call
from hostnetdoctor.collect.clock import Clock
from hostnetdoctor.collect.refusals import Refused, broken, refused_by_network, refused_by_server, web_page

Answer = TypeVar("Answer")
Headers = Mapping[str, str]
Reader = Callable[[Iterator[bytes], Headers], Answer]

CONNECT_SECONDS = 5.0
READ_SECONDS = 20.0
_PIECE = 65536
_LONGEST_REFUSAL = 65536
_ATTEMPTS = {429: 10, 500: 2, 502: 3, 503: 3, 504: 3}  # how often one request is sent in all
_CONNECTIONS = 3
_SHORT_WAIT = 0.1  # seconds, doubled with each attempt


class Sender(Protocol):
    """What sends a request and returns the response as it begins."""

    server: str

    def send(self, call: Call, timeout: tuple[float, float]) -> BaseHTTPResponse:
        """Send with these timeouts for connecting and for each read. Raises what urllib3 raises."""
        ...

    def renew(self) -> bool:
        """Log in again, if there is a way; return whether there was."""
        ...


class Transport(Struct):
    """The way to one API server during one run."""

    sender: Sender
    clock: Clock
    sent: Callable[[Call, str], None]  # told of every request and how it went
    requests_made: int = 0
    by_kind: Counter[tuple[str, str]] = field(default_factory=Counter)  # by verb and resource
    bytes_read: int = 0
    answered_at: datetime | None = None  # the server's clock at its first answer
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, call: Call, kind: type[Answer]) -> Answer:
        """Return the answer decoded as `kind`. Raises `Refused`."""
        body, _ = self.fetch(call, whole)
        return decode(call, body, kind)

    def fetch(self, call: Call, reader: Reader[Answer]) -> Answer:
        """Return what `reader` makes of the body of a successful answer. Raises `Refused`.

        The reader may be called again with a new body when the first one broke off.
        """
        attempt, renewed = 0, False
        while True:
            attempt += 1
            if self.clock.over:
                raise Refused(self.clock.too_late(), whole=True)
            try:
                outcome = self._attempt(call, reader)
            except _Failed as failed:
                if failed.code == 401 and not renewed and self.sender.renew():
                    renewed = True
                elif attempt >= failed.attempts or not self._waited(failed, attempt):
                    raise failed.refused from failed.__cause__
            else:
                return outcome

    def _waited(self, failed: _Failed, attempt: int) -> bool:
        """Wait as long as the server asks, or a little longer each time; return whether there is time to try again."""
        seconds = failed.wait if failed.wait is not None else _SHORT_WAIT * 2**attempt
        return seconds < self.clock.remaining and self.clock.wait(seconds)

    def _attempt(self, call: Call, reader: Reader[Answer]) -> Answer:
        with self._lock:
            self.requests_made += 1
            self.by_kind[call.verb, call.resource] += 1
        limit = max(self.clock.remaining, 0.01)  # zero would mean no limit
        try:
            response = self.sender.send(call, (min(CONNECT_SECONDS, limit), min(READ_SECONDS, limit)))
            try:
                return self._read(call, response, reader)
            finally:
                # What is left unread would otherwise be taken for the next answer.
                response.close()
        except (network.HTTPError, OSError) as error:
            self.sent(call, type(error).__name__)
            if self.clock.over:
                raise Refused(self.clock.too_late(), whole=True) from error
            refused = refused_by_network(error, self.sender.server)
            raise _Failed(refused, attempts=1 if refused.lasting else _CONNECTIONS) from error

    def _read(self, call: Call, response: BaseHTTPResponse, reader: Reader[Answer]) -> Answer:
        self.sent(call, str(response.status))
        if response.status in {200, 201}:
            with self._lock:
                self.answered_at = self.answered_at or server_time(response.headers)
            if call.accept != ANY and "html" in response.headers.get("Content-Type", ""):
                raise web_page(call)
            return reader(self._pieces(response), response.headers)
        body = b"".join(_first(self._pieces(response), _LONGEST_REFUSAL))
        raise _Failed(
            refused_by_server(call, response.status, body),
            code=response.status,
            attempts=1 if call.resource == "pods/log" and response.status == 500 else _ATTEMPTS.get(response.status, 1),
            wait=_retry_after(response.headers),
        )

    def _pieces(self, response: BaseHTTPResponse) -> Iterator[bytes]:
        while piece := response.read(_PIECE):
            with self._lock:
                self.bytes_read += len(piece)
            if self.clock.over:
                raise Refused(self.clock.too_late(), whole=True)
            yield piece


@dataclass(eq=False)
class _Failed(Exception):
    """One attempt that failed, and what speaks for another one."""

    refused: Refused
    code: int | None = None
    attempts: int = 1
    wait: float | None = None


def whole(pieces: Iterator[bytes], headers: Headers) -> tuple[bytes, Headers]:
    """Read the whole body; return it with its headers."""
    return b"".join(pieces), headers


def decode(call: Call, body: bytes, kind: type[Answer]) -> Answer:
    """Return the body decoded as `kind`. Raises `Refused` with what is wrong with it."""
    try:
        return wire.decode(body, kind)
    except wire.Undecodable as error:
        if body.lstrip()[:1] == b"<":
            raise web_page(call) from error
        raise broken(call, str(error)) from error


def _first(pieces: Iterator[bytes], size: int) -> Iterator[bytes]:
    for piece in pieces:
        yield piece
        size -= len(piece)
        if size <= 0:
            return


def _retry_after(headers: Headers) -> float | None:
    """Return the seconds of `Retry-After`; the API server never writes a date there."""
    text = headers.get("Retry-After", "")
    return float(text) if text.isascii() and text.isdigit() else None


def server_time(headers: Headers) -> datetime | None:
    """Return the time on the server's clock when it answered, from its `Date` header."""
    try:
        return parsedate_to_datetime(headers.get("Date", "")).astimezone(UTC)
    except (ValueError, TypeError):
        return None
