"""The stream is searched in blocks; nothing is lost or seen twice at their borders."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hostnetdoctor.match.engine import scan

FAILURE = b"bind() to 0.0.0.0:80 failed (98: Address already in use)\n"
BLOCK = 1 << 20


@pytest.mark.parametrize("border", [BLOCK - (1 << 16), BLOCK, 2 * BLOCK, 2 * BLOCK - (1 << 16)])
@pytest.mark.parametrize("before", [0, 1, 20, 55, 56, 57, 60])
def test_a_failure_across_a_border_is_found_once(border: int, before: int) -> None:
    """A line that begins in one block and ends in the next counts once."""
    filler = b"a quiet line\n" * (border // 13 + 1)
    log = filler[: border - before - 1] + b"\n" + FAILURE + filler

    (failure,) = scan(io.BytesIO(log)).failures

    assert (1, log[: log.index(FAILURE)].count(b"\n") + 1) == (failure.count, failure.line)


@settings(deadline=None)  # megabytes a try; how fast they are read is measured elsewhere
@given(st.lists(st.integers(0, 300_000), min_size=1, max_size=8))
def test_every_failure_is_counted_wherever_it_stands(gaps: list[int]) -> None:
    """The number of failures does not depend on what lies between them."""
    log = b"".join(b"x" * gap + b"\n" + FAILURE for gap in gaps)

    (failure,) = scan(io.BytesIO(log)).failures

    assert (len(gaps), 2, 2 * len(gaps)) == (failure.count, failure.line, failure.lines[-1])


def test_the_neighbours_of_a_line_may_lie_in_another_block() -> None:
    """A port that stands a block earlier than its error is found."""
    filler = b"x" * (BLOCK - (1 << 16) - 60)
    log = (
        filler
        + b'\nSEVERE: Failed to initialize component [Connector["http-nio-8080"]]\njava.net.BindException: Address already in use\n'
    )

    (failure,) = scan(io.BytesIO(log)).failures

    assert 8080 == failure.port


def test_windows_line_ends_are_no_part_of_a_line() -> None:
    """A carriage return at the end of a line is dropped."""
    (failure,) = scan(io.BytesIO(b"one\r\nlisten tcp :80: bind: address already in use\r\n")).failures

    assert (2, "listen tcp :80: bind: address already in use") == (failure.line, failure.text)


def test_packed_logs_are_unpacked(tmp_path: Path) -> None:
    """Gzip is recognized by its content, also from a file of another name."""
    path = tmp_path / "app.log"
    path.write_bytes(gzip.compress(FAILURE))

    with path.open("rb") as stream:
        (failure,) = scan(stream).failures

    assert 80 == failure.port


def test_a_damaged_packed_log_says_so() -> None:
    """What was unpacked before the damage is read, and the rest is named as not read."""
    packed = gzip.compress(FAILURE + bytes(range(256)) * 4_000)

    matched = scan(io.BytesIO(packed[:-200]))

    assert matched.unread is not None


def test_an_empty_stream_has_no_failures() -> None:
    """Nothing in, nothing out."""
    assert () == scan(io.BytesIO(b"")).failures
