"""List pods in the cheapest way that shows who may be in trouble: the server's Table, decoded while it streams in.

A Table of 150,000 pods is 38 MB, and its rows alone would be several times that as Python objects. So each block of rows
becomes survey rows as it comes.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import quote

from msgspec import Struct

from hostnetdoctor.collect import survey, wire
from hostnetdoctor.collect.call import JSON, TABLE, Call
from hostnetdoctor.collect.refusals import Refused, broken
from hostnetdoctor.collect.requests import HostNetworkSurvey, Survey
from hostnetdoctor.collect.streaming import ListForm, blocks, opened
from hostnetdoctor.collect.transport import Headers, Transport, decode, server_time, whole
from hostnetdoctor.model import SurveyRow

_ROWS = ListForm(
    opening=b'"rows":[',
    between=b',{"cells":[',
    items=list[wire.Row],
    whole=lambda body: wire.decode(body, wire.Table).rows,
)
_PAGE = "500"
_RESTARTS = 2
_GONE = 410  # the list's version, or its continue token, has expired


class NoTable(Exception):
    """The server does not render pods as the Table that this program reads."""


class Surveyed(Struct, frozen=True, kw_only=True):
    """The rows, and the version of the list that they show."""

    rows: tuple[SurveyRow, ...]
    resource_version: str | None


def read_survey(transport: Transport, request: Survey, since: timedelta) -> Surveyed:
    """Return who may be in trouble, from the Table or, where the server has none, from pages of full pods.

    Raises `Refused`.
    """
    try:
        return _from_table(transport, request, since)
    except NoTable:
        return _from_pages(transport, request, since)


def _call(request: Survey, accept: str, *query: tuple[str, str]) -> Call:
    within = f"/namespaces/{quote(request.namespace, safe='')}" if request.namespace is not None else ""
    chosen = (("labelSelector", request.selector),) if request.selector else ()
    host_network = (("fieldSelector", "spec.hostNetwork=true"),) if isinstance(request, HostNetworkSurvey) else ()
    return Call(
        path=f"/api/v1{within}/pods",
        query=(*chosen, *host_network, *query),
        accept=accept,
        resource="pods",
        namespace=request.namespace,
    )


# --- the Table ----------------------------------------------------------------------------------------------------


def _from_table(transport: Transport, request: Survey, since: timedelta) -> Surveyed:
    call = _call(request, TABLE, ("includeObject", "None"), ("resourceVersion", "0"))

    def read(pieces: Iterator[bytes], _: Headers) -> Surveyed:
        try:
            return _decoded(pieces, request, since)
        except (wire.Undecodable, IndexError) as error:
            raise broken(call, str(error)) from error

    return transport.fetch(call, read)


def _decoded(pieces: Iterator[bytes], request: Survey, since: timedelta) -> Surveyed:
    head, begun = opened(_ROWS, pieces)
    if b'"kind":"PodList"' in head[:200]:
        raise NoTable
    # An unusual rendering (indented by a proxy, other order of fields) is decoded as a whole.
    body = b"".join((head, *pieces)) if begun is None else head + _ROWS.opening + b"]}"
    table = wire.decode(body, wire.Table)
    if table.kind != "Table":
        raise NoTable
    try:
        read = survey.row_reader(table.column_definitions or (), request, since)
    except survey.NoSuchColumns as error:
        raise NoTable from error
    streamed = itertools.chain([table.rows or []], () if begun is None else blocks(_ROWS, begun, pieces))
    rows = tuple(row for block in streamed for each in block if (row := read(each)) is not None)
    return Surveyed(rows=rows, resource_version=table.metadata.resource_version if table.metadata else None)


# --- pages of full pods -------------------------------------------------------------------------------------------


def _from_pages(transport: Transport, request: Survey, since: timedelta) -> Surveyed:
    """Return the survey from full pods, 500 at a time; each page is dropped when its rows are made.

    A list that expired on the way (410) is begun again: its rest would belong to another moment.
    """
    for _ in range(_RESTARTS):
        try:
            return _all_pages(transport, request, since)
        except Refused as refused:
            if refused.code != _GONE:
                raise
    return _all_pages(transport, request, since)


def _all_pages(transport: Transport, request: Survey, since: timedelta) -> Surveyed:
    rows: list[SurveyRow] = []
    here: tuple[tuple[str, str], ...] = ()
    while True:
        call = _call(request, JSON, ("limit", _PAGE), *here)
        body, headers = transport.fetch(call, whole)
        page = decode(call, body, wire.PodList)
        now = server_time(headers)
        found = (survey.row_of(each, now, since) for each in page.items or ())
        rows += (row for row in found if row.suspect or not request.suspects_only)
        meta = page.metadata or wire.ListMeta()
        if not meta.continue_:
            return Surveyed(rows=tuple(rows), resource_version=meta.resource_version)
        here = (("continue", meta.continue_),)
