"""Remedies on a real cluster: each is tried by the API server without being done, and some are really applied."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from typing import Any

from tests.e2e.real_cluster import RealCluster

_CHANGES = re.compile(r"\bkubectl\b[^|;&]*? (?:scale|patch|delete|apply)\b")
_WAITS = re.compile(r"\bwait --for=\S+ (\S+) --timeout=\S+")
# After these the new pods do not want the old ones' port, or nobody has it: a surge is in nobody's way.
_WANT_ANOTHER_ADDRESS = frozenset(
    {"change-port", "use-unprivileged-port", "drop-host-network", "use-host-port", "run-as-root", "remove-socket-file"}
)
_HEALED = 150.0  # seconds; several pods that stop and start one after the other
_tried: set[str] = set()


def try_remedies(cluster: RealCluster, report: Mapping[str, Any]) -> None:
    """Let the API server judge every patch and command of a report, each one once, without doing anything."""
    for remedy in _remedies(report):
        key = json.dumps([remedy["patch"], remedy["command"]], sort_keys=True)
        if key in _tried:
            continue
        _tried.add(key)
        if remedy["patch"] is not None:
            _try_patch(cluster, remedy)
        if remedy["command"] is not None:
            _try_command(cluster, remedy["command"])


def apply_remedy(cluster: RealCluster, remedy: Mapping[str, Any]) -> None:
    """Do what a remedy says, as its reader would."""
    if remedy["patch"] is None:
        done = _shell(cluster, remedy["command"])
        assert done.returncode == 0, done.stderr
    else:
        cluster.kubectl(*_patching(remedy["patch"]))


def until_healed(cluster: RealCluster, namespace: str, workload: str) -> None:
    """Wait until a rollout is complete: as many available as desired, nothing crash-loops, nothing is Pending."""
    cluster.until(f"{workload} of {namespace} is whole", lambda: _whole(cluster, namespace, workload), seconds=_HEALED)


def _remedies(report: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for diagnosis in report["diagnoses"]:
        yield from diagnosis["remedies"]


def _patching(patch: Mapping[str, Any]) -> tuple[str, ...]:
    target = patch["target"]
    where = ("-n", target["namespace"], "patch", target["kind"].lower(), target["name"])
    return (*where, f"--type={patch['type']}", "-p", json.dumps(patch["body"]))


def _try_patch(cluster: RealCluster, remedy: Mapping[str, Any]) -> None:
    target = remedy["patch"]["target"]
    before = json.loads(
        cluster.kubectl("-n", target["namespace"], "get", target["kind"].lower(), target["name"], "-o", "json")
    )
    after = json.loads(cluster.kubectl(*_patching(remedy["patch"]), "--dry-run=server", "-o", "json"))
    assert before["spec"] != after["spec"], f"this patch changes nothing: {remedy}"
    assert remedy["id"] in _WANT_ANOTHER_ADDRESS or _can_finish(before["spec"], after["spec"]), remedy


def _can_finish(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Say whether a rollout that this change starts can end: no new pod may have to start beside an old one."""
    strategy = after.get("strategy")
    if strategy is None or before.get("template") == after.get("template"):
        return True
    return strategy["type"] == "Recreate" or strategy["rollingUpdate"]["maxSurge"] in {0, "0%"}


def _try_command(cluster: RealCluster, command: str) -> None:
    """Run a command with every change only tried, and what it would wait for only looked at."""
    trying = _CHANGES.sub(lambda found: f"{found[0]} --dry-run=server", command)
    done = _shell(cluster, _WAITS.sub(r"get \1", trying))
    # A Job's pod may be gone by now, and a new one be there.
    assert done.returncode == 0 or '(NotFound): pods "' in done.stderr, f"{trying}\n{done.stderr}"


def _shell(cluster: RealCluster, command: str) -> subprocess.CompletedProcess[str]:
    with tempfile.TemporaryDirectory() as folder:
        return subprocess.run(
            ["bash", "-o", "pipefail", "-ec", command],
            cwd=folder,
            env=cluster.environment,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )


def _whole(cluster: RealCluster, namespace: str, workload: str) -> bool:
    kind, _, name = workload.partition("/")
    found = json.loads(cluster.kubectl("-n", namespace, "get", kind, name, "-o", "json"))
    status, spec = found["status"], found["spec"]
    desired = status["desiredNumberScheduled"] if kind == "daemonset" else spec["replicas"]
    updated = status.get("updatedNumberScheduled" if kind == "daemonset" else "updatedReplicas", 0)
    available = status.get("numberAvailable" if kind == "daemonset" else "availableReplicas", 0)
    seen = status.get("observedGeneration") == found["metadata"]["generation"]
    pods = cluster.pods(namespace)
    running = [
        pod for pod in pods if "Running" == pod["status"]["phase"] and "deletionTimestamp" not in pod["metadata"]
    ]
    ready = all(each["ready"] for pod in running for each in pod["status"]["containerStatuses"])
    return bool(seen and desired == updated == available == len(pods) == len(running) and ready)
