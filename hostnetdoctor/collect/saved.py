"""Read the files of a saved cluster, each once and only when it is asked for."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import msgspec

from hostnetdoctor.collect import layout, wire
from hostnetdoctor.model import Unreadable, UnreadableKind

Decoded = TypeVar("Decoded")
_ENDINGS = (".json", ".yaml")


class WorkloadList(wire.Wire):
    """A list of workloads of one kind, each decoded later: one odd object must not hide the others."""

    items: list[msgspec.Raw] | None = None


class SavedDirectory:
    """A directory in the layout of `layout`; every method answers what the file holds, `Unreadable`, or None.

    None means that there is no such file.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.bytes_read = 0
        self.pods = lru_cache(maxsize=None)(self._pods)
        self.events = lru_cache(maxsize=None)(self._events)
        self.workloads = lru_cache(maxsize=None)(self._workloads)

    def namespaces(self) -> Iterator[str]:
        """Yield the namespaces that have a directory, sorted."""
        for each in sorted(self.root.iterdir()):
            if each.is_dir():
                yield each.name

    def _pods(self, namespace: str) -> list[wire.Pod] | Unreadable | None:
        read = self.read(wire.PodList, namespace, layout.PODS)
        return read.items or [] if isinstance(read, wire.PodList) else read

    def _events(self, namespace: str) -> list[wire.Event] | Unreadable | None:
        read = self.read(wire.EventList, namespace, layout.EVENTS)
        return read.items or [] if isinstance(read, wire.EventList) else read

    def _workloads(self, *names: str) -> Mapping[str, wire.Workload] | Unreadable | None:
        read = self.read(WorkloadList, *names)
        return _by_name(read.items or ()) if isinstance(read, WorkloadList) else read

    def read(self, kind: type[Decoded], *names: str) -> Decoded | Unreadable | None:
        """Return the decoded file of these names (the last without its ending)."""
        *directories, last = names
        for ending in _ENDINGS:
            path = layout.inside(self.root, *directories, f"{last}{ending}")
            content = self.content(path)
            if isinstance(content, Unreadable):
                return content
            if content is not None:
                return self._decoded(content, kind, path)
        return None

    def content(self, path: Path) -> bytes | Unreadable | None:
        """Return the bytes of a file below the root."""
        try:
            content = path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            return self._broken(path, error.strerror or str(error))
        self.bytes_read += len(content)
        return content

    def _decoded(self, content: bytes, kind: type[Decoded], path: Path) -> Decoded | Unreadable:
        try:
            if path.suffix == ".yaml":
                return _from_yaml(content, kind)
            return wire.decode(content, kind)
        except (ValueError, RecursionError) as error:
            return self._broken(path, str(error).replace("\n", " "))

    def _broken(self, path: Path, reason: str) -> Unreadable:
        return Unreadable(
            kind=UnreadableKind.BROKEN,
            why=f"{path.relative_to(self.root)} cannot be read: {reason}.",
            fix="save the cluster again; the file may have been cut off",
        )


def _by_name(items: Iterable[msgspec.Raw]) -> Mapping[str, wire.Workload]:
    """Return the objects by their names; an entry that is no object costs nothing but itself."""
    found: dict[str, wire.Workload] = {}
    for item in items:
        with contextlib.suppress(wire.Undecodable):
            workload = wire.decode_workload(item)
            found[(workload.metadata or wire.Meta()).name or ""] = workload
    return found


def _from_yaml(content: bytes, kind: type[Decoded]) -> Decoded:
    """Decode what `kubectl cluster-info dump -o yaml` writes. Raises ValueError for text that is no YAML."""
    import yaml  # noqa: PLC0415 - rare, and slow to import

    try:
        tree = yaml.load(content, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error
    # Through JSON, because YAML reads an unquoted time as a date and a struct of ours wants its text.
    return wire.decode(msgspec.json.encode(tree), kind)
