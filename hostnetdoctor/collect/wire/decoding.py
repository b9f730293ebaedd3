"""Decode what came from outside: whatever it is, the outcome is a struct or one kind of error."""

from __future__ import annotations

import threading
from typing import Any, TypeVar

import msgspec

from hostnetdoctor.collect.wire.objects import Bare, Workload

Decoded = TypeVar("Decoded")


# msgspec prepares a type when it is first decoded; two threads that do so at once crash the interpreter (seen with 0.22.0).
_making = threading.Lock()
_decoders: dict[type[Any], msgspec.json.Decoder[Any]] = {}


def _decoder(kind: type[Decoded]) -> msgspec.json.Decoder[Decoded]:
    with _making:
        if kind not in _decoders:
            _decoders[kind] = msgspec.json.Decoder(kind)
        return _decoders[kind]


class Undecodable(ValueError):
    """These bytes are no JSON, or JSON of another shape."""


def decode(content: bytes | msgspec.Raw, kind: type[Decoded]) -> Decoded:
    """Return the struct in this JSON. Raises `Undecodable`.

    Texts that are no UTF-8, and lists nested without end, raise errors of Python's own in msgspec.
    """
    try:
        return _decoder(kind).decode(content)
    except (ValueError, RecursionError) as error:
        raise Undecodable(str(error)) from error


def decode_workload(content: bytes | msgspec.Raw) -> Workload:
    """Return the workload in this JSON; of a custom resource with a `spec` of its own kind, the metadata alone.

    Raises `Undecodable` for what is no object at all.
    """
    try:
        return decode(content, Workload)
    except Undecodable:
        bare = decode(content, Bare)
        return Workload(api_version=bare.api_version, kind=bare.kind, metadata=bare.metadata)
