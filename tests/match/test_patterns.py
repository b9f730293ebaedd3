"""Every pattern shows what it matches and what it leaves alone."""

from __future__ import annotations

import pytest

from hostnetdoctor.match.engine import find_failures
from hostnetdoctor.match.pages import patterns_page
from hostnetdoctor.match.pattern import Example, Pattern
from hostnetdoctor.match.patterns import PATTERNS

MATCHES = [
    pytest.param(pattern, example, id=f"{pattern.id}-{n}")
    for pattern in PATTERNS
    for n, example in enumerate(pattern.matches)
]
IGNORES = [
    pytest.param(pattern, text, id=f"{pattern.id}-{n}")
    for pattern in PATTERNS
    for n, text in enumerate(pattern.ignores)
]


@pytest.mark.parametrize(("pattern", "example"), MATCHES)
def test_a_pattern_yields_what_its_examples_say(pattern: Pattern, example: Example) -> None:
    """An example is one failure, found by its own pattern, with exactly the facts that it states."""
    wanted = (pattern.id, example.kind, example.protocol, example.address, example.port, example.path, example.fatal)

    found = find_failures(example.text.split("\n")).failures

    assert [wanted] == [
        (each.pattern, each.kind, each.protocol, each.address, each.port, each.path, each.fatal) for each in found
    ]


@pytest.mark.parametrize(("pattern", "text"), IGNORES)
def test_a_pattern_leaves_look_alikes_alone(pattern: Pattern, text: str) -> None:
    """A text that a pattern ignores is not found by it."""
    assert pattern.id not in [each.pattern for each in find_failures(text.split("\n")).failures]


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.id)
def test_a_pattern_carries_examples_and_needles(pattern: Pattern) -> None:
    """Each pattern has a line that matches, one that does not, and needles that its examples contain."""
    assert pattern.matches
    assert pattern.ignores
    for example in pattern.matches:
        assert any(needle in example.text for needle in pattern.needles), example.text


def test_ids_are_unique() -> None:
    """No two patterns have one id."""
    ids = [pattern.id for pattern in PATTERNS]

    assert sorted(set(ids)) == sorted(ids)


def test_the_page_lists_every_pattern() -> None:
    """The page of all log patterns has a heading for each of them."""
    page = patterns_page()

    assert [] == [pattern.id for pattern in PATTERNS if f"\n### {pattern.id}\n" not in page]
