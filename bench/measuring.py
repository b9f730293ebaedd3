"""Runs a program by itself, and says what it took and whether that is within a limit."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent
MEGABYTE = 2**20
MEMORY = 220  # megabytes that a run may take, whatever the size of the cluster
LONGEST = 600  # seconds for one run of ours


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one program took. `peak` is its memory in megabytes."""

    seconds: float
    cpu: float
    peak: float
    output: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """One figure and what it may be at most."""

    what: str
    value: float
    limit: float

    def __str__(self) -> str:
        """Return the line of the result."""
        verdict = "ok" if self.value <= self.limit else "TOO MUCH"
        return f"{self.what:74} {self.value:9.2f}   at most {self.limit:7.2f}   {verdict}"


def ours(config: str, *words: str, form: str = "json", timeout: int = LONGEST) -> Run:
    """Run `diagnose` on the cluster, with so many seconds for all of it."""
    command = [sys.executable, "-m", "hostnetdoctor", "diagnose", *words, "--kubeconfig", config]
    return timed([*command, "-o", form, "--timeout", f"{timeout}s"], codes=(0, 1, 3))


def timed(command: list[str], *, capture: bool = True, codes: tuple[int, ...] = (0,)) -> Run:
    """Run a program by itself, and return what it took. Raises RuntimeError if it fails."""
    with tempfile.TemporaryFile() as out:
        began = time.monotonic()
        program = subprocess.Popen(command, stdout=out if capture else subprocess.DEVNULL, cwd=ROOT)  # noqa: S603 - kubectl, or ourselves
        _, status, used = os.wait4(program.pid, 0)
        seconds = time.monotonic() - began
        program.returncode = os.waitstatus_to_exitcode(status)
        if program.returncode not in codes:
            raise RuntimeError(f"{command[:4]} ended with {program.returncode}")
        out.seek(0)
        return Run(seconds=seconds, cpu=used.ru_utime + used.ru_stime, peak=used.ru_maxrss / 1024, output=out.read())


@contextlib.contextmanager
def synthetic_server(nodes: int, pods: int, failures: float = 1, images: int = 0) -> Iterator[str]:
    """Run the made-up server; yield the path of a kubeconfig for it."""
    command = [sys.executable, str(ROOT / "bench" / "synthetic.py"), "--nodes", str(nodes), "--pods", str(pods)]
    command += ["--failures", str(failures), "--images", str(images)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own program
    directory = Path(tempfile.mkdtemp(prefix="hostnet-doctor-bench-"))
    try:
        if server.stdout is None:
            raise RuntimeError("the made-up server has no output")
        tree = {
            "current-context": "here",
            "contexts": [{"name": "here", "context": {"cluster": "c", "user": "u"}}],
            "clusters": [{"name": "c", "cluster": {"server": server.stdout.readline().strip()}}],
            "users": [{"name": "u", "user": {"token": "none"}}],
        }
        config = directory / "kubeconfig"
        config.write_text(yaml.safe_dump(tree), encoding="utf-8")
        yield str(config)
    finally:
        server.kill()
        server.wait()
        shutil.rmtree(directory)


def show(line: str) -> None:
    """Print a line at once: a run takes minutes."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
