"""The live cluster, against a server on 127.0.0.1."""

from __future__ import annotations

import contextlib
import ssl
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from urllib3.exceptions import SSLError

from hostnetdoctor import __version__
from hostnetdoctor.collect.kube import Access, KubeCluster
from hostnetdoctor.collect.refusals import refused_by_network
from hostnetdoctor.collect.requests import (
    Autoscalers,
    ConfigMapData,
    ContainerLog,
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
from hostnetdoctor.errors import CannotLook, UsageError
from hostnetdoctor.model import Unreadable, UnreadableKind, WorkloadRef
from tests.collect.api_server import Answer, ApiServer, json_answer, serving, status
from tests.collect.pods import listed, node, pod

PODS = "/api/v1/pods"


@pytest.fixture
def api() -> Iterator[ApiServer]:
    with serving("local.pem") as server:
        server.on("/version", json_answer({"gitVersion": "v1.34.4"}))
        server.on("/api/v1/nodes", json_answer(listed(node())))
        yield server


def cluster_of(api: ApiServer, directory: Path, seconds: float = 20, **access: Any) -> KubeCluster:
    path = access.pop("kubeconfig", None) or api.kubeconfig(directory)
    return KubeCluster(Access(timeout=timedelta(seconds=seconds), kubeconfig=path, environment={}, **access))


def only(cluster: KubeCluster, request: Any) -> Any:
    """Answer one request of a cluster that has answered before."""
    cluster.answer([Version()])
    return cluster.answer([request])[request]


def unreadable(cluster: KubeCluster, request: Any) -> Unreadable:
    answer = only(cluster, request)
    assert isinstance(answer, Unreadable)
    return answer


# --- what is sent -------------------------------------------------------------------------------------------------


def test_every_request_says_who_asks_and_carries_the_token(api: ApiServer, tmp_path: Path) -> None:
    """Every request has our own User-Agent and the kubeconfig's token."""
    cluster_of(api, tmp_path).answer([Version()])
    assert f"hostnet-doctor/{__version__}" == api.asked[0].headers["user-agent"]
    assert "Bearer secret" == api.asked[0].headers["authorization"]


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


# --- answers ------------------------------------------------------------------------------------------------------


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


# --- refusals -----------------------------------------------------------------------------------------------------


def test_a_missing_right_names_itself_and_its_check(api: ApiServer, tmp_path: Path) -> None:
    """403 says who may not do what, and how to check it."""
    api.on(
        PODS,
        status(403, 'pods is forbidden: User "jane" cannot list resource "pods" in API group "" at the cluster scope'),
    )
    answer = unreadable(cluster_of(api, tmp_path), PodsOnNode(node="node1"))
    assert UnreadableKind.FORBIDDEN == answer.kind
    assert "The user jane may not list pods in all namespaces." == answer.why
    assert (
        "ask for that right; this says whether you have it: kubectl auth can-i list pods --all-namespaces" == answer.fix
    )


def test_a_missing_object_is_not_found(api: ApiServer, tmp_path: Path) -> None:
    """404 for an object says that it is not there any more."""
    ref = WorkloadRef(api_version="apps/v1", kind="Deployment", namespace="shop", name="web")
    api.on("/apis/apps/v1/namespaces/shop/deployments/web", status(404, 'deployments.apps "web" not found'))
    answer = unreadable(cluster_of(api, tmp_path), WorkloadObject(ref=ref))
    assert (UnreadableKind.NOT_FOUND, "There is no Deployment shop/web (any more).") == (answer.kind, answer.why)


def test_an_expired_login_ends_the_run(api: ApiServer, tmp_path: Path) -> None:
    """401 for everything is one sentence, because no other request can fare better."""
    api.on("/version", status(401, "Unauthorized"))
    with pytest.raises(CannotLook, match="does not accept the login"):
        cluster_of(api, tmp_path).answer([Version()])


def test_being_nobody_ends_the_run(api: ApiServer, tmp_path: Path) -> None:
    """403 for system:anonymous is a failed login, not a missing right."""
    api.on("/version", status(403, 'forbidden: User "system:anonymous" cannot get path "/version"'))
    with pytest.raises(CannotLook, match="does not know who is asking"):
        cluster_of(api, tmp_path).answer([Version()])


def test_a_login_that_expires_on_the_way_costs_only_the_rest(api: ApiServer, tmp_path: Path) -> None:
    """401 after other answers leaves these answers standing."""
    api.on(PODS, status(401, "Unauthorized"))
    assert UnreadableKind.UNAUTHENTICATED == unreadable(cluster_of(api, tmp_path), PodsOnNode(node="n")).kind


def test_too_many_requests_are_sent_again_when_the_server_says(api: ApiServer, tmp_path: Path) -> None:
    """429 with Retry-After is obeyed and not reported."""
    api.on("/version", status(429, "slow down", Retry_After="1"), json_answer({"gitVersion": "v1"}))
    began = time.monotonic()
    cluster = cluster_of(api, tmp_path)
    cluster.answer([Version()])
    assert (True, 2) == (time.monotonic() - began >= 1, cluster.requests_made)


def test_a_retry_after_the_end_of_the_run_is_not_waited_for(api: ApiServer, tmp_path: Path) -> None:
    """A server that asks for more time than the run has is unreadable at once."""
    api.on(PODS, status(429, "slow down", Retry_After="3600"))
    answer = unreadable(cluster_of(api, tmp_path), PodsOnNode(node="n"))
    assert (UnreadableKind.UNREACHABLE, True) == (answer.kind, "too busy" in answer.why)


@pytest.mark.parametrize("code", [500, 502, 503, 504])
def test_a_failing_server_is_asked_again(api: ApiServer, tmp_path: Path, code: int) -> None:
    """One 5xx is forgiven."""
    api.on(PODS, status(code, "etcdserver: leader changed"), json_answer(listed()))
    assert () == only(cluster_of(api, tmp_path), PodsOnNode(node="n"))


def test_a_server_that_keeps_failing_is_quoted(api: ApiServer, tmp_path: Path) -> None:
    """A lasting 500 is reported in the server's words."""
    api.on(PODS, status(500, "etcdserver: request timed out"))
    answer = unreadable(cluster_of(api, tmp_path), PodsOnNode(node="n"))
    assert (UnreadableKind.BROKEN, True) == (answer.kind, "etcdserver: request timed out" in answer.why)


@pytest.mark.parametrize(
    "page",
    [
        Answer(body=b"<html>log in</html>", kind="text/html"),
        Answer(body=b"\n<!DOCTYPE html>", kind="application/json"),
        Answer(status=302, body=b"", headers={"Location": "https://login.example/"}),
    ],
)
def test_a_web_page_is_no_answer(api: ApiServer, tmp_path: Path, page: Answer) -> None:
    """The login page of a proxy, whatever its status, ends the run with that reason."""
    api.on("/version", page)
    with pytest.raises(CannotLook, match="A web page came instead"):
        cluster_of(api, tmp_path).answer([Version()])


def test_json_that_ends_too_early_is_unreadable(api: ApiServer, tmp_path: Path) -> None:
    """Truncated JSON is unreadable and says what it was about."""
    api.on(PODS, Answer(body=b'{"items": [{"metadata"'))
    answer = unreadable(cluster_of(api, tmp_path), PodsOnNode(node="n"))
    assert (UnreadableKind.BROKEN, True) == (answer.kind, "pods in all namespaces" in answer.why)


@pytest.mark.parametrize(
    "body",
    [
        b'{"items": {"no": "list"}}',
        b'{"items": [{"metadata": {"name": "\xff"}}]}',
        b'{"unknown": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b"[]",
        b"",
    ],
)
def test_an_answer_of_another_shape_is_unreadable(api: ApiServer, tmp_path: Path, body: bytes) -> None:
    """Whatever comes, it is an answer that cannot be understood and not an error of ours."""
    api.on(PODS, Answer(body=body))
    assert UnreadableKind.BROKEN == unreadable(cluster_of(api, tmp_path), PodsOnNode(node="n")).kind


def test_a_lost_connection_is_tried_again(api: ApiServer, tmp_path: Path) -> None:
    """A reset, and a body that breaks off, are forgiven."""
    good = json_answer(listed(pod()))
    api.on(PODS, Answer(refuse=True), Answer(body=good.body, cut=20), good)
    assert ["shop/web"] == [each.path for each in only(cluster_of(api, tmp_path), PodsOnNode(node="n"))]


def test_a_connection_that_ends_in_the_tls_handshake_is_lost_too(api: ApiServer, tmp_path: Path) -> None:
    """A load balancer that hangs up is told apart from a disagreement about TLS."""
    cluster = cluster_of(api, tmp_path)
    refused = refused_by_network(
        SSLError(ssl.SSLEOFError(8, "UNEXPECTED_EOF_WHILE_READING")), cluster.source.server or ""
    )
    assert (False, True) == (refused.lasting, "ended the connection" in refused.unreadable.why)


def test_a_connection_that_is_always_lost_is_unreachable(api: ApiServer, tmp_path: Path) -> None:
    """After some attempts a lost connection is reported."""
    api.on(PODS, Answer(refuse=True))
    answer = unreadable(cluster_of(api, tmp_path), PodsOnNode(node="n"))
    assert (UnreadableKind.UNREACHABLE, 4) == (answer.kind, len(api.asked))


# --- time ---------------------------------------------------------------------------------------------------------


def test_the_run_ends_in_time_and_keeps_what_it_has(api: ApiServer, tmp_path: Path) -> None:
    """A body that stalls becomes a timeout when the run's time is up; the other answers stay."""
    api.on(PODS, Answer(body=b'{"items": []}', cut=5, stall=True))
    began = time.monotonic()
    answers = cluster_of(api, tmp_path, seconds=1).answer([Version(), PodsOnNode(node="n")])
    late = answers[PodsOnNode(node="n")]
    assert isinstance(late, Unreadable)
    assert (UnreadableKind.TIMEOUT, True) == (late.kind, time.monotonic() - began < 3)
    assert not isinstance(answers[Version()], Unreadable)


def test_a_server_that_never_answers_ends_the_run(api: ApiServer, tmp_path: Path) -> None:
    """If the time runs out before any answer came, there is nothing to report on."""
    api.on("/version", Answer(stall=True))
    with pytest.raises(CannotLook, match=r"within the 0\.5 seconds"):
        cluster_of(api, tmp_path, seconds=0.5).answer([Version()])


def test_a_stopped_run_asks_nothing_more(api: ApiServer, tmp_path: Path) -> None:
    """After `cancel`, every request is answered at once and nothing is sent."""
    cluster = cluster_of(api, tmp_path)
    cluster.answer([Version()])
    cluster.cancel()
    answer = cluster.answer([Nodes()])[Nodes()]
    assert isinstance(answer, Unreadable)
    assert ("The run was stopped before this was read.", 1) == (answer.why, len(api.asked))


# --- connections --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("certificate", "words"),
    [("expired.pem", "has expired"), ("other.pem", "is for another name"), (None, "does not speak TLS")],
)
def test_tls_failures_are_told_apart(tmp_path: Path, certificate: str | None, words: str) -> None:
    """An expired certificate, a wrong name and a server without TLS each have their own sentence."""
    with serving(certificate) as api:
        api.url = api.url.replace("http:", "https:")
        with pytest.raises(CannotLook, match=words):
            cluster_of(api, tmp_path).answer([Version()])


