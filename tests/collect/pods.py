"""Objects as the API writes them, for tests: a pod, a list, a dump on disk."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def pod(name: str = "web", namespace: str = "shop", **changes: Any) -> dict[str, Any]:
    """Return a healthy hostNetwork pod on node1, with `spec`, `status` and `metadata` updated by the changes."""
    made: dict[str, Any] = {
        "metadata": {
            "name": name,
            "namespace": namespace,
            "uid": f"uid-{name}",
            "creationTimestamp": "2026-11-02T08:00:00Z",
        },
        "spec": {"nodeName": "node1", "hostNetwork": True, "containers": [{"name": "main", "image": "nginx:1.27"}]},
        "status": {"phase": "Running", "containerStatuses": [running("main")]},
    }
    for part, fields in changes.items():
        made[part] = {**made[part], **fields}
    return made


def running(name: str, restarts: int = 0, ended: str | None = None) -> dict[str, Any]:
    last = {"terminated": {"exitCode": 1, "reason": "Error", "finishedAt": ended}} if ended else {}
    state = {"running": {"startedAt": "2026-11-02T08:00:05Z"}}
    return {"name": name, "ready": True, "started": True, "restartCount": restarts, "state": state, "lastState": last}


def waiting(name: str, reason: str = "CrashLoopBackOff", restarts: int = 4) -> dict[str, Any]:
    last = {"terminated": {"exitCode": 1, "reason": "Error", "finishedAt": "2026-11-02T09:58:00Z"}}
    return {
        "name": name,
        "ready": False,
        "restartCount": restarts,
        "state": {"waiting": {"reason": reason}},
        "lastState": last,
    }


def listed(*items: Mapping[str, Any], version: str = "42", **metadata: str) -> dict[str, Any]:
    return {
        "kind": "List",
        "apiVersion": "v1",
        "metadata": {"resourceVersion": version, **metadata},
        "items": list(items),
    }


def node(name: str = "node1", seen: str = "2026-11-02T10:00:00Z") -> dict[str, Any]:
    ready = {"type": "Ready", "status": "True", "lastHeartbeatTime": seen, "lastTransitionTime": "2026-11-01T00:00:00Z"}
    addresses = [{"type": "InternalIP", "address": "10.0.0.1"}, {"type": "Hostname", "address": name}]
    return {"metadata": {"name": name}, "status": {"conditions": [ready], "addresses": addresses}}


def write(root: Path, path: str, content: object) -> Path:
    """Write JSON, or text as it is, below a directory."""
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    text = content if isinstance(content, str) else json.dumps(content)
    target.write_text(text)
    return target


def framed(pod_path: str, *logs: tuple[str, str]) -> str:
    """Return the logs of a pod's containers as `kubectl cluster-info dump` writes them."""
    return "".join(
        f"==== START logs for container {name} of pod {pod_path} ====\n{text}"
        f"==== END logs for container {name} of pod {pod_path} ====\n"
        for name, text in logs
    )


def dump(root: Path, *pods: Mapping[str, Any]) -> str:
    """Write a dump of one node and these pods, each with a log, and return its path."""
    write(root, "nodes.json", listed(node()))
    namespaces = sorted({str(each["metadata"]["namespace"]) for each in pods})
    for namespace in namespaces:
        write(
            root,
            f"{namespace}/pods.json",
            listed(*(each for each in pods if each["metadata"]["namespace"] == namespace)),
        )
        write(root, f"{namespace}/events.json", {"items": None})
        write(root, f"{namespace}/services.json", {"items": None})
    for each in pods:
        path = f"{each['metadata']['namespace']}/{each['metadata']['name']}"
        logs = (
            (str(container["name"]), f"hello from {container['name']}\n") for container in each["spec"]["containers"]
        )
        write(root, f"{path}/logs.txt", framed(path, *logs))
    return str(root)
