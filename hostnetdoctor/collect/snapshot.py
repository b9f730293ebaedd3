"""Everything read so far for one batch of nodes: an immutable map from request to reading."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, TypeVar, cast

from msgspec import Struct, field

from hostnetdoctor.collect.cluster import Cluster
from hostnetdoctor.collect.requests import Request
from hostnetdoctor.model import Unreadable

Reading = TypeVar("Reading")


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

    def asking(self, cluster: Cluster, requests: Iterable[Request[Any]]) -> Snapshot:
        """Return this snapshot with the answers to those requests that were not asked before."""
        wanted = [request for request in dict.fromkeys(requests) if request not in self.answers]
        return Snapshot({**self.answers, **cluster.answer(wanted)}) if wanted else self

    def keeping(
        self, kinds: tuple[type[Request[Any]], ...], other: Snapshot, *, besides: Collection[Request[Any]] = ()
    ) -> Snapshot:
        """Return this snapshot with those answers of another one that hold for the whole cluster, and some besides."""
        kept = {
            request: answer
            for request, answer in other.answers.items()
            if isinstance(request, kinds) or request in besides
        }
        return Snapshot({**self.answers, **kept})
