"""Run the login program that a kubeconfig names (client.authentication.k8s.io, an "exec plugin").

The Kubernetes client logs a failure of such a program and goes on as nobody, so that the user sees a 403 for
`system:anonymous` and no reason. Here a failure ends the run, in the program's own words.
"""

from __future__ import annotations

import base64
import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Mapping
from typing import NoReturn

import msgspec

from hostnetdoctor.collect import wire
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
    given = {
        "token": answer.token,
        "client-certificate-data": _base64(answer.client_certificate_data),
        "client-key-data": _base64(answer.client_key_data),
    }
    return {**kept, **{key: value for key, value in given.items() if value}}


def _base64(text: str | None) -> str | None:
    return base64.b64encode(text.encode()).decode() if text else None


def _run(login: Login, plugin: Fields, environment: Mapping[str, str], seconds: float) -> bytes:
    command = [str(plugin.get("command") or ""), *map(str, _listed(plugin.get("args")))]
    talks = plugin.get("interactiveMode") != "Never" and sys.stdin is not None and sys.stdin.isatty()
    try:
        process = subprocess.Popen(  # noqa: S603 - the program is the user's own choice, in the user's own file
            command,
            stdin=None if talks else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            # At a terminal the program says there where to log in; otherwise its words go into our error.
            stderr=None if talks else subprocess.PIPE,
            env=_environment(login, plugin, environment, talks=talks),
            start_new_session=not talks,
        )
    except OSError as error:
        raise CannotLook(
            f"The kubeconfig's user '{login.user_name}' logs in with the program '{command[0]}', which cannot be "
            f"started: {error.strerror or error}.",
            fix=str(plugin.get("installHint") or "").strip() or f"install {command[0]} or add it to PATH",
        ) from error
    with process:
        try:
            output, complaint = process.communicate(timeout=None if talks else seconds)
        except subprocess.TimeoutExpired:
            _end(process)
            _fail(login, command, f"did not end within {seconds:g} seconds", "")
    if process.returncode != 0:
        _fail(
            login, command, f"failed with exit code {process.returncode}", (complaint or b"").decode(errors="replace")
        )
    return output


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program and what it has started: a child that lives on would keep its output open."""
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()


def _answer(login: Login, plugin: Fields, output: bytes) -> Credential:
    command = [str(plugin.get("command") or ""), *map(str, _listed(plugin.get("args")))]
    try:
        status = wire.decode(output, ExecCredential).status
    except wire.Undecodable:
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
