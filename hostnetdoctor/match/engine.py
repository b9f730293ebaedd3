"""From a log to its bind failures: find the lines, read them, and put together what belongs together.

`find_failures` reads lines that somebody else has split, `scan` a stream of any size in flat memory; both go the same way.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import BinaryIO

import regex
from msgspec import Struct
from msgspec.structs import replace

from hostnetdoctor.match.context import address_beside, place_near, protocol_beside, protocol_told
from hostnetdoctor.match.ending import fatal_near
from hostnetdoctor.match.finder import TIMEOUT, Compiled, Finder, belongs, finder_of
from hostnetdoctor.match.frames import protocol_of_trace
from hostnetdoctor.match.join import Joiner, Sign
from hostnetdoctor.match.pattern import KIND_GROUPS, BindMatch, Matched, Pattern, Place
from hostnetdoctor.match.patterns import PATTERNS
from hostnetdoctor.match.place import address_of, clean_path, lone_address, place_in, protocol_of, transport_in
from hostnetdoctor.match.prefix import message, unescape
from hostnetdoctor.match.transport import transport_of_program, transport_of_words
from hostnetdoctor.match.veto import is_copied, is_look_alike, is_outgoing
from hostnetdoctor.match.window import DAMAGED, Hit, unpacked
from hostnetdoctor.match.words import errors_of, guesses_taken, kind_of
from hostnetdoctor.model import FailureKind, Protocol

__all__ = ["BindMatch", "Matched", "find_failures", "scan"]

_OFTEN = 50  # after so many equal lines the neighbours have said what they know
_READINGS = 5_000  # lines whose neighbours are read; in a log with more of them, the line itself has to do
_REMEMBERED = 4_096


def find_failures(lines: Sequence[str]) -> Matched:
    """Return the failures to take an address that a text reports; line numbers count from 1."""
    text = "\n".join(line.replace("\n", " ") for line in lines)
    return scan(io.BytesIO(text.encode("utf-8", errors="replace")))


def scan(stream: BinaryIO, patterns: tuple[Pattern, ...] = PATTERNS) -> Matched:
    """Return the failures that a stream reports, packed or not, in memory that does not grow with it."""
    finder = finder_of(patterns)
    joiner, reader, missed, unread = Joiner(), _Reader(finder), [], None
    try:
        for hit in finder.needles.hits(unpacked(stream)):
            try:
                for sign in reader.read(hit):
                    joiner.add(sign)
            except TimeoutError:
                missed.append(hit.number)
    except DAMAGED as error:
        unread = f"the packed file is damaged: {error}"
    return Matched(failures=joiner.failures(), not_looked_at=tuple(missed), unread=unread)


class _Reader:
    """Reads hits, and spares the trouble where a log says the same a million times."""

    def __init__(self, finder: Finder) -> None:
        self._finder = finder
        self._seen: dict[str, tuple[int, tuple[Sign, ...]]] = {}
        self._readings = 0

    def read(self, hit: Hit) -> tuple[Sign, ...]:
        """Return what a line says of failures, mostly of none or one. Raises `TimeoutError` when an expression takes too long."""
        candidates = self._finder.patterns_of(hit.text)
        if not candidates:
            return ()
        text = unescape(message(hit.text))
        times, signs = self._seen.get(text, (0, ()))
        if times >= _OFTEN:
            return tuple(replace(sign, number=hit.number) for sign in signs)
        self._readings += 1
        signs = _signs(hit if self._readings < _READINGS else hit.alone(), text, candidates)
        if len(self._seen) >= _REMEMBERED:
            self._seen.clear()
        self._seen[text] = (times + 1, signs)
        return signs


def _signs(hit: Hit, text: str, candidates: Sequence[Compiled]) -> tuple[Sign, ...]:
    named = kind_of(text)
    for candidate in candidates:
        if named is None and candidate.pattern.needs_error:
            continue
        found = candidate.expression.search(text, timeout=TIMEOUT)
        if found and belongs(hit, candidate, found):
            return tuple(_read(_Reading(hit, text, candidate.pattern, found, named)))
    return ()


class _Reading(Struct, frozen=True):
    """A line that one pattern matches, with the error that its words name and where those begin."""

    hit: Hit
    text: str
    pattern: Pattern
    found: regex.Match[str]
    named: tuple[FailureKind, int] | None

    @property
    def error_at(self) -> int:
        return self.named[1] if self.named else self.found.start()


def _kind(reading: _Reading) -> FailureKind:
    groups, pattern = reading.found.groupdict(), reading.pattern
    told = next((kind for name, kind in KIND_GROUPS.items() if groups.get(name)), None)
    named = reading.named[0] if reading.named else None
    kind = told or pattern.kind or named or pattern.otherwise or FailureKind.OTHER
    guesses = kind is FailureKind.OTHER and pattern.kind is None
    return FailureKind.ADDRESS_IN_USE if guesses and guesses_taken(reading.text) else kind


def _read(reading: _Reading) -> Iterator[Sign]:
    if _is_no_failure(reading):
        return
    fatal = _fatal(reading)
    for place in _each_place(reading) or (_where(reading),):
        yield Sign(
            number=reading.hit.number,
            kind=_kind(reading),
            place=replace(place, protocol=_protocol(reading, place)),
            fatal=fatal,
            text=reading.text,
            pattern=reading.pattern.id,
            alone=reading.pattern.alone,
        )


def _is_no_failure(reading: _Reading) -> bool:
    """Say whether a line that a pattern matches is only like a failure."""
    hit, text, pattern = reading.hit, reading.text, reading.pattern
    before = [line for _, line in hit.before(12)]
    if is_copied(hit.text, before) or (pattern.flush and hit.text.startswith(" " * 8)):
        return True
    if pattern.sure:
        return False
    near = before[: 8 if text.startswith("code:") else 2]
    return is_look_alike(text, reading.error_at) or is_outgoing(
        _kind(reading), near, (line for _, line in hit.after(2))
    )


def _each_place(reading: _Reading) -> list[Place]:
    """Return the addresses of a line that names several, each before an error of its own; else nothing."""
    errors = errors_of(reading.text, _kind(reading))
    if len(errors) < 2:
        return []
    start, places = 0, []
    for error_at, end in errors:
        if (place := place_in(reading.text[start:error_at], error_at - start, sockets=False)) and place not in places:
            places.append(place)
        start = end
    # A message often says in its own words what it then quotes: there the same port stands twice.
    differ = len({place.port for place in places}) > 1 or (len(places) > 1 and all(place.address for place in places))
    return places if differ else []


def _where(reading: _Reading) -> Place:
    """Return where the program wanted to listen: as its pattern says, else as the line says, else as neighbours say."""
    place = _from_groups(reading.found)
    if place is None and reading.pattern.searches:
        place = place_in(reading.text, reading.error_at)
    if place is None:
        place = Place(address=lone_address(reading.text))
    if place.port and not place.address and reading.pattern.searches:
        return replace(place, address=address_beside(reading.hit, place.port))
    if place.known or not (reading.pattern.searches and reading.pattern.looks_around):
        return place
    near = place_near(reading.hit, place.address, transport_in(reading.text))
    if near is None or (_kind(reading) is FailureKind.FAMILY_NOT_SUPPORTED and "." in (near.address or "")):
        return place  # IPv4 is everywhere: what listens with it is not what lacks its family
    return Place(place.address or near.address, near.port, near.path, place.protocol or near.protocol)


def _from_groups(found: regex.Match[str]) -> Place | None:
    groups = {name: value for name, value in found.groupdict().items() if value}
    protocol = protocol_of(groups.get("protocol"))
    if name := groups.get("abstract"):
        return Place(path=f"@{name}", protocol=Protocol.UNIX)
    if path := groups.get("path"):
        return Place(path=clean_path(path), protocol=Protocol.UNIX)
    if port := groups.get("port"):
        number = int(port)
        return Place(address_of(groups.get("address")), number if 0 < number < 65536 else None, None, protocol)
    if address := groups.get("address"):
        place = place_in(address) or Place(address=lone_address(address) or address_of(address))
        return Place(place.address, place.port, place.path, place.protocol or protocol)
    return None


def _protocol(reading: _Reading, place: Place) -> Protocol | None:
    if place.path:
        return Protocol.UNIX
    groups = reading.found.groupdict()
    named = Protocol.UDP if groups.get("udp") else Protocol.TCP if groups.get("tcp") else None
    told = place.protocol or named or protocol_of(groups.get("protocol"))
    if told is None and reading.pattern.searches:
        told = transport_in(reading.text)
    # Node.js says "bind" of datagrams, and of its cluster's streams, whose stack trace tells them apart.
    usual = Protocol.UDP if groups.get("usually_udp") else reading.pattern.protocol
    return (
        told
        or protocol_of_trace(reading.hit)
        or usual
        or protocol_told(reading.hit)
        or (protocol_beside(reading.hit, place.port) if place.port and reading.pattern.searches else None)
        or (transport_of_words(reading.text) if reading.pattern.searches else None)
        or transport_of_program(reading.hit.written)
    )


def _fatal(reading: _Reading) -> bool | None:
    groups = reading.found.groupdict()
    if groups.get("goes_on") or groups.get("ends"):
        return groups.get("goes_on") is None
    told = reading.pattern.fatal
    return told if told is not None else fatal_near(reading.hit, reading.text)
