"""Put the signs of one failure together: several lines, attempts and messages about one address are one failure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from msgspec.structs import replace

from hostnetdoctor.model import BindFailure, Evidence, FailureKind, Protocol


def merged(failures: Iterable[BindFailure]) -> Iterator[BindFailure]:
    """Yield one failure for each container, kind, protocol and port or path, with the evidence of all its signs.

    A sign that names no port joins the only address that its container failed to take for the same reason, and
    is dropped beside several: it repeats one of them.
    """
    for (_, kind), group in groupby(
        sorted(failures, key=_container_order), key=lambda each: (_container(each), each.kind)
    ):
        members = list(group)
        named = [each for each in members if each.port is not None or each.path is not None]
        protocols: dict[tuple[int | None, str | None], Protocol | None] = {}
        for each in named:
            protocols[each.port, each.path] = protocols.get((each.port, each.path)) or each.protocol
        filled = [replace(each, protocol=each.protocol or protocols[each.port, each.path]) for each in named] or members
        for _, same in groupby(sorted(filled, key=_address_order), key=_address_order):
            yield _one(list(same), kind)


def _container(failure: BindFailure) -> tuple[str, str, str, str]:
    return (failure.pod.namespace, failure.pod.name, failure.pod.uid, failure.container or "")


def _container_order(failure: BindFailure) -> tuple[tuple[str, str, str, str], str]:
    return (_container(failure), failure.kind)


def _address_order(failure: BindFailure) -> tuple[str, int, str]:
    return (failure.protocol or "", failure.port or 0, failure.path or "")


def _one(same: list[BindFailure], kind: FailureKind) -> BindFailure:
    latest = max(same, key=lambda each: (each.last_at is not None, each.last_at.timestamp() if each.last_at else 0.0))
    firsts = [each.first_at for each in same if each.first_at is not None]
    evidence: dict[str, Evidence] = {}
    for each in sorted(same, key=lambda one: (one is not latest, one.evidence[0].where)):
        for fact in each.evidence:
            evidence.setdefault(fact.text, fact)
    return replace(
        latest,
        kind=kind,
        addresses=tuple(sorted({address for each in same for address in each.addresses})),
        evidence=tuple(evidence.values())[:4],
        fatal=next((each.fatal for each in (latest, *same) if each.fatal is not None), None),
        first_at=min(firsts, default=None),
        recovered_at=None if any(each.recovered_at is None for each in same) else latest.recovered_at,
    )
