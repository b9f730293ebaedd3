"""Run the login program that a kubeconfig names (client.authentication.k8s.io, an "exec plugin").

The Kubernetes client logs a failure of such a program and goes on as nobody, so that the user sees a 403 for
`system:anonymous` and no reason. Here a failure ends the run, in the program's own words.
"""

from __future__ import annotations

import base64
import json
import shlex
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import IO, NoReturn

import msgspec

from hostnetdoctor.collect.kubeconfig import Fields, Login
from hostnetdoctor.errors import CannotLook
from hostnetdoctor.model import visible

_WORDS = 600  # characters of the program's complaint that are shown


class Credential(msgspec.Struct, rename="camel", kw_only=True):
    """`status` of an ExecCredential."""

    token: str | None = None
    client_certificate_data: str | None = None
    client_key_data: str | None = None


class ExecCredential(msgspec.Struct, rename="camel", kw_only=True):
    """What a login program prints."""

    status: Credential


def user_fields(login: Login, environment: Mapping[str, str], seconds: float) -> Fields:
    """Return the fields of a kubeconfig user, with the login program's answer in place of its `exec`.

    The program gets at most `seconds`, or all the time it wants where it may talk to somebody at a terminal.
    Raises `CannotLook`.
    """
    plugin = login.user.get("exec")
    if not isinstance(plugin, dict):
        return login.user
    kept = {key: value for key, value in login.user.items() if key != "exec"}
    answer = _answer(login, plugin, _run(login, plugin, environment, seconds))
    if answer.token:
        return {**kept, "token": answer.token}
    return {
        **kept,
        "client-certificate-data": _base64(answer.client_certificate_data),
        "client-key-data": _base64(answer.client_key_data),
    }


def _base64(text: str | None) -> str:
    return base64.b64encode((text or "").encode()).decode()


def _run(login: Login, plugin: Fields, environment: Mapping[str, str], seconds: float) -> bytes:
    command = [str(plugin.get("command") or ""), *map(str, _listed(plugin.get("args")))]
    talks = plugin.get("interactiveMode") != "Never" and sys.stdin is not None and sys.stdin.isatty()
    try:
        process = subprocess.Popen(  # noqa: S603 - see above
            command,
            stdin=None if talks else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_environment(login, plugin, environment, talks=talks),
        )
    except OSError as error:
        raise CannotLook(
            f"The kubeconfig's user '{login.user_name}' logs in with the program '{command[0]}', which cannot be "
            f"started: {error.strerror or error}.",
            fix=str(plugin.get("installHint") or "").strip() or f"install {command[0]} or add it to PATH",
        ) from error
    with process:
        output, complaint = _followed(process, show=talks, seconds=None if talks else seconds)
    if process.returncode != 0:
        _fail(login, command, f"failed with exit code {process.returncode}", complaint)
    return output


def _followed(process: subprocess.Popen[bytes], *, show: bool, seconds: float | None) -> tuple[bytes, str]:
    """Return what the program prints and what it complains of; a terminal gets to see the latter at once."""
    complaints: list[str] = []
    assert process.stdout is not None  # noqa: S101 - both are pipes
    assert process.stderr is not None  # noqa: S101
    reader = threading.Thread(target=_follow, args=(process.stderr, complaints, show), daemon=True)
    reader.start()
    timer = threading.Timer(seconds, process.kill) if seconds is not None else None
    if timer is not None:
        timer.start()
    try:
        output = process.stdout.read()
        process.wait()
    finally:
        if timer is not None:
            timer.cancel()
    reader.join(timeout=1)
    return output, "".join(complaints)


def _follow(stream: IO[bytes], complaints: list[str], show: bool) -> None:
    for line in stream:
        complaints.append(line.decode(errors="replace"))
        if show:
            sys.stderr.write(visible(complaints[-1].rstrip("\n")) + "\n")


def _answer(login: Login, plugin: Fields, output: bytes) -> Credential:
    command = [str(plugin.get("command") or ""), *map(str, _listed(plugin.get("args")))]
    try:
        status = msgspec.json.decode(output, type=ExecCredential).status
    except msgspec.MsgspecError:
        _fail(login, command, "printed something that is no ExecCredential", output.decode(errors="replace"))
    if not status.token and not (status.client_certificate_data and status.client_key_data):
        _fail(login, command, "printed neither a token nor a client certificate", "")
    return status


def _fail(login: Login, command: list[str], what: str, complaint: str) -> NoReturn:
    words = visible(" ".join(complaint.split()), _WORDS)
    raise CannotLook(
        f"The login program of the kubeconfig's user '{login.user_name}' {what}{f': {words}' if words else '.'}",
        fix=f"log in again, or see what it says: {shlex.join(command)}",
    )


def _environment(login: Login, plugin: Fields, environment: Mapping[str, str], *, talks: bool) -> dict[str, str]:
    added = {str(each["name"]): str(each["value"]) for each in _listed(plugin.get("env")) if isinstance(each, dict)}
    spec: dict[str, object] = {"interactive": talks}
    if plugin.get("provideClusterInfo"):
        spec["cluster"] = _cluster_for_plugin(login.cluster)
    asked = {"apiVersion": plugin.get("apiVersion"), "kind": "ExecCredential", "spec": spec}
    return {**environment, **added, "KUBERNETES_EXEC_INFO": json.dumps(asked)}


def _cluster_for_plugin(cluster: Fields) -> dict[str, object]:
    fields = ("server", "tls-server-name", "insecure-skip-tls-verify", "certificate-authority-data", "proxy-url")
    known = {key: cluster[key] for key in fields if key in cluster}
    for each in _listed(cluster.get("extensions")):
        if isinstance(each, dict) and each.get("name") == "client.authentication.k8s.io/exec":
            known["config"] = each.get("extension")
    return known


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []
