"""The layers of the program, as they work out at run time."""

from __future__ import annotations

import subprocess
import sys

import pytest

# The Kubernetes client, and what it brings: half a second of every run.
_CLIENT = ("kubernetes", "pydantic", "requests", "oauthlib")


@pytest.mark.parametrize(
    "module",
    [
        "hostnetdoctor.doctor",
        "hostnetdoctor.report",
        "hostnetdoctor.collect.files",
        "hostnetdoctor.collect.kube",
        "hostnetdoctor.collect.redacting",
    ],
)
def test_the_client_is_not_loaded(module: str) -> None:
    """Reading a cluster or saved files, finding the answer and showing it never imports the Kubernetes client."""
    program = f"import sys, {module}; print(*(name for name in {_CLIENT} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)

    assert "" == done.stdout.strip()
