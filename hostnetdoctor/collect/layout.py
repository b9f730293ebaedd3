"""Where things lie in a saved cluster: the layout of `kubectl cluster-info dump`, and what a recording adds to it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hostnetdoctor.model import WorkloadRef

RECORDING = "recording.json"
VERSION = "version.json"
NODES = "nodes"
PODS = "pods"
EVENTS = "events"
SERVICES = "services"
AUTOSCALERS = "horizontalpodautoscalers"
CONFIG_MAPS = "configmaps"
DUMP_LOG = "logs.txt"

# The names that `kubectl cluster-info dump` gives to its files, then those of a recording.
_WORKLOAD_FILES = {
    ("v1", "ReplicationController"): "replication-controllers",
    ("apps/v1", "ReplicaSet"): "replicasets",
    ("apps/v1", "Deployment"): "deployments",
    ("apps/v1", "DaemonSet"): "daemonsets",
    ("apps/v1", "StatefulSet"): "statefulsets",
    ("batch/v1", "Job"): "jobs",
    ("batch/v1", "CronJob"): "cronjobs",
}


@dataclass(eq=False)
class BadName(Exception):
    """A name that would lead out of the directory; no object of Kubernetes can have it."""

    name: str


def workload_file(ref: WorkloadRef) -> str:
    """Return the name, without its ending, of the file that has the objects of this kind.

    A kind outside the table gets `kind.group`, so that two groups may have kinds of one name.
    """
    known = _WORKLOAD_FILES.get((ref.api_version, ref.kind))
    group = ref.api_version.rpartition("/")[0]
    return known or ".".join(part for part in (ref.kind.lower(), group) if part)


def inside(root: Path, *names: str) -> Path:
    """Return the path of these names below `root`. Raises `BadName` for a name that is not one step down."""
    for name in names:
        if not name or name in {".", ".."} or "/" in name or "\\" in name or "\0" in name:
            raise BadName(name)
    return root.joinpath(*names)


def log_file(container: str, *, previous: bool) -> str:
    """Return the file name of a recorded log."""
    return f"{container}.previous.log" if previous else f"{container}.log"
