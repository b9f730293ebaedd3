"""Archives of saved clusters, some of them hostile."""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from hostnetdoctor.collect import archive
from hostnetdoctor.collect.files import FilesCluster
from hostnetdoctor.collect.requests import Survey
from hostnetdoctor.errors import CannotLook
from tests.collect.pods import dump, pod


def packed(directory: Path, *members: tarfile.TarInfo, dumped: Path | None = None) -> str:
    path = directory / "dump.tar.gz"
    with tarfile.open(path, "w:gz") as made:
        if dumped is not None:
            made.add(dumped, arcname="support/case-7")
        for member in members:
            made.addfile(member, io.BytesIO(b"x" * member.size))
    return str(path)


def member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname, made.size = kind, target, 1 if kind == tarfile.REGTYPE else 0
    return made


def test_an_archive_reads_as_its_directory(tmp_path: Path) -> None:
    """The dump may lie in a directory inside the archive; what was unpacked is gone afterwards."""
    path = packed(tmp_path, dumped=Path(dump(tmp_path / "dump", pod())))
    with FilesCluster(path) as cluster:
        rows = cluster.answer([Survey(namespace=None)])[Survey(namespace=None)]
        unpacked = cluster._opened.root
        assert ("web", True) == (rows[0].name, unpacked.exists())  # type: ignore[index]  # a tuple of rows
    assert not unpacked.exists()


def test_standard_input_is_an_archive(tmp_path: Path) -> None:
    """`-` reads an archive from a pipe."""
    code = (
        "from hostnetdoctor.collect.files import FilesCluster\n"
        "from hostnetdoctor.collect.requests import Survey\n"
        "with FilesCluster('-') as cluster:\n"
        "    (rows,) = cluster.answer([Survey(namespace=None)]).values()\n"
        "    print([row.name for row in rows])\n"
    )
    path = Path(packed(tmp_path, dumped=Path(dump(tmp_path / "dump", pod()))))
    with path.open("rb") as archived:
        done = subprocess.run([sys.executable, "-c", code], stdin=archived, capture_output=True, text=True, check=True)
    assert "['web']\n" == done.stdout


@pytest.mark.parametrize(
    "hostile",
    [
        member("../escape"),
        member("/absolute/../../escape"),
        member("link", tarfile.SYMTYPE, "/etc/passwd"),
        member("hard", tarfile.LNKTYPE, "nodes.json"),
        member("device", tarfile.CHRTYPE),
        member("pipe", tarfile.FIFOTYPE),
    ],
)
def test_a_hostile_archive_is_refused(tmp_path: Path, hostile: tarfile.TarInfo) -> None:
    """Nothing but files and directories below the top is unpacked."""
    path = packed(tmp_path, hostile, dumped=Path(dump(tmp_path / "dump", pod())))
    with pytest.raises(CannotLook):
        FilesCluster(path)
    assert not (tmp_path.parent / "escape").exists()


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    """An archive that says it is larger than the limit is not unpacked."""
    large = tarfile.TarInfo("nodes.json")
    large.size = archive.MAXIMUM_BYTES + 1
    path = tmp_path / "bomb.tar"
    path.write_bytes(large.tobuf(tarfile.GNU_FORMAT) + b"x" * 10_000)
    with pytest.raises(CannotLook, match="too large"):
        FilesCluster(str(path))


@pytest.mark.parametrize("content", [b"", b"not an archive", b"\x1f\x8b\x08\x00broken"])
def test_a_file_that_is_no_archive_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    """Whatever the file is, the answer is one sentence."""
    path = tmp_path / "x.tar.gz"
    path.write_bytes(content)
    with pytest.raises(CannotLook):
        FilesCluster(str(path))


def test_an_archive_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    """Half an upload is not half a cluster."""
    path = Path(packed(tmp_path, dumped=Path(dump(tmp_path / "dump", *(pod(f"p{number}") for number in range(40))))))
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(CannotLook, match="is not an archive that can be unpacked"):
        FilesCluster(str(path))


@pytest.mark.parametrize("place", ["missing", "empty"])
def test_a_wrong_place_says_how_to_make_a_dump(tmp_path: Path, place: str) -> None:
    """A directory without a dump is an error that names the command for one."""
    (tmp_path / "empty" / "sub").mkdir(parents=True)
    with pytest.raises(CannotLook) as caught:
        FilesCluster(str(tmp_path / place))
    assert "cluster-info dump" in str(caught.value.fix)
