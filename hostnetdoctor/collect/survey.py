"""Who may be in trouble, from the columns of `kubectl get pods -o wide`.

The server's Table and a full pod are brought to the same columns, so that one rule decides for both. The rule is
generous: a row that may hide a failure is a suspect, and the full objects decide later. What the columns cannot
show (ephemeral containers, what `Terminating` hides) is therefore never a reason to leave a pod out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from msgspec import Struct

from hostnetdoctor.collect import wire
from hostnetdoctor.collect.requests import Survey
from hostnetdoctor.collect.times import moment
from hostnetdoctor.model import SurveyRow

_QUIET = frozenset({"Running", "Completed"})
_RESTARTS = re.compile(r"(?P<count>\d+)(?:\s*\((?P<age>.*) ago\))?")
_AGE = re.compile(r"(\d+)([ydhms])")
_SECONDS = {"y": 365 * 86400, "d": 86400, "h": 3600, "m": 60, "s": 1}


class Columns(Struct, frozen=True, kw_only=True):
    """One pod as kubectl lists it; `restarted` is how long ago that was, None where the listing does not say."""

    status: str
    ready: int
    total: int
    restarts: int = 0
    restarted: timedelta | None = None


def suspect(columns: Columns, since: timedelta) -> bool:
    """Return whether a container of this pod may have failed to take an address within `since`."""
    if columns.status not in _QUIET:
        return True
    if columns.status == "Running" and columns.ready < columns.total:
        return True
    if columns.restarts == 0:
        return False
    return columns.restarted is None or columns.restarted <= since


# --- from the server's Table --------------------------------------------------------------------------------------


class NoSuchColumns(Exception):
    """The Table lacks the columns that this program reads: the server renders pods in another way."""


def row_reader(
    columns: Iterable[wire.Column], request: Survey, since: timedelta
) -> Callable[[wire.Row], SurveyRow | None]:
    """Return what turns a row of a Table with these columns into a survey row, None for a pod that is not asked for.

    Columns are found by name, because servers add some. Raises `NoSuchColumns`.
    """
    places = {column.name.casefold(): place for place, column in enumerate(columns)}
    try:
        name, ready, status, restarts, node = (places[each] for each in ("name", "ready", "status", "restarts", "node"))
    except KeyError as missing:
        raise NoSuchColumns(str(missing)) from missing

    # A large cluster has very many rows, of few kinds and on few nodes: each of these is looked at, and kept, once.
    judged: dict[tuple[object, ...], bool] = {}
    nodes: dict[object, str | None] = {None: None, "": None, "<none>": None}

    def read(row: wire.Row) -> SurveyRow | None:
        cells = row.cells
        shown = (cells[ready], cells[status], cells[restarts])
        if (suspected := judged.get(shown)) is None:
            suspected = judged[shown] = suspect(_columns(*map(str, shown)), since)
        if request.suspects_only and not suspected:
            return None
        where = cells[node]
        if where not in nodes:
            nodes[where] = str(where)
        return SurveyRow(name=str(cells[name]), node=nodes[where], suspect=suspected, namespace=request.namespace)

    return read


def _columns(ready: str, status: str, restarts: str) -> Columns:
    running, _, total = ready.partition("/")
    found = _RESTARTS.match(restarts)
    return Columns(
        status=status,
        ready=int(running) if running.isdigit() else 0,
        total=int(total) if total.isdigit() else 1,
        restarts=int(found["count"]) if found else 1,
        restarted=age(found["age"]) if found and found["age"] else None,
    )


def age(text: str) -> timedelta | None:
    """Return a duration as kubectl writes it (`5m`, `3h25m`, `2d`), None for anything else (`<invalid>`)."""
    parts = _AGE.findall(text)
    if not parts or "".join(f"{number}{unit}" for number, unit in parts) != text:
        return None
    try:
        return timedelta(seconds=sum(int(number) * _SECONDS[unit] for number, unit in parts))
    except OverflowError:
        return None


# --- from full pods -----------------------------------------------------------------------------------------------


def row_of(pod: wire.Pod, now: datetime | None, since: timedelta) -> SurveyRow:
    """Return the survey row of a full pod; `now` is when the source was taken."""
    meta = pod.metadata or wire.Meta()
    spec = pod.spec or wire.PodSpec()
    return SurveyRow(
        name=meta.name or "",
        node=spec.node_name or None,
        suspect=suspect(columns_of(pod, now), since),
        namespace=meta.namespace or None,
    )


def columns_of(pod: wire.Pod, now: datetime | None) -> Columns:
    """Render a pod as the API server does (pkg/printers/internalversion/printers.go `printPod`)."""
    spec = pod.spec or wire.PodSpec()
    status = pod.status or wire.PodStatus()
    sidecars = {each.name for each in spec.init_containers or () if each.restart_policy == "Always"}
    early = status.init_container_statuses or ()
    lasting = [*(each for each in early if each.name in sidecars), *(status.container_statuses or ())]
    first = next((each for each in early if not _initialized(each, each.name in sidecars)), None)
    # The restarts of plain init containers are forgotten once they are done; until then the others do not count at all.
    begun = first is None or any(
        each.type == "Initialized" and each.status == "True" for each in status.conditions or ()
    )
    counted = lasting if begun else early
    up = lasting if begun else [each for each in early if each.name in sidecars]
    restarted = max((at for at in map(_ended, counted) if at is not None), default=None)
    return Columns(
        status=_status_text(pod, first),
        ready=sum(1 for each in up if each.ready and _is_running(each)),
        total=len(spec.containers or ()) + len(sidecars),
        restarts=sum(each.restart_count or 0 for each in counted),
        restarted=now - restarted if now is not None and restarted is not None else None,
    )


def _ended(status: wire.ContainerStatus) -> datetime | None:
    last = status.last_state.terminated if status.last_state is not None else None
    return moment(last.finished_at) if last is not None else None


def _is_running(status: wire.ContainerStatus) -> bool:
    return status.state is not None and status.state.running is not None


def _status_text(pod: wire.Pod, first: wire.ContainerStatus | None) -> str:
    """Return what kubectl shows as the status; `first` is the init container that the pod is at."""
    status = pod.status or wire.PodStatus()
    if pod.metadata is not None and pod.metadata.deletion_timestamp:
        return "Terminating"
    reason = status.reason or status.phase or "Unknown"
    if first is not None and status.phase != "Succeeded":
        return f"Init:{_trouble(first) or 'waiting'}"
    statuses = status.container_statuses or ()
    troubles = [trouble for trouble in map(_trouble, statuses) if trouble]
    if troubles and troubles[0] == "Completed" and any(_is_running(each) and each.ready for each in statuses):
        return "Running"
    return troubles[0] if troubles else reason


def _initialized(status: wire.ContainerStatus, sidecar: bool) -> bool:
    state = status.state or wire.State()
    if state.terminated is not None:
        return state.terminated.exit_code == 0
    return sidecar and bool(status.started)


def _trouble(status: wire.ContainerStatus) -> str | None:
    """Return what keeps a container from running: the reason of its waiting or of its end."""
    state = status.state or wire.State()
    if state.waiting is not None:
        return state.waiting.reason or "Waiting"
    if state.terminated is not None:
        return state.terminated.reason or f"ExitCode:{state.terminated.exit_code}"
    return None
