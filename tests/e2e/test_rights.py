"""What the program may read, and what it says when it may not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Happening
from tests.e2e.doctor import Answer, diagnose, run_doctor
from tests.e2e.real_cluster import RealCluster

pytestmark = pytest.mark.e2e
README = Path(__file__).parent.parent.parent / "README.md"
NAMESPACE = "e2e-exporter-b"


@pytest.fixture(scope="module")
def answer(cluster: RealCluster, happening: Happening) -> Iterator[Answer]:
    with happening("rights"):
        yield diagnose(cluster, "-n", NAMESPACE)


@pytest.fixture
def reader(cluster: RealCluster) -> Iterator[str]:
    """Yield a user with exactly the rights that the README says are enough."""
    (role,) = re.findall(r"```yaml\n(apiVersion: rbac.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    cluster.kubectl("apply", "-f", "-", text=role.replace("name: hostnet-doctor", "name: e2e-reader"))
    try:
        cluster.kubectl("create", "clusterrolebinding", "e2e-reader", "--clusterrole=e2e-reader", "--user=e2e-reader")
        yield "e2e-reader"
    finally:
        cluster.kubectl("delete", "--ignore-not-found", "clusterrole/e2e-reader", "clusterrolebinding/e2e-reader")


@pytest.fixture
def local(cluster: RealCluster, answer: Answer) -> str:
    """Return a user who may read everything in the victim's namespace, and nothing else."""
    assert answer.diagnoses
    cluster.kubectl("-n", NAMESPACE, "create", "rolebinding", "e2e-local", "--clusterrole=view", "--user=e2e-local")
    return "e2e-local"


def test_the_rights_of_the_readme_are_enough(cluster: RealCluster, answer: Answer, reader: str) -> None:
    """With the README's ClusterRole everything is read that a cluster's administrator could read."""
    limited = diagnose(cluster, "-n", NAMESPACE, "--as", reader)

    assert _lasting(answer) == _lasting(limited)
    assert answer.report["notLookedAt"] == limited.report["notLookedAt"]


def _lasting(answer: Answer) -> list[dict[str, Any]]:
    """Return what of every diagnosis stays while its victim goes on crashing, and other scenarios come and go on its node."""
    names = ("id", "cause", "confidence", "summary", "why", "node", "holders", "remedies", "nextSteps")
    return [{name: each[name] for name in names} | {"ruledOut": _own(each["ruledOut"])} for each in answer.diagnoses]


def _own(ruled_out: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the candidates of this scenario's namespaces."""
    return [each for each in ruled_out if each["candidate"].startswith("e2e-exporter-")]


def test_rights_in_one_namespace_never_mean_that_nobody_has_the_port(
    cluster: RealCluster, answer: Answer, local: str
) -> None:
    """Who may not see the holder's namespace is told so, and not that nothing holds the port."""
    limited = diagnose(cluster, "-n", NAMESPACE, "--as", local)

    assert {each["victim"]["pod"] for each in answer.facts} == {each["victim"]["pod"] for each in limited.facts}
    assert {("holder-not-visible", "possible")} == {(each["cause"], each["confidence"]) for each in limited.facts}
    refused = [each["what"] for each in limited.report["notLookedAt"] if "may not" in each["why"]]
    assert any("pods" in each for each in refused), limited.report["notLookedAt"]


def test_no_rights_at_all(cluster: RealCluster, answer: Answer) -> None:
    """Who may not even list pods gets one sentence, the fix, and the code for "could not look"."""
    assert answer.diagnoses
    done = run_doctor(cluster, "diagnose", "-n", NAMESPACE, "--as", "e2e-nobody")

    assert (3, "") == (done.returncode, done.stdout)
    assert done.stderr.startswith("Error: The user e2e-nobody may not list pods")
    assert "\nFix: " in done.stderr
