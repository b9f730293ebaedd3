"""A small cluster behind a server on 127.0.0.1: one pod that cannot listen, and the pod of another namespace that holds its port.

`serve` sets up the whole cluster in good health; a fault then replaces the answer of one path.
"""

from __future__ import annotations

from typing import Any

from tests.collect.api_server import Answer, ApiServer, Asked, json_answer, status
from tests.collect.pods import listed, node, pod, running, waiting

PODS = "/api/v1/pods"
HOST_NETWORK_PODS = f"{PODS}?fieldSelector=spec.hostNetwork=true"
SHOP_PODS = "/api/v1/namespaces/shop/pods"
VICTIM_LOG = "/api/v1/namespaces/shop/pods/web-b/log"
HOLDER_LOG = "/api/v1/namespaces/monitoring/pods/exporter-x/log"
NODES = "/api/v1/nodes"
VERSION = "/version"
SERVICES = "/api/v1/services"
AUTOSCALERS = "/apis/autoscaling/v1/namespaces/shop/horizontalpodautoscalers"
REPLICA_SET = "/apis/apps/v1/namespaces/shop/replicasets/web-1"
DEPLOYMENT = "/apis/apps/v1/namespaces/shop/deployments/web"
DAEMON_SET = "/apis/apps/v1/namespaces/monitoring/daemonsets/exporter"

HOLDER = "monitoring/exporter-x"
FAILED = b"2026-11-02T09:57:59.000000000Z listen tcp :9100: bind: address already in use\n"
LISTENS = b'2026-11-02T08:00:06.000000000Z level=info msg="Listening on" address=[::]:9100\n'
_COLUMNS = [{"name": name} for name in ("Name", "Ready", "Status", "Restarts", "Age", "IP", "Node")]


def _owned(kind: str, name: str) -> dict[str, Any]:
    return {"ownerReferences": [{"apiVersion": "apps/v1", "kind": kind, "name": name, "uid": name, "controller": True}]}


def _one(image: str, *arguments: str) -> dict[str, Any]:
    return {"containers": [{"name": "main", "image": image, "args": list(arguments)}]}


VICTIM = pod(
    "web-b",
    metadata=_owned("ReplicaSet", "web-1"),
    spec=_one("shop/web:1"),
    status={"phase": "Running", "containerStatuses": [waiting("main")]},
)
EXPORTER = pod(
    "exporter-x",
    "monitoring",
    metadata=_owned("DaemonSet", "exporter"),
    spec=_one("exporter:1", "--web.listen-address=:9100"),
    status={"phase": "Running", "containerStatuses": [running("main")]},
)
ROWS = (
    ("shop", ["web-b", "0/1", "CrashLoopBackOff", "4 (2m ago)", "2h", "10.0.0.1", "node1"]),
    ("monitoring", ["exporter-x", "1/1", "Running", "0", "2h", "10.0.0.1", "node1"]),
)


def table(namespace: str | None = None) -> dict[str, Any]:
    """Return the pods as the server's Table without objects."""
    rows = [{"cells": cells, "object": None} for place, cells in ROWS if namespace in {None, place}]
    meta = {"resourceVersion": "42"}
    return {
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": meta,
        "columnDefinitions": _COLUMNS,
        "rows": rows,
    }


def pods(namespace: str | None = None, *, version: int = 42, **metadata: str) -> dict[str, Any]:
    """Return the pods, whole."""
    found = [each for each in (VICTIM, EXPORTER) if namespace in {None, each["metadata"]["namespace"]}]
    return listed(*found, version=str(version), **metadata)


def is_survey(asked: Asked) -> bool:
    """Say whether a request for pods looks for those in trouble, and not for those of one node."""
    return "fieldSelector" not in asked.query


def all_pods(asked: Asked) -> Answer:
    """Answer for the pods of all namespaces."""
    return json_answer(table() if is_survey(asked) else pods())


def shop_pods(asked: Asked) -> Answer:
    """Answer for the pods of the victim's namespace."""
    return json_answer(table("shop") if is_survey(asked) else pods("shop"))


def _workload(name: str, kind: str, namespace: str = "shop", **meta: Any) -> Answer:
    template = {"metadata": {"labels": {"app": name}}, "spec": {"hostNetwork": True, **_one("shop/web:1")}}
    return json_answer(
        {
            "apiVersion": "apps/v1",
            "kind": kind,
            "metadata": {"name": name, "namespace": namespace, "uid": name, **meta},
            # More than the one node has room for: only then anybody asks for autoscalers.
            "spec": {"replicas": 2, "template": template},
        }
    )


def serve(api: ApiServer) -> None:
    """Let the server answer for the whole cluster."""
    api.on(VERSION, json_answer({"gitVersion": "v1.34.4"}))
    api.on(NODES, json_answer(listed(node())))
    api.on(PODS, all_pods)
    # As a server does that is older than 1.28: tests must not depend on how long a survey takes.
    api.on(HOST_NETWORK_PODS, status(400, "field label not supported: spec.hostNetwork"))
    api.on(SHOP_PODS, shop_pods)
    api.on(VICTIM_LOG, Answer(body=FAILED, kind="text/plain"))
    api.on(HOLDER_LOG, Answer(body=LISTENS, kind="text/plain"))
    api.on(SERVICES, json_answer(listed()))
    api.on("/api/v1/namespaces/shop/services", json_answer(listed()))
    api.on(AUTOSCALERS, json_answer(listed()))
    api.on("/api/v1/namespaces/shop/events", json_answer(listed()))
    api.on(REPLICA_SET, _workload("web-1", "ReplicaSet", **_owned("Deployment", "web")))
    api.on(DEPLOYMENT, _workload("web", "Deployment"))
    api.on(DAEMON_SET, _workload("exporter", "DaemonSet", "monitoring"))


def forbidden(verb: str, resource: str, where: str = "at the cluster scope") -> Answer:
    """Return a refusal in the API server's words."""
    words = f'{resource} is forbidden: User "jane" cannot {verb} resource "{resource}" in API group "" {where}'
    return status(403, words)
