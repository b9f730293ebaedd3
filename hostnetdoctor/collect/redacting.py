"""The one way by which facts come in: a cluster around another one, which lets no secret through.

What a run reads, records and reports has all come through here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from hostnetdoctor.collect.cluster import Stoppable, WireCluster
from hostnetdoctor.collect.facts import facts
from hostnetdoctor.collect.redact import Redactor
from hostnetdoctor.collect.redact_objects import Objects
from hostnetdoctor.collect.requests import Request
from hostnetdoctor.errors import CannotLook
from hostnetdoctor.model import Question, Source, Unreadable, UnreadableKind


class RedactingCluster:
    """A `Cluster` that answers as the inner one does, without the secrets."""

    def __init__(self, inner: WireCluster, redactor: Redactor) -> None:
        self._inner = inner
        self._redactor = redactor
        self._objects = Objects(redactor)

    @property
    def source(self) -> Source:
        """Where the facts come from; an address of a server may hold a password too."""
        source = self._inner.source
        server, context = source.server, source.context
        return replace(
            source,
            server=self._redactor.text(server) if server else server,
            context=self._redactor.text(context) if context else context,
        )

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

    def answer(self, requests: Collection[Request[Any]]) -> Mapping[Request[Any], object]:
        """Answer every request with its reading or with `Unreadable`. Raises `CannotLook`."""
        return facts(self.read(requests))

    def read(self, requests: Collection[Request[Any]]) -> Mapping[Request[Any], object]:
        """Answer every request in the words of the source, or with `Unreadable`. Raises `CannotLook`."""
        try:
            words = self._inner.read(requests)
        except CannotLook as error:
            fix = error.fix
            # Without the error that it comes from: that one has said the same with the secret in it.
            raise CannotLook(
                self._redactor.text(error.sentence), fix=self._redactor.text(fix) if fix else fix
            ) from None
        return {request: self._without_secrets(word) for request, word in words.items()}

    def cancel(self) -> None:
        """End the run of the inner cluster, if it can be ended."""
        if isinstance(self._inner, Stoppable):
            self._inner.cancel()

    def _without_secrets(self, word: object) -> object:
        try:
            return self._objects.answer(word)
        except TimeoutError:
            return Unreadable(
                kind=UnreadableKind.BROKEN,
                why="It has lines in which secrets cannot be found in time, and so it was left out.",
            )
