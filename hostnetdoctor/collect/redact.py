"""Take secrets out of texts, before anything else of the program sees them.

Each secret gets a name of its own, the same one wherever it stands, so that equal settings stay recognisably equal. The names are
counted, never computed from the secret: what is computed from a short password can be guessed.
"""

from __future__ import annotations

import secrets
import string
import threading
from collections.abc import Iterator
from functools import cache
from time import monotonic

import regex
from ahocorasick_rs import BytesAhoCorasick, MatchKind
from msgspec import Struct

from hostnetdoctor.collect import redact_pem
from hostnetdoctor.collect.redact_rule import VALUE, Rule
from hostnetdoctor.collect.redact_rules import RULES
from hostnetdoctor.model.redacted import REDACTED, redacted

_TIMEOUT = 1.0  # seconds for one rule on one line; a line takes microseconds
_FLAGS = regex.IGNORECASE | regex.VERBOSE
_SHORTEST = 3  # characters: nothing that marks a secret is shorter
# Texts in which nothing was found are remembered: names, labels and images of a cluster's objects are mostly the same ones.
_MOST_CLEAN, _LONGEST_CLEAN = 20_000, 200  # texts, and characters of one

_MOST_KNOWN, _LONGEST_KNOWN = 2_000, 500  # secrets, and characters of one, that are looked for where nothing marks them
_DISTINCTIVE = 8  # characters: shorter ones stand in texts by chance
# What names, numbers and paths look like: a secret of such a form is taken out only where something marks it as one.
_COMMON = regex.compile(r"[a-z0-9.:/_-]*|[A-Z][a-z]*|[A-Z_]*|[\d.:-]*")


class _Compiled(Struct, frozen=True):
    rule: Rule
    expression: regex.Pattern[str]
    needs_value: bool


@cache
def _compiled(number: int) -> _Compiled:
    """Return a rule with its expression, which is made when a text first needs it: few texts need any."""
    rule = RULES[number]
    return _Compiled(rule, regex.compile(rule.expression, _FLAGS), "(?P<secret>" not in rule.expression)


@cache
def _value() -> regex.Pattern[str]:
    return regex.compile(VALUE, _FLAGS)


def _places(content: bytes) -> list[tuple[int, int, int]]:
    """Return the places of a text that are worth a look: without an `@`, the two slashes of an address are none."""
    return _needles(addresses=b"@" in content).find_matches_as_indexes(content.lower())


@cache
def _needles(*, addresses: bool) -> BytesAhoCorasick:
    """Return what finds the places worth a look; a needle that contains another one finds nothing new."""
    every = {needle for rule in RULES if addresses or rule.within != "@" for needle in rule.needles}
    every.add(redact_pem.NEEDLE)
    shortest = sorted(one for one in every if not any(other != one and other in one for other in every))
    return BytesAhoCorasick([each.encode() for each in shortest], matchkind=MatchKind.LeftmostFirst)


@cache
def _rules_of_needles() -> tuple[BytesAhoCorasick, tuple[frozenset[int], ...]]:
    """Return what finds every needle, and for each one the numbers of the rules that it belongs to."""
    every = sorted({needle for rule in RULES for needle in rule.needles})
    rules = tuple(frozenset(number for number, rule in enumerate(RULES) if one in rule.needles) for one in every)
    return BytesAhoCorasick([each.encode() for each in every]), rules


