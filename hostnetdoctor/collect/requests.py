"""What can be read, as data. A request says what is wanted; a `Cluster` knows how to get it.

Each class names the type of its answer, so that a snapshot gives back the right type for each request.
Requests are small, hashable and ordered by their text, and say nothing about transport.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from hostnetdoctor.model import (
    Autoscaler,
    Event,
    LogText,
    Node,
    Pod,
    ServerVersion,
    Service,
    SurveyRow,
    Workload,
    WorkloadRef,
)

Reading = TypeVar("Reading", covariant=True)


class Request(Generic[Reading]):
    """A question to a cluster whose answer, when it can be read, is a `Reading`."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Version(Request[ServerVersion]):
    """The API server's version and the time on its clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nodes(Request[tuple[Node, ...]]):
    """All nodes of the cluster."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey(Request[tuple[SurveyRow, ...]]):
    """The pods of one namespace (None: of all), in the cheapest listing that shows which ones may be in trouble.

    With `suspects_only` the others are left out: a large cluster has a hundred thousand of them.
    """

    namespace: str | None
    selector: str | None = None
    suspects_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PodsOnNode(Request[tuple[Pod, ...]]):
    """The pods of one node (None: those that no node has), in one namespace or, when that is None, in all.

    With a `name` only those of that name: a survey of all namespaces tells names and nodes, and no namespaces.
    """

    node: str | None
    namespace: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerLog(Request[LogText]):
    """The log of a container's present attempt, or of the one before it."""

    namespace: str
    pod: str
    container: str
    previous: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadObject(Request[Workload]):
    """The object that owns a pod, or that owns such an object; of any kind, custom resources too."""

    ref: WorkloadRef


@dataclass(frozen=True, slots=True, kw_only=True)
class PodEvents(Request[tuple[Event, ...]]):
    """The events about one pod."""

    namespace: str
    pod: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Services(Request[tuple[Service, ...]]):
    """The Services of one namespace, or of all when that is None."""

    namespace: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Autoscalers(Request[tuple[Autoscaler, ...]]):
    """The HorizontalPodAutoscalers of one namespace."""

    namespace: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigMapData(Request[Mapping[str, str]]):
    """The `data` of one ConfigMap: texts by their keys."""

    namespace: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NamespaceName(Request[str]):
    """The name of a namespace that exists; one that does not is `NOT_FOUND`."""

    namespace: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MayI(Request[bool]):
    """Whether the server lets the user do this: `resource` as in a Role (`pods/log`), `namespace` None for all."""

    verb: str
    group: str
    resource: str
    namespace: str | None = None
