"""The live cluster on a server of the tests, and what it answers."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from hostnetdoctor.collect.kube import Access, KubeCluster
from hostnetdoctor.collect.requests import Version
from hostnetdoctor.model import Unreadable
from tests.collect.api_server import ApiServer

PODS = "/api/v1/pods"


def cluster_of(api: ApiServer, directory: Path, seconds: float = 20, **access: Any) -> KubeCluster:
    path = access.pop("kubeconfig", None) or api.kubeconfig(directory)
    return KubeCluster(Access(timeout=timedelta(seconds=seconds), kubeconfig=path, environment={}, **access))


def only(cluster: KubeCluster, request: Any) -> Any:
    """Answer one request of a cluster that has answered before."""
    cluster.answer([Version()])
    return cluster.answer([request])[request]


def unreadable(cluster: KubeCluster, request: Any) -> Unreadable:
    answer = only(cluster, request)
    assert isinstance(answer, Unreadable)
    return answer
