"""Everything read so far for one batch of nodes: an immutable map from request to reading."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, TypeVar, cast

from msgspec import Struct, field

from hostnetdoctor.collect.requests import Request
from hostnetdoctor.model import Unreadable

Reading = TypeVar("Reading")
Answering = Callable[[Collection[Request[Any]]], Mapping[Request[Any], object]]


class Snapshot(Struct, frozen=True):
    """What was asked and what came back. A request that was never asked has no answer."""

    answers: Mapping[Request[Any], object] = field(default_factory=dict)

    def get(self, request: Request[Reading]) -> Reading | Unreadable | None:
        """Return the reading, the reason why there is none, or None when it was not asked for."""
        return cast("Reading | Unreadable | None", self.answers.get(request))

    def facts(self, request: Request[Reading], default: Reading) -> Reading:
        """Return the reading, or `default` where there is none; the report names the unreadable by itself."""
        answer = self.get(request)
        return default if answer is None or isinstance(answer, Unreadable) else answer

    def unreadable(self) -> Iterator[tuple[Request[Any], Unreadable]]:
        """Yield every request that has no facts as its answer."""
        for request, answer in self.answers.items():
            if isinstance(answer, Unreadable):
                yield request, answer

    def asking(self, answer: Answering, requests: Iterable[Request[Any]]) -> Snapshot:
        """Return this snapshot with what `answer` says to those requests that were not asked before."""
        wanted = [request for request in dict.fromkeys(requests) if request not in self.answers]
        return Snapshot({**self.answers, **answer(wanted)}) if wanted else self
