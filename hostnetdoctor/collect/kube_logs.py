"""Read a container's log through the API: its end, and its beginning where it is long, whatever its size.

`limitBytes` cuts after `tailLines` and so drops the newest lines. Therefore the end is asked for by lines and kept in
a bounded ring here; a second request gets the beginning by bytes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from urllib.parse import quote

from msgspec import Struct

from hostnetdoctor.collect import wire
from hostnetdoctor.collect.call import ANY, Call
from hostnetdoctor.collect.log_refusals import refusal
from hostnetdoctor.collect.requests import ContainerLog
from hostnetdoctor.collect.transport import Headers, Transport
from hostnetdoctor.model import Unreadable

TAIL_LINES = 1000
TAIL_BYTES = 256 * 1024
HEAD_BYTES = 64 * 1024
# A thousand lines may be gigabytes, where a program writes lines of megabytes: beyond this, fewer lines are asked for.
_TOO_MUCH = 8 * 1024 * 1024
_FEWER_LINES = (50, 3)


class _Tail(Struct, frozen=True, kw_only=True):
    """The end of a log as far as it was read: `complete` if it is the whole log, `stopped` if it went on too long."""

    text: bytes
    complete: bool
    stopped: bool


def read_log(transport: Transport, request: ContainerLog) -> wire.Log | Unreadable:
    """Return the log, or why the node has none. Raises `Refused`."""
    tail = _tail(transport, request, TAIL_LINES)
    if (refused := refusal(tail.text)) is not None:
        return refused
    if tail.complete:
        return wire.Log(text=tail.text)
    for lines in _FEWER_LINES:
        if not tail.stopped:
            break
        tail = _tail(transport, request, lines)
    return _joined(_head(transport, request), tail.text)


def _call(request: ContainerLog, *limits: tuple[str, str]) -> Call:
    return Call(
        path=f"/api/v1/namespaces/{quote(request.namespace, safe='')}/pods/{quote(request.pod, safe='')}/log",
        query=(
            ("container", request.container),
            ("timestamps", "true"),
            *((("previous", "true"),) if request.previous else ()),
            *limits,
        ),
        accept=ANY,
        verb="get",
        resource="pods/log",
        namespace=request.namespace,
        one=f"log of container {request.container} of pod {request.namespace}/{request.pod}",
    )


def _tail(transport: Transport, request: ContainerLog, lines: int) -> _Tail:
    def read(pieces: Iterator[bytes], _: Headers) -> _Tail:
        ring: deque[bytes] = deque()
        kept = total = newlines = 0
        for piece in pieces:
            ring.append(piece)
            kept, total, newlines = kept + len(piece), total + len(piece), newlines + piece.count(b"\n")
            while kept - len(ring[0]) >= TAIL_BYTES:
                kept -= len(ring.popleft())
            if total > _TOO_MUCH:
                break
        text = b"".join(ring)
        complete = kept == total and newlines < lines
        # The first line of a ring that has overflowed lacks its beginning.
        return _Tail(
            text=text if kept == total else text.partition(b"\n")[2], complete=complete, stopped=total > _TOO_MUCH
        )

    return transport.fetch(_call(request, ("tailLines", str(lines))), read)


def _head(transport: Transport, request: ContainerLog) -> bytes:
    def read(pieces: Iterator[bytes], _: Headers) -> bytes:
        return b"".join(pieces)

    head = transport.fetch(_call(request, ("limitBytes", str(HEAD_BYTES))), read)
    # Half a line would name half a port.
    return head[: head.rfind(b"\n") + 1]


def _joined(head: bytes, tail: bytes) -> wire.Log:
    """Return the beginning and the end as one log, without the lines that both have."""
    first, last = head.splitlines(keepends=True), tail.splitlines(keepends=True)
    overlap = next((count for count in range(len(first), 0, -1) if _meets(first, last, count)), 0)
    return wire.Log(text=head + b"".join(last[overlap:]), cut=overlap == 0)


def _meets(first: list[bytes], last: list[bytes], count: int) -> bool:
    return count <= len(last) and first[-count] == last[0] and first[-count:] == last[:count]
