"""The one door to the outside: a `Cluster` answers sets of requests."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, Protocol, runtime_checkable

from hostnetdoctor.collect.requests import Request
from hostnetdoctor.model import Question, Source, Unreadable

Translation = Callable[[Request[Any], object], object]


class Cluster(Protocol):
    """A live cluster, files saved from one, or a recorder around either."""

    @property
    def source(self) -> Source:
        """Where the facts come from; `taken_at` is set once something has been read."""
        ...

    @property
    def everything_is_read(self) -> bool:
        """Whether reading costs nothing, so that every container may be examined whatever its state."""
        ...

    @property
    def recorded_question(self) -> Question | None:
        """The question that saved files were recorded for; None for a live cluster and for other dumps."""
        ...

    @property
    def requests_made(self) -> int:
        """How many requests were sent so far."""
        ...

    @property
    def bytes_read(self) -> int:
        """How many bytes of answers were read so far, unpacked."""
        ...

    def answer(self, requests: Collection[Request[Any]]) -> Mapping[Request[Any], object]:
        """Answer every request with its reading or with `Unreadable`.

        Raises `CannotLook` when nothing can be read at all: no server, no login, no such directory.
        Never raises for a single request.
        """
        ...


class WireCluster(Cluster, Protocol):
    """A cluster that can also answer in the words of its source, before they become the model."""

    def read(self, requests: Collection[Request[Any]], translate: Translation) -> Mapping[Request[Any], object]:
        """Answer every request with what `translate` makes of it and of its `wire` structs or `Unreadable`.

        A live cluster translates one answer while it waits for the others. Raises `CannotLook`, as `answer` does.
        """
        ...


class AroundCluster:
    """A cluster around another one: what a subclass does not say itself, the inner cluster says."""

    def __init__(self, inner: WireCluster) -> None:
        self._inner = inner

    @property
    def source(self) -> Source:
        """Where the facts come from."""
        return self._inner.source

    @property
    def everything_is_read(self) -> bool:
        """Whether the inner cluster may be read without limits."""
        return self._inner.everything_is_read

    @property
    def recorded_question(self) -> Question | None:
        """The question that the inner cluster was recorded for, if it is a recording."""
        return self._inner.recorded_question

    @property
    def requests_made(self) -> int:
        """How many requests the inner cluster has sent."""
        return self._inner.requests_made

    @property
    def bytes_read(self) -> int:
        """How many bytes of answers the inner cluster has read."""
        return self._inner.bytes_read

    def cancel(self) -> None:
        """End the run of the inner cluster, if it can be ended."""
        if isinstance(self._inner, Stoppable):
            self._inner.cancel()


@runtime_checkable
class Stoppable(Protocol):
    """A source whose reading takes so long that somebody may want to end it."""

    def cancel(self) -> None:
        """End the run: what is not answered yet becomes `Unreadable`, here and from now on."""
        ...


def unreadable_of(answer: object) -> Unreadable | None:
    """Return the answer if it is one without facts."""
    return answer if isinstance(answer, Unreadable) else None
