"""A log is hostile: whatever it contains, the matcher neither fails nor takes long."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from hostnetdoctor.match import (
    attempts,
    context,
    ending,
    frames,
    listening,
    notation,
    others,
    place,
    prefix,
    texts,
    veto,
    words,
)
from hostnetdoctor.match.engine import find_failures, scan
from hostnetdoctor.match.expression import Uncompiled
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


@settings(deadline=None)  # how long it takes is another test
@given(st.binary(max_size=400))
def test_any_bytes_are_read(log: bytes) -> None:
    """No bytes make the matcher raise."""
    assert scan(io.BytesIO(log)).not_looked_at == ()


@settings(deadline=None)
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


def _seconds(expression: regex.Pattern[str] | Uncompiled, text: str, times: int = 5) -> float:
    """Return the shortest of some measurements of one search."""
    shortest = 60.0
    for _ in range(times):
        start = time.thread_time()  # the work done, whatever else the machine does
        expression.search(text)
        shortest = min(shortest, time.thread_time() - start)
    return shortest


def _assert_linear(expression: regex.Pattern[str] | Uncompiled, seed: str) -> None:
    """Compare the time for a text with the time for one of eight times its length; quadratic would be 64 times."""
    short, long = ((seed * (size // len(seed) + 1))[:size] for size in (2_000, 16_000))
    if _seconds(expression, long, 1) < 0.001:
        return  # below a millisecond the clock tells nothing
    took = _seconds(expression, long)
    assert took < 0.001 or took < 24 * _seconds(expression, short), (seed, took)


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.id)
def test_the_time_of_a_pattern_grows_no_faster_than_its_text(pattern: Pattern) -> None:
    """Eight times the text takes about eight times as long, also where it almost matches all the way."""
    for text in filter(None, (pattern.regex, pattern.beside, pattern.after)):
        for seed in _hostile(pattern):
            _assert_linear(regex.compile(text, regex.IGNORECASE), seed)


def _expressions() -> Iterator[tuple[str, Uncompiled]]:
    """Yield every expression with which the matcher reads a line, besides those of the patterns, with its name."""
    modules = (attempts, context, ending, frames, listening, notation, others, place, prefix, texts, veto, words)
    for module in modules:
        for name, value in vars(module).items():
            values = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else (value,)
            for number, each in enumerate(values):
                if isinstance(each, Uncompiled):
                    yield f"{module.__name__.rpartition('.')[2]}.{name}.{number}", each


EXPRESSIONS = dict(_expressions())
SEEDS = (
    "bind ",
    "listen on port 80 ",
    "Address already in use ",
    "failed to start server on ",
    "1:",
    "a.",
    "0.0.0.0:",
    "/a",
    "  ",
    "E",
    "[",
    "{1,",
    "could not open the socket ",
    "port 80 on ",
    "2026-01-02 03:04:05 ",
)


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_the_time_of_every_expression_grows_no_faster_than_its_text(name: str) -> None:
    """What decides about look-alikes, addresses and endings is as safe as the patterns."""
    for seed in SEEDS:
        _assert_linear(EXPRESSIONS[name], seed)


def test_a_line_that_takes_too_long_is_named_as_not_looked_at() -> None:
    """An expression that does not come to an end is stopped, its line is named, and the other lines are read."""
    endless = Pattern(id="endless", title="", needles=("aaa",), regex=r"^(?:a|aa)+(?:a|aa)+(?:a|aa)+$", sure=True)
    log = b"aaa" * 40 + b" b (98: Address already in use)\n" + FAILURE

    matched = scan(io.BytesIO(log), (endless, *PATTERNS))

    assert ((1,), [(2, 80)]) == (matched.not_looked_at, [(each.line, each.port) for each in matched.failures])


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

    assert ((), ()) == (scan(io.BytesIO(log.encode())).failures, scan(io.BytesIO(log.encode())).not_looked_at)


def _seconds_of_scan(count: int) -> float:
    log = "\n".join(f"node {number}: bind mount of /data/{number} is in use, port of volume" for number in range(count))
    start = time.thread_time()
    assert () == scan(io.BytesIO(log.encode())).failures
    return time.thread_time() - start


def test_the_time_of_a_log_that_almost_matches_grows_no_faster_than_the_log() -> None:
    """Ten times as many near misses take about ten times as long; after some thousand they even cost less each."""
    assert _seconds_of_scan(30_000) < 20 * _seconds_of_scan(3_000)
