"""`hostnet-doctor rbac` and `diagnose --check-access`: which rights are needed, and which are missing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from hostnetdoctor.cli.rights import FEATURES, RIGHTS
from hostnetdoctor.collect.kube import Access, KubeCluster
from hostnetdoctor.collect.requests import ConfigMapData, NamespaceName, PodEvents
from tests.cli.program import run_program
from tests.collect.api_server import Answer, ApiServer, Asked, json_answer, serving, status
from tests.faults import shop

REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"


def printed(*arguments: str) -> list[dict[str, Any]]:
    done = run_program("rbac", *arguments)
    assert (0, "") == (done.code, done.stderr)
    return list(yaml.safe_load_all(done.stdout))


def resources(role: dict[str, Any]) -> set[str]:
    return {resource for rule in role["rules"] for resource in rule["resources"]}


@pytest.fixture
def api() -> Iterator[ApiServer]:
    with serving() as server:
        shop.serve(server)
        yield server


# --- rbac ---------------------------------------------------------------------------------------------------------


def test_a_cluster_role() -> None:
    """Without flags it is one ClusterRole that only gets and lists."""
    (role,) = printed()

    assert ("ClusterRole", "hostnet-doctor") == (role["kind"], role["metadata"]["name"])
    assert {"get", "list"} == {verb for rule in role["rules"] for verb in rule["verbs"]}
    assert {"pods", "pods/log", "nodes", "services", "events", "configmaps"} <= resources(role)


@pytest.mark.parametrize("feature", FEATURES)
def test_a_feature_can_be_left_out(feature: str) -> None:
    """What is read for an unwanted feature is not asked for, and everything else is."""
    (whole,), (rest,) = printed(), printed("--without", feature)
    left_out = {resource for right in RIGHTS if right.feature == feature for resource in right.resources}

    assert left_out == resources(whole) - resources(rest)
    assert set() == resources(rest) - resources(whole)


def test_roles_in_namespaces() -> None:
    """A Role has nothing that lives outside namespaces, where it would have no effect."""
    shop_role, bank_role = printed("-n", "shop", "-n", "bank")

    assert ("Role", "shop", "bank") == (
        shop_role["kind"],
        shop_role["metadata"]["namespace"],
        bank_role["metadata"]["namespace"],
    )
    assert set() == resources(shop_role) & {"nodes", "namespaces"}


def test_bindings() -> None:
    """A binding comes with the role when it is said to whom."""
    role, binding = printed(
        "--user", "jane@example.com", "--group", "42", "--serviceaccount", "ops:doctor", "--name", "x"
    )

    assert ("ClusterRoleBinding", role["metadata"]["name"]) == (binding["kind"], binding["roleRef"]["name"])
    assert ["jane@example.com", "42", "doctor"] == [each["name"] for each in binding["subjects"]]


@pytest.mark.parametrize("words", [("--without", "log"), ("--serviceaccount", "doctor")])
def test_wrong_words(words: tuple[str, str]) -> None:
    """An unknown feature, or a service account without its namespace, is a usage error with a fix."""
    done = run_program("rbac", *words)

    assert (2, "", True) == (done.code, done.stdout, "Fix: " in done.stderr)


def test_the_rights_are_those_that_are_used(api: ApiServer, tmp_path: Path) -> None:
    """Every request that can be sent needs a right of the list, or one that everybody has."""
    assert 1 == run_program("diagnose", "-A", "--kubeconfig", api.kubeconfig(tmp_path)).code
    cluster = KubeCluster(Access(kubeconfig=api.kubeconfig(tmp_path), environment={}))
    events = PodEvents(namespace="shop", pod="web-b")
    cluster.answer([events, ConfigMapData(namespace="shop", name="c"), NamespaceName(namespace="shop")])
    diagnosed = run_program("diagnose", "-A", "-v", "--kubeconfig", api.kubeconfig(tmp_path)).stderr
    sent = {tuple(each.split()[1:]) for each in diagnosed.splitlines()[-1].partition(": ")[2].split(", ")}
    sent |= {tuple(kind.split()) for kind, _ in cluster.requests_by_kind}

    allowed = {(right.verb, resource) for right in RIGHTS for resource in right.resources}
    assert {("get", "version")} == sent - allowed


# --- -v -----------------------------------------------------------------------------------------------------------


def test_requests_are_counted_by_verb_and_resource(api: ApiServer, tmp_path: Path) -> None:
    """The last line of -v says how many requests of which kind were sent."""
    done = run_program("diagnose", "-n", "shop", "-v", "--kubeconfig", api.kubeconfig(tmp_path))

    assert done.stderr.splitlines()[-1].startswith("12 requests: ")
    assert {"2 get pods/log", "3 list pods", "1 get version"} <= set(
        done.stderr.splitlines()[-1].partition(": ")[2].split(", ")
    )


# --- --check-access -----------------------------------------------------------------------------------------------


def reviewed(*refused: tuple[str, str | None]) -> Any:
    """Return a server's rules: everything but these pairs of a resource and a namespace."""

    def review(asked: Asked) -> Answer:
        what = json.loads(asked.body)["spec"]["resourceAttributes"]
        resource = "/".join(part for part in (what["resource"], what.get("subresource")) if part)
        allowed = (resource, what.get("namespace")) not in refused
        return json_answer({"kind": "SelfSubjectAccessReview", "status": {"allowed": allowed}}, 201)

    return review


