"""A cluster in files: what `kubectl cluster-info dump` wrote, or what this program recorded."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self

from msgspec.structs import replace

from hostnetdoctor.collect import archive, dump_log, layout, selector, survey, wire
from hostnetdoctor.collect.cluster import Translation
from hostnetdoctor.collect.facts import fact
from hostnetdoctor.collect.log_refusals import refusal
from hostnetdoctor.collect.recording import Entry, covering, entries_of, recording_in
from hostnetdoctor.collect.requests import (
    Autoscalers,
    ConfigMapData,
    ContainerLog,
    FirstNodes,
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
from hostnetdoctor.collect.saved import SavedDirectory
from hostnetdoctor.collect.saved_time import newest
from hostnetdoctor.model import Question, Source, SurveyRow, Unreadable, UnreadableKind, WorkloadRef

_RECORD = "'hostnet-doctor diagnose --save DIR' on the live cluster records it"
_AGAIN = "ask what it was recorded for, or record again with 'hostnet-doctor diagnose --save DIR'"


class FilesCluster:
    """Saved files as a `Cluster`: everything that they hold, and for the rest the reason why it is not there.

    `since` is how old a restart still counts, against the time at which the files were saved.
    """

    def __init__(self, path: str, *, since: timedelta = timedelta(hours=1)) -> None:
        """Open the directory or archive at `path` (`-` is standard input). Raises `CannotLook`."""
        self._path = path
        self._since = since
        self._opened = archive.open_source(path)
        self._saved = SavedDirectory(self._opened.root)
        self._recording = recording_in(self._saved)
        self._entries = {} if self._recording is None else entries_of(self._recording)
        self._taken_at: datetime | None = None if self._recording is None else self._recording.taken_at
        self._answered = 0
        self._grouped: dict[str | None, Mapping[str | None, list[wire.Pod]]] = {}

    def __enter__(self) -> Self:
        """Return itself: what was unpacked is removed at the end of the `with` block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove what was unpacked."""
        self.close()

    def close(self) -> None:
        """Remove what was unpacked."""
        self._opened.close()

    @property
    def source(self) -> Source:
        """Where the facts come from; a recording also knows which cluster it was made of."""
        recorded = self._recording.source if self._recording is not None else Source(kind="files")
        return Source(
            kind="files",
            context=recorded.context,
            server=recorded.server,
            server_version=recorded.server_version,
            path=self._path,
            taken_at=self._taken_at,
        )

    @property
    def everything_is_read(self) -> bool:
        """Whether every container may be examined: in a dump; a recording holds what its own run wanted to read."""
        return self._recording is None or self._recording.everything_is_read

    @property
    def recorded_question(self) -> Question | None:
        """The question that a recording was made for."""
        return self._recording.question if self._recording is not None else None

    @property
    def requests_made(self) -> int:
        """How many requests were answered so far."""
        return self._answered

    @property
    def bytes_read(self) -> int:
        """How many bytes of files were read so far."""
        return self._saved.bytes_read

    def answer(self, requests: Collection[Request[Any]]) -> Mapping[Request[Any], object]:
        """Answer every request with its reading or with `Unreadable`."""
        return self.read(requests, fact)

    def read(self, requests: Collection[Request[Any]], translate: Translation) -> Mapping[Request[Any], object]:
        """Answer every request with the translation of the words of the source (`wire`) or of `Unreadable`."""
        if self._taken_at is None and self._recording is None:
            self._taken_at = newest(self._saved)
        self._answered += len(requests)
        return {request: translate(request, self._read(request)) for request in requests}

    def _read(self, request: Request[Any]) -> object:
        if self._recording is None:
            return self._look_up(request, Entry(asked={}))
        entry = next((self._entries[each] for each in covering(request) if each in self._entries), None)
        if entry is None:
            return _absent("this recording does not have it: it was made for another question", _AGAIN)
        return entry.unreadable or self._look_up(request, entry)

    def _look_up(self, request: Request[Any], entry: Entry) -> object:
        try:
            return self._found(request, entry)
        except layout.BadName as bad:
            return _absent(f"no object of Kubernetes can have the name '{bad.name}'")

    def _found(self, request: Request[Any], entry: Entry) -> object:  # noqa: C901, PLR0912 - one case for each request
        match request:
            case Version():
                return self._saved.read(wire.Version, "version") or _absent(
                    "the files do not tell the server's version"
                )
            case Nodes(name=name):
                return self._nodes(name)
            case FirstNodes():
                return self._first_nodes(entry)
            case Survey():
                return self._survey(request, entry)
            case PodsOnNode(node=node, namespace=namespace, name=name):
                pods = self._by_node(namespace)
                return pods if isinstance(pods, Unreadable) else _named(name, pods.get(node, []))
            case ContainerLog():
                return self._log(request, entry)
            case WorkloadObject(ref=ref):
                return self._workload(ref)
            case PodEvents(namespace=namespace, pod=pod):
                return self._pod_events(namespace, pod)
            case Services(namespace=namespace):
                return self._services(namespace)
            case Autoscalers(namespace=namespace):
                return self._autoscalers(namespace)
            case ConfigMapData(namespace=namespace, name=name):
                return self._config_map(namespace, name)
            case NamespaceName(namespace=namespace):
                return self._namespace(namespace)
            case MayI():
                return _absent("saved files do not tell what somebody may read", fix=None)
            case _:
                raise TypeError(request)

    def _none(self, why: str) -> list[Any] | Unreadable:
        """Return what a missing file means: in a recording, which asked for it, that there were none."""
        return [] if self._recording is not None else _absent(why)

    def _first_nodes(self, entry: Entry) -> wire.NodeList | Unreadable:
        """Return the nodes that a run read first: those of a page come before all others by their names."""
        nodes = self._nodes(None)
        if isinstance(nodes, Unreadable):
            return nodes
        more = wire.ListMeta(continue_="next") if entry.first is not None else None
        return wire.NodeList(items=sorted(nodes, key=_name)[: entry.first], metadata=more)

    def _nodes(self, name: str | None) -> list[wire.Node] | Unreadable:
        match self._saved.read(wire.NodeList, layout.NODES):
            case wire.NodeList(items=items):
                return [each for each in items or () if name in {None, _name(each)}]
            case Unreadable() as unreadable:
                return unreadable
            case _:
                return self._none("the files hold no nodes.json")

    def _survey(self, request: Survey, entry: Entry) -> tuple[SurveyRow, ...] | Unreadable:
        same = (self._entries.get(each) for each in (request, replace(request, suspects_only=False)))
        rows = entry.rows if any(each is entry for each in same) else None
        found = self._surveyed(request) if rows is None else tuple(rows)
        if isinstance(found, Unreadable) or not request.suspects_only:
            return found
        return tuple(row for row in found if row.suspect)

    def _surveyed(self, request: Survey) -> tuple[SurveyRow, ...] | Unreadable:
        wanted = selector.parse(request.selector or "")
        pods = self._all_pods(request.namespace)
        if isinstance(pods, Unreadable) and request.namespace is None:
            # A survey only says where to look: the rest of the files is worth a look, and whoever then asks for all
            # pods of a node learns what is missing.
            pods = [each for name in self._saved.namespaces() for each in self._readable(name)] or pods
        if isinstance(pods, Unreadable):
            return pods
        chosen = (each for each in pods if not wanted or selector.matches(wanted, _labels(each)))
        return tuple(survey.row_of(each, self._taken_at, self._since) for each in chosen)

    def _all_pods(self, namespace: str | None) -> list[wire.Pod] | Unreadable:
        """Return the pods of one namespace or of all; one file that is broken makes the whole answer unreadable."""
        if (
            self._recording is None
            and namespace is not None
            and not layout.inside(self._saved.root, namespace).is_dir()
        ):
            known = ", ".join(self._saved.namespaces())
            return _absent(f"the files hold no namespace '{namespace}'; they hold: {known or 'none'}", fix=None)
        found: list[wire.Pod] = []
        for each in [namespace] if namespace is not None else self._saved.namespaces():
            pods = self._saved.pods(each)
            if isinstance(pods, Unreadable):
                return pods
            found += pods or ()
        return found

    def _readable(self, namespace: str) -> list[wire.Pod]:
        pods = self._saved.pods(namespace)
        return pods if isinstance(pods, list) else []

    def _by_node(self, namespace: str | None) -> Mapping[str | None, list[wire.Pod]] | Unreadable:
        if namespace not in self._grouped:
            pods = self._all_pods(namespace)
            if isinstance(pods, Unreadable):
                return pods
            grouped: dict[str | None, list[wire.Pod]] = {}
            for pod in pods:
                grouped.setdefault(_node_of(pod), []).append(pod)
            self._grouped[namespace] = grouped
        return self._grouped[namespace]

    def _log(self, request: ContainerLog, entry: Entry) -> wire.Log | Unreadable:
        directory = layout.inside(self._saved.root, request.namespace, request.pod)
        path = layout.inside(directory, layout.log_file(request.container, previous=request.previous))
        recorded = self._saved.content(path)
        if isinstance(recorded, bytes):
            return wire.Log(text=recorded, cut=entry.cut, dated=entry.dated)
        if recorded is not None:
            return recorded
        if request.previous:
            return _absent("a dump has no logs of earlier attempts")
        return self._dumped_log(request)

    def _dumped_log(self, request: ContainerLog) -> wire.Log | Unreadable:
        path = layout.inside(self._saved.root, request.namespace, request.pod, layout.DUMP_LOG)
        content = self._saved.content(path)
        if content is None or isinstance(content, Unreadable):
            return content or _absent("the files hold no log of this pod")
        logs = dump_log.split(content, f"{request.namespace}/{request.pod}", self._framed(request))
        if request.container not in logs:
            return _absent("the files hold no log of this container")
        text = logs[request.container]
        if text is None:
            why = f"{path.relative_to(self._saved.root)} has the dump's own frame lines inside a log: nobody can say where this log ends."
            return Unreadable(kind=UnreadableKind.BROKEN, why=why, fix=_RECORD)
        return refusal(text) or wire.Log(text=text, dated=False)

    def _framed(self, request: ContainerLog) -> list[str]:
        """Return the containers of a pod in the order in which kubectl dumps their logs."""
        found = [each for each in self._readable(request.namespace) if _name(each) == request.pod]
        spec = found[0].spec if found and found[0].spec is not None else wire.PodSpec()
        names = [each.name or "" for each in (*(spec.init_containers or ()), *(spec.containers or ()))]
        return names or [request.container]

    def _workload(self, ref: WorkloadRef) -> wire.Workload | Unreadable:
        directory = (ref.namespace,) if ref.namespace else ()
        found = self._saved.workloads(*directory, layout.workload_file(ref))
        if isinstance(found, Unreadable):
            return found
        if found is None:
            return _absent(f"the files hold no objects of kind {ref.kind} in '{ref.namespace}'")
        if ref.name in found:
            return found[ref.name]
        return _not_found(ref.kind)

    def _pod_events(self, namespace: str, pod: str) -> list[wire.Event] | Unreadable:
        events = self._saved.events(layout.inside(self._saved.root, namespace).name)
        if events is None or isinstance(events, Unreadable):
            return events or self._none(f"the files hold no events of '{namespace}'")
        return [each for each in events if _about(each, pod)]

    def _services(self, namespace: str | None) -> list[wire.Service] | Unreadable:
        found: list[wire.Service] | None = None
        for each in [namespace] if namespace is not None else self._saved.namespaces():
            match self._saved.read(wire.ServiceList, each, layout.SERVICES):
                case wire.ServiceList(items=items):
                    found = [*(found or ()), *(items or ())]
                case Unreadable() as unreadable:
                    return unreadable
                case _:
                    pass
        return found if found is not None else self._none("the files hold no Services")

    def _autoscalers(self, namespace: str) -> list[wire.Autoscaler] | Unreadable:
        match self._saved.read(wire.AutoscalerList, namespace, layout.AUTOSCALERS):
            case wire.AutoscalerList(items=items):
                return items or []
            case Unreadable() as unreadable:
                return unreadable
            case _:
                return self._none(f"the files hold no HorizontalPodAutoscalers of '{namespace}'")

    def _config_map(self, namespace: str, name: str) -> wire.ConfigMap | Unreadable:
        read = self._saved.read(wire.ConfigMapList, namespace, layout.CONFIG_MAPS)
        if read is None or isinstance(read, Unreadable):
            return read or _absent(f"the files hold no ConfigMaps of '{namespace}'")
        named = (each for each in read.items or () if (each.metadata or wire.Meta()).name == name)
        return next(named, None) or _not_found("ConfigMap")

    def _namespace(self, namespace: str) -> wire.Bare | Unreadable:
        """Return the namespace; a recording has no directory for one without pods, and says by its entry that it exists."""
        if self._recording is None and not layout.inside(self._saved.root, namespace).is_dir():
            return _not_found("namespace")
        return wire.Bare(metadata=wire.ManagedMeta(name=namespace))


def _absent(why: str, fix: str | None = _RECORD) -> Unreadable:
    return Unreadable(kind=UnreadableKind.NOT_IN_SOURCE, why=f"{why[0].upper()}{why[1:]}.", fix=fix)


def _not_found(kind: str) -> Unreadable:
    return Unreadable(kind=UnreadableKind.NOT_FOUND, why=f"There is no such {kind} in the files.")


def _name(item: wire.Pod | wire.Node) -> str:
    return (item.metadata.name if item.metadata is not None else None) or ""


def _labels(pod: wire.Pod) -> Mapping[str, str]:
    return (pod.metadata.labels if pod.metadata is not None else None) or {}


def _node_of(pod: wire.Pod) -> str | None:
    return (pod.spec.node_name if pod.spec is not None else None) or None


def _about(event: wire.Event, pod: str) -> bool:
    about = event.involved_object
    return about is not None and about.kind == "Pod" and about.name == pod


def _named(name: str | None, pods: list[wire.Pod]) -> list[wire.Pod]:
    return [each for each in pods if name in {None, _name(each)}]
