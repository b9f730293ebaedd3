"""Every way to reach a server and to say who is asking, against servers on 127.0.0.1."""

from __future__ import annotations

import base64
import json
import sys
import time
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from urllib3.exceptions import HTTPError

from hostnetdoctor.collect.call import Call
from hostnetdoctor.collect.kubeconfig import Login
from hostnetdoctor.collect.sender import ApiSender
from hostnetdoctor.errors import CannotLook
from tests.collect.api_server import CERTIFICATES, ApiServer, serving

VERSION = Call(path="/version", verb="get", resource="version")
NOWHERE = "https://api.nowhere.invalid:6443"


@pytest.fixture
def api() -> Iterator[ApiServer]:
    with serving("local.pem") as server:
        yield server


@pytest.fixture
def plain() -> Iterator[ApiServer]:
    with serving() as server:
        yield server


def sender(
    server: str,
    user: Mapping[str, Any] | None = None,
    *,
    cluster: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
) -> ApiSender:
    known = {"server": server, "certificate-authority": str(CERTIFICATES / "authority.pem"), **(cluster or {})}
    login = Login(context="here", namespace="shop", cluster=known, user=user or {}, user_name="u")
    return ApiSender(login, environment or {}, login_seconds=5, connections=2)


def ask(sender: ApiSender, call: Call = VERSION) -> int:
    answer = sender.send(call, (5, 5))
    answer.drain_conn()
    return int(answer.status)


def data_of(name: str) -> str:
    return base64.b64encode((CERTIFICATES / name).read_bytes()).decode()


# --- who is asking ------------------------------------------------------------------------------------------------


def test_a_name_and_a_password(api: ApiServer) -> None:
    """They are sent as HTTP knows it."""
    ask(sender(api.url, {"username": "jane", "password": "open: sesame"}))
    assert f"Basic {base64.b64encode(b'jane:open: sesame').decode()}" == api.asked[0].headers["authorization"]


def test_nobody_sends_no_name(api: ApiServer) -> None:
    """A user without anything is sent as nobody, and the server decides."""
    ask(sender(api.url))
    assert "authorization" not in api.asked[0].headers


def test_the_line_end_of_a_token_file_is_no_part_of_the_token(api: ApiServer, tmp_path: Path) -> None:
    """An editor ends the file with a line end, which no header may hold."""
    (tmp_path / "token").write_text("mounted\n")
    ask(sender(api.url, {"tokenFile": str(tmp_path / "token")}))
    assert "Bearer mounted" == api.asked[0].headers["authorization"]


def test_a_token_file_that_is_gone_is_one_sentence(tmp_path: Path) -> None:
    """It is named."""
    with pytest.raises(CannotLook, match=r"gone: No such file"):
        sender(NOWHERE, {"tokenFile": str(tmp_path / "gone")})


def token(expires: float) -> str:
    """Return a JSON web token that nobody has signed."""
    parts = ({"alg": "none"}, {"sub": "jane", "exp": int(expires)}, {"no": "signature"})
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)


def test_a_token_of_open_id_connect(api: ApiServer) -> None:
    """The token of an `auth-provider` is sent while it is valid."""
    valid = token(time.time() + 3600)
    ask(sender(api.url, {"auth-provider": {"name": "oidc", "config": {"id-token": valid}}}))
    assert f"Bearer {valid}" == api.asked[0].headers["authorization"]


def test_an_auth_provider_without_a_token_is_one_sentence() -> None:
    """What is missing is named."""
    with pytest.raises(CannotLook, match="id-token"):
        sender(NOWHERE, {"auth-provider": {"name": "oidc", "config": {"client-id": "kubernetes"}}})


# --- whom to believe ----------------------------------------------------------------------------------------------


def test_a_client_certificate_is_shown() -> None:
    """A server that wants one gets it, whether the kubeconfig has it inside or names a file."""
    named = str(CERTIFICATES / "bare.pem")
    inside = {"client-certificate-data": data_of("bare.pem"), "client-key-data": data_of("bare.pem")}
    with serving("local.pem", clients_of="bare-authority.pem") as api:
        assert 404 == ask(sender(api.url, inside))
        assert 404 == ask(sender(api.url, {"client-certificate": named, "client-key": named}))
        with pytest.raises(HTTPError):  # or one of its kinds: the alert and the end of the connection race
            ask(sender(api.url))


