"""Keep what a run reads: a cluster around another one that saves everything that passes.

The saved directory has the layout of `kubectl cluster-info dump`, so that people and other tools find their way in it,
and `recording.json` says which requests it answers. `FilesCluster` on it gives the same readings for all of them.
"""

from __future__ import annotations

import shutil
import tarfile
import tempfile
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self, cast

import msgspec

from hostnetdoctor import __version__
from hostnetdoctor.collect import layout, wire
from hostnetdoctor.collect.cluster import AroundCluster, WireCluster
from hostnetdoctor.collect.facts import fact
from hostnetdoctor.collect.recording import SCHEMA, Entry, Recording, asked
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
from hostnetdoctor.errors import CannotLook, UsageError
from hostnetdoctor.model import Question, SurveyRow, Unreadable

_NAMESPACED: Mapping[type[Request[Any]], tuple[str, str, str]] = {
    PodsOnNode: (layout.PODS, "v1", "Pod"),
    PodEvents: (layout.EVENTS, "v1", "Event"),
    Services: (layout.SERVICES, "v1", "Service"),
    Autoscalers: (layout.AUTOSCALERS, "autoscaling/v1", "HorizontalPodAutoscaler"),
    ConfigMapData: (layout.CONFIG_MAPS, "v1", "ConfigMap"),
}
_NODE = ("v1", "Node")
_ARCHIVES = (".tar.gz", ".tgz")
_PACKED = ".packed.tar.gz"  # no name in a cluster begins with a dot


class _File(msgspec.Struct):
    """One list of objects to write: its kind, and the objects as JSON, by what tells them apart."""

    api_version: str
    kind: str
    objects: dict[tuple[str, ...], bytes] = msgspec.field(default_factory=dict)


class RecordingCluster(AroundCluster):
    """A `Cluster` that answers as the inner one does, and saves the answers at the end of its `with` block."""

    def __init__(self, inner: WireCluster, path: str, question: Question) -> None:
        """Prepare to save to `path`, a directory or a `.tar.gz`. Raises `UsageError` where it must not be written."""
        super().__init__(inner)
        self._question = question
        self._target = Path(path)
        _refuse_to_destroy(self._target)
        self._entries: dict[Request[Any], Entry] = {}
        self._files: dict[tuple[str, ...], _File] = {}
        self._written = _Unfinished(self._target)
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        """Return itself; the end of the `with` block saves."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Save what was read, or nothing at all if the block failed."""
        if error is None:
            self.close()
        else:
            self._written.discard()

    def answer(self, requests: Collection[Request[Any]]) -> Mapping[Request[Any], object]:
        """Answer as the inner cluster does, and keep the answers. Raises `CannotLook`."""
        words = self._inner.read(requests, lambda _, word: word)
        with self._lock:  # several batches of nodes are read at once
            for request, word in words.items():
                # The one is about the user, not about the cluster, and the other one is a part of the survey.
                if not isinstance(request, (MayI, HostNetworkSurvey)):
                    self._keep(request, word)
        return {request: fact(request, word) for request, word in words.items()}

    def close(self) -> None:
        """Save what was read: all of it under its name, or nothing. Raises `CannotLook` where it cannot be written."""
        try:
            for names, file in sorted(self._files.items()):
                self._written.write(_listed(file), *names[:-1], f"{names[-1]}.json")
            self._written.write(_pretty(msgspec.json.encode(self._recording())), layout.RECORDING)
            self._written.finish()
        except OSError as error:
            self._written.discard()
            raise CannotLook(f"{self._target} cannot be written: {error.strerror or error}.") from error

    def _recording(self) -> Recording:
        return Recording(
            schema=SCHEMA,
            tool_version=__version__,
            taken_at=self._inner.source.taken_at,
            source=self._inner.source,
            question=self._question,
            everything_is_read=self._inner.everything_is_read,
            entries=sorted(self._entries.values(), key=lambda each: str(each.asked)),
        )

    def _keep(self, request: Request[Any], word: object) -> None:
        try:
            self._entries[request] = self._saved(request, word)
        except layout.BadName:
            # No object of Kubernetes has such a name, and no file may have it: the recording does not answer for it.
            self._entries.pop(request, None)

    def _saved(self, request: Request[Any], word: object) -> Entry:
        """Put an answer where it belongs and return the entry that says so."""
        entry = Entry(asked=asked(request))
        if isinstance(word, Unreadable):
            return Entry(asked=entry.asked, unreadable=word)
        match request:
            case Version():
                self._written.write(_pretty(msgspec.json.encode(word)), layout.VERSION)
            case Survey():
                return Entry(asked=entry.asked, rows=list(cast("Iterable[SurveyRow]", word)))
            case NamespaceName():
                return entry  # that it was asked and not refused says that the namespace exists
            case ContainerLog():
                return self._log(request, cast("wire.Log", word))
            case FirstNodes():
                return self._first_nodes(request, cast("wire.NodeList", word))
            case _:
                for names, kind, item in _placed(request, word):
                    self._add(names, kind, item)
        return entry

    def _log(self, request: ContainerLog, log: wire.Log) -> Entry:
        name = layout.log_file(request.container, previous=request.previous)
        self._written.write(log.text, request.namespace, request.pod, name)
        return Entry(asked=asked(request), cut=log.cut, dated=log.dated)

    def _first_nodes(self, request: FirstNodes, page: wire.NodeList) -> Entry:
        nodes = cast("list[_Object]", page.items or [])
        for each in nodes:
            self._add((layout.NODES,), _NODE, each)
        more = bool(page.metadata and page.metadata.continue_)
        return Entry(asked=asked(request), first=len(nodes) if more else None)

    def _add(self, names: tuple[str, ...], kind: tuple[str, str], item: _Object) -> None:
        layout.inside(self._target, *names)
        meta = item.metadata or wire.Meta()
        # A pod that got its node between two requests is two answers, and so is saved twice.
        node = item.spec.node_name if isinstance(item, wire.Pod) and item.spec is not None else None
        key = (meta.name or "", meta.uid or "", node or "")
        self._files.setdefault(names, _File(*kind)).objects[key] = msgspec.json.encode(item)


