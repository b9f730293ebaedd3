"""Measures `diagnose -A` against the API server's own work on a large cluster: python -m bench.scale [--synthetic] [--quick].

The cluster is the one of $KUBECONFIG, made large with `cluster up --nodes 0` and `cluster fill --nodes 5000 --pods 150000`;
with --synthetic it is bench/synthetic.py, which shows what this program costs and nothing of a real server. How the cost
grows is measured on made-up clusters, which can be had in all sizes within one run (bench/growth.py). What counts
are the ratios of one run on one machine: each is printed with its limit, and the exit code is 1 if one is exceeded.
"""

from __future__ import annotations

import argparse
import compileall
import contextlib
import json
import os
import platform
import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from bench.growth import growth
from bench.measuring import MEGABYTE, MEMORY, ROOT, Ratio, Run, ours, show, synthetic_server, timed
from bench.server import Server

_PER_SUSPECT = 0.010  # seconds that one suspect may cost
_LOCAL = 1.0  # seconds for one namespace
_LOCAL_RUNS = 5
_START = 0.150  # seconds of CPU for help and the completion of commands and flags
_TYPER = 0.060  # seconds of CPU for the import of the command-line library, where the limits in seconds were set
_COMPLETION = 0.5  # seconds for a completion that asks the cluster