def test_an_unknown_authority_is_named_as_such(api: ApiServer, tmp_path: Path) -> None:
    """A certificate of somebody else's authority is told apart from an expired one."""
    path = Path(api.kubeconfig(tmp_path))
    path.write_text(path.read_text().replace("authority.pem", "other.pem"))
    with pytest.raises(CannotLook, match="not issued by an authority"):
        cluster_of(api, tmp_path, kubeconfig=str(path)).answer([Version()])


def test_nothing_listens(tmp_path: Path) -> None:
    """A refused connection asks whether the cluster runs."""
    with serving() as api:
        path = api.kubeconfig(tmp_path)
    cluster = KubeCluster(Access(kubeconfig=path, environment={}, timeout=timedelta(seconds=5)))
    with pytest.raises(CannotLook, match="nothing listens there"):
        cluster.answer([Version(), Nodes()])


def test_a_name_that_does_not_exist(tmp_path: Path) -> None:
    """A server whose name cannot be resolved is told apart."""
    api = ApiServer(url="https://no-such-host.invalid:6443")
    with pytest.raises(CannotLook, match="its name cannot be resolved"):
        cluster_of(api, tmp_path).answer([Version()])


def test_a_proxy_that_refuses_is_named(api: ApiServer, tmp_path: Path) -> None:
    """A proxy that does not let the request through is to blame, not the server."""
    with serving() as proxy:
        path = Path(api.kubeconfig(tmp_path))
        path.write_text(path.read_text().replace("server:", f"proxy-url: {proxy.url}\n    server:"))
        with pytest.raises(CannotLook, match="The proxy on the way"):
            cluster_of(api, tmp_path, kubeconfig=str(path)).answer([Version()])


