"""Decode a long list while it streams in: its body is cut between the items, and only what was cut off is ever held.

The API server writes compact JSON, and inside a JSON string every quote has a backslash before it. So bytes such as
`,{"cells":[` stand only between two items.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

from msgspec import Struct

from hostnetdoctor.collect import wire

Item = TypeVar("Item")

# A body without anything to cut at, as of a proxy that lays it out anew, is taken as a whole.
_LONGEST_HEAD, _LONGEST_ITEM = 65536, 4 * 1024 * 1024


class ListForm(Struct, Generic[Item], frozen=True, kw_only=True):
    """How a list is written: `opening` stands before its first item, `between` before each other one.

    `whole` decodes a list object that has only its items.
    """

    opening: bytes
    between: bytes
    items: type[list[Item]]
    whole: Callable[[bytes], Iterable[Item] | None]


def opened(form: ListForm[Item], pieces: Iterator[bytes]) -> tuple[bytes, bytes | None]:
    """Read until the items begin; return what stands before them, and the beginning of the items.

    That is None where the list is written in another way; then the first part is all that was read.
    """
    head = b""
    for piece in pieces:
        before, opening, begun = (head + piece).partition(form.opening)
        head = before
        if opening:
            return head, begun
        if len(head) > _LONGEST_HEAD:
            break
    return head, None


def blocks(form: ListForm[Item], begun: bytes, pieces: Iterator[bytes]) -> Iterator[Iterable[Item]]:
    """Yield the items in blocks, each decoded as soon as its last item is complete; `begun` is what follows the opening.

    Raises `wire.Undecodable`.
    """
    buffer = begun
    for piece in pieces:
        looked_through = len(buffer)
        buffer += piece
        end = buffer.rfind(form.between, max(0, looked_through - len(form.between)))
        if end > 0:
            yield wire.decode(b"[" + buffer[:end] + b"]", form.items)
            buffer = buffer[end + 1 :]
        elif len(buffer) > _LONGEST_ITEM:
            buffer = b"".join((buffer, *pieces))
    yield form.whole(b"{" + form.opening + buffer) or ()
