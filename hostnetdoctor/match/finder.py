"""Which patterns a line may match, told by their needles, and whether it stands where they demand it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import regex
from ahocorasick_rs import AhoCorasick
from msgspec import Struct

from hostnetdoctor.match.expression import compiled_later
from hostnetdoctor.match.frames import is_bind_trace
from hostnetdoctor.match.pattern import Pattern
from hostnetdoctor.match.window import Hit, Needles
from hostnetdoctor.match.words import ERROR_NEEDLES

TIMEOUT = 1.0  # seconds for one expression on one line; a line takes microseconds
_BESIDE = 300  # characters between an error and what it is about


class Compiled(Struct, frozen=True):
    """A pattern with its compiled expression."""

    pattern: Pattern
    expression: regex.Pattern[str]
    after: regex.Pattern[str] | None
    beside: regex.Pattern[str] | None

    @classmethod
    def of(cls, pattern: Pattern) -> Compiled:
        """Compile the expressions of a pattern."""
        return cls(
            pattern,
            compiled_later(pattern.regex, regex.IGNORECASE),
            _expression(pattern.after),
            _expression(pattern.beside),
        )


def _expression(text: str | None) -> regex.Pattern[str] | None:
    return compiled_later(text, regex.IGNORECASE) if text is not None else None


class Finder:
    """Tells by needles where a log is worth a look, and which patterns a line may match."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._patterns = tuple(Compiled.of(pattern) for pattern in patterns)
        owners: dict[str, set[int]] = {}
        for number, pattern in enumerate(patterns):
            for needle in pattern.needles:
                owners.setdefault(needle, set()).add(number)
        self._owners = [frozenset(numbers) for numbers in owners.values()]
        self._automaton = AhoCorasick(list(owners))
        own = (needle for pattern in patterns if not pattern.needs_error for needle in pattern.needles)
        self.needles = Needles([*ERROR_NEEDLES, *own])

    def patterns_of(self, line: str) -> list[Compiled]:
        """Return the patterns of which a line contains a needle, in their order."""
        found = self._automaton.find_matches_as_indexes(line, overlapping=True)
        numbers = sorted(set().union(*(self._owners[needle] for needle, _, _ in found)))
        return [self._patterns[number] for number in numbers]


@cache
def finder_of(patterns: tuple[Pattern, ...]) -> Finder:
    """Return the finder of some patterns, which is made once."""
    return Finder(patterns)


def belongs(hit: Hit, candidate: Compiled, found: regex.Match[str]) -> bool:
    """Say whether a line stands where its pattern demands it."""
    if candidate.pattern.in_trace and not is_bind_trace(hit):
        return False
    if candidate.beside is not None:
        start, end = max(0, found.start() - _BESIDE), found.end() + _BESIDE
        if not candidate.beside.search(found.string, start, end, timeout=TIMEOUT):
            return False
    after = candidate.after
    return after is None or any(after.search(line, timeout=TIMEOUT) for _, line in hit.before(candidate.pattern.within))
