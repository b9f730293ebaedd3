"""A cluster that the end-to-end tests may change: kubectl, manifests, and waiting with a deadline."""

from __future__ import annotations

import json
import os
import shlex
import string
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MANIFESTS = Path(__file__).parent / "manifests"
# Real programs; the names are those under which ../shared/cluster/cluster makes them, other clusters may say theirs.
IMAGES = {
    "nginx": os.environ.get("HOSTNET_E2E_NGINX", "localhost/nginx:1"),
    "node_exporter": os.environ.get("HOSTNET_E2E_NODE_EXPORTER", "localhost/node-exporter:1"),
    "busybox": os.environ.get("HOSTNET_E2E_BUSYBOX", "localhost/pause:3"),
    "python": os.environ.get("HOSTNET_E2E_PYTHON", "localhost/python3:1"),
    "registry": os.environ.get("HOSTNET_E2E_REGISTRY", "localhost/registry:1"),
}
_DEADLINE = 300.0  # seconds; the third restart of a crash loop comes after about 50, on a busy machine much later
_PAUSE = 0.5


class NotInTimeError(AssertionError):
    """What a scenario waits for did not happen before its deadline."""


@dataclass(frozen=True, slots=True)
class RealCluster:
    """A cluster behind a kubeconfig. `on_node` is the command that runs another one on a node."""

    kubeconfig: str
    on_node: tuple[str, ...]
    static_pods: str

    @classmethod
    def from_environment(cls) -> RealCluster:
        """Make one from what `make e2e` has set."""
        return cls(
            kubeconfig=os.environ["KUBECONFIG"],
            on_node=tuple(shlex.split(os.environ.get("HOSTNET_E2E_ON_NODE", ""))),
            static_pods=os.environ.get("HOSTNET_E2E_STATIC_PODS", "/etc/kubernetes/manifests"),
        )

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a program that shall work on this cluster."""
        return {**os.environ, "KUBECONFIG": self.kubeconfig, "PYTHONFAULTHANDLER": "1"}

    @property
    def nodes(self) -> tuple[str, ...]:
        """The names of the nodes, sorted."""
        return tuple(sorted(node["metadata"]["name"] for node in self.items("nodes")))

    def kubectl(self, *arguments: str, text: str | None = None) -> str:
        """Run kubectl and return what it says. Fails with its own words."""
        command = ["kubectl", "--kubeconfig", self.kubeconfig, *arguments]
        done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=240, check=False)
        assert done.returncode == 0, f"{shlex.join(command)}\n{done.stderr}"
        return done.stdout

    def items(self, *arguments: str) -> list[dict[str, Any]]:
        """Return the objects that `kubectl get` lists, as JSON."""
        found: list[dict[str, Any]] = json.loads(self.kubectl("get", *arguments, "-o", "json"))["items"]
        return found

    def pods(self, namespace: str) -> list[dict[str, Any]]:
        """Return the pods of a namespace, as JSON."""
        return self.items("pods", "-n", namespace)

    def apply(self, manifest: str, **values: str | int) -> None:
        """Apply a manifest of `manifests/` with its `$names` filled in."""
        self.kubectl("apply", "-f", "-", text=self.manifest(manifest, **values))

    def manifest(self, manifest: str, **values: str | int) -> str:
        """Return a manifest of `manifests/` with its `$names` filled in."""
        template = string.Template((MANIFESTS / manifest).read_text(encoding="utf-8"))
        return template.substitute(IMAGES, **values)

    def run_on_node(self, node: str, *command: str, text: str | None = None) -> None:
        """Run a command on a node, outside Kubernetes."""
        assert self.on_node, "HOSTNET_E2E_ON_NODE must name a command that runs another one on a node: COMMAND NODE ..."
        command = (*self.on_node, node, *command)
        subprocess.run(command, input=text, text=True, check=True, timeout=60, stdout=subprocess.DEVNULL)

    def start_on_node(self, node: str, *command: str) -> subprocess.Popen[bytes]:
        """Start a process on a node, outside Kubernetes, that lives until it is told to end."""
        assert self.on_node, "HOSTNET_E2E_ON_NODE must name a command that runs another one on a node: COMMAND NODE ..."
        return subprocess.Popen([*self.on_node, node, *command], stdin=subprocess.DEVNULL, start_new_session=True)

    def address(self, node: str) -> str:
        """Return a node's own address."""
        addresses = json.loads(self.kubectl("get", "node", node, "-o", "json"))["status"]["addresses"]
        return next(str(each["address"]) for each in addresses if each["type"] == "InternalIP")

    def add_ephemeral_container(self, namespace: str, pod: str, *, name: str, command: list[str]) -> None:
        """Add a container to a running pod, as `kubectl debug` does."""
        container = {"name": name, "image": IMAGES["node_exporter"], "command": command}
        body = json.dumps({"spec": {"ephemeralContainers": [container]}})
        self.kubectl("-n", namespace, "patch", "pod", pod, "--subresource=ephemeralcontainers", "-p", body)

    def until(self, what: str, happened: Callable[[], bool], seconds: float = _DEADLINE) -> None:
        """Ask again and again until something has happened."""
        end = time.monotonic() + seconds
        while not happened():
            if time.monotonic() > end:
                raise NotInTimeError(f"after {seconds:.0f} s, not yet: {what}\n{self.kubectl('get', 'pods', '-A')}")
            time.sleep(_PAUSE)

    @staticmethod
    def pass_time(why: str, *, seconds: float) -> None:
        """Wait, where nothing but time makes the difference; `why` says which."""
        assert why
        time.sleep(seconds)

    def until_ready(self, namespace: str, workload: str) -> None:
        """Wait until a rollout is complete."""
        self.kubectl("-n", namespace, "rollout", "status", workload, "--timeout=180s")

    def until_restarted(self, namespace: str, *, containers: int, restarts: int = 2) -> None:
        """Wait until so many containers of a namespace have restarted so often and wait for their next attempt.

        A container that waits has its last attempt's log to show, so what the tool reads does not depend on luck.
        """
        what = f"{containers} containers of {namespace} with {restarts} restarts"
        self.until(what, lambda: containers <= sum(_crashed(status, restarts) for status in self.statuses(namespace)))

    def statuses(self, namespace: str) -> Iterator[Mapping[str, Any]]:
        """Yield the status of every container of a namespace, of whatever type."""
        for pod in self.pods(namespace):
            for kind in ("initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses"):
                yield from pod["status"].get(kind, [])

    def delete(self, *namespaces: str) -> None:
        """Remove namespaces with everything in them, and wait until they are gone."""
        self.kubectl("delete", "namespace", "--ignore-not-found", "--wait", "--timeout=180s", *namespaces)


def _crashed(status: Mapping[str, Any], restarts: int) -> bool:
    return bool(status["restartCount"] >= restarts and "waiting" in status["state"])
