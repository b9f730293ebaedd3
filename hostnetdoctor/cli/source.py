"""From flags to a `Cluster`: a live one or saved files, recorded on request."""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from hostnetdoctor.cli.ask import Scope
from hostnetdoctor.collect.cluster import Cluster, WireCluster
from hostnetdoctor.collect.redact import Redactor
from hostnetdoctor.collect.redacting import RedactingCluster
from hostnetdoctor.model import Question

# The kinds of sources are imported where one is opened: each costs about as much as the start of the program.
if TYPE_CHECKING:
    from hostnetdoctor.collect.kube import KubeCluster


class Access(Struct, frozen=True, kw_only=True):
    """What the flags say about where facts come from, and where they are kept."""

    saved: str | None
    save: str | None
    context: str | None
    kubeconfig: str | None
    as_user: str | None
    timeout: timedelta
    max_requests: int
    max_log_requests: int
    verbose: bool


@contextlib.contextmanager
def opened(access: Access, scope: Scope, redactor: Redactor) -> Iterator[tuple[Question, Cluster]]:
    """Open the source and complete the question with what only the source knows. Raises `CannotLook`.

    No secret comes out of it, and none is kept: `redactor` knows which ones there were.
    """
    if access.verbose:
        _tell_what_is_read()
    with _source(access, scope) as (question, unredacted):
        cluster = RedactingCluster(unredacted, redactor)
        if access.save is None:
            yield question, cluster
            return
        from hostnetdoctor.collect.record import RecordingCluster

        with RecordingCluster(cluster, access.save, question) as recorder:
            yield question, recorder


@contextlib.contextmanager
def _source(access: Access, scope: Scope) -> Iterator[tuple[Question, WireCluster]]:
    if access.saved is None:
        question, cluster = _live(access, scope)
        yield question, cluster
        if access.verbose:
            _tell_what_was_asked(cluster)
        return
    from hostnetdoctor.collect.files import FilesCluster

    with FilesCluster(access.saved, since=scope.since) as files:
        recorded = files.recorded_question
        yield recorded if recorded is not None and scope.is_unset else scope.question(), files


def _live(access: Access, scope: Scope) -> tuple[Question, KubeCluster]:
    from hostnetdoctor.collect import kube

    wanted = kube.Access(
        kubeconfig=access.kubeconfig,
        context=access.context,
        as_user=access.as_user,
        timeout=access.timeout,
        max_requests=access.max_requests,
        max_log_requests=access.max_log_requests,
        since=scope.since,
    )
    # Logging in may start a program of the kubeconfig and is done once; the context's namespace is known without it.
    return scope.question(own=wanted.login().namespace), kube.KubeCluster(wanted)


def _tell_what_was_asked(cluster: KubeCluster) -> None:
    counted = ", ".join(f"{count} {kind}" for kind, count in cluster.requests_by_kind)
    logging.getLogger("hostnetdoctor").info("%s requests: %s", cluster.requests_made, counted)


def _tell_what_is_read() -> None:
    told = logging.getLogger("hostnetdoctor")
    told.setLevel(logging.DEBUG)
    told.addHandler(logging.StreamHandler(sys.stderr))
