"""Login programs of a kubeconfig."""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hostnetdoctor.collect.kube import Access, KubeCluster
from hostnetdoctor.collect.requests import Version
from hostnetdoctor.errors import CannotLook
from tests.collect.api_server import ApiServer, json_answer, serving, status

TOKEN = {"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": "fresh"}}


def program(directory: Path, code: str) -> dict[str, Any]:
    """Return an `exec` entry that runs this Python code."""
    path = directory / "login.py"
    path.write_text(code)
    return {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": sys.executable,
        "args": [str(path)],
        "env": [{"name": "ACCOUNT", "value": "seven"}],
        "interactiveMode": "Never",
        "provideClusterInfo": True,
    }


def logged_in(
    directory: Path, plugin: dict[str, Any], api: ApiServer | None = None, seconds: float = 20
) -> KubeCluster:
    server = api or ApiServer(url="https://127.0.0.1:1")
    path = server.kubeconfig(directory, exec=plugin)
    return KubeCluster(Access(kubeconfig=path, environment=dict(os.environ), timeout=timedelta(seconds=seconds)))


def test_the_token_of_the_program_is_sent(tmp_path: Path) -> None:
    """The program's token is what the server gets."""
    with serving("local.pem") as api:
        api.on("/version", json_answer({"gitVersion": "v1"}))
        logged_in(tmp_path, program(tmp_path, f"print({json.dumps(json.dumps(TOKEN))})"), api).answer([Version()])
        assert "Bearer fresh" == api.asked[0].headers["authorization"]


def test_the_program_learns_what_kubectl_would_tell_it(tmp_path: Path) -> None:
    """It gets its variables, and the cluster where it asks for it."""
    code = (
        "import json, os, pathlib\n"
        "told = {'info': json.loads(os.environ['KUBERNETES_EXEC_INFO']), 'account': os.environ['ACCOUNT']}\n"
        f"pathlib.Path({str(tmp_path / 'told')!r}).write_text(json.dumps(told))\n"
        f"print({json.dumps(json.dumps(TOKEN))})\n"
    )
    logged_in(tmp_path, program(tmp_path, code))
    told = json.loads((tmp_path / "told").read_text())
    assert ("seven", "https://127.0.0.1:1", False) == (
        told["account"],
        told["info"]["spec"]["cluster"]["server"],
        told["info"]["spec"]["interactive"],
    )


def test_a_token_that_ran_out_is_fetched_again(tmp_path: Path) -> None:
    """On 401 the program runs once more, as with kubectl."""
    count = tmp_path / "count"
    code = (
        "import json, pathlib\n"
        f"count = pathlib.Path({str(count)!r})\n"
        "runs = int(count.read_text()) + 1 if count.exists() else 1\n"
        "count.write_text(str(runs))\n"
        "print(json.dumps({'status': {'token': f'token-{runs}'}}))\n"
    )
    with serving("local.pem") as api:
        api.on("/version", status(401, "Unauthorized"), json_answer({"gitVersion": "v1"}))
        logged_in(tmp_path, program(tmp_path, code), api).answer([Version()])
        assert ["Bearer token-1", "Bearer token-2"] == [each.headers["authorization"] for each in api.asked]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (
            "import sys; sys.exit('SSO session expired, run: sso login')",
            "exit code 1: SSO session expired, run: sso login",
        ),
        ("print('hello')", "no ExecCredential: hello"),
        ("print('{\"status\": {}}')", "neither a token nor a client certificate"),
        ("import sys; sys.stderr.write('\\x1b[31mred'); sys.exit(3)", r"exit code 3: \\x1b\[31mred"),
    ],
)
def test_a_failing_program_is_quoted(tmp_path: Path, code: str, words: str) -> None:
    """A failed login ends the run in the program's own words, made visible, with the command to try by hand."""
    with pytest.raises(CannotLook, match=words) as caught:
        logged_in(tmp_path, program(tmp_path, code))
    assert str(tmp_path / "login.py") in str(caught.value.fix)


def test_a_program_that_is_not_installed_says_how_to_get_it(tmp_path: Path) -> None:
    """A missing program is named, with the kubeconfig's own hint."""
    plugin = {**program(tmp_path, ""), "command": "no-such-login-program", "installHint": "brew install it"}
    with pytest.raises(CannotLook, match="'no-such-login-program', which cannot be started") as caught:
        logged_in(tmp_path, plugin)
    assert "brew install it" == caught.value.fix


def test_a_program_that_hangs_is_ended(tmp_path: Path) -> None:
    """A program that cannot talk to anybody gets no more time than the run, nor do its children."""
    code = (
        "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import threading; threading.Event().wait(30)'])"
    )
    with pytest.raises(CannotLook, match=r"did not end within 0\.5 seconds"):
        logged_in(tmp_path, program(tmp_path, code), seconds=0.5)


def test_a_client_certificate_of_the_program_is_used(tmp_path: Path) -> None:
    """A certificate that the program gives is used, and one that is none is one sentence."""
    given = {"status": {"token": "t", "clientCertificateData": "no certificate", "clientKeyData": "no key"}}
    with pytest.raises(CannotLook, match="The client-certificate and client-key of the kubeconfig cannot be read"):
        logged_in(tmp_path, program(tmp_path, f"print({json.dumps(json.dumps(given))})"))
