"""Weigh whether a listener can have had the address when the bind failed, and how sure that is.

Here the rules of evidence live. A listener is ruled out by a fact, or weighed: it starts with the weight of its strongest
claim and every doubt takes it down to the level that the doubt allows; nothing ever takes it up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from hostnetdoctor.listeners.address import Collision
from hostnetdoctor.listeners.case import joined
from hostnetdoctor.listeners.claims import WEIGHTS, strongest, weight
from hostnetdoctor.listeners.port_map import collides, configuration, wants_the_same
from hostnetdoctor.listeners.scene import Scene
from hostnetdoctor.model import Basis, BindFailure, Claim, Confidence, ContainerStatus, Evidence, EvidenceKind, Listener

# The API writes container times in whole seconds, so a start may be up to a second later than it says.
_SECOND = timedelta(seconds=1)
# How long a container must have run before its silence says that it got its port: nginx, the most patient of the
# common programs, retries for about 2.5 seconds before it gives up.
_SETTLED = timedelta(seconds=5)
# Silence alone proves that a replica has its port only after longer: on a busy node a program may need this long to come to its first try.
_SILENT = timedelta(seconds=15)
# A container that failed before and has now run this long, or longer than its failed attempt twice over, has recovered.
_RECOVERED = timedelta(minutes=1)

Doubt = tuple[Confidence, str]


def ruled_out(failure: BindFailure, listener: Listener, others: Iterable[BindFailure]) -> str | None:
    """Return the fact that excludes a listener as the holder, or None."""
    status = listener.pod.status(listener.container)
    if status is None or not _ever_ran(status):
        return "has not run"
    for other in others:
        same = (other.pod.key, other.container) == (listener.pod.key, listener.container)
        if (
            same
            and other.kind is failure.kind
            and _same_address(failure, other)
            and not outlived(other, status, failure)
        ):
            return "fails in the same way, so it does not have the address either"
    return None if _ran_at(status, failure.last_at) else "did not run when the bind failed"


def _same_address(failure: BindFailure, other: BindFailure) -> bool:
    if failure.port is None or other.port is None:
        return failure.path == other.path
    return (failure.port, failure.path) == (other.port, other.path) and not (
        failure.protocol and other.protocol and failure.protocol != other.protocol
    )


def _ever_ran(status: ContainerStatus) -> bool:
    return status.running or status.last is not None or (status.state is not None and status.state.name == "terminated")


def _ran_at(status: ContainerStatus, moment: datetime | None) -> bool:
    """Say whether an attempt of this container can have been running at a moment (None: at an unknown one)."""
    if moment is None:
        return status.running
    attempts = [
        attempt for attempt in (status.state, status.last) if attempt is not None and attempt.started_at is not None
    ]
    return any(
        attempt.started_at is not None
        and attempt.started_at <= moment
        and (attempt.name == "running" or (attempt.finished_at is not None and moment <= attempt.finished_at + _SECOND))
        for attempt in attempts
    )


def outlived(own: BindFailure, status: ContainerStatus, failure: BindFailure) -> bool:
    """Say whether a container that once failed itself got the address later: it has run without a word of failure since.

    `own` is its own failure; it counts as over only when its present attempt started after it and has run, up to
    the other container's latest failure, for a minute and for twice as long as the attempt that failed.
    """
    started = status.started_at
    if started is None or own.last_at is None or own.last_at >= started or failure.last_at is None:
        return False
    tried = _duration(status)
    return failure.last_at - started >= max(_RECOVERED, 2 * tried)


def _duration(status: ContainerStatus) -> timedelta:
    last = status.last
    if last is None or last.started_at is None or last.finished_at is None:
        return timedelta()
    return last.finished_at - last.started_at


def weigh(failure: BindFailure, listener: Listener, scene: Scene) -> tuple[Confidence, tuple[str, ...]]:
    """Return how sure it is that a listener has the address, and the doubts that keep it from being surer."""
    start = weight(listener)
    doubts = [doubt for doubt in _doubts(failure, listener, scene) if doubt[0].rank > start.rank]
    level = max((doubt[0] for doubt in doubts), default=start, key=lambda confidence: confidence.rank)
    return level, tuple(text for allowed, text in doubts if allowed is level)


def _doubts(failure: BindFailure, listener: Listener, scene: Scene) -> Iterator[Doubt]:
    status = listener.pod.status(listener.container)
    yield from _premise(failure, scene)
    if collides(failure, listener) is Collision.MAYBE:
        yield Confidence.LIKELY, "nothing tells on which addresses both listen"
    if (failure.port is None or failure.port_by_settings) and failure.path is None and not wants_the_same(listener):
        yield Confidence.LIKELY, "no text names the port"
    if failure.inferred:
        yield Confidence.POSSIBLE, "no text says why the container ends"
    if failure.last_at is None:
        yield Confidence.LIKELY, "nothing dates the failure"
    if status is not None:
        yield from _presence(failure, listener, status)
    if WEIGHTS[strongest(listener).basis] is Confidence.CERTAIN:
        yield from _seen(failure, listener, scene)


def _premise(failure: BindFailure, scene: Scene) -> Iterator[Doubt]:
    """Doubt that containers of one node share its ports, or that what the API says of it is still true."""
    pod = failure.pod
    if not failure.on_node:
        return
    if not scene.complete(pod.node):
        yield Confidence.LIKELY, "not all pods of the node could be read"
    if pod.spec.runtime_class:
        yield Confidence.POSSIBLE, f"runtime class {pod.spec.runtime_class} may give the pod a network of its own"
    node = scene.node(pod.node)
    if node is None:
        yield Confidence.LIKELY, "the node's state could not be read"
        return
    if node.ready is not True:
        yield Confidence.POSSIBLE, f"{node.name} is not Ready: what the API says of its pods may be old"
    if node.os not in {None, "linux"}:
        yield Confidence.POSSIBLE, f"{node.name} runs {node.os}"
    if node.labels.get("type") == "virtual-kubelet":
        yield Confidence.POSSIBLE, f"{node.name} is a virtual node: its pods may not share one network"


def _presence(failure: BindFailure, listener: Listener, status: ContainerStatus) -> Iterator[Doubt]:
    """Doubt that the holder ran, and had settled, when the latest bind failed."""
    started, failed = status.started_at, failure.latest_earliest or failure.last_at
    if started is None:
        yield Confidence.POSSIBLE, "it does not run now"
    elif failed is not None and failed < started + _SECOND:
        yield Confidence.LIKELY, "it started in the same second as the bind failed"
    elif failed is not None and failed < started + _SETTLED:
        yield Confidence.LIKELY, "it had run for a few seconds only when the bind failed"
    if listener.pod.phase != "Running":
        yield Confidence.LIKELY, f"its pod is {listener.pod.phase}"


def _seen(failure: BindFailure, listener: Listener, scene: Scene) -> Iterator[Doubt]:
    """Doubt that the holder's side was seen: its own dated line, or a replica Ready throughout whose log is clean."""
    dated = any(_dated_line(claim, failure, listener) for claim in listener.claims)
    if dated:
        return
    status = listener.pod.status(listener.container)
    if all(claim.basis is not Basis.EQUAL_SPEC for claim in listener.claims):
        yield Confidence.LIKELY, "its line about listening has no date, or one that does not fit"
    elif status is None or not status.ready:
        yield Confidence.LIKELY, "it is not Ready"
    elif (ready := listener.pod.condition("Ready")) is None or ready.changed_at is None or failure.last_at is None:
        yield Confidence.LIKELY, "nothing tells since when it has been Ready"
    elif ready.status != "True" or ready.changed_at > failure.last_at:
        yield Confidence.LIKELY, "it was not Ready throughout"
    elif status.started_at is not None and failure.last_at < status.started_at + _SILENT:
        yield (
            Confidence.LIKELY,
            "it had run for a few seconds only when the bind failed, and does not say that it listens",
        )
    elif scene.log(listener.pod, listener.container) is None:
        yield Confidence.LIKELY, "its log could not be read, so it may fail in the same way"
    elif configured_by_files(listener):
        yield Confidence.LIKELY, "its configuration is mounted, and may have changed since it started"


def configured_by_files(listener: Listener) -> bool:
    """Say whether a container reads files that can change while it runs: equal settings may then be settings of two times."""
    spec = listener.pod.spec.container(listener.container)
    return spec is not None and bool(configuration(listener.pod, spec))


def _dated_line(claim: Claim, failure: BindFailure, listener: Listener) -> bool:
    if claim.basis is not Basis.LISTENING_LOG or claim.at is None or failure.last_at is None:
        return False
    status = listener.pod.status(listener.container)
    started = status.started_at if status else None
    return started is not None and started <= claim.at <= failure.last_at


def presence_evidence(listener: Listener) -> Evidence | None:
    """Return what the kubelet says of the holder: that it runs, since when, and how often it restarted."""
    status = listener.pod.status(listener.container)
    if status is None or status.state is None:
        return None
    parts = [
        f"{status.state.name} since {status.started_at:%Y-%m-%d %H:%M:%S}" if status.started_at else status.state.name
    ]
    parts.append(f"{status.restarts} restart{'' if status.restarts == 1 else 's'}")
    if status.ready:
        parts.append("Ready")
    return Evidence(kind=EvidenceKind.STATUS, where=f"{listener.pod.name}, {listener.container}", text=joined(parts))
