"""An API server on 127.0.0.1 with a made-up cluster of any size, to profile this program without a real one.

The cluster is the one that the issue's real server is filled with: six hostNetwork daemons on every node, and among the
other pods one in a thousand that crash-loops because a daemon of its node has port 9100, five in a thousand that crash
for other reasons, and completed, unschedulable and once restarted ones. Everything is computed from a pod's number, so
the server holds no objects; only the Table is made once. Its times tell what this program costs, not what a real
server does: for that there is `bench/scale.py`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

DAEMONS = 6  # hostNetwork pods on every node
DAEMON_PORT = 9100
_COLUMNS = ("Name", "Ready", "Status", "Restarts", "Age", "IP", "Node", "Nominated Node", "Readiness Gates")
_NAMESPACES = 100


def _ago(seconds: int) -> str:
    return (datetime.now(UTC) - timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


class SyntheticCluster:
    """Objects and texts by their numbers."""

    def __init__(self, nodes: int, pods: int, *, failures: float = 1.0, images: int = 0) -> None:
        """Make a cluster of this size, with so many times the usual failures; each node names so many images."""
        self.nodes = nodes
        self._images = images
        self.pods = pods
        self._conflicts = round(failures)
        self._broken = self._conflicts + round(5 * failures)

    def kind(self, number: int) -> str:
        """Return what the pod of this number is."""
        if number // self.nodes < DAEMONS:
            return "daemon"
        dice = number * 2654435761 // 256 % 1000
        limits = ((self._conflicts, "conflict"), (self._broken, "broken"), (self._broken + 10, "done"))
        named = next((kind for limit, kind in limits if dice < limit), None)
        if named is not None:
            return named
        if dice == self._broken + 10:
            return "pending"
        return "restarted" if dice < self._broken + 61 else "app"

    def node_of(self, number: int) -> str | None:
        """Return the node of a pod; None if it waits for one."""
        return None if self.kind(number) == "pending" else f"node-{number % self.nodes:05d}"

    def name(self, number: int) -> str:
        """Return the pod's name, which tells its kind to `log`."""
        kind = self.kind(number)
        return (
            f"{self._app(number)}-{number:06x}" if kind != "daemon" else f"daemon-{number // self.nodes}-{number:06x}"
        )

    def namespace(self, number: int) -> str:
        """Return the pod's namespace."""
        return "kube-system" if self.kind(number) == "daemon" else f"team-{number // 7 % _NAMESPACES:03d}"

    def _app(self, number: int) -> str:
        kind = self.kind(number)
        return f"daemon-{number // self.nodes}" if kind == "daemon" else f"{kind}-{number % 977:03d}"

    def row(self, number: int) -> list[Any]:
        """Return the pod's cells in a Table."""
        node = self.node_of(number)
        ready, status, restarts = {
            "conflict": ("0/1", "CrashLoopBackOff", "13 (90s ago)"),
            "broken": ("0/1", "CrashLoopBackOff", "13 (90s ago)"),
            "done": ("0/1", "Completed", "0"),
            "pending": ("0/1", "Pending", "0"),
            "restarted": ("1/1", "Running", "2 (9d ago)"),
        }.get(self.kind(number), ("1/1", "Running", "0"))
        return [self.name(number), ready, status, restarts, "60m", "10.0.0.1", node or "<none>", "<none>", "<none>"]

    @cached_property
    def table(self) -> bytes:
        """All pods as the server's Table without objects."""
        return self.table_of(range(self.pods))

    @cached_property
    def host_network_table(self) -> bytes:
        """The hostNetwork pods as such a Table."""
        return self.table_of(each for each in range(self.pods) if self._on_node_network(each))

    def _on_node_network(self, number: int) -> bool:
        return self.kind(number) in {"daemon", "conflict"}

    def table_of(self, numbers: Iterator[int] | range) -> bytes:
        """Return a Table of these pods."""
        columns = [
            {"name": name, "type": "string", "format": "", "description": "", "priority": 0} for name in _COLUMNS
        ]
        head = {
            "kind": "Table",
            "apiVersion": "meta.k8s.io/v1",
            "metadata": {"resourceVersion": "1"},
            "columnDefinitions": columns,
        }
        rows = ",".join(
            json.dumps({"cells": self.row(each), "object": None}, separators=(",", ":")) for each in numbers
        )
        return f'{json.dumps(head, separators=(",", ":"))[:-1]},"rows":[{rows}]}}\n'.encode()

    def on_node(self, node: str) -> list[dict[str, Any]]:
        """Return the pods of a node, whole; without a name those that wait for one."""
        if node:
            first = int(node.removeprefix("node-"))
            numbers = (each for each in range(first, self.pods, self.nodes) if self.kind(each) != "pending")
        else:
            numbers = (each for each in range(self.pods) if self.kind(each) == "pending")
        return [self.pod(each) for each in numbers]

    def pod(self, number: int) -> dict[str, Any]:
        """Return one pod as the API writes it."""
        kind, app, name, namespace = self.kind(number), self._app(number), self.name(number), self.namespace(number)
        port = {"daemon": DAEMON_PORT + number // self.nodes, "conflict": DAEMON_PORT}.get(kind, 8080)
        container = {
            "name": app,
            "image": f"registry.example/{namespace}/{app}:v1.{number % 9}",
            "args": [f"--listen=:{port}", "--log-level=info"],
            "env": [{"name": f"SETTING_{each}", "value": f"value-{each}-{number}"} for each in range(8)],
            "livenessProbe": {"httpGet": {"path": "/healthz", "port": port, "scheme": "HTTP"}},
            "volumeMounts": [{"name": "config", "mountPath": "/etc/app"}],
        }
        spec: dict[str, Any] = {
            "hostNetwork": self._on_node_network(number),
            "restartPolicy": "Never" if kind == "done" else "Always",
            "containers": [container],
            "volumes": [{"name": "config", "configMap": {"name": app}}],
        }
        node = self.node_of(number)
        if node is not None:
            spec["nodeName"] = node
        owner = {"apiVersion": "apps/v1", "kind": "DaemonSet" if kind == "daemon" else "ReplicaSet", "name": app}
        meta = {
            "name": name,
            "namespace": namespace,
            "uid": f"uid-{number}",
            "creationTimestamp": _ago(3600),
            "labels": {"app": app, "pod-template-hash": f"{number % 977:08x}", "team": namespace},
            "annotations": {"prometheus.io/port": str(port)},
            "ownerReferences": [{**owner, "uid": f"owner-{app}", "controller": True}],
        }
        return {"metadata": meta, "spec": spec, "status": self._status(kind, app)}

    def _status(self, kind: str, app: str) -> dict[str, Any]:
        if kind == "pending":
            text = f"0/{self.nodes} nodes are available: {self.nodes} Insufficient memory."
            return {
                "phase": "Pending",
                "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": text}],
            }
        ended = {"exitCode": 1, "reason": "Error", "startedAt": _ago(100), "finishedAt": _ago(90)}
        running = {"running": {"startedAt": _ago(3600)}}
        state, last, restarts = {
            "conflict": ({"waiting": {"reason": "CrashLoopBackOff"}}, {"terminated": ended}, 13),
            "broken": ({"waiting": {"reason": "CrashLoopBackOff"}}, {"terminated": ended}, 13),
            "restarted": (running, {"terminated": {**ended, "finishedAt": _ago(9 * 86400)}}, 2),
            "done": ({"terminated": {**ended, "exitCode": 0, "reason": "Completed"}}, {}, 0),
        }.get(kind, (running, {}, 0))
        ready = state is running
        container = {
            "name": app,
            "ready": ready,
            "started": ready,
            "restartCount": restarts,
            "state": state,
            "lastState": last,
        }
        return {
            "phase": "Succeeded" if kind == "done" else "Running",
            "conditions": [{"type": "Ready", "status": str(ready), "lastTransitionTime": _ago(3600)}],
            "containerStatuses": [container],
        }

    def node(self, number: int) -> dict[str, Any]:
        """Return one node as the API writes it."""
        name = f"node-{number:05d}"
        return {
            "metadata": {
                "name": name,
                "uid": name,
                "labels": {
                    "kubernetes.io/hostname": name,
                    "kubernetes.io/os": "linux",
                    "topology.kubernetes.io/zone": f"zone-{number % 3}",
                },
            },
            "status": {
                "addresses": [
                    {"type": "InternalIP", "address": f"10.{number // 65536}.{number // 256 % 256}.{number % 256}"}
                ],
                "conditions": [{"type": "Ready", "status": "True", "lastTransitionTime": _ago(3600)}],
                "images": [_image(each) for each in range(self._images)],
                "nodeInfo": {
                    "operatingSystem": "linux",
                    "kubeletVersion": "v1.34.4",
                    "containerRuntimeVersion": "containerd://1.7.24",
                },
            },
        }

    def log(self, pod: str) -> bytes:
        """Return a container's log, dated."""
        said = {
            "conflict": 'level=error err="listen tcp :9100: bind: address already in use"',
            "broken": 'level=error err="dial tcp 127.0.0.1:9100: connect: connection refused"',
            "daemon": f'level=info msg="Listening on" address=[::]:{DAEMON_PORT + int(pod.split("-")[1])}',
        }.get(pod.partition("-")[0], "level=info msg=working")
        stamp = _ago(3590 if pod.startswith("daemon") else 95).replace("Z", ".000000000Z")
        lines = [*(f'level=info msg="starting step {each}"' for each in range(10)), said]
        return "".join(f"{stamp} {line}\n" for line in lines).encode()


