"""Facts that are made when somebody looks."""

from __future__ import annotations

from hostnetdoctor.collect.later import Later, later


def test_nothing_is_made_before_somebody_looks() -> None:
    """What nobody looks at costs nothing, and what is looked at twice is made once."""
    made: list[int] = []

    def fact(number: int) -> int:
        made.append(number)
        return number * 10

    facts = later([1, 2], fact)
    assert [] == made
    assert (10, 20) == (facts[0], facts[1])
    assert [1, 2] == made


def test_it_is_like_the_tuple_of_its_facts() -> None:
    """Whoever compares, counts or hashes it cannot tell it from a tuple."""
    facts = Later(lambda: iter("ab"))
    assert ("a", "b") == facts
    assert facts == Later(lambda: "ab")
    assert (2, hash(("a", "b")), "('a', 'b')", ("b",)) == (len(facts), hash(facts), repr(facts), facts[1:])
    assert facts != ("a",)


def test_nothing_read_is_nothing() -> None:
    """A list that is null or empty is the empty tuple."""
    assert ((), ()) == (later(None, str), later([], str))
