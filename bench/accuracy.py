"""Measures how well the log matcher reads the corpus: python bench/accuracy.py [open | held-out].

For each part it prints how many failures are found (recall) and how many of those found are real (precision); and of the
failures that both name, how often the port or path, the address, the protocol, the kind and `fatal` are right. It never prints a
text or an id, so that the part that nobody looks at while patterns are written stays unseen.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from hostnetdoctor.match.engine import find_failures

CORPUS = Path(__file__).parent.parent / "tests" / "corpus"
_FIELDS = ("kind", "protocol", "address", "port", "path", "fatal")
_SHOWN = ("kind", "port or path", "address", "protocol", "fatal")

Failure = Mapping[str, Any]


def main(arguments: list[str]) -> int:
    """Print the figures of the parts of the corpus that are named, of both without a name."""
    for part in arguments or ["open", "held-out"]:
        sys.stdout.write(report(part, score(entries(part))))
    return 0


def entries(part: str) -> Iterator[Mapping[str, Any]]:
    """Yield the entries of one part of the corpus."""
    for path in sorted((CORPUS / part).glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


def score(corpus: Iterable[Mapping[str, Any]]) -> Counter[str]:
    """Return how often what was right and wrong."""
    counts: Counter[str] = Counter()
    for entry in corpus:
        expected = list(entry["expect"])
        found = [
            {name: getattr(failure, name) for name in _FIELDS}
            for failure in find_failures(entry["text"].split("\n")).failures
        ]
        counts["entries"] += 1
        counts["look-alikes"] += not expected
        counts["look-alikes taken for failures"] += bool(found and not expected)
        counts["expected"] += len(expected)
        counts["found"] += len(found)
        for wanted, got in _pairs(expected, found):
            counts["hits"] += 1
            counts["kind"] += wanted["kind"] == got["kind"]
            counts["port or path"] += (wanted["port"], wanted["path"]) == (got["port"], got["path"])
            for name in ("address", "protocol", "fatal"):
                counts[name] += wanted[name] == got[name]
    return counts


def _pairs(expected: Sequence[Failure], found: Sequence[Failure]) -> Iterator[tuple[Failure, Failure]]:
    """Pair each expected failure with the found one that agrees in most fields; what is left over is missed or wrong."""
    rest = list(found)
    for wanted in expected:
        if rest:
            best = max(rest, key=lambda got: sum(wanted[name] == got[name] for name in _FIELDS))
            rest.remove(best)
            yield wanted, best


def report(part: str, counts: Counter[str]) -> str:
    """Return the figures as text."""
    hits = counts["hits"]
    rows = [
        f"{part}: {counts['entries']} texts, {counts['look-alikes']} of them look-alikes, {counts['expected']} failures",
        f"  recall {_share(hits, counts['expected'])}, precision {_share(hits, counts['found'])}",
        f"  {counts['look-alikes taken for failures']} look-alikes taken for failures",
        *(f"  {name:12} right in {_share(counts[name], hits)} of the failures found" for name in _SHOWN),
    ]
    return "\n".join(rows) + "\n"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f} ({part}/{whole})" if whole else "-"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
