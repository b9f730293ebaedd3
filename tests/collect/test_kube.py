"""The live cluster: what is sent, and what its answers mean."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from hostnetdoctor import __version__
from hostnetdoctor.collect.kube import Access, KubeCluster
from hostnetdoctor.collect.requests import (
    Autoscalers,
    ConfigMapData,
    FirstNodes,
    NamespaceName,
    Nodes,
    PodEvents,
    PodsOnNode,
    Services,
    Survey,
    Version,
    WorkloadObject,
)
from hostnetdoctor.errors import CannotLook
from hostnetdoctor.model import UnreadableKind, WorkloadRef
from tests.collect.api_server import Answer, ApiServer, json_answer, status, tree
from tests.collect.live import PODS, cluster_of, only, unreadable
from tests.collect.pods import listed, node, pod

# --- what is sent --------------------------------------------------------------------------------------------------


def test_every_request_says_who_asks_and_carries_the_token(api: ApiServer, tmp_path: Path) -> None:
    """Every request has our own User-Agent and the kubeconfig's token."""
    cluster_of(api, tmp_path).answer([Version()])
    assert f"hostnet-doctor/{__version__}" == api.asked[0].headers["user-agent"]
    assert "Bearer secret" == api.asked[0].headers["authorization"]


def test_long_answers_are_asked_for_and_read_packed(api: ApiServer, tmp_path: Path) -> None:
    """Lists come packed, as for every client in Go."""
    pods = json.dumps(listed(*(pod(f"p{number}") for number in range(3000)))).encode()
    packed = gzip.compress(pods)
    api.on(PODS, Answer(body=packed, headers={"Content-Encoding": "gzip"}))
    cluster = cluster_of(api, tmp_path)
    assert 3000 == len(only(cluster, PodsOnNode(node="n1")))
    assert ("gzip", True) == (api.asked[-1].headers["accept-encoding"], len(packed) < len(pods) / 10)


def test_the_kubeconfig_may_refuse_packed_answers(api: ApiServer, tmp_path: Path) -> None:
    """`disable-compression` is obeyed, as kubectl does."""
    config = tree(api.url)
    config["clusters"][0]["cluster"]["disable-compression"] = True
    (tmp_path / "own").write_text(yaml.safe_dump(config))
    cluster_of(api, tmp_path, kubeconfig=str(tmp_path / "own")).answer([Version()])
    assert "identity" == api.asked[0].headers["accept-encoding"]


def test_impersonation_sends_the_user_and_every_group(api: ApiServer, tmp_path: Path) -> None:
    """`--as` and its groups become headers, one for each group."""
    cluster_of(api, tmp_path, as_user="jane", as_groups=("dev", "ops")).answer([Version()])
    sent = [pair for pair in api.asked[0].every_header if pair[0].startswith("impersonate")]
    assert [("impersonate-user", "jane"), ("impersonate-group", "dev"), ("impersonate-group", "ops")] == sent


def test_the_kubeconfig_may_impersonate_too(api: ApiServer, tmp_path: Path) -> None:
    """`as` and `as-groups` of the kubeconfig's user are obeyed, as kubectl does."""
    path = api.kubeconfig(tmp_path, **{"as": "jane", "as-groups": ["dev"]})
    cluster_of(api, tmp_path, kubeconfig=path).answer([Version()])
    assert ("jane", "dev") == (api.asked[0].headers["impersonate-user"], api.asked[0].headers["impersonate-group"])


def test_a_pod_reads_its_own_cluster(api: ApiServer, tmp_path: Path) -> None:
    """Without any kubeconfig, the service account of the pod is used, with its namespace."""
    host, port = api.url.removeprefix("https://").split(":")
    (tmp_path / "token").write_text("mounted")
    (tmp_path / "namespace").write_text("tools")
    authority = Path(__file__).parent / "certificates" / "authority.pem"
    (tmp_path / "ca.crt").write_bytes(authority.read_bytes())
    environment = {"KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": port, "HOME": str(tmp_path)}
    access = Access(environment=environment, service_account=tmp_path)
    KubeCluster(access).answer([Version()])
    assert ("tools", "Bearer mounted") == (access.login().namespace, api.asked[0].headers["authorization"])


def test_no_kubeconfig_at_all_is_one_sentence(tmp_path: Path) -> None:
    """Outside a pod and without a kubeconfig there is nothing to look at."""
    with pytest.raises(CannotLook, match="There is no kubeconfig"):
        KubeCluster(Access(environment={"HOME": str(tmp_path)}, service_account=tmp_path))


