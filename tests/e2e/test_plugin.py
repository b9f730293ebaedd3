"""The program as a plugin of kubectl."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.real_cluster import RealCluster

pytestmark = pytest.mark.e2e


def _kubectl(cluster: RealCluster, *words: str) -> subprocess.CompletedProcess[str]:
    """Run kubectl with this environment's console scripts in its PATH, as pip installs them for a user."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**cluster.environment, "PATH": path}
    return subprocess.run(["kubectl", *words], capture_output=True, text=True, check=False, timeout=60, env=environment)


def _candidates(cluster: RealCluster, *words: str) -> list[str]:
    return _kubectl(cluster, "__complete", "hostnet-doctor", *words).stdout.splitlines()


def test_kubectl_finds_the_plugin(cluster: RealCluster) -> None:
    """`kubectl hostnet-doctor diagnose` is the same program and calls itself so."""
    assert 0 == _kubectl(cluster, "hostnet-doctor", "diagnose", "-n", "kube-public").returncode
    assert _kubectl(cluster, "hostnet-doctor", "--help").stdout.startswith("Usage: kubectl hostnet-doctor ")


def test_kubectl_completes_what_the_cluster_knows(cluster: RealCluster) -> None:
    """Namespaces and contexts are completed through kubectl."""
    context = cluster.kubectl("config", "current-context").strip()

    assert ["kube-public", ":4"] == _candidates(cluster, "diagnose", "-n", "kube-pub")
    assert context in _candidates(cluster, "diagnose", "--context", "")


def test_kubectl_completes_flags_and_formats(cluster: RealCluster) -> None:
    """Flags and formats are completed through kubectl."""
    assert ["--output", "--output-file", ":4"] == _candidates(cluster, "diagnose", "--out")
    assert ["json", ":4"] == _candidates(cluster, "diagnose", "-o", "js")
