"""The real cluster, and the scenarios on it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest

from tests.e2e.real_cluster import RealCluster
from tests.e2e.scenarios import SCENARIOS

Happening = Callable[[str], contextlib.AbstractContextManager[None]]


@pytest.fixture(scope="session")
def cluster() -> RealCluster:
    return RealCluster.from_environment()


@pytest.fixture(scope="session")
def happening(cluster: RealCluster) -> Happening:
    """Return what makes the scenario of a name happen."""
    known = {scenario.name: scenario for scenario in SCENARIOS}
    return lambda name: known[name].on(cluster)