class _Object(Protocol):
    @property
    def metadata(self) -> wire.Meta | None: ...


def _placed(request: Request[Any], word: object) -> Iterator[tuple[tuple[str, ...], tuple[str, str], _Object]]:
    """Yield the objects of an answer, each with the file that it belongs to, its API version and its kind."""
    match request:
        case WorkloadObject(ref=ref):
            directory = (ref.namespace,) if ref.namespace else ()
            yield (*directory, layout.workload_file(ref)), (ref.api_version, ref.kind), cast("wire.Workload", word)
        case Nodes():
            yield from (((layout.NODES,), _NODE, each) for each in cast("Iterable[_Object]", word))
        case ConfigMapData(namespace=namespace):
            name, *kind = _NAMESPACED[ConfigMapData]
            yield (namespace, name), (kind[0], kind[1]), cast("wire.ConfigMap", word)
        case PodsOnNode() | Services() | PodEvents() | Autoscalers():
            name, *kind = _NAMESPACED[type(request)]
            for each in cast("Iterable[_Object]", word):
                yield (_namespace(each.metadata), name), (kind[0], kind[1]), each
        case _:
            raise TypeError(request)


class _Unfinished:
    """A directory beside the target that becomes the target when it is complete."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._directory: Path | None = None

    def write(self, content: bytes, *names: str) -> None:
        """Write a file below the directory. Raises `CannotLook`."""
        try:
            path = layout.inside(self._place(), *names)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        except OSError as error:
            raise CannotLook(f"{self._target} cannot be written: {error.strerror or error}.") from error

    def _place(self) -> Path:
        if self._directory is None:
            parent = self._target.absolute().parent
            parent.mkdir(parents=True, exist_ok=True)
            self._directory = Path(tempfile.mkdtemp(prefix=f".{self._target.name}.", dir=parent))
        return self._directory

    def finish(self) -> None:
        """Give the directory, or an archive of it, the target's name. Raises OSError."""
        made = self._place()
        if self._target.name.endswith(_ARCHIVES):
            _pack(made)
            (made / _PACKED).replace(self._target)
            self.discard()
            return
        old = made.with_name(f"{made.name}.old")
        if self._target.exists():
            self._target.rename(old)
        made.rename(self._target)
        self._directory = None
        shutil.rmtree(old, ignore_errors=True)

    def discard(self) -> None:
        """Remove what is not finished."""
        if self._directory is not None:
            shutil.rmtree(self._directory, ignore_errors=True)
            self._directory = None


def _pack(directory: Path) -> None:
    """Pack a directory into an archive inside it, which is removed with it if something goes wrong."""
    everything = sorted(directory.rglob("*"))
    with tarfile.open(directory / _PACKED, "w:gz") as packed:
        for path in everything:
            packed.add(path, arcname=str(path.relative_to(directory)), recursive=False, filter=_anonymous)


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Return the member without the name of the user who records: the archive goes into tickets."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def _refuse_to_destroy(target: Path) -> None:
    """Raise `UsageError` where a file or directory of somebody else stands."""
    if target.name.endswith(_ARCHIVES) and not target.is_dir():
        return
    if not target.exists() or (
        target.is_dir() and ((target / layout.RECORDING).is_file() or not any(target.iterdir()))
    ):
        return
    raise UsageError(
        f"{target} exists and is not a recording: it will not be overwritten.",
        fix="name a new directory, or a file that ends in .tar.gz",
    )


def _namespace(meta: wire.Meta | None) -> str:
    return (meta.namespace if meta is not None else None) or ""


def _listed(file: _File) -> bytes:
    """Return the file as the API would list its objects, in a stable order."""
    items = [msgspec.Raw(content) for _, content in sorted(file.objects.items())]
    return _pretty(msgspec.json.encode({"kind": f"{file.kind}List", "apiVersion": file.api_version, "items": items}))


def _pretty(content: bytes) -> bytes:
    return msgspec.json.format(content, indent=2) + b"\n"
