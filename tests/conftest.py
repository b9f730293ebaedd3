"""What all tests share: nothing of the machine that they run on reaches them."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes is the machine's business: no test asserts an absolute time, not even through its tools.
# Where a change is judged, the examples are the same each time: whether it may land must not depend on chance. Everywhere else
# they are new ones.
settings.register_profile(
    "hostnet-doctor",
    deadline=None,
    derandomize="SAME_EXAMPLES" in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("hostnet-doctor")


@pytest.fixture(autouse=True)
def _no_cluster_of_the_machine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the developer's own kubeconfig and service account from every test but those that are about a real cluster."""
    if request.node.get_closest_marker("e2e") is None:
        monkeypatch.setenv("KUBECONFIG", "/nonexistent/kubeconfig")
        monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
