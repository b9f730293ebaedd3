"""List pods in the cheapest way that shows who may be in trouble: the server's Table, decoded while it streams in.

A Table of 150,000 pods is 38 MB, and its rows alone would be several times that as Python objects. So the body is cut
between rows as it comes, and each block becomes survey rows at once.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

from hostnetdoctor.collect import survey, wire
from hostnetdoctor.collect.call import JSON, TABLE, Call
from hostnetdoctor.collect.refusals import Refused, broken
from hostnetdoctor.collect.requests import Survey
from hostnetdoctor.collect.transport import Headers, Transport, decode, server_time, whole
from hostnetdoctor.model import SurveyRow

_ROWS = b'"rows":['
# Inside a JSON string every quote has a backslash before it, so these bytes stand only between two rows.
_BETWEEN_ROWS = b',{"cells":['
_LONGEST_HEAD = 65536
_PAGE = "500"
_RESTARTS = 2
_GONE = 410  # the list's version, or its continue token, has expired


class NoTable(Exception):
    """The server does not render pods as the Table that this program reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surveyed:
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
    return Call(
        path=f"/api/v1{within}/pods",
        query=(*chosen, *query),
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
    head, rest = _head(pieces)
    try:
        table = wire.decode(head, wire.Table)
    except wire.Undecodable:
        # An unusual rendering (indented by a proxy, other order of fields): decode it as a whole.
        table, rest = wire.decode(b"".join((head, rest, *pieces)), wire.Table), b""
        pieces = iter(())
    if table.kind != "Table":
        raise NoTable
    try:
        read = survey.row_reader(table.column_definitions or (), request, since)
    except survey.NoSuchColumns as error:
        raise NoTable from error
    blocks = itertools.chain([table.rows or []], _blocks(rest, pieces))
    rows = tuple(row for block in blocks for each in block if (row := read(each)) is not None)
    return Surveyed(rows=rows, resource_version=table.metadata.resource_version if table.metadata else None)


def _head(pieces: Iterator[bytes]) -> tuple[bytes, bytes]:
    """Return the Table without its rows, as a whole of its own, and the beginning of the rows."""
    buffer = b""
    for piece in pieces:
        buffer += piece
        before, marker, after = buffer.partition(_ROWS)
        if marker:
            return before + b'"rows":[]}', after
        if b'"kind":"PodList"' in buffer[:200]:
            raise NoTable
        if len(buffer) > _LONGEST_HEAD:
            break
    return buffer, b""


def _blocks(buffer: bytes, pieces: Iterator[bytes]) -> Iterator[list[wire.Row]]:
    """Yield the rows in blocks, each decoded as soon as its last row is complete."""
    if not buffer:
        return
    for piece in pieces:
        buffer += piece
        end = buffer.rfind(_BETWEEN_ROWS)
        if end > 0:
            yield wire.decode(b"[" + buffer[:end] + b"]", list[wire.Row])
            buffer = buffer[end + 1 :]
    yield wire.decode(b'{"rows":[' + buffer, wire.Table).rows or []


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
