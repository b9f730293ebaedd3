"""Open a saved cluster: a directory as it is, an archive (`.tar`, `.tar.gz`, `-` for standard input) unpacked first.

An archive comes from a stranger's ticket. It may hold plain files and directories below its top, in bounded number
and size, and nothing else.
"""

from __future__ import annotations

import sys
import tarfile
import tempfile
import zlib
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from msgspec import Struct

from hostnetdoctor.collect import layout
from hostnetdoctor.errors import CannotLook

MAXIMUM_FILES = 500_000
MAXIMUM_BYTES = 8 * 1024**3
_HOW = "'kubectl cluster-info dump -A --output-directory=DIR' writes a directory that can be read"
_DEPTH = 3  # an archive often holds the directory inside one or two others


class Opened(Struct, frozen=True):
    """The directory to read, and the temporary one to remove afterwards, if the source was an archive."""

    root: Path
    temporary: tempfile.TemporaryDirectory[str] | None = None

    def close(self) -> None:
        """Remove what was unpacked."""
        if self.temporary is not None:
            self.temporary.cleanup()


def open_source(path: str) -> Opened:
    """Return the directory that a path stands for. Raises `CannotLook` where there is no saved cluster."""
    if path == "-":
        return _unpacked(sys.stdin.buffer, "standard input")
    place = Path(path)
    if place.is_dir():
        return Opened(_root(place, path))
    if not place.exists():
        raise CannotLook(f"{path} does not exist.", fix=_HOW)
    try:
        with place.open("rb") as archive:
            return _unpacked(archive, path)
    except OSError as error:
        raise CannotLook(f"{path} cannot be read: {error.strerror or error}.") from error


def _root(place: Path, path: str) -> Path:
    """Return the directory that holds the dump: the place itself, or the only directory inside it."""
    for _ in range(_DEPTH):
        if _is_dump(place):
            return place
        inner = [each for each in _children(place, path) if each.is_dir()]
        if len(inner) != 1:
            break
        place = inner[0]
    raise CannotLook(f"{path} holds no saved cluster: there is neither nodes.json nor NAMESPACE/pods.json.", fix=_HOW)


def _children(place: Path, path: str) -> list[Path]:
    try:
        return sorted(place.iterdir())
    except OSError as error:
        raise CannotLook(f"{path} cannot be read: {error.strerror or error}.") from error


def _is_dump(place: Path) -> bool:
    if (place / layout.RECORDING).is_file():
        return True
    endings = (".json", ".yaml")
    return any(
        (place / f"{layout.NODES}{ending}").is_file() or any(place.glob(f"*/{layout.PODS}{ending}"))
        for ending in endings
    )


def _unpacked(stream: BinaryIO, name: str) -> Opened:
    temporary = tempfile.TemporaryDirectory(prefix="hostnet-doctor-")
    try:
        _unpack(stream, Path(temporary.name), name)
        return Opened(_root(Path(temporary.name), name), temporary)
    except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
        temporary.cleanup()
        raise CannotLook(f"{name} is not an archive that can be unpacked: {error}.", fix=_HOW) from error
    except BaseException:
        temporary.cleanup()
        raise


def _unpack(stream: BinaryIO, target: Path, name: str) -> None:
    files = size = 0
    with tarfile.open(fileobj=stream, mode="r|*") as archive:
        for member in archive:
            files, size = files + 1, size + member.size
            if files > MAXIMUM_FILES or size > MAXIMUM_BYTES:
                raise CannotLook(f"{name} is too large to unpack: over {MAXIMUM_FILES} files or {MAXIMUM_BYTES} bytes.")
            if not (member.isreg() or member.isdir()):
                raise CannotLook(f"{name} holds '{member.name}', which is neither a file nor a directory.", fix=_HOW)
            _extract(archive, member, target)


def _extract(archive: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    """Write one file or directory below `target`, whatever its name says.

    Python's own filter does it where there is one; 3.11.0 to 3.11.3, which Debian 12 has, lack it, and there the rule is
    kept by hand: no name that leads out, and nothing of the archive's owners and permissions.
    """
    if hasattr(tarfile, "data_filter"):
        archive.extract(member, target, filter="data")
        return
    path = PurePosixPath(member.name)
    if path.is_absolute() or ".." in path.parts:
        raise tarfile.TarError(f"'{member.name}' would lie outside the directory")
    written = target.joinpath(*path.parts)
    if member.isdir():
        written.mkdir(parents=True, exist_ok=True)
        return
    written.parent.mkdir(parents=True, exist_ok=True)
    content = archive.extractfile(member)
    written.write_bytes(content.read() if content is not None else b"")
