"""Ctrl-C, and a cluster that never answers."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def silent_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> socket.socket:
    """Return a server that takes connections and never answers, named by the kubeconfig."""
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(20)
    config = {
        "current-context": "silent",
        "contexts": [{"name": "silent", "context": {"cluster": "silent", "user": "me"}}],
        "clusters": [{"name": "silent", "cluster": {"server": f"http://127.0.0.1:{server.getsockname()[1]}"}}],
        "users": [{"name": "me", "user": {"token": "none"}}],
    }
    (tmp_path / "config").write_text(json.dumps(config))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "config"))
    return server


def _started(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "hostnetdoctor", "diagnose", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ))


def test_ctrl_c_ends_a_run_that_waits(silent_server: socket.socket) -> None:
    """Ctrl-C ends the run at once, with its own code and without a traceback."""
    with silent_server, _started("--timeout", "60s") as program:
        connection, _ = silent_server.accept()
        with connection:
            program.send_signal(signal.SIGINT)
            _, said = program.communicate(timeout=20)

    assert 130 == program.returncode, said
    assert "Traceback" not in said


def test_the_time_limit_ends_a_run_that_waits(silent_server: socket.socket) -> None:
    """A cluster that does not answer in time is one sentence, and "could not look"."""
    with silent_server, _started("--timeout", "1s") as program:
        connection, _ = silent_server.accept()
        with connection:
            _, said = program.communicate(timeout=20)

    assert 3 == program.returncode
    assert said.startswith("Error: ")
    assert "--timeout" in said
