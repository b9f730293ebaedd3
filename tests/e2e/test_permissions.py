"""The matrix of rights: for each kind of user, what the program can and cannot say, and its exit code.

The roles are those that `hostnet-doctor rbac` prints, so the test also shows that they are what is needed.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.e2e.doctor import Answer, diagnose, run_doctor
from tests.e2e.real_cluster import RealCluster

pytestmark = pytest.mark.e2e
HOLDER = "e2e-permissions-holder"
VICTIM = "e2e-permissions-victim"


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A kind of user: the words for `rbac` that make its role, None for no role; and what must come of a run.

    `missing` are words that the report's list of what was not looked at must have, and then nothing else is in it.
    """

    name: str
    rbac: tuple[str, ...] | None
    code: int
    answer: tuple[str, str] | None
    missing: tuple[str, ...] = ()
    told: str


USERS = (
    User(
        name="cluster-reader",
        rbac=(),
        code=1,
        answer=("other-host-network-pod", "certain"),
        told="You may read everything",
    ),
    User(
        name="namespace-reader",
        rbac=("-n", VICTIM),
        code=1,
        answer=("holder-not-visible", "possible"),
        missing=("nodes", "pods on the node", "Services"),
        told=f"You may list pods only in {VICTIM}.",
    ),
    User(
        name="no-logs",
        rbac=("--without", "logs"),
        code=1,
        # Its own settings say what it may have failed at, and those of the other pod who may have it: two guesses.
        answer=("other-host-network-pod", "possible"),
        missing=("log",),
        told="You may not get pods/log.",
    ),
    User(
        name="no-services",
        rbac=("--without", "services"),
        code=1,
        answer=("other-host-network-pod", "certain"),
        missing=("Services",),
        told="You may not list services.",
    ),
    User(
        name="no-events",
        rbac=("--without", "events"),
        code=1,
        answer=("other-host-network-pod", "certain"),
        told="You may not list events.",
    ),
    User(
        name="no-nodes",
        rbac=("--without", "nodes"),
        code=1,
        answer=("other-host-network-pod", "likely"),
        missing=("nodes",),
        told="You may not list nodes.",
    ),
)


@pytest.fixture(scope="module")
def conflict(cluster: RealCluster) -> Iterator[Answer]:
    """Let one program hold the port of another one; yield what an administrator is told about it."""
    cluster.delete(HOLDER, VICTIM)
    try:
        cluster.apply("permissions.yaml", namespace=HOLDER, node=cluster.nodes[-1])
        cluster.until_ready(HOLDER, "deployment/exporter")
        cluster.apply("permissions.yaml", namespace=VICTIM, node=cluster.nodes[-1])
        cluster.until_restarted(VICTIM, containers=1)
        yield diagnose(cluster, "-n", VICTIM)
    finally:
        cluster.delete(HOLDER, VICTIM)


@contextlib.contextmanager
def _with_role(cluster: RealCluster, user: User) -> Iterator[str]:
    """Give a user its rights for as long as the block lasts; yield the user's name."""
    name = f"e2e-permissions-{user.name}"
    if user.rbac is None:
        yield name
        return
    printed = run_doctor(cluster, "rbac", *user.rbac, "--name", name, "--user", name)
    assert (0, "") == (printed.returncode, printed.stderr)
    cluster.kubectl("apply", "-f", "-", text=printed.stdout)
    try:
        yield name
    finally:
        cluster.kubectl("delete", "--ignore-not-found", "-f", "-", text=printed.stdout)


@pytest.mark.parametrize("user", USERS, ids=lambda user: user.name)
def test_what_a_user_is_told(cluster: RealCluster, conflict: Answer, user: User) -> None:
    """A missing right costs what depends on it and no more, and is named."""
    assert ["other-host-network-pod"] == [each["cause"] for each in conflict.diagnoses]
    with _with_role(cluster, user) as name:
        done = run_doctor(cluster, "diagnose", "-n", VICTIM, "--as", name, "--check-access", "-o", "json")

    assert user.code == done.returncode, done.stderr
    report = json.loads(done.stdout)
    expected = [user.answer] if user.answer else []
    assert expected == [(each["cause"], each["confidence"]) for each in report["diagnoses"]]
    missing = {each["what"] for each in report["notLookedAt"]}
    assert set(user.missing) <= missing
    assert bool(user.missing) == bool(missing), missing
    assert user.told in done.stderr


def test_nothing_at_all(cluster: RealCluster, conflict: Answer) -> None:
    """Who has no rights is told each of them, and gets one sentence with its fix and the code for "could not look"."""
    assert conflict.diagnoses
    done = run_doctor(cluster, "diagnose", "-n", VICTIM, "--as", "e2e-permissions-nobody", "--check-access")

    assert (3, "") == (done.returncode, done.stdout)
    lines = done.stderr.splitlines()
    assert "You may not list pods. Nothing can be found." in lines
    assert any(line.startswith("Error: The user e2e-permissions-nobody may not list pods") for line in lines)


def test_a_role_in_both_namespaces_is_enough_for_the_holder(cluster: RealCluster, conflict: Answer) -> None:
    """Who may read both namespaces and no others asks about both, and learns that pods of the node may be missing."""
    assert conflict.diagnoses
    user = User(name="two-namespaces", rbac=("-n", VICTIM, "-n", HOLDER), code=1, answer=None, told="")
    with _with_role(cluster, user) as name:
        limited = diagnose(cluster, "-n", VICTIM, "-n", HOLDER, "--as", name)

    assert 1 == limited.code
    assert [HOLDER] == [holder["namespace"] for holder in limited.only()["holders"]]
