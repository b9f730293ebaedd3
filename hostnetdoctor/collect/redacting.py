"""The one way by which facts come in: a cluster around another one, which lets no secret through.

What a run reads, records and reports has all come through here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from msgspec.structs import replace

from hostnetdoctor.collect.cluster import AroundCluster, Translation, WireCluster
from hostnetdoctor.collect.facts import fact
from hostnetdoctor.collect.redact import Redactor
from hostnetdoctor.collect.redact_objects import Objects
from hostnetdoctor.collect.requests import Request
from hostnetdoctor.errors import CannotLook
from hostnetdoctor.model import Source, Unreadable, UnreadableKind


class RedactingCluster(AroundCluster):
    """A `Cluster` that answers as the inner one does, without the secrets."""

    def __init__(self, inner: WireCluster, redactor: Redactor) -> None:
        super().__init__(inner)
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

    def answer(self, requests: Collection[Request[Any]]) -> Mapping[Request[Any], object]:
        """Answer every request with its reading or with `Unreadable`. Raises `CannotLook`."""
        return self.read(requests, fact)

    def read(self, requests: Collection[Request[Any]], translate: Translation) -> Mapping[Request[Any], object]:
        """Answer every request with the translation of what is left of its answer. Raises `CannotLook`."""
        try:
            return self._inner.read(requests, lambda request, word: translate(request, self._without_secrets(word)))
        except CannotLook as error:
            fix = error.fix
            # Without the error that it comes from: that one has said the same with the secret in it.
            raise CannotLook(
                self._redactor.text(error.sentence), fix=self._redactor.text(fix) if fix else fix
            ) from None

    def _without_secrets(self, word: object) -> object:
        try:
            return self._objects.answer(word)
        except TimeoutError:
            return Unreadable(
                kind=UnreadableKind.BROKEN,
                why="It has lines in which secrets cannot be found in time, and so it was left out.",
            )