def test_a_token_file_is_preferred_to_a_token(api: ApiServer, tmp_path: Path) -> None:
    """Where the kubeconfig has both, the file counts, as for kubectl."""
    (tmp_path / "rotated").write_text("newer")
    both = {"token": "older", "tokenFile": "rotated"}
    path = api.kubeconfig(tmp_path, **both)
    cluster_of(api, tmp_path, kubeconfig=path).answer([Version()])
    assert "Bearer newer" == api.asked[0].headers["authorization"]


# --- answers -------------------------------------------------------------------------------------------------------


def test_the_version_dates_the_source(api: ApiServer, tmp_path: Path) -> None:
    """The source is dated by the server's clock, never by ours."""
    cluster = cluster_of(api, tmp_path)
    answer = cluster.answer([Version()])[Version()]
    at = datetime(2026, 11, 2, 10, tzinfo=UTC)
    assert ("v1.34.4", at) == (answer.git_version, answer.at)  # type: ignore[attr-defined]  # it is a ServerVersion
    assert (at, "v1.34.4", "here", api.url) == (
        cluster.source.taken_at,
        cluster.source.server_version,
        cluster.source.context,
        cluster.source.server,
    )


def test_any_answer_dates_the_source(api: ApiServer, tmp_path: Path) -> None:
    """Without a right to the version, another answer's time dates the source."""
    api.on("/version", status(403, 'User "jane" cannot get path "/version"'))
    cluster = cluster_of(api, tmp_path)
    cluster.answer([Version(), Nodes()])
    assert datetime(2026, 11, 2, 10, tzinfo=UTC) == cluster.source.taken_at


def test_pods_of_a_node_are_read_from_the_cache_and_sorted(api: ApiServer, tmp_path: Path) -> None:
    """A node's pods are asked for with a resource version, so that no server reads them all from etcd."""
    api.on(PODS, json_answer(listed(pod("b"), pod("a"))))
    found = only(cluster_of(api, tmp_path), PodsOnNode(node="node1"))
    assert ["shop/a", "shop/b"] == [each.path for each in found]
    assert [{"fieldSelector": "spec.nodeName=node1", "resourceVersion": "0"}] == api.queries(PODS)


@pytest.mark.parametrize(("token", "more"), [("", False), ("next", True)])
def test_the_first_nodes_are_a_page(api: ApiServer, tmp_path: Path, token: str, more: bool) -> None:
    """A limit counts only without a resource version; the server's token says that there are more."""
    page = {**listed(node("b"), node("a")), "metadata": {"continue": token}}
    api.on("/api/v1/nodes", json_answer(page))
    found = only(cluster_of(api, tmp_path), FirstNodes())
    assert (["a", "b"], more) == ([each.name for each in found.nodes], found.more)
    assert [{"limit": "250"}] == api.queries("/api/v1/nodes")


def test_one_node_is_listed_by_its_name(api: ApiServer, tmp_path: Path) -> None:
    """Who may list nodes need not be allowed to get them; a node that has gone is no node."""
    api.on("/api/v1/nodes", json_answer(listed()))
    assert () == only(cluster_of(api, tmp_path), Nodes(name="node7"))
    assert [{"fieldSelector": "metadata.name=node7", "resourceVersion": "0"}] == api.queries("/api/v1/nodes")


def test_pods_of_a_node_are_not_older_than_the_survey(api: ApiServer, tmp_path: Path) -> None:
    """After a survey, lists by node are at least as new as it."""
    columns = [{"name": name} for name in ("Name", "Ready", "Status", "Restarts", "Node")]
    table = {"kind": "Table", "metadata": {"resourceVersion": "77"}, "columnDefinitions": columns, "rows": []}
    api.on(PODS, json_answer(table), json_answer(listed()))
    cluster = cluster_of(api, tmp_path)
    cluster.answer([Survey(namespace=None)])
    cluster.answer([PodsOnNode(node=None)])
    newer = {"fieldSelector": "spec.nodeName=", "resourceVersion": "77", "resourceVersionMatch": "NotOlderThan"}
    assert newer == api.queries(PODS)[1]


