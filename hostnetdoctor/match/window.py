"""From a stream of bytes to the few lines worth a look, in flat memory.

The stream is searched for all needles at once in blocks of 1 MiB. What lies around a hit is decoded only when it is
asked for, so a log without a needle costs little more than reading it.
"""

from __future__ import annotations

import gzip
import io
import math
import zlib
from collections.abc import Iterator, Sequence
from typing import BinaryIO, cast

from ahocorasick_rs import BytesAhoCorasick, MatchKind
from msgspec import Struct

from hostnetdoctor.match.prefix import unwrapped

_BLOCK = 1 << 20
_AROUND = 1 << 16  # bytes kept before and after a hit: what a stack trace takes
_LINE_LIMIT = 1 << 12  # bytes of a long line that are looked at on each side of a hit
_AT_ONCE = 42  # needles of one search
# What reading a damaged packed file raises.
DAMAGED = (gzip.BadGzipFile, EOFError, zlib.error)

_GZIP = b"\x1f\x8b"


class Hit(Struct, frozen=True):
    """A line that contains a needle, with its neighbours. `number` is its 1-based line number in the stream.

    Of a line longer than 8 KiB, `text` is the part around the needle.
    """

    number: int
    start: int
    end: int
    _bytes: bytes

    @property
    def text(self) -> str:
        """Return the line itself; bytes that are no UTF-8 are replaced."""
        return _decoded(self._bytes[self.start : self.end])

    @property
    def written(self) -> str:
        """Return the line with what the writers of logs put before it."""
        return self._bytes[self.start : self.end].decode("utf-8", errors="replace")

    def alone(self) -> Hit:
        """Return the same line without neighbours."""
        return Hit(self.number, 0, self.end - self.start, self._bytes[self.start : self.end])

    def before(self, count: int) -> Iterator[tuple[int, str]]:
        """Yield up to `count` preceding lines with their numbers, the nearest first."""
        end, number = self._bytes.rfind(b"\n", 0, self.start), self.number
        while count > 0 and end >= 0 and self.start - end < _AROUND:
            start = self._bytes.rfind(b"\n", max(0, end - _AROUND), end) + 1
            number, count = number - 1, count - 1
            yield number, _decoded(self._bytes[start : min(end, start + _LINE_LIMIT)])
            end = start - 1

    def after(self, count: int) -> Iterator[tuple[int, str]]:
        """Yield up to `count` following lines with their numbers, the nearest first."""
        start, number = self._bytes.find(b"\n", self.end) + 1, self.number
        while count > 0 and 0 < start < len(self._bytes) and start - self.end < _AROUND:
            end = self._bytes.find(b"\n", start)
            number, count = number + 1, count - 1
            stop = len(self._bytes) if end < 0 else end
            yield number, _decoded(self._bytes[start : min(stop, start + _LINE_LIMIT)])
            start = end + 1


def _decoded(line: bytes) -> str:
    text = line.decode("utf-8", errors="replace").rstrip("\r").replace("\0", " ")
    return unwrapped(text)


class Needles:
    """Texts to look for, all at once: bytes as they are, upper and lower case count."""

    def __init__(self, needles: Sequence[str]) -> None:
        encoded = {needle.encode() for needle in needles}
        # Each needle contains itself; one that contains another as well finds nothing new.
        contained = BytesAhoCorasick(list(encoded)).find_matches_as_indexes
        shortest = sorted(each for each in encoded if len(contained(each, overlapping=True)) == 1)
        self._longest = max(map(len, shortest))
        # Leftmost matching and few needles let the automaton compare 16 or 32 bytes at a time (the "Teddy" search of the
        # Rust crate aho-corasick): 2 to 4 GB/s for each of four groups of 38 needles, half of that in sum for six of 25, and
        # 0.5 for two of 75. A last group of a few needles would be slower, so all are of one size; sorted, they share beginnings.
        size = math.ceil(len(shortest) / math.ceil(len(shortest) / _AT_ONCE))
        self._automata = [
            BytesAhoCorasick(shortest[first : first + size], matchkind=MatchKind.LeftmostFirst)
            for first in range(0, len(shortest), size)
        ]

    def hits(self, stream: BinaryIO) -> Iterator[Hit]:
        """Yield each line of a stream that contains a needle, once; of a very long line, each part that does."""
        buffer, first_number, searched, at_end = b"", 1, 0, False
        while not at_end:
            block = stream.read(_BLOCK)
            at_end = not block
            buffer += block
            limit = len(buffer) if at_end else len(buffer) - _AROUND
            if limit <= searched:
                continue
            yield from self._within(buffer, searched, limit, first_number)
            keep = max(0, limit - _AROUND)
            first_number += buffer.count(b"\n", 0, keep)
            buffer, searched = buffer[keep:], limit - keep

    def _within(self, buffer: bytes, start: int, limit: int, first_number: int) -> Iterator[Hit]:
        counted, number, seen = 0, first_number, -1
        for position in self._positions(buffer, start, limit):
            if position < seen:
                continue
            line_start = max(buffer.rfind(b"\n", max(0, position - _LINE_LIMIT), position) + 1, position - _LINE_LIMIT)
            end = buffer.find(b"\n", position, position + _LINE_LIMIT)
            line_end = min(len(buffer), position + _LINE_LIMIT) if end < 0 else end
            seen = line_end
            if line_start < start and self._positions(buffer, line_start, start):
                continue  # the search that ended at `start` has found this line already
            number += buffer.count(b"\n", counted, line_start)
            counted = line_start
            yield Hit(number, line_start, line_end, buffer)

    def _positions(self, buffer: bytes, start: int, limit: int) -> list[int]:
        """Return where needles begin, from `start` and before `limit`, sorted."""
        view = memoryview(buffer)[start : limit + self._longest]
        found = [
            start + offset for automaton in self._automata for _, offset, _ in automaton.find_matches_as_indexes(view)
        ]
        return sorted(position for position in found if position < limit)


def unpacked(stream: BinaryIO) -> BinaryIO:
    """Return a stream's content: unpacked where it is gzip, whatever its name."""
    buffered = stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(cast("io.RawIOBase", stream))
    if not buffered.peek(2).startswith(_GZIP):
        return buffered
    return cast("BinaryIO", gzip.GzipFile(fileobj=buffered))
