"""Find out when a dump was taken: it does not say so itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from hostnetdoctor.collect import layout, wire
from hostnetdoctor.collect.saved import SavedDirectory
from hostnetdoctor.collect.times import moment


def newest(saved: SavedDirectory) -> datetime | None:
    """Return the newest time in a dump: it was taken then or a little later. Our own clock says nothing about it."""
    times = list(_node_times(saved))
    for namespace in saved.namespaces():
        pods, events = saved.pods(namespace), saved.events(namespace)
        times += _pod_times(pods) if isinstance(pods, list) else ()
        times += _event_times(events) if isinstance(events, list) else ()
    return max((at for at in map(moment, times) if at is not None), default=None)


def _node_times(saved: SavedDirectory) -> Iterator[str | None]:
    read = saved.read(wire.NodeList, layout.NODES)
    for node in (read.items or ()) if isinstance(read, wire.NodeList) else ():
        for condition in (node.status.conditions if node.status is not None else None) or ():
            yield from (condition.last_heartbeat_time, condition.last_transition_time)


def _pod_times(pods: Iterable[wire.Pod]) -> Iterator[str | None]:
    for pod in pods:
        status = pod.status or wire.PodStatus()
        yield pod.metadata.creation_timestamp if pod.metadata is not None else None
        yield from (each.last_transition_time for each in status.conditions or ())
        every = (status.container_statuses, status.init_container_statuses, status.ephemeral_container_statuses)
        for container in (each for statuses in every for each in statuses or ()):
            for state in (container.state, container.last_state):
                yield from _state_times(state or wire.State())


def _state_times(state: wire.State) -> Iterator[str | None]:
    yield state.running.started_at if state.running is not None else None
    if state.terminated is not None:
        yield from (state.terminated.started_at, state.terminated.finished_at)


def _event_times(events: Iterable[wire.Event]) -> Iterator[str | None]:
    for event in events:
        yield from (event.first_timestamp, event.last_timestamp, event.event_time)
        yield event.series.last_observed_time if event.series is not None else None