class Redactor:
    """Takes secrets out of the texts of one run, and remembers which secret has which name.

    Several threads may use it at once.
    """

    def __init__(self) -> None:
        self._run = "".join(secrets.choice(string.ascii_lowercase) for _ in range(6))
        self._names: dict[str, str] = {}
        self._own: set[str] = set()
        self._known: BytesAhoCorasick | None = None
        self._distinctive: list[str] = []
        self._stale = False
        self._clean: set[str] = set()
        self._lock = threading.RLock()

    def hide(self, secret: str) -> str:
        """Return what is shown instead of a secret: always the same for the same one."""
        return secret if secret in self._own else self._names.get(secret) or self._named(secret)

    def _named(self, secret: str) -> str:
        with self._lock:
            if (known := self._names.get(secret)) is not None:
                return known
            shown = redacted(f"{self._run}{_letters(len(self._names))}")
            self._own.add(shown)
            self._names[secret] = shown
            if (
                len(self._distinctive) < _MOST_KNOWN
                and _DISTINCTIVE <= len(secret) <= _LONGEST_KNOWN
                and not _COMMON.fullmatch(secret)
                and not REDACTED.search(secret)
            ):
                self._distinctive.append(secret)
                self._stale = True
                self._clean.clear()
            return shown

    def text(self, text: str) -> str:
        """Return a text of any length without the secrets in it; one that takes too long to read is hidden whole."""
        if text in self._clean:
            return text
        try:
            return self._redacted(text)
        except TimeoutError:
            return self.hide(text)

    def is_clean(self, content: bytes) -> bool:
        """Say whether certainly nothing in a text has to go, by a look that costs little."""
        known = self._known_now()
        return not _places(content) and not (known and known.find_matches_as_indexes(content))

    def log(self, content: bytes) -> bytes:
        """Return a log without the secrets in it, line for line. Raises `TimeoutError` when a line takes too long."""
        if b"-----BEGIN " in content or b"-----END " in content:
            content = _encoded("\n".join(redact_pem.without_blocks(_decoded(content).split("\n"), self.hide)))
        pieces, done = [], 0
        for start, end in _lines(content):
            line = _decoded(content[start:end])
            if (new := self._line(line)) != line:
                pieces += [content[done:start], _encoded(new)]
                done = end
        return self._without_known(b"".join((*pieces, content[done:])) if pieces else content)

    def without_known(self, text: str) -> str:
        """Return a text without the secrets that were met so far; nothing else in it is looked at."""
        return _decoded(self._without_known(_encoded(text))) if self._distinctive else text

    def _redacted(self, text: str) -> str:
        if len(text) < _SHORTEST:
            return text
        content, known = _encoded(text), len(self._distinctive)
        if _places(content):
            content = self.log(content)
        elif self._distinctive:
            content = self._without_known(content)
        shown = _decoded(content)
        if shown != text:
            return shown
        if len(text) <= _LONGEST_CLEAN:
            with self._lock:
                if len(self._clean) == _MOST_CLEAN:
                    self._clean.clear()
                # What another thread has met since may stand in this text.
                if known == len(self._distinctive):
                    self._clean.add(text)
        return text

    def _line(self, line: str) -> str:
        needles, rules = _rules_of_needles()
        found = needles.find_matches_as_indexes(_encoded(line.lower()), overlapping=True)
        for number in sorted(frozenset().union(*(rules[needle] for needle, _, _ in found))):
            if RULES[number].within in line:
                line = self._applied(_compiled(number), line)
        return line

    def _applied(self, each: _Compiled, line: str) -> str:
        pieces, done, position = [], 0, 0
        # The limit is for all searches together: a long line may have a million beginnings of a secret.
        until = monotonic() + _TIMEOUT
        while (head := each.expression.search(line, position, timeout=_left(until))) is not None:
            position = max(head.end(), position + 1)
            value = _value().match(line, head.end(), timeout=_left(until)) if each.needs_value else head
            if value is None or not each.rule.applies(head, value):
                continue
            start, end = value.span("secret")
            pieces += [line[done:start], self.hide(line[start:end])]
            done = end
            position = max(value.end(), position)
        return "".join((*pieces, line[done:])) if pieces else line

    def _without_known(self, content: bytes) -> bytes:
        """Return the text without those secrets that were met before, where nothing marks them as one."""
        known = self._known_now()
        if known is None:
            return content
        pieces, done = [], 0
        for number, start, end in known.find_matches_as_indexes(content):
            pieces += [content[done:start], self._names[self._distinctive[number]].encode()]
            done = end
        return b"".join((*pieces, content[done:])) if pieces else content

    def _known_now(self) -> BytesAhoCorasick | None:
        if self._stale:
            with self._lock:
                known = list(map(_encoded, self._distinctive))
                self._known, self._stale = BytesAhoCorasick(known, matchkind=MatchKind.LeftmostLongest), False
        return self._known


def _lines(content: bytes) -> Iterator[tuple[int, int]]:
    """Yield where each line begins and ends that may hold a secret."""
    seen = 0
    for _, place, _ in _places(content):
        if place >= seen:
            end = content.find(b"\n", place)
            start, seen = content.rfind(b"\n", 0, place) + 1, len(content) if end < 0 else end
            yield start, seen


def _left(until: float) -> float:
    """Return the seconds that are left. Raises `TimeoutError` when none are."""
    left = until - monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _decoded(content: bytes) -> str:
    return content.decode("utf-8", errors="surrogateescape")


def _encoded(text: str) -> bytes:
    try:
        return text.encode("utf-8", errors="surrogateescape")
    except UnicodeEncodeError:  # half a character out of JSON, which stands for nothing
        return text.encode("utf-8", errors="replace")


def _letters(number: int) -> str:
    """Return a number in letters: a, b, ... z, ba, bb ..."""
    rest, last = divmod(number, len(string.ascii_lowercase))
    return (_letters(rest) if rest else "") + string.ascii_lowercase[last]
