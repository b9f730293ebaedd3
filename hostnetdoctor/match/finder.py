"""Which patterns a line may match, told by their needles, and whether it stands where they demand it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import regex
from ahocorasick_rs import AhoCorasick

from hostnetdoctor.match.frames import is_bind_trace
from hostnetdoctor.match.pattern import Pattern
from hostnetdoctor.match.patterns import PATTERNS
from hostnetdoctor.match.window import Hit

TIMEOUT = 1.0  # seconds for one expression on one line; a line takes microseconds
_BESIDE = 300  # characters between an error and what it is about


@dataclass(frozen=True, slots=True)
class Compiled:
    """A pattern with its compiled expression."""

    pattern: Pattern
    expression: regex.Pattern[str]
    after: regex.Pattern[str] | None
    beside: regex.Pattern[str] | None


@cache
def compiled_patterns() -> tuple[Compiled, ...]:
    """Return all patterns with their expressions, in order of precedence."""
    return tuple(
        Compiled(
            pattern,
            regex.compile(pattern.regex, regex.IGNORECASE),
            _expression(pattern.after),
            _expression(pattern.beside),
        )
        for pattern in PATTERNS
    )


def _expression(text: str | None) -> regex.Pattern[str] | None:
    return regex.compile(text, regex.IGNORECASE) if text is not None else None


class _Finder:
    """Tells by its needles which patterns a line may match."""

    def __init__(self) -> None:
        owners: dict[str, set[int]] = {}
        for number, pattern in enumerate(PATTERNS):
            for needle in pattern.needles:
                owners.setdefault(needle, set()).add(number)
        self._owners = [frozenset(numbers) for numbers in owners.values()]
        self._automaton = AhoCorasick(list(owners))

    def patterns_of(self, line: str) -> list[int]:
        """Return the numbers of the patterns of which a line contains a needle, in their order."""
        found = self._automaton.find_matches_as_indexes(line, overlapping=True)
        return sorted(set().union(*(self._owners[needle] for needle, _, _ in found)))


@cache
def finder() -> _Finder:
    """Return the one finder of all patterns."""
    return _Finder()


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
