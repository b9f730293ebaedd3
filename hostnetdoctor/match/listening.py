"""Lines in which a program says that it now listens: the strongest sign of a holder that a log can give."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

import regex
from msgspec import Struct

from hostnetdoctor.match.engine import find_failures
from hostnetdoctor.match.expression import compiled_later
from hostnetdoctor.match.pattern import BindMatch, Place
from hostnetdoctor.match.place import place_in, transport_in
from hostnetdoctor.match.prefix import message, unescape, unwrapped
from hostnetdoctor.match.says import SAYINGS, Saying
from hostnetdoctor.model import FailureKind, Protocol

_TIMEOUT = 1.0  # seconds for one expression on one line
_LONGEST = 4096  # characters of a line: an announcement stands at its beginning

# A line that has one of these is no announcement of success, whatever else it says.
_NOT_NOW = compiled_later(
    r"\b(?:fail(?:ed|ure|ing|s)?|error(?! page)|can ?n[o']t|could ?n[o']t|unable|not (?:listening|serving|running)|no longer|stop(?:s|ped|ping)?|"
    r"clos(?:ed|ing)|shut(?:ting)? ?down|exit(?:ed|ing)?|in use|denied|refused|timed? ?out|connect(?:s|ed|ing)?(?: to)|dial(?:ing)?|"
    r"wait(?:ing)? (?:for (?!(?:\w+ )?connections)|until)|check(?:s|ing)?|nothing|proxying|backend|target|member|will (?:be )?(?:listen|start|serv)\w*|would|try(?:ing)?|attempt(?:ing)?|about to|going to|should|if|please|"
    r"disabled|skipp(?:ed|ing)|usage|deprecated|terminat(?:ed|ing)|kill(?:ed|ing)?|upstream|proxying to|forwarding to|peer|remote)\b",
    regex.IGNORECASE,
)


class ListeningMatch(Struct, frozen=True, kw_only=True):
    """One line in which a program says that it listens. `address` is None where it does not say which one.

    `line` is the 1-based number of the line, `text` that line without its prefixes, as hostile as the log.
    """

    protocol: Protocol | None
    address: str | None
    port: int
    line: int
    text: str
    pattern: str


def find_listening(lines: Sequence[str]) -> tuple[ListeningMatch, ...]:
    """Return the ports that a log says its program listens on, in the order of the lines, each address once.

    A line before a failure to take the same port only announced what was tried; it is left out.
    """
    found: dict[tuple[Protocol | None, str | None, int], ListeningMatch] = {}
    for match in _announced(lines):
        found.setdefault((match.protocol, match.address, match.port), match)
    if not found:
        return ()
    failures = find_failures(lines).failures
    return tuple(match for match in found.values() if not any(_took_back(failure, match) for failure in failures))


def _took_back(failure: BindMatch, match: ListeningMatch) -> bool:
    """Say whether a failure shows that an announced port was not taken after all."""
    if failure.port != match.port or failure.kind in (FailureKind.UNSCHEDULABLE, FailureKind.REJECTED):
        return False
    if failure.protocol and match.protocol and failure.protocol is not match.protocol:
        return False
    if failure.address and match.address and failure.address != match.address:
        return False
    return failure.lines[-1] >= match.line


def _announced(lines: Sequence[str]) -> Iterator[ListeningMatch]:
    for number, line in enumerate(lines, 1):
        lowered = line[:_LONGEST].lower()
        if not any(saying.has_needle(lowered) for saying in SAYINGS):
            continue
        text = unescape(message(unwrapped(line[:_LONGEST])))
        if place := _said(text):
            pattern, where = place
            if where.port is not None:
                yield ListeningMatch(
                    protocol=where.protocol,
                    address=where.address,
                    port=where.port,
                    line=number,
                    text=text,
                    pattern=pattern,
                )


def _said(text: str) -> tuple[str, Place] | None:
    lowered = text.lower()
    for saying, expression in _compiled():
        if not saying.has_needle(lowered):
            continue
        try:
            found = expression.search(text, timeout=_TIMEOUT)
        except TimeoutError:
            return None
        if found is None or _NOT_NOW.search(text):
            continue
        place = place_in(text[found.start() :], sockets=False) or place_in(text, sockets=False)
        if place is not None:
            return saying.id, _with_protocol(place, text, saying.protocol)
    return None


def _with_protocol(place: Place, text: str, default: Protocol | None) -> Place:
    return Place(address=place.address, port=place.port, protocol=place.protocol or transport_in(text) or default)


@cache
def _compiled() -> tuple[tuple[Saying, regex.Pattern[str]], ...]:
    return tuple((saying, compiled_later(saying.regex, regex.IGNORECASE)) for saying in SAYINGS)
