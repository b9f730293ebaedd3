"""The one door to the outside: a `Cluster` answers sets of requests."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Protocol, runtime_checkable

from hostnetdoctor.collect.requests import Request
from hostnetdoctor.model import Question, Source, Unreadable


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
        """How many bytes of answers were read so far."""
        ...

    def answer(self, requests: Collection[Request[Any]]) -> Mapping[Request[Any], object]:
        """Answer every request with its reading or with `Unreadable`.

        Raises `CannotLook` when nothing can be read at all: no server, no login, no such directory.
        Never raises for a single request.
        """
        ...


class WireCluster(Cluster, Protocol):
    """A cluster that can also answer in the words of its source, before they become the model."""

    def read(self, requests: Collection[Request[Any]]) -> Mapping[Request[Any], object]:
        """Answer every request with `wire` structs or with `Unreadable`. Raises `CannotLook`, as `answer` does."""
        ...


@runtime_checkable
class Stoppable(Protocol):
    """A source whose reading takes so long that somebody may want to end it."""

    def cancel(self) -> None:
        """End the run: what is not answered yet becomes `Unreadable`, here and from now on."""
        ...


def unreadable_of(answer: object) -> Unreadable | None:
    """Return the answer if it is one without facts."""
    return answer if isinstance(answer, Unreadable) else None