def checked(api: ApiServer, directory: Path, *arguments: str) -> list[str]:
    done = run_program("diagnose", "--check-access", "--kubeconfig", api.kubeconfig(directory), *arguments)
    assert 1 == done.code
    return done.stderr.splitlines()


def test_all_rights(api: ApiServer, tmp_path: Path) -> None:
    """Who may read everything is told so in one line."""
    api.on(REVIEWS, reviewed())

    assert ["You may read everything that a run can ask for."] == checked(api, tmp_path, "-A")


def test_a_missing_right_is_told_with_what_it_costs(api: ApiServer, tmp_path: Path) -> None:
    """Each missing right is named with what the report will lack, and then the run begins."""
    api.on(REVIEWS, reviewed(("services", None)))
    line, fix = checked(api, tmp_path, "-A")

    assert "You may not list services. A NodePort or an external IP that holds the port is not recognised." == line
    assert fix.startswith("Fix: ")


def test_a_right_in_the_namespace_alone(api: ApiServer, tmp_path: Path) -> None:
    """A right that ends at the namespace is told as such."""
    api.on(REVIEWS, reviewed(("pods", None), ("nodes", None), ("pods/log", None), ("pods/log", "shop")))
    lines = checked(api, tmp_path, "-n", "shop")

    assert "You may list pods only in shop. What other namespaces have on the same node stays unknown." in lines
    assert any(line.startswith("You may not get pods/log.") for line in lines)
    assert any(line.startswith("You may not list nodes.") for line in lines)


def test_a_server_that_does_not_say(api: ApiServer, tmp_path: Path) -> None:
    """A server that answers no questions about rights does not keep the run from beginning."""
    api.on(REVIEWS, status(403, 'User "jane" cannot create resource "selfsubjectaccessreviews"'))

    assert ["The server does not say what you may read."] == [
        line.partition(". ")[0] + "." for line in checked(api, tmp_path, "-A")
    ]


def test_only_reviews_are_sent_with_a_body(api: ApiServer, tmp_path: Path) -> None:
    """Everything else that is sent only reads."""
    api.on(REVIEWS, reviewed())
    checked(api, tmp_path, "-A")

    assert {REVIEWS} == {each.path for each in api.asked if each.method != "GET"}


def test_files_have_no_rights(tmp_path: Path) -> None:
    """--check-access asks a server, so it contradicts --from."""
    assert 2 == run_program("diagnose", "--from", str(tmp_path), "--check-access").code
