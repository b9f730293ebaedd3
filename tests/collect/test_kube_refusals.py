"""The live cluster: refusals, broken answers, and servers that cannot be reached."""

from __future__ import annotations

import ssl
import time
from datetime import timedelta
from pathlib import Path

import pytest
from urllib3.exceptions import SSLError

from hostnetdoctor.collect.kube import Access, KubeCluster
from hostnetdoctor.collect.refusals import refused_by_network
from hostnetdoctor.collect.requests import (
    ContainerLog,
    Nodes,
    PodsOnNode,
    Survey,
    Version,
    WorkloadObject,
)
from hostnetdoctor.errors import CannotLook, UsageError
from hostnetdoctor.model import UnreadableKind, WorkloadRef
from tests.collect.api_server import Answer, ApiServer, json_answer, serving, status
from tests.collect.live import PODS, cluster_of, only, unreadable
from tests.collect.pods import listed, pod

# --- refusals ------------------------------------------------------------------------------------------------------


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
    assert (UnreadableKind.NOT_FOUND, "There is no such Deployment (any more).") == (answer.kind, answer.why)


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


# --- connections ---------------------------------------------------------------------------------------------------


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
