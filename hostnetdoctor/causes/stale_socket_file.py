"""A Unix socket file that an earlier instance left behind is in the way.

## Symptom

A container crash-loops with "address already in use" and the path of a socket instead of a port. It began when the container restarted for some
other reason, for example because it ran out of memory, and deleting the pod cures it.

## Why

`bind()` on a path fails when the file exists, whether or not anybody listens on it. A program that is killed does not remove its socket. A
restarted container gets a fresh file system, but the pod's volumes (emptyDir, hostPath) outlive it, and so does a socket in one of them
(Kong/kong#13730, bitnami/charts#29789).

## How we know

The message names a path, the path lies in a volume that outlives the container, and the container has restarted in the same pod. It is certain
when the volume is an emptyDir that no other container of the pod mounts.

## How to fix

Delete the pod once, so that it gets a new emptyDir. For good, remove the file before the program starts.

## Not to be confused with

`container-in-same-pod`: another container of the pod is alive and listens on that socket.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from hostnetdoctor.causes.cause import Cause, decide_on_node
from hostnetdoctor.listeners.case import Case, container_text
from hostnetdoctor.listeners.port_map import same_program
from hostnetdoctor.model import (
    Confidence,
    ContainerSpec,
    Evidence,
    EvidenceKind,
    FailureKind,
    Finding,
    Holder,
    HolderKind,
    Volume,
)
from hostnetdoctor.remedies import offered
from hostnetdoctor.remedies.delete_pod import delete_pod
from hostnetdoctor.remedies.remove_socket_file import remove_socket_file

ID = "stale-socket-file"
_OUTLIVING = frozenset({"emptyDir", "hostPath", "persistentVolumeClaim"})


def examine(case: Case) -> Finding | None:
    """Answer for a socket's path in a volume that outlives the container."""
    failure = case.failure
    container = case.victim.spec.container(failure.container or "")
    status = case.victim.status(failure.container or "")
    if not case.alone(FailureKind.ADDRESS_IN_USE) or failure.path is None or container is None:
        return None
    volume = _volume(case, container, failure.path)
    if volume is None or status is None or status.restarts == 0:
        return None
    shared = [
        each.name for each in case.victim.spec.containers if each.name != container.name and _mounts(each, volume)
    ]
    confidence = Confidence.CERTAIN if volume.kind == "emptyDir" and not shared else Confidence.LIKELY
    if _alive(case, container, shared):
        confidence = Confidence.POSSIBLE
    where = container_text(case.victim, container.name)
    facts = (
        Evidence(
            kind=EvidenceKind.SPEC,
            where=f"{case.victim.name}, volumes",
            text=f"{failure.path} is in {volume.kind} {volume.name}",
        ),
        Evidence(
            kind=EvidenceKind.STATUS,
            where=f"{case.victim.name}, {container.name}",
            text=f"{status.restarts} restarts in this pod",
        ),
    )
    return Finding(
        cause=ID,
        confidence=confidence,
        summary=f"{where} cannot listen on {case.port_text}: the file is {_left(confidence)} from before its restart.",
        why=_why(volume, shared),
        evidence=(*failure.evidence, *facts),
        holders=(
            Holder(
                kind=HolderKind.FILE,
                confidence=confidence,
                address=failure.path,
                pod=case.victim.name,
                namespace=case.victim.namespace,
            ),
        ),
        remedies=offered(case, *((delete_pod,) if volume.kind == "emptyDir" else ()), remove_socket_file),
        next_steps=() if confidence is Confidence.CERTAIN else decide_on_node(case),
    )


def _left(confidence: Confidence) -> str:
    words = {Confidence.LIKELY: "probably left", Confidence.POSSIBLE: "possibly left"}
    return words.get(confidence, "left")


def _volume(case: Case, container: ContainerSpec, path: str) -> Volume | None:
    """Return the volume in which a path of a container lies, if it outlives the container."""
    mounts = [mount for mount in container.mounts if PurePosixPath(path).is_relative_to(mount.path)]
    nearest = max(mounts, key=lambda mount: len(mount.path), default=None)
    if nearest is None:
        return None
    return next(
        (each for each in case.victim.spec.volumes if each.name == nearest.volume and each.kind in _OUTLIVING), None
    )


def _alive(case: Case, ours: ContainerSpec, shared: Iterable[str]) -> bool:
    """Say whether a container with the same program, settings and volume runs: then it is the one that listens."""
    theirs = (case.victim.spec.container(name) for name in shared)
    twins = (each.name for each in theirs if each is not None and same_program(ours, each))
    return any((status := case.victim.status(name)) is not None and status.running for name in twins)


def _mounts(container: ContainerSpec, volume: Volume) -> bool:
    return any(mount.volume == volume.name for mount in container.mounts)


def _why(volume: Volume, shared: list[str]) -> str:
    also = f" {', '.join(shared)} of the same pod mounts it too and may be the one that listens." if shared else ""
    return f"A socket's file stays when its program is killed, and {volume.kind} {volume.name} outlives the container.{also}"


CAUSE = Cause(id=ID, examine=examine, page=__doc__)