def test_a_certificate_file_that_is_missing_is_one_sentence(api: ApiServer, tmp_path: Path) -> None:
    """A kubeconfig that names a file that is not there is refused before anything is sent."""
    path = Path(api.kubeconfig(tmp_path, **{"client-certificate": "gone.pem", "client-key": "gone.pem"}))
    with pytest.raises(CannotLook, match=r"gone\.pem"):
        cluster_of(api, tmp_path, kubeconfig=str(path))


def test_a_selector_that_cannot_be_read_is_a_usage_error(api: ApiServer, tmp_path: Path) -> None:
    """A bad label selector is the user's to mend, and is not sent."""
    with pytest.raises(UsageError, match="label selector"):
        cluster_of(api, tmp_path).answer([Survey(namespace=None, selector="a==b==c")])


# --- logs ---------------------------------------------------------------------------------------------------------


def test_a_container_that_never_restarted_has_no_previous_log(api: ApiServer, tmp_path: Path) -> None:
    """The API's 400 for a log is a log that does not exist, in the API's words."""
    request = ContainerLog(namespace="shop", pod="web", container="main", previous=True)
    api.on(
        "/api/v1/namespaces/shop/pods/web/log",
        status(400, 'previous terminated container "main" in pod "web" not found'),
    )
    answer = unreadable(cluster_of(api, tmp_path), request)
    assert (UnreadableKind.NO_LOG, True) == (answer.kind, "previous terminated container" in answer.why)
    assert "true" == api.queries("/api/v1/namespaces/shop/pods/web/log")[0]["previous"]


