"""Facts that are made when somebody looks at them.

Most pods of a node are bystanders: that they are there, and how they do, is all that is ever asked of them. On a large
cluster the making of what nobody looks at took longer than the reading.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar, overload

Source = TypeVar("Source")
Fact = TypeVar("Fact")


class Later(Sequence[Fact]):
    """An unchangeable sequence like a tuple, equal to the tuple of the same facts."""

    __slots__ = ("_facts", "_make")

    def __init__(self, make: Callable[[], Iterable[Fact]]) -> None:
        """Keep what makes the facts; it is called once, or twice where two threads look first at once."""
        self._make: Callable[[], Iterable[Fact]] | None = make
        self._facts: tuple[Fact, ...] = ()

    def _made(self) -> tuple[Fact, ...]:
        make = self._make
        if make is not None:
            self._facts = tuple(make())
            self._make = None  # only now: another thread that sees None must find the facts
        return self._facts

    def __iter__(self) -> Iterator[Fact]:
        return iter(self._made())

    def __len__(self) -> int:
        return len(self._made())

    @overload
    def __getitem__(self, place: int) -> Fact: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Fact, ...]: ...
    def __getitem__(self, place: int | slice) -> Fact | tuple[Fact, ...]:
        return self._made()[place]

    def __eq__(self, other: object) -> bool:
        return self._made() == (other._made() if isinstance(other, Later) else other)

    def __hash__(self) -> int:
        return hash(self._made())

    def __repr__(self) -> str:
        return repr(self._made())


def later(read: Iterable[Source] | None, make: Callable[[Source], Fact]) -> Sequence[Fact]:
    """Return what `make` makes of everything that was read, once somebody looks."""
    return Later(lambda: map(make, read)) if read else ()
