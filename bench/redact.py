"""Measures redaction against the log matcher on the same log of 10 MB, one after the other: python bench/redact.py.

The figure that counts is the ratio of the two times, by how many lines have something that may be a secret.
"""

from __future__ import annotations

import io
import random
import statistics
import sys
import time
from collections.abc import Iterator

from hostnetdoctor.collect.redact import Redactor
from hostnetdoctor.match.engine import scan

_BYTES = 10_000_000
_ROUNDS = 5


def main() -> None:
    """Print, for several shares of lines with a secret, both times and the median of their ratios."""
    for share in (0.0, 0.001, 0.01, 0.1):
        log = b"".join(_lines(share))
        rounds = [(_seconds_of_matching(log), _seconds_of_redaction(log)) for _ in range(_ROUNDS)]
        match, redact = (statistics.median(each) for each in zip(*rounds, strict=True))
        ratio = statistics.median(ours / theirs for theirs, ours in rounds)
        sys.stdout.write(f"{share:6.1%} secrets: matcher {match:.2f} s, redaction {redact:.2f} s, ratio {ratio:.2f}\n")


def _lines(share: float) -> Iterator[bytes]:
    chance, size = random.Random(1), 0  # noqa: S311 - the same log every time, not a secret
    while size < _BYTES:
        which = chance.random()
        if which < share:
            text = f'time="2026-11-23" level=info msg="login ok" token={chance.getrandbits(120):030x} user=bob'
        elif which < share + 0.001:
            text = "nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)"
        else:
            text = f'10.1.2.3 - - [23/Nov/2026:09:12:31 +0000] "GET /items/{chance.randrange(10**6)} HTTP/1.1" 200 512 "-" "Mozilla/5.0"'
        line = f"2026-11-23T09:12:31.123456789Z {text}\n".encode()
        size += len(line)
        yield line


def _seconds_of_matching(log: bytes) -> float:
    start = time.process_time()
    scan(io.BytesIO(log))
    return time.process_time() - start


def _seconds_of_redaction(log: bytes) -> float:
    start = time.process_time()
    Redactor().log(log)
    return time.process_time() - start


if __name__ == "__main__":
    main()