def _image(number: int) -> dict[str, Any]:
    """Return an image as a kubelet names it: by its digest and by its tag."""
    name = f"registry.example.com/platform/team-{number}/service-{number}"
    return {"names": [f"{name}@sha256:{number:064x}", f"{name}:v1.2.{number}"], "sizeBytes": 100_000_000 + number}


def answer(cluster: SyntheticCluster, path: str, query: Mapping[str, str], accept: str) -> tuple[int, bytes]:
    """Return the status and the body for one request."""
    parts = path.strip("/").split("/")
    if path == "/version":
        return 200, b'{"gitVersion": "v1.34.4"}'
    if parts[-1] == "log":
        return 200, cluster.log(parts[-2])
    if path == "/api/v1/nodes":
        return 200, _nodes(cluster, query)
    if parts[-1] == "pods":
        return 200, _pods(cluster, parts[3] if len(parts) > 3 else None, query, accept)
    if parts[-1] in {"services", "events", "horizontalpodautoscalers"}:
        return 200, _listed([])
    return 404, b'{"kind": "Status", "message": "not found", "code": 404}'


def _pods(cluster: SyntheticCluster, namespace: str | None, query: Mapping[str, str], accept: str) -> bytes:
    if "fieldSelector" in query:
        asked = dict(part.split("=") for part in query["fieldSelector"].split(","))
        if "spec.hostNetwork" in asked:
            return cluster.host_network_table
        pods = cluster.on_node(asked["spec.nodeName"])
        return _listed([pod for pod in pods if asked.get("metadata.name") in {None, pod["metadata"]["name"]}])
    if "as=Table" in accept:
        if namespace is None:
            return cluster.table
        return cluster.table_of(each for each in range(cluster.pods) if cluster.namespace(each) == namespace)
    first = min(int(query.get("limit", cluster.pods)), cluster.pods)
    return _listed([cluster.pod(each) for each in range(first)], remaining=cluster.pods - first)