def test_an_authority_without_key_identifiers() -> None:
    """Python is strict about them since 3.13, kubectl is not, and many clusters have none."""
    with serving("bare.pem") as api:
        assert 404 == ask(sender(api.url, cluster={"certificate-authority": str(CERTIFICATES / "bare-authority.pem")}))


def test_an_authority_inside_the_kubeconfig_counts_more_than_a_file(api: ApiServer) -> None:
    """As for kubectl."""
    inside = {"certificate-authority-data": data_of("authority.pem"), "certificate-authority": "/nowhere.pem"}
    assert 404 == ask(sender(api.url, cluster=inside))


def test_a_server_by_another_name() -> None:
    """`tls-server-name` is the name that the certificate must have."""
    with serving("other.pem") as api:
        assert 404 == ask(sender(api.url, cluster={"tls-server-name": "another.example"}))


def test_whoever_answers_is_believed_where_the_user_says_so() -> None:
    """`insecure-skip-tls-verify` believes anybody, without a warning in every run."""
    with serving("other.pem") as api, warnings.catch_warnings():
        warnings.simplefilter("error")
        assert 404 == ask(sender(api.url, cluster={"insecure-skip-tls-verify": True}))


def test_an_authority_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    """It is said before anything is sent."""
    (tmp_path / "ca.pem").write_text("no certificate")
    with pytest.raises(CannotLook, match="The certificate-authority of the kubeconfig cannot be read"):
        sender(NOWHERE, cluster={"certificate-authority": str(tmp_path / "ca.pem")})


# --- the way ------------------------------------------------------------------------------------------------------


def test_a_server_below_a_path(api: ApiServer) -> None:
    """A gateway for many clusters has each below a path of its own."""
    ask(sender(f"{api.url}/k8s/clusters/c-1/"), Call(path="/version", query=(("a", "b c"),), resource="version"))
    assert ("/k8s/clusters/c-1/version", {"a": "b c"}) == (api.asked[0].path, api.asked[0].query)


def test_the_proxy_of_the_kubeconfig(plain: ApiServer) -> None:
    """A server without TLS is asked of the proxy by its whole address."""
    plain.on("/version")
    ask(sender("http://api.nowhere.invalid", cluster={"proxy-url": plain.url}))
    assert "api.nowhere.invalid" == plain.asked[0].headers["host"]


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy"])
def test_the_proxy_of_the_environment(plain: ApiServer, name: str) -> None:
    """A server elsewhere is asked through it."""
    ask(sender("http://api.nowhere.invalid", environment={name: plain.url}))
    assert "api.nowhere.invalid" == plain.asked[0].headers["host"]


@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy"])
@pytest.mark.parametrize("without", ["nowhere.invalid", ".invalid", "*", "10.0.0.0/8, api.nowhere.invalid"])
def test_servers_without_a_proxy(plain: ApiServer, name: str, without: str) -> None:
    """NO_PROXY exempts the server, which is then asked for by its name."""
    direct = sender("http://api.nowhere.invalid", environment={"HTTP_PROXY": plain.url, name: without})
    with pytest.raises(Exception, match="resolve"):
        ask(direct)
    assert [] == plain.asked


def test_this_machine_is_never_behind_a_proxy(api: ApiServer, plain: ApiServer) -> None:
    """A cluster on this machine is asked directly, as kubectl does."""
    ask(sender(api.url, environment={"HTTPS_PROXY": plain.url}))
    assert (1, 0) == (len(api.asked), len(plain.asked))


def test_an_address_that_is_none_is_one_sentence() -> None:
    """A server that cannot be an address is the kubeconfig's fault, and nothing is sent."""
    with pytest.raises(CannotLook, match="cannot be used"):
        sender("https://host:port:more")


def test_a_socks_proxy_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without PySocks it is one sentence, with how to get it."""
    monkeypatch.setitem(sys.modules, "urllib3.contrib.socks", None)
    with pytest.raises(CannotLook, match="needs the package PySocks"):
        sender(NOWHERE, cluster={"proxy-url": "socks5://127.0.0.1:1080"})
