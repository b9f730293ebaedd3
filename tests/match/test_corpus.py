"""The open part of the corpus: what real programs print, with what is to be read from it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from hostnetdoctor.match.engine import find_failures

OPEN = Path(__file__).parent.parent / "corpus" / "open"
FIELDS = ("kind", "protocol", "address", "port", "path", "fatal")
ENTRIES = [
    json.loads(line) for path in sorted(OPEN.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines()
]


def _facts(read: Callable[[str], Any]) -> tuple[str, ...]:
    return tuple("null" if read(name) is None else str(read(name)) for name in FIELDS)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["id"])
def test_what_a_program_printed_is_read(entry: Mapping[str, Any]) -> None:
    """Every failure of the text is found with its facts, and nothing else is."""
    found = find_failures(entry["text"].split("\n")).failures

    expected = sorted(_facts(failure.__getitem__) for failure in entry["expect"])
    assert expected == sorted(_facts(partial(getattr, failure)) for failure in found), entry["text"]
