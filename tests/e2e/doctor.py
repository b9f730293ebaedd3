"""The program as a user starts it, against a real cluster."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.decisive import Facts, facts
from tests.e2e.real_cluster import RealCluster
from tests.e2e.remedies import try_remedies

_SECONDS = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a run said: its exit code, and its report as JSON."""

    code: int
    report: Mapping[str, Any]

    @property
    def facts(self) -> list[Facts]:
        """The decisive facts of every diagnosis."""
        return facts(self.report)

    @property
    def diagnoses(self) -> list[Mapping[str, Any]]:
        """Every diagnosis, whole."""
        found: list[Mapping[str, Any]] = self.report["diagnoses"]
        return found

    def only(self) -> Mapping[str, Any]:
        """Return the one diagnosis that there is."""
        assert 1 == len(self.diagnoses), json.dumps(self.facts, indent=1)
        return self.diagnoses[0]


def run_doctor(cluster: RealCluster, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m hostnetdoctor ARGUMENTS` and return what came of it."""
    command = [sys.executable, "-m", "hostnetdoctor", *arguments]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=_SECONDS,
        env=cluster.environment,
        encoding="utf-8",
    )


def diagnose(cluster: RealCluster, *arguments: str) -> Answer:
    """Run `diagnose ARGUMENTS -o json` on the cluster and return its answer, whose remedies the API server has tried."""
    answer = _answer(run_doctor(cluster, "diagnose", *arguments, "-o", "json"))
    if "--from" not in arguments:
        try_remedies(cluster, answer.report)
    return answer


def moments(*, most: int, seconds: float = 90) -> Iterator[int]:
    """Count the looks at something that changes by itself: as many as were asked for, fewer on a slow machine, at least three."""
    end = time.monotonic() + seconds
    for number in range(most):
        if number > 2 and time.monotonic() > end:
            return
        yield number


def _answer(done: subprocess.CompletedProcess[str]) -> Answer:
    assert done.returncode in {0, 1, 3}, done.stderr
    return Answer(code=done.returncode, report=json.loads(done.stdout))
