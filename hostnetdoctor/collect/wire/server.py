"""Lists, and what the server says of itself; and a log, which is no JSON."""

from __future__ import annotations

from hostnetdoctor.collect.wire.metadata import ListMeta, Wire
from hostnetdoctor.collect.wire.objects import Autoscaler, ConfigMap, Event, Node, Service
from hostnetdoctor.collect.wire.pods import Pod


class PodList(Wire):
    """A list, or one page of a list, of pods."""

    metadata: ListMeta | None = None
    items: list[Pod] | None = None


class NodeList(Wire):
    """A list of nodes."""

    metadata: ListMeta | None = None
    items: list[Node] | None = None


class EventList(Wire):
    """A list of events."""

    metadata: ListMeta | None = None
    items: list[Event] | None = None


class ServiceList(Wire):
    """A list of Services."""

    metadata: ListMeta | None = None
    items: list[Service] | None = None


class AutoscalerList(Wire):
    """A list of HorizontalPodAutoscalers."""

    metadata: ListMeta | None = None
    items: list[Autoscaler] | None = None


class ConfigMapList(Wire):
    """A list of ConfigMaps."""

    metadata: ListMeta | None = None
    items: list[ConfigMap] | None = None


class Column(Wire):
    """The head of one column of a Table."""

    name: str


class Row(Wire):
    """One row of a Table: its cells are texts, numbers or null."""

    cells: list[str | int | float | bool | None]


class Table(Wire):
    """The server's rendering of a list for people (`as=Table;v=v1;g=meta.k8s.io`)."""

    kind: str | None = None
    metadata: ListMeta | None = None
    column_definitions: list[Column] | None = None
    rows: list[Row] | None = None


class Version(Wire):
    """`/version`; `at` is the time on the server's clock, from its `Date` header."""

    git_version: str | None = None
    at: str | None = None


class Status(Wire):
    """The server's answer when it refuses something."""

    kind: str | None = None
    message: str | None = None
    reason: str | None = None
    code: int | None = None


class AccessStatus(Wire):
    """What the server says about a right."""

    allowed: bool | None = None


class AccessReview(Wire):
    """The answer to a SelfSubjectAccessReview."""

    status: AccessStatus | None = None


class ApiResource(Wire):
    """One kind that a group and version of the API has."""

    name: str | None = None
    kind: str | None = None
    namespaced: bool | None = None


class ApiResourceList(Wire):
    """The kinds of one group and version."""

    resources: list[ApiResource] | None = None


class Log(Wire):
    """A container's log as bytes: whole, or (`cut`) its beginning and its end with lines missing between them.

    `dated` says that each line starts with the time that the container runtime gave it; a line without such a
    time then continues nothing and has none.
    """

    text: bytes
    cut: bool = False
    dated: bool = True
