"""A log is hostile: whatever it contains, the matcher neither fails nor takes long."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from hostnetdoctor.match.engine import find_failures, scan
from hostnetdoctor.match.listening import find_listening
from hostnetdoctor.match.pattern import Pattern
from hostnetdoctor.match.patterns import PATTERNS

FAILURE = b"bind() to 0.0.0.0:80 failed (98: Address already in use)"
WORDS = st.sampled_from(
    [
        "bind ",
        "listen ",
        "in use",
        "Address already ",
        ":80",
        "[::]:",
        "0.0.0.0",
        "(98",
        "port ",
        "\x00",
        "\x1b[",
        "EADDRINUSE",
        "\n",
        '"',
        "\\",
    ]
)


@given(st.binary(max_size=400))
def test_any_bytes_are_read(log: bytes) -> None:
    """No bytes make the matcher raise."""
    assert scan(io.BytesIO(log)).not_looked_at == ()


@given(st.lists(st.one_of(st.text(max_size=40), WORDS), max_size=30).map("".join))
def test_any_text_is_read(text: str) -> None:
    """No text makes the matcher raise, and what it finds lies within the text."""
    lines = text.split("\n")

    for failure in find_failures(lines).failures:
        assert 1 <= failure.lines[0] <= failure.lines[-1] <= len(lines)
        assert failure.port is None or 0 < failure.port < 65536
    for found in find_listening(lines):
        assert 0 < found.port < 65536


@pytest.mark.parametrize("junk", [b"\xff\xfe\xc3(", b"\0\0", b"\x1b]0;title\x07", b"\xe2\x80\xae", b"\xed\xa0\x80"])
def test_broken_bytes_around_a_failure_do_not_hide_it(junk: bytes) -> None:
    """Invalid UTF-8, NUL bytes and control sequences may stand anywhere in a line."""
    (failure,) = scan(io.BytesIO(junk + b"\n" + junk + FAILURE + junk)).failures

    assert (2, 80) == (failure.line, failure.port)


def test_a_line_of_ten_megabytes_is_read() -> None:
    """Of an endless line the part around each needle is looked at, and the lines after it keep their numbers."""
    log = b"x" * 10_000_000 + FAILURE.replace(b":80", b":81") + b"x" * 100 + b"\n" + FAILURE

    assert [(1, 81), (2, 80)] == [(failure.line, failure.port) for failure in scan(io.BytesIO(log)).failures]


def _hostile(pattern: Pattern) -> Iterator[str]:
    """Yield texts that almost match a pattern, to be repeated."""
    text = pattern.matches[0].text.replace("\n", " ")
    yield from (
        text,
        text[: len(text) // 2],
        text[len(text) // 2 :],
        *pattern.needles[:3],
        f"bind listen port 1 address {pattern.needles[0]} ",
    )


def _seconds(expression: regex.Pattern[str], text: str) -> float:
    """Return the shortest of some measurements of one search."""
    shortest = 60.0
    for _ in range(5):
        start = time.thread_time()  # the work done, whatever else the machine does
        expression.search(text)
        shortest = min(shortest, time.thread_time() - start)
    return shortest


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.id)
def test_the_time_of_a_pattern_grows_no_faster_than_its_text(pattern: Pattern) -> None:
    """Eight times the text takes about eight times as long, also where it almost matches all the way."""
    expression = regex.compile(pattern.regex, regex.IGNORECASE)
    for seed in _hostile(pattern):
        short, long = ((seed * (size // len(seed) + 1))[:size] for size in (2_000, 16_000))
        took = _seconds(expression, long)
        # Quadratic time would be 64 times as long. Below a millisecond the clock tells nothing.
        assert took < 0.001 or took < 24 * _seconds(expression, short), (seed, took)


def test_a_million_equal_failures_are_one() -> None:
    """Repeats cost little, and are counted."""
    log = (FAILURE + b"\n") * 200_000

    (failure,) = scan(io.BytesIO(log)).failures

    assert (200_000, (1, 200_000)) == (failure.count, failure.lines)


def test_lines_that_almost_match_find_nothing() -> None:
    """Many different lines with needles and without a failure are passed over."""
    log = "\n".join(
        f"memory in use: {number} of 98 MB, open /data/{number}: permission denied" for number in range(20_000)
    )

    assert () == scan(io.BytesIO(log.encode())).failures
