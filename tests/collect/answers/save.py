"""Save what one version of the kube-apiserver makes of the pods of `1.34.4/`: python tests/collect/answers/save.py VERSION KUBE_APISERVER ETCD.

Starts both programs on free ports of this machine, writes the pods into etcd as they are, only with their times moved to now,
asks for them as a Table and in full, and ends both. Needs openssl.
"""

from __future__ import annotations

import base64
import contextlib
import json
import re
import shlex
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import urllib3

HERE = Path(__file__).parent
NAMESPACE = "odd"
_TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
_TIME = re.compile(r'"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)"')
# A server may take two minutes to become ready, and refuses until then, in one way or another.
_PATIENCE = urllib3.Retry(total=120, backoff_factor=1, backoff_max=1, status_forcelist=range(400, 600))
# The server has just made its certificate, and listens on this machine only.
_HTTP = urllib3.PoolManager(cert_reqs="CERT_NONE", retries=_PATIENCE, timeout=10)


def main(version: str, kube_apiserver: str, etcd: str) -> None:
    """Write the folder of a version."""
    with tempfile.TemporaryDirectory() as directory, _servers(Path(directory), kube_apiserver, etcd) as ask:
        running = json.loads(ask("/version", "application/json"))["gitVersion"]
        listing = f"/api/v1/namespaces/{NAMESPACE}/pods?resourceVersion=0"
        table = ask(f"{listing}&includeObject=None", _TABLE)
        asked_at = datetime.now(UTC)
        pods = ask(listing, "application/json")
    folder = HERE / version
    folder.mkdir(exist_ok=True)
    (folder / "table.json").write_bytes(table + b"\n")
    (folder / "pods.json").write_bytes(pods + b"\n")
    (folder / "asked_at").write_text(f"{asked_at:%Y-%m-%dT%H:%M:%S}+00:00\n")
    sys.stdout.write(f"{folder.name}: {len(json.loads(pods)['items'])} pods from {running}\n")


@contextlib.contextmanager
def _servers(directory: Path, kube_apiserver: str, etcd: str) -> Iterator[Callable[[str, str], bytes]]:
    clients, peers, secure = (_free_port() for _ in range(3))
    store = f"http://127.0.0.1:{clients}"
    own = f"http://127.0.0.1:{peers}"
    _openssl(directory, "genrsa", "-out", "account.key", "2048")
    (directory / "tokens").write_text("reader,reader,1,system:masters\n")
    commands = {
        "etcd": f"{etcd} --data-dir etcd --listen-client-urls {store} --advertise-client-urls {store}"
        f" --listen-peer-urls {own} --initial-advertise-peer-urls {own} --initial-cluster default={own}",
        "kube-apiserver": f"{kube_apiserver} --etcd-servers {store} --bind-address 127.0.0.1 --secure-port {secure} --cert-dir certs"
        " --service-account-key-file account.key --service-account-signing-key-file account.key"
        " --service-account-issuer https://kubernetes.default.svc --service-cluster-ip-range 10.96.0.0/16"
        " --authorization-mode RBAC --token-auth-file tokens",
    }
    with contextlib.ExitStack() as programs:
        for name, command in commands.items():
            log = programs.enter_context((directory / f"{name}.log").open("wb"))
            program = subprocess.Popen(shlex.split(command), cwd=directory, stdout=log, stderr=log)
            programs.callback(program.wait)
            programs.callback(program.terminate)
            if name == "etcd":
                _get(f"{store}/health", "*/*")
                _fill(store)
        _get(f"https://127.0.0.1:{secure}/readyz", "*/*")
        yield lambda path, accept: _get(f"https://127.0.0.1:{secure}{path}", accept)


def _fill(store: str) -> None:
    """Write the namespace and the pods; the API server reads JSON from etcd as if it had stored it itself."""
    then = datetime.fromisoformat((HERE / "1.34.4/asked_at").read_text().strip())
    late = datetime.now(UTC) - then
    text = _TIME.sub(lambda found: f'"{_moved(found[1], late)}"', (HERE / "1.34.4/pods.json").read_text())
    for pod in json.loads(text)["items"]:
        pod |= {"apiVersion": "v1", "kind": "Pod"}
        pod["metadata"].pop("resourceVersion", None)
        _put(store, f"/registry/pods/{NAMESPACE}/{pod['metadata']['name']}", pod)
    namespace = {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": NAMESPACE},
        "status": {"phase": "Active"},
    }
    _put(store, f"/registry/namespaces/{NAMESPACE}", namespace)


def _moved(time: str, late: timedelta) -> str:
    return f"{datetime.fromisoformat(time) + late:%Y-%m-%dT%H:%M:%SZ}"


def _put(store: str, key: str, value: object) -> None:
    words = {"key": key.encode(), "value": json.dumps(value).encode()}
    body = json.dumps({name: base64.b64encode(word).decode() for name, word in words.items()}).encode()
    _HTTP.request("POST", f"{store}/v3/kv/put", body=body)


def _get(url: str, accept: str) -> bytes:
    return bytes(_HTTP.request("GET", url, headers={"Accept": accept, "Authorization": "Bearer reader"}).data)


def _openssl(directory: Path, *words: str) -> None:
    subprocess.run(["openssl", *words], cwd=directory, check=True, capture_output=True)


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


if __name__ == "__main__":
    main(*sys.argv[1:])
