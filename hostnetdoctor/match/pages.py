"""The page of all log patterns, `docs/patterns.md`, made from the patterns themselves."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from hostnetdoctor.match.pattern import Pattern
from hostnetdoctor.match.patterns import FAMILIES

_INTRODUCTION = """\
What `hostnet-doctor scan` and `hostnet-doctor diagnose` recognize. A line is compared with the patterns in this order,
and the first one that matches names the failure. Programs that are not listed are found by the general wordings at the end.
"""


def patterns_page() -> str:
    """Return the text of `docs/patterns.md`."""
    parts = ["# Log patterns\n", _INTRODUCTION]
    for family in FAMILIES:
        module = import_module(family)
        summary = (module.__doc__ or "").strip().partition("\n")[0]
        parts.append(f"## {family.rpartition('.')[2]}\n\n{summary}\n")
        parts.extend(_entry(pattern) for pattern in module.PATTERNS)
    return "\n".join(parts)


def _entry(pattern: Pattern) -> str:
    return "\n".join(_lines(pattern)) + "\n"


def _lines(pattern: Pattern) -> Iterator[str]:
    yield f"### {pattern.id}\n"
    yield f"{pattern.title}.\n"
    for example in pattern.matches:
        yield from ("```", *example.text.split("\n"), "```\n")