def test_a_kubelet_that_does_not_answer_is_unreachable(api: ApiServer, tmp_path: Path) -> None:
    """The API server's failure to reach the node is asked once and told apart from a missing log."""
    words = 'Get "https://10.0.0.7:10250/containerLogs/shop/web/main": dial tcp 10.0.0.7:10250: i/o timeout'
    api.on("/api/v1/namespaces/shop/pods/web/log", status(500, words))
    answer = unreadable(cluster_of(api, tmp_path), ContainerLog(namespace="shop", pod="web", container="main"))
    assert (UnreadableKind.UNREACHABLE, 2) == (answer.kind, len(api.asked))


def test_no_more_than_five_logs_at_once(api: ApiServer, tmp_path: Path) -> None:
    """Logs are read at most five at a time, whatever is asked for."""
    busy = Busy()
    for number in range(10):
        api.on(f"/api/v1/namespaces/shop/pods/p{number}/log", busy)
    cluster_of(api, tmp_path).answer(
        [ContainerLog(namespace="shop", pod=f"p{number}", container="main") for number in range(10)]
    )
    assert 5 == busy.most


def much_to_read(api: ApiServer, busy: Busy) -> tuple[list[ContainerLog], list[ConfigMapData]]:
    """Return ten logs and six ConfigMaps, all of which this route answers."""
    logs = [ContainerLog(namespace="shop", pod=f"p{number}", container="main") for number in range(10)]
    maps = [ConfigMapData(namespace="shop", name=f"c{number}") for number in range(6)]
    for log in logs:
        api.on(f"/api/v1/namespaces/shop/pods/{log.pod}/log", busy)
    for config in maps:
        api.on(f"/api/v1/namespaces/shop/configmaps/{config.name}", busy)
    return logs, maps


def test_no_more_than_eight_requests_at_once(api: ApiServer, tmp_path: Path) -> None:
    """Logs and everything else together are at most eight, whatever is asked for."""
    busy = Busy(8, Answer(body=b"{}"))
    logs, maps = much_to_read(api, busy)
    cluster_of(api, tmp_path).answer([*logs, *maps])
    assert 8 == busy.most


@pytest.mark.parametrize(("limit", "kinds"), [(8, "everything"), (5, "logs")])
def test_the_limits_are_for_all_that_is_read_at_once(api: ApiServer, tmp_path: Path, limit: int, kinds: str) -> None:
    """Two batches of nodes that are read at the same time share them."""
    # For one more, which must not come; a full queue of the server costs a second.
    busy = Busy(limit + 1, Answer(body=b"{}"), patience=3)
    logs, maps = much_to_read(api, busy)
    maps = maps if kinds == "everything" else []
    cluster = cluster_of(api, tmp_path)
    with ThreadPoolExecutor(2) as threads:
        both = threads.map(cluster.answer, ([*logs[:5], *maps[:3]], [*logs[5:], *maps[3:]]))
        assert len(logs) + len(maps) == sum(map(len, both))
    assert busy.most <= limit


_PATIENCE = 20  # seconds that a request waits for the others, on a busy machine


class Busy:
    """A route that counts how many requests are in it, and lets each wait until so many are."""

    def __init__(self, full: int = 5, answer: Answer | None = None, patience: float = _PATIENCE) -> None:
        self.most = self._now = 0
        self._lock = threading.Lock()
        self._full = threading.Barrier(full)
        self._patience = patience
        self._answer = answer or Answer(body=b"", kind="text/plain")

    def __call__(self, _: object) -> Answer:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        with contextlib.suppress(threading.BrokenBarrierError):
            self._full.wait(self._patience)
        with self._lock:
            self._now -= 1
        return self._answer
