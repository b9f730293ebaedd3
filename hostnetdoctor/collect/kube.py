"""A live cluster, read through the API.

Answers come back as bytes and are decoded into `wire`: the models of the Kubernetes client cost sixty times as much.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from hostnetdoctor.collect import kube_objects, kube_survey, selector
from hostnetdoctor.collect.call import Call
from hostnetdoctor.collect.clock import Clock
from hostnetdoctor.collect.cluster import Translation
from hostnetdoctor.collect.facts import fact
from hostnetdoctor.collect.kube_logs import read_log
from hostnetdoctor.collect.kubeconfig import SERVICE_ACCOUNT, Login, in_cluster, read_kubeconfig
from hostnetdoctor.collect.refusals import Refused
from hostnetdoctor.collect.requests import (
    Autoscalers,
    ConfigMapData,
    ContainerLog,
    FirstNodes,
    HostNetworkSurvey,
    MayI,
    NamespaceName,
    Nodes,
    PodEvents,
    PodsOnNode,
    Request,
    Services,
    Survey,
    Version,
    WorkloadObject,
)
from hostnetdoctor.collect.sender import ApiSender
from hostnetdoctor.collect.times import moment
from hostnetdoctor.collect.transport import Transport
from hostnetdoctor.collect.workers import Lane, in_parallel
from hostnetdoctor.errors import CannotLook
from hostnetdoctor.model import Question, Source

_LOOK_UP_SECONDS = 0.2  # how often somebody who waits for others looks whether the run is over
_LOG = logging.getLogger("hostnetdoctor")


class Access(Struct, frozen=True, kw_only=True):
    """Which cluster to read, as whom, and for how long: kubectl's flags and environment.

    `timeout` is for the whole run after logging in; `since` is how old a restart still counts. Never are there more than
    `max_requests` at once, nor more than `max_log_requests` of them for logs.
    """

    kubeconfig: str | None = None
    context: str | None = None
    as_user: str | None = None
    as_groups: tuple[str, ...] = ()
    timeout: timedelta = timedelta(seconds=60)
    since: timedelta = timedelta(hours=1)
    max_requests: int = 8
    max_log_requests: int = 5
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    service_account: Path = SERVICE_ACCOUNT

    def login(self) -> Login:
        """Return how to reach the cluster: by the kubeconfig, else, inside a pod, by its service account.

        Contacts nobody. Raises `CannotLook`.
        """
        read = read_kubeconfig(self.kubeconfig, self.environment)
        if not read.contexts and self.kubeconfig is None and self.context is None:
            own = in_cluster(self.environment, self.service_account)
            if own is not None:
                return own
            raise CannotLook(
                "There is no kubeconfig, and this is not a pod with a service account.",
                fix="name one with --kubeconfig or KUBECONFIG, or read saved files with --from",
            )
        return read.login(self.context)


class KubeCluster:
    """A live cluster as a `Cluster`."""

    everything_is_read = False
    recorded_question: Question | None = None

    def __init__(self, access: Access) -> None:
        """Log in, without contacting the cluster yet. Raises `CannotLook`."""
        self._login = access.login()
        self._since = access.since
        sender = ApiSender(
            self._login,
            access.environment,
            login_seconds=access.timeout.total_seconds(),
            connections=access.max_requests,
            as_user=access.as_user,
            as_groups=access.as_groups,
        )
        self._clock = Clock(access.timeout.total_seconds())
        self._transport = Transport(sender, self._clock, _sent)
        self._workloads = kube_objects.WorkloadReader(self._transport)
        self._server_version: str | None = None
        self._pods_version: str | None = None
        self._taken_at: datetime | None = None
        self._anything_was_read = False
        # Several batches of nodes are read at once, and the limits are for all of them.
        self._slots = threading.BoundedSemaphore(access.max_requests)
        self._logs = Lane(access.max_log_requests, self._read)
        self._others = Lane(access.max_requests, self._read)

    @property
    def source(self) -> Source:
        """Which cluster this is; `taken_at` is the time on its own clock."""
        return Source(
            kind="cluster",
            context=self._login.context,
            server=self._login.server,
            server_version=self._server_version,
            taken_at=self._taken_at or self._transport.answered_at,
        )

    @property
    def requests_made(self) -> int:
        """How many requests were sent so far."""
        return self._transport.requests_made

    @property
    def requests_by_kind(self) -> tuple[tuple[str, int], ...]:
        """How many requests were sent of each verb and resource, sorted: `list pods`, 718."""
        return tuple(sorted((" ".join(kind), count) for kind, count in self._transport.by_kind.items()))

    @property
    def bytes_read(self) -> int:
        """How many bytes of answers were read so far, unpacked."""
        return self._transport.bytes_read

    def cancel(self) -> None:
        """End the run: what is not answered yet becomes `Unreadable`, here and from now on."""
        self._clock.stop()

    def answer(self, requests: Collection[Request[Any]]) -> Mapping[Request[Any], object]:
        """Answer every request with its reading or with `Unreadable`. Raises `CannotLook` for all of them together."""
        return self.read(requests, fact)

    def read(self, requests: Collection[Request[Any]], translate: Translation) -> Mapping[Request[Any], object]:
        """Answer every request with the translation of the API's words (`wire`) or of `Unreadable`. Raises `CannotLook`."""
        for request in requests:
            if isinstance(request, Survey):
                selector.parse(request.selector or "")
        logs: list[Request[Any]] = [each for each in requests if isinstance(each, ContainerLog)]
        others = [each for each in requests if not isinstance(each, ContainerLog)]
        done: dict[Request[Any], object] = {}
        for request, answer in in_parallel([(self._logs, logs), (self._others, others)], self._clock):
            done[request] = answer if isinstance(answer, Refused) else translate(request, answer)
        late = Refused(self._clock.too_late(), whole=True)
        answers = {request: done.get(request, late) for request in requests}
        self._remember(answers)
        return {
            request: translate(request, answer.unreadable) if isinstance(answer, Refused) else answer
            for request, answer in answers.items()
        }

    def _remember(self, answers: Mapping[Request[Any], object]) -> None:
        """Keep what later requests need; give up where no request can ever be answered."""
        refused = [each for each in answers.values() if isinstance(each, Refused)]
        self._anything_was_read |= len(refused) < len(answers)
        if refused and not self._anything_was_read and all(each.whole for each in refused):
            first = refused[0]
            raise CannotLook(first.unreadable.why, fix=first.unreadable.fix) from first

    def _read(self, request: Request[Any]) -> object:
        while not self._slots.acquire(timeout=_LOOK_UP_SECONDS):
            if self._clock.over:
                return Refused(self._clock.too_late(), whole=True)
        try:
            return self._found(request)
        except Refused as refused:
            return refused
        finally:
            self._slots.release()

    def _found(self, request: Request[Any]) -> object:  # noqa: C901, PLR0912 - one case for each request
        transport = self._transport
        match request:
            case Version():
                version = kube_objects.read_version(transport)
                self._server_version, self._taken_at = version.git_version, moment(version.at)
                return version
            case HostNetworkSurvey():
                surveyed = kube_survey.read_survey(transport, request, self._since)
                self._pods_version = self._pods_version or surveyed.resource_version  # it may come after the survey
                return surveyed.rows
            case Survey():
                surveyed = kube_survey.read_survey(transport, request, self._since)
                self._pods_version = surveyed.resource_version
                return surveyed.rows
            case Nodes(name=name):
                return kube_objects.read_nodes(transport, name)
            case FirstNodes():
                return kube_objects.read_first_nodes(transport)
            case PodsOnNode():
                return kube_objects.read_pods(transport, request, self._pods_version)
            case ContainerLog():
                return read_log(transport, request)
            case WorkloadObject(ref=ref):
                return self._workloads.read(ref)
            case PodEvents(namespace=namespace, pod=pod):
                return kube_objects.read_events(transport, namespace, pod)
            case Services(namespace=namespace):
                return kube_objects.read_services(transport, namespace)
            case Autoscalers(namespace=namespace):
                return kube_objects.read_autoscalers(transport, namespace)
            case ConfigMapData(namespace=namespace, name=name):
                return kube_objects.read_config_map(transport, namespace, name)
            case NamespaceName(namespace=namespace):
                return kube_objects.read_namespace(transport, namespace)
            case MayI():
                return kube_objects.read_right(transport, request)
            case _:
                raise TypeError(request)


def _sent(call: Call, outcome: str) -> None:
    _LOG.info("%s %s (%s %s): %s", call.method, call.path, call.verb, call.resource, outcome)
