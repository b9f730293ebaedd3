"""Measures the log matcher against grep on the same log, one after the other: python bench/match.py [MEGABYTES].

The log has long lines, almost all of which report nothing, as in production. grep searches it as a person would, with a
UTF-8 locale. The figure that counts is the ratio of the two speeds, which is the same on a fast and on a slow machine.
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from hostnetdoctor.match.engine import scan

_GREP = ["grep", "-cE", "in use|EADDRINUSE|bind"]
_ROUNDS = 3
_WORDS = [
    "request",
    "completed",
    "status",
    "latency",
    "upstream",
    "user",
    "agent",
    "mozilla",
    "path",
    "query",
    "index",
    "shard",
    "replica",
    "flush",
    "compaction",
    "segment",
    "bytes",
    "duration",
    "client",
    "method",
    "handler",
    "trace",
    "span",
    "parent",
    "kubernetes",
    "namespace",
    "container",
    "image",
    "node",
    "pod",
    "service",
    "error",
    "warning",
    "info",
    "debug",
    "retry",
    "cache",
    "miss",
    "hit",
]
_FAILURE = b"2026/01/02 03:04:05 [emerg] 1#1: bind() to 0.0.0.0:80 failed (98: Address already in use)\n"


def main(arguments: list[str]) -> int:
    """Print the speeds and their ratio."""
    megabytes = int(arguments[0]) if arguments else 500
    with tempfile.TemporaryDirectory(prefix="hostnet-doctor-bench-") as directory:
        log = Path(directory) / "long-lines.log"
        write_log(log, megabytes)
        size = log.stat().st_size / 1e6
        ours = min(_seconds_of_scan(log) for _ in range(_ROUNDS))
        theirs = min(_seconds_of_grep(log) for _ in range(_ROUNDS))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(
        f"log                     {size:.0f} MB\n"
        f"grep -cE                {size / theirs:.0f} MB/s\n"
        f"hostnet-doctor scan     {size / ours:.0f} MB/s, {peak:.0f} MB of memory at most\n"
        f"ratio                   {theirs / ours:.2f} of grep's speed (at least 0.33 is wanted)\n"
    )
    return 0 if theirs / ours >= 1 / 3 else 1


def write_log(path: Path, megabytes: int) -> None:
    """Write a log of that size: JSON lines of about 900 characters, and a failure every 20 MB."""
    lines = b"".join(_lines(20_000))
    with path.open("wb") as log:
        while log.tell() < megabytes * 1_000_000:
            log.write(lines)
            log.write(_FAILURE)


def _lines(count: int) -> Iterator[bytes]:
    chance = random.Random(98)  # noqa: S311 - the same log every time, not a secret
    for number in range(count):
        words = (
            chance.choice(_WORDS) + (str(chance.randint(0, 99999)) if chance.random() < 0.2 else "")
            for _ in range(chance.randint(60, 160))
        )
        yield f'{{"ts":"2026-01-02T03:04:{number % 60:02}Z","level":"info","msg":"{" ".join(words)}"}}\n'.encode()


def _seconds_of_scan(log: Path) -> float:
    start = time.perf_counter()
    with log.open("rb") as stream:
        scan(stream)
    return time.perf_counter() - start


def _seconds_of_grep(log: Path) -> float:
    grep = shutil.which(_GREP[0])
    if grep is None:
        raise SystemExit("bench/match.py needs grep to compare with.")
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    start = time.perf_counter()
    # Not to /dev/null: grep notices that, and stops at the first match.
    subprocess.run([grep, *_GREP[1:], str(log)], env=environment, stdout=subprocess.PIPE, check=False)  # noqa: S603
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
