"""What can be read, as data. A request says what is wanted; a `Cluster` knows how to get it.

Each class names the type of its answer, so that a snapshot gives back the right type for each request.
Requests are small, hashable and ordered by their text, and say nothing about transport.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, TypeVar

from msgspec import Struct

from hostnetdoctor.model import (
    Autoscaler,
    Event,
    LogText,
    Node,
    NodePage,
    Pod,
    ServerVersion,
    Service,
    SurveyRow,
    Workload,
    WorkloadRef,
)

Reading = TypeVar("Reading", covariant=True)


class Request(Struct, Generic[Reading], frozen=True):
    """A question to a cluster whose answer, when it can be read, is a `Reading`."""


class Version(Request[ServerVersion], frozen=True, kw_only=True):
    """The API server's version and the time on its clock."""


class Nodes(Request[tuple[Node, ...]], frozen=True, kw_only=True):
    """All nodes of the cluster; with a `name` the one of that name, if it is there."""

    name: str | None = None


class FirstNodes(Request[NodePage], frozen=True, kw_only=True):
    """The first nodes of the cluster, as many as cost little: all of them in nearly every cluster.

    A node names the images that it has, and so the list of 5,000 nodes has 50 MB.
    """


class Survey(Request[tuple[SurveyRow, ...]], frozen=True, kw_only=True):
    """The pods of one namespace (None: of all), in the cheapest listing that shows which ones may be in trouble.

    With `suspects_only` the others are left out: a large cluster has a hundred thousand of them.
    """

    namespace: str | None
    selector: str | None = None
    suspects_only: bool = False


class HostNetworkSurvey(Survey, frozen=True, kw_only=True):
    """A survey of the hostNetwork pods alone.

    A server older than Kubernetes 1.28 refuses: it does not look for this field (pkg/apis/core/v1/conversion.go).
    """


class PodsOnNode(Request[tuple[Pod, ...]], frozen=True, kw_only=True):
    """The pods of one node (None: those that no node has), in one namespace or, when that is None, in all.

    With a `name` only those of that name: a survey of all namespaces tells names and nodes, and no namespaces.
    """

    node: str | None
    namespace: str | None = None
    name: str | None = None


class ContainerLog(Request[LogText], frozen=True, kw_only=True):
    """The log of a container's present attempt, or of the one before it."""

    namespace: str
    pod: str
    container: str
    previous: bool = False


class WorkloadObject(Request[Workload], frozen=True, kw_only=True):
    """The object that owns a pod, or that owns such an object; of any kind, custom resources too."""

    ref: WorkloadRef


class PodEvents(Request[tuple[Event, ...]], frozen=True, kw_only=True):
    """The events about one pod."""

    namespace: str
    pod: str


class Services(Request[tuple[Service, ...]], frozen=True, kw_only=True):
    """The Services of one namespace, or of all when that is None."""

    namespace: str | None = None


class Autoscalers(Request[tuple[Autoscaler, ...]], frozen=True, kw_only=True):
    """The HorizontalPodAutoscalers of one namespace."""

    namespace: str


class ConfigMapData(Request[Mapping[str, str]], frozen=True, kw_only=True):
    """The `data` of one ConfigMap: texts by their keys."""

    namespace: str
    name: str


class NamespaceName(Request[str], frozen=True, kw_only=True):
    """The name of a namespace that exists; one that does not is `NOT_FOUND`."""

    namespace: str


class MayI(Request[bool], frozen=True, kw_only=True):
    """Whether the server lets the user do this: `resource` as in a Role (`pods/log`), `namespace` None for all."""

    verb: str
    group: str
    resource: str
    namespace: str | None = None