def _nodes(cluster: SyntheticCluster, query: Mapping[str, str]) -> bytes:
    """Return all nodes, the first page of them, or the one of a name."""
    selector, limit = query.get("fieldSelector", ""), int(query.get("limit", cluster.nodes))
    if selector.startswith("metadata.name="):
        return _listed([cluster.node(int(selector.rpartition("-")[2]))])
    return _listed([cluster.node(each) for each in range(min(limit, cluster.nodes))], max(0, cluster.nodes - limit))


def _listed(items: list[dict[str, Any]], remaining: int = 0) -> bytes:
    meta = {"resourceVersion": "1", "remainingItemCount": remaining, "continue": "next" if remaining else ""}
    return json.dumps({"kind": "List", "metadata": meta, "items": items}, separators=(",", ":")).encode()


def _handler(cluster: SyntheticCluster) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 65536  # one packet for the head and a small body

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            code, body = answer(cluster, parts.path, dict(parse_qsl(parts.query)), self.headers.get("Accept", ""))
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            pass

    return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that has ended, as one does whose time is up."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def main() -> None:
    """Serve until standard input ends; the first line on standard output is the address."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", type=int, default=5000)
    parser.add_argument("--pods", type=int, default=150_000)
    parser.add_argument("--failures", type=float, default=1.0, help="how many times the usual failures")
    parser.add_argument("--images", type=int, default=0, help="that each node names; a kubelet tells up to 50")
    parser.add_argument("--port", type=int, default=0)
    words = parser.parse_args()
    cluster = SyntheticCluster(words.nodes, words.pods, failures=words.failures, images=words.images)
    server = _Server(("127.0.0.1", words.port), _handler(cluster))
    size = len(cluster.table)
    _ = cluster.host_network_table  # made before anybody asks, as the other one is
    sys.stdout.write(f"http://127.0.0.1:{server.server_address[1]}\nTable: {size} bytes\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