def test_lists_that_are_null_are_empty(api: ApiServer, tmp_path: Path) -> None:
    """`"items": null` is an empty list."""
    api.on("/api/v1/namespaces/shop/services", json_answer({"items": None}))
    assert () == only(cluster_of(api, tmp_path), Services(namespace="shop"))


def test_a_config_map_and_a_namespace(api: ApiServer, tmp_path: Path) -> None:
    """Single objects are asked for by name, and one that is not there is not found."""
    settings = {"metadata": {"name": "settings"}, "data": {"port": "80"}, "binaryData": {"logo": "AA=="}}
    api.on("/api/v1/namespaces/shop/configmaps/settings", json_answer(settings))
    api.on("/api/v1/namespaces/shop", json_answer({"kind": "Namespace", "metadata": {"name": "shop"}}))
    api.on("/api/v1/namespaces/shpo", status(404, 'namespaces "shpo" not found'))
    cluster = cluster_of(api, tmp_path)

    assert {"port": "80"} == only(cluster, ConfigMapData(namespace="shop", name="settings"))
    assert "shop" == only(cluster, NamespaceName(namespace="shop"))
    assert UnreadableKind.NOT_FOUND == unreadable(cluster, NamespaceName(namespace="shpo")).kind


def test_small_lists_of_one_namespace(api: ApiServer, tmp_path: Path) -> None:
    """Events are asked for by their pod, and autoscalers name what they scale."""
    about = {"kind": "Pod", "namespace": "shop", "name": "web", "uid": "u"}
    api.on("/api/v1/namespaces/shop/events", json_answer(listed({"involvedObject": about, "reason": "BackOff"})))
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    scaler = {"metadata": {"name": "h", "namespace": "shop"}, "spec": {"scaleTargetRef": target}}
    api.on("/apis/autoscaling/v1/namespaces/shop/horizontalpodautoscalers", json_answer(listed(scaler)))
    cluster = cluster_of(api, tmp_path)
    answers = cluster.answer([PodEvents(namespace="shop", pod="web"), Autoscalers(namespace="shop")])
    event, autoscaler = (each[0] for each in answers.values())  # type: ignore[index]  # both are tuples
    assert ("BackOff", "web") == (event.reason, event.pod)
    assert WorkloadRef(api_version="apps/v1", kind="Deployment", namespace="shop", name="web") == autoscaler.target
    assert (
        "involvedObject.kind=Pod,involvedObject.name=web"
        == api.queries("/api/v1/namespaces/shop/events")[0]["fieldSelector"]
    )


def test_a_custom_resource_is_found_by_discovery_once(api: ApiServer, tmp_path: Path) -> None:
    """The path of a kind that we do not know is asked of the server, once for all objects of its group."""
    kinds = [
        {"name": "gateways", "kind": "Gateway", "namespaced": True},
        {"name": "gateways/status", "kind": "Gateway", "namespaced": True},
        {"name": "fleets", "kind": "Fleet", "namespaced": False},
    ]
    api.on("/apis/example.com/v1", json_answer({"resources": kinds}))
    odd = {"metadata": {"name": "g", "uid": "1"}, "spec": {"replicas": "many", "template": []}}
    api.on("/apis/example.com/v1/namespaces/shop/gateways/g", json_answer(odd))
    api.on("/apis/example.com/v1/fleets/f", json_answer({"metadata": {"name": "f", "uid": "2"}}))
    cluster = cluster_of(api, tmp_path)
    gateway = WorkloadRef(api_version="example.com/v1", kind="Gateway", namespace="shop", name="g")
    fleet = WorkloadRef(api_version="example.com/v1", kind="Fleet", namespace="shop", name="f")
    read = cluster.answer([WorkloadObject(ref=gateway), WorkloadObject(ref=fleet)])
    assert ["1", "2"] == [each.uid for each in read.values()]  # type: ignore[attr-defined]  # Workloads
    assert 1 == len(api.queries("/apis/example.com/v1"))


def test_a_kind_that_the_server_does_not_know_is_not_found(api: ApiServer, tmp_path: Path) -> None:
    """An owner of an unknown kind is unreadable, never guessed."""
    api.on("/apis/example.com/v1", json_answer({"resources": None}))
    ref = WorkloadRef(api_version="example.com/v1", kind="Gone", namespace="shop", name="g")
    answer = unreadable(cluster_of(api, tmp_path), WorkloadObject(ref=ref))
    assert (UnreadableKind.NOT_FOUND, True) == (answer.kind, "Gone" in answer.why)