def main(arguments: list[str]) -> int:
    """Print the figures and the ratios; return whether one is exceeded."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--synthetic", action="store_true", help="measure on a made-up server")
    parser.add_argument("--nodes", type=int, default=5000, help="of the made-up server")
    parser.add_argument("--pods", type=int, default=150_000, help="of the made-up server")
    parser.add_argument("--failures", type=int, default=1, help="how many times the usual failures it has")
    parser.add_argument("--images", type=int, default=0, help="how many images each of its nodes names")
    parser.add_argument("--namespace", "-n", default="team-001", help="the namespace that is asked for by itself")
    parser.add_argument(
        "--quick", action="store_true", help="leave out kubectl, the full list and the growth, which take minutes"
    )
    parser.add_argument("--figures", type=Path, help="add the figures of this run to this file, for bench/plot.py")
    words = parser.parse_args(arguments)
    # As an installer does. Where PYTHONDONTWRITEBYTECODE is set, each run would else compile every module that has changed.
    compileall.compile_dir(ROOT / "hostnetdoctor", quiet=1)
    with contextlib.ExitStack() as stack:
        config = os.environ.get("KUBECONFIG", "")
        if words.synthetic:
            config = stack.enter_context(synthetic_server(words.nodes, words.pods, words.failures, words.images))
        bench = Bench(config, words.namespace)
        ratios = [*bench.measured(), *at_the_prompt(config)]
        if not (words.quick or words.synthetic):  # kubectl asks for more than the made-up server has
            ratios += bench.beside_kubectl()
    if not words.quick:
        ratios += growth()
    if words.figures is not None:
        with words.figures.open("a", encoding="utf-8") as file:
            file.write(json.dumps(bench.figures) + "\n")
    for ratio in ratios:
        show(str(ratio))
    return int(any(ratio.value > ratio.limit for ratio in ratios))


class Bench:
    """One run of everything on one cluster; `figures` are what was measured, for a plot."""

    def __init__(self, config: str, namespace: str) -> None:
        """Prepare to measure on the cluster of this kubeconfig."""
        self._config = config
        self._namespace = namespace
        self._server = Server(config)
        self.figures: dict[str, float] = {}

    def measured(self) -> Iterator[Ratio]:
        """Measure this program against a bare Table request."""
        show(f"Python {platform.python_version()}, built with {platform.python_compiler()}")
        # The first one counts, as it is what a user waits for. It comes before everything else: a Table leaves 0.4 GB of garbage
        # in the server, and three of them half of what makes it collect, for seconds, in the middle of the run.
        whole, again = (ours(self._config, "-A") for _ in range(2))
        report = json.loads(whole.output)
        table, size = self._server.table()
        show(f"bare Table request: {table:.2f} s, {size / MEGABYTE:.1f} MB")
        wait = self._server.kubelet_wait()
        show(f"a log takes {1000 * wait:.0f} ms longer where the server has no connection to the kubelet yet")
        _tell("diagnose -A", whole, report)
        _tell("diagnose -A, once more", again, json.loads(again.output))
        suspects = report["counts"]["suspects"]
        self.figures |= {
            "pods": self._server.pods(),
            "suspects": suspects,
            "table": table,
            "bytes": report["counts"]["bytes"],
        }
        self.figures |= {"seconds": whole.seconds, "cpu": whole.cpu, "peak": whole.peak}
        limit = 3 * table + _PER_SUSPECT * suspects
        yield Ratio(what="diagnose -A: seconds", value=whole.seconds, limit=limit)
        yield Ratio(what="diagnose -A, once more: seconds", value=again.seconds, limit=limit)
        yield Ratio(what="diagnose -A: peak memory in MB", value=whole.peak, limit=MEMORY)
        yield from _answers(report)
        runs = [ours(self._config, "-n", self._namespace) for _ in range(_LOCAL_RUNS)]
        local = runs[0]
        what = f"diagnose -n {self._namespace}"
        show(f"{what}: {', '.join(f'{run.seconds:.2f}' for run in runs)} s; the first one counts")
        _tell(what, local, json.loads(local.output))
        yield Ratio(what=f"{what}: seconds", value=local.seconds, limit=_LOCAL)
        yield Ratio(what=f"{what} / import typer: CPU", value=local.cpu / import_typer(), limit=_LOCAL / _TYPER)

    def beside_kubectl(self) -> Iterator[Ratio]:
        """Measure this program, measured before, against kubectl and against the full list."""
        listed = timed(["kubectl", "--kubeconfig", self._config, "get", "pods", "-A"], capture=False)
        show(f"kubectl get pods -A: {listed.seconds:.1f} s, {listed.peak:.0f} MB")
        full = self._server.bytes_of("/api/v1/pods?resourceVersion=0")
        show(f"full JSON list: {full / MEGABYTE:.0f} MB")
        figures = self.figures
        figures |= {"kubectl_seconds": listed.seconds, "kubectl_peak": listed.peak, "full_bytes": full}
        yield Ratio(
            what="diagnose -A / kubectl get pods -A: time", value=figures["seconds"] / listed.seconds, limit=0.2
        )
        yield Ratio(what="diagnose -A / full JSON list: bytes", value=figures["bytes"] / full, limit=0.2)


@cache
def import_typer() -> float:
    """Return the seconds of CPU of importing the command-line library: how fast this Python is on these cores."""
    cpu = min(timed([sys.executable, "-c", "import typer"]).cpu for _ in range(5))
    show(f"import typer: {cpu:.3f} s CPU")
    return cpu


def at_the_prompt(config: str) -> Iterator[Ratio]:
    """Measure what a user waits for before anything is looked at: the best of five, as the first run fills caches."""
    program = [sys.executable, "-m", "hostnetdoctor"]
    complete = [sys.executable, "-c", "from hostnetdoctor.cli.complete import main; main()"]
    for what, command in (("--help", [*program, "--help"]), ("completion of a flag", [*complete, "diagnose", "--al"])):
        cpu = min(timed(command).cpu for _ in range(5))
        yield Ratio(what=f"{what}: seconds of CPU", value=cpu, limit=_START)
        yield Ratio(what=f"{what} / import typer: CPU", value=cpu / import_typer(), limit=_START / _TYPER)
    if shutil.which("kubectl") is not None:
        asked = [*complete, "diagnose", f"--kubeconfig={config}", "-n", "team-"]
        seconds = min(timed(asked).seconds for _ in range(3))
        yield Ratio(what="completion of a namespace by the cluster: seconds", value=seconds, limit=_COMPLETION)


def _answers(report: Mapping[str, Any]) -> Iterator[Ratio]:
    """Yield how many answers are wrong: each failure wants port 9100, which a daemon of its own node has."""
    named = Counter(_right(each) for each in report["diagnoses"])
    show(f"{named[True]} failures with the right holder, {named[False]} others")
    yield Ratio(what="answers without the right holder", value=named[False], limit=0)
    yield Ratio(what="no answer at all", value=float(not named), limit=0)


def _right(diagnosis: Mapping[str, Any]) -> bool:
    holders = diagnosis["holders"]
    return (
        diagnosis["port"] == 9100
        and diagnosis["victim"]["pod"].startswith("conflict-")
        and len(holders) == 1
        and holders[0]["pod"].startswith("daemon-0-")
    )


def _tell(what: str, run: Run, report: Mapping[str, Any]) -> None:
    counts = report["counts"]
    show(
        f"{what}: {run.seconds:.2f} s ({run.cpu:.2f} s CPU), {run.peak:.0f} MB; {counts['suspects']} suspects, "
        f"{counts['requests']} requests, {counts['bytes'] / MEGABYTE:.1f} MB read, {len(report['diagnoses'])} diagnoses"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
