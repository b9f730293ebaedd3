"""The layers of the program, as they work out at run time."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("module", ["hostnetdoctor.doctor", "hostnetdoctor.report", "hostnetdoctor.collect.files"])
def test_saved_files_need_no_client(module: str) -> None:
    """Reading saved files, finding the answer and showing it never imports the Kubernetes client."""
    program = f"import sys, {module}; sys.exit('kubernetes' in sys.modules)"

    assert 0 == subprocess.run([sys.executable, "-c", program], check=False).returncode
