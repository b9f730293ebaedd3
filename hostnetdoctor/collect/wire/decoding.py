"""Decode what came from outside: whatever it is, the outcome is a struct or one kind of error."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from hostnetdoctor.collect.wire.objects import Bare, Workload

Decoded = TypeVar("Decoded")


class Undecodable(ValueError):
    """These bytes are no JSON, or JSON of another shape."""


def decode(content: bytes | msgspec.Raw, kind: type[Decoded]) -> Decoded:
    """Return the struct in this JSON. Raises `Undecodable`.

    Texts that are no UTF-8, and lists nested without end, raise errors of Python's own in msgspec.
    """
    try:
        return msgspec.json.decode(content, type=kind)
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
