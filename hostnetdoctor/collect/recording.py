"""What a recording says about itself: `recording.json`, the list of what was asked and what could not be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec

from hostnetdoctor.collect import layout, requests
from hostnetdoctor.collect.requests import Request
from hostnetdoctor.collect.saved import SavedDirectory
from hostnetdoctor.errors import CannotLook
from hostnetdoctor.model import Question, Source, SurveyRow, Unreadable

SCHEMA = "hostnet-doctor.recording/v1"
_REQUESTS: Mapping[str, type[Request[Any]]] = {
    each.__name__: each
    for each in (
        requests.Version,
        requests.Nodes,
        requests.FirstNodes,
        requests.Survey,
        requests.PodsOnNode,
        requests.ContainerLog,
        requests.WorkloadObject,
        requests.PodEvents,
        requests.Services,
        requests.Autoscalers,
        requests.ConfigMapData,
        requests.NamespaceName,
    )
}


class Entry(msgspec.Struct, rename="camel", omit_defaults=True, kw_only=True, frozen=True):
    """One request and how it was answered; the answer itself is in the files, apart from a survey's rows."""

    asked: dict[str, Any]
    unreadable: Unreadable | None = None
    rows: list[SurveyRow] | None = None  # of a survey, which shows pods that are saved nowhere else
    cut: bool = False  # of a log
    dated: bool = True  # of a log
    first: int | None = None  # of the first nodes, where the cluster has more: how many of the saved ones they are


class Recording(msgspec.Struct, rename="camel", omit_defaults=True, kw_only=True, frozen=True):
    """The whole of `recording.json`. A reader ignores fields that it does not know."""

    schema: str
    tool_version: str
    taken_at: datetime | None
    source: Source
    question: Question
    everything_is_read: bool = False
    entries: list[Entry] = []


def asked(request: Request[Any]) -> dict[str, Any]:
    """Return a request as JSON, with its kind."""
    fields: dict[str, Any] = msgspec.to_builtins(request)
    return {"kind": type(request).__name__, **fields}


def request_of(fields: Mapping[str, Any]) -> Request[Any] | None:
    """Return the request that `asked` wrote; None for one that this version does not know."""
    kind = _REQUESTS.get(str(fields.get("kind")))
    if kind is None:
        return None
    try:
        request: Request[Any] = msgspec.convert({key: value for key, value in fields.items() if key != "kind"}, kind)
    except msgspec.ValidationError:
        return None
    return request


def recording_in(saved: SavedDirectory) -> Recording | None:
    """Return what a directory says about its recording; None for other dumps. Raises `CannotLook`."""
    read = saved.read(Recording, layout.RECORDING.removesuffix(".json"))
    if isinstance(read, Unreadable):
        raise CannotLook(read.why, fix=read.fix)
    if read is not None and read.schema != SCHEMA:
        raise CannotLook(
            f"{layout.RECORDING} says '{read.schema}', and this version reads '{SCHEMA}'.",
            fix="read it with the version of hostnet-doctor that wrote it, or a newer one",
        )
    return read


def entries_of(recording: Recording) -> dict[Request[Any], Entry]:
    """Return what was asked, each with how it was answered."""
    read = ((request_of(entry.asked), entry) for entry in recording.entries)
    return {request: entry for request, entry in read if request is not None}


def covering(request: Request[Any]) -> Iterator[Request[Any]]:
    """Yield the request, then wider ones whose answer holds the answer to it."""
    yield request
    match request:
        case requests.PodsOnNode(node=node, namespace=namespace):
            yield requests.PodsOnNode(node=node, namespace=namespace)
            yield requests.PodsOnNode(node=node)
        case requests.Nodes() | requests.FirstNodes():
            yield requests.Nodes()
        case requests.Services():
            yield requests.Services()
        case requests.Survey(namespace=namespace, selector=selector):
            yield requests.Survey(namespace=namespace, selector=selector)
            yield requests.Survey(namespace=namespace)
            yield requests.Survey(namespace=None)
            # Not wider, but the pods in trouble and their neighbours are there.
            yield requests.Survey(namespace=None, suspects_only=True)
        case _:
            pass
