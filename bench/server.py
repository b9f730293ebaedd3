"""The API server of a kubeconfig, asked with nothing but Python: the bare cost of a request."""

from __future__ import annotations

import json
import ssl
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import quote

import yaml

from bench.measuring import MEGABYTE

_TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
_FEW_NODES = 12
_ALL_PODS = "/api/v1/pods?includeObject=None&resourceVersion=0"


class Server:
    """One API server, as the user of its kubeconfig."""

    def __init__(self, config: str) -> None:
        """Read who the server is and how to log in: by certificate or by token."""
        tree = yaml.safe_load(Path(config).read_text(encoding="utf-8"))
        (self._cluster,) = (each["cluster"] for each in tree["clusters"])
        (self._user,) = (each["user"] for each in tree["users"])

    def table(self) -> tuple[float, int]:
        """Return the seconds and the bytes of the bare Table of all pods: the best of three."""
        return min(self._timed(_ALL_PODS, _TABLE) for _ in range(3))

    def pods(self) -> int:
        """Return how many pods there are: a list of one says how many remain."""
        page = self._read("/api/v1/pods?limit=1", "application/json")
        meta = json.loads(page)["metadata"]
        return 1 + int(meta.get("remainingItemCount", 0))

    def kubelet_wait(self) -> float:
        """Return by how many seconds a log takes longer the first time: the server connects to the node's kubelet then.

        The difference of the medians of a few nodes, to which it stays connected.
        """
        page = json.loads(self._read("/api/v1/pods?limit=500", "application/json"))
        pods = {
            pod["spec"].get("nodeName"): pod["metadata"]
            for pod in page["items"]
            if pod["status"].get("phase") == "Running"
        }
        logs = [_log(meta) for node, meta in list(pods.items())[:_FEW_NODES] if node]
        # All of them once before one of them again: soon after the first answer, a kubelet may wait for TCP's delayed acknowledgement.
        first, again = ([self._timed(log, "*/*")[0] for log in logs] for _ in range(2))
        return median(first) - median(again) if logs else 0.0

    def bytes_of(self, path: str) -> int:
        """Return how long an answer is."""
        return self._timed(path, "application/json")[1]

    def _timed(self, path: str, accept: str) -> tuple[float, int]:
        began, size = time.monotonic(), 0
        with self._opened(path, accept) as answer:
            while piece := answer.read(MEGABYTE):
                size += len(piece)
        return time.monotonic() - began, size

    def _read(self, path: str, accept: str) -> bytes:
        with self._opened(path, accept) as answer:
            return bytes(answer.read())

    def _opened(self, path: str, accept: str) -> Any:
        headers = {"Accept": accept}
        if "token" in self._user:
            headers["Authorization"] = f"Bearer {self._user['token']}"
        request = urllib.request.Request(self._cluster["server"] + path, headers=headers)  # noqa: S310 - the user's own cluster
        return urllib.request.urlopen(request, context=self._context())  # noqa: S310 - as above

    def _context(self) -> ssl.SSLContext | None:
        if "certificate-authority" not in self._cluster:
            return None
        context = ssl.create_default_context(cafile=self._cluster["certificate-authority"])
        if "client-certificate" in self._user:
            context.load_cert_chain(self._user["client-certificate"], self._user["client-key"])
        return context


def _log(meta: Mapping[str, str]) -> str:
    return f"/api/v1/namespaces/{quote(meta['namespace'])}/pods/{quote(meta['name'])}/log?tailLines=10"
