"""Say in one sentence why a request has no answer: the server's refusals and the network's failures."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass

from urllib3 import exceptions as network

from hostnetdoctor.collect import wire
from hostnetdoctor.collect.call import Call
from hostnetdoctor.collect.log_refusals import no_log
from hostnetdoctor.model import Unreadable, UnreadableKind, visible

_USER = re.compile(r'User "([^"]*)"')
_ANONYMOUS = "system:anonymous"
_LOG = "pods/log"
# OpenSSL's codes (openssl/x509_vfy.h), as ssl.SSLCertVerificationError.verify_code has them.
_UNKNOWN_CA = frozenset({2, 18, 19, 20, 21})
_NOT_VALID_NOW = {9: "is not valid yet", 10: "has expired"}
_WRONG_NAME = frozenset({62, 64})
_LOST = (ssl.SSLEOFError, ssl.SSLZeroReturnError)  # a connection that ended, not a disagreement about TLS


@dataclass(eq=False)
class Refused(Exception):
    """A request without an answer. `whole` says that no other request can fare better: no server, no login."""

    unreadable: Unreadable
    whole: bool = False
    code: int | None = None  # HTTP's, where the server answered
    lasting: bool = False  # whether the same request would fail in the same way at once


# --- the server answered, and it is no ----------------------------------------------------------------------------


def refused_by_server(call: Call, code: int, body: bytes) -> Refused:
    """Return why the server's answer is no answer, from its HTTP code and its body."""
    message = _message(body)
    anonymous = code == 403 and _ANONYMOUS in message
    redirected = 300 <= code < 400
    return Refused(_refusal(call, code, message), whole=code == 401 or anonymous or redirected, code=code)


def _refusal(call: Call, code: int, message: str) -> Unreadable:
    if call.resource == _LOG and code in {400, 500}:
        return _no_log(message)
    match code:
        case 401:
            return _unauthenticated("The server does not accept the login: it has expired or is wrong")
        case 403 if _ANONYMOUS in message:
            return _unauthenticated("The server does not know who is asking (system:anonymous)")
        case 403:
            return _forbidden(call, message)
        case 404:
            return _not_found(call, message)
        case 429:
            return _busy(call)
        case 502 | 503 | 504:
            why = f"The server could not answer for {call.what} (HTTP {code}){_quoted(message)}"
            return Unreadable(kind=UnreadableKind.UNREACHABLE, why=why, fix="try again in a minute")
        case _ if 300 <= code < 400:
            return _web_page(call)
        case _:
            why = f"The server refused {call.what} (HTTP {code}){_quoted(message)}"
            return Unreadable(kind=UnreadableKind.BROKEN, why=why)


def broken(call: Call, reason: str) -> Refused:
    """Return that an answer came which is not what it should be."""
    why = f"The answer about {call.what} cannot be understood: {visible(reason)}."
    return Refused(
        Unreadable(kind=UnreadableKind.BROKEN, why=why, fix=f"see what comes: kubectl get --raw '{call.path}'")
    )


def web_page(call: Call) -> Refused:
    """Return that a web page came instead of an answer of the API."""
    return Refused(_web_page(call), whole=True)


def _message(body: bytes) -> str:
    try:
        return wire.decode(body, wire.Status).message or ""
    except wire.Undecodable:
        text = body.decode(errors="replace").strip()
        return "" if text.startswith("<") else text


def _quoted(message: str) -> str:
    return f": {visible(message.rstrip('.'))}." if message else "."


def _unauthenticated(why: str) -> Unreadable:
    return Unreadable(
        kind=UnreadableKind.UNAUTHENTICATED, why=f"{why}.", fix="log in again; kubectl auth whoami shows who you are"
    )


def _forbidden(call: Call, message: str) -> Unreadable:
    user = _USER.search(message)
    who = f"The user {visible(user[1])}" if user else "This user"
    return Unreadable(
        kind=UnreadableKind.FORBIDDEN,
        why=f"{who} may not {call.verb} {call.right}.",
        fix=f"ask for that right; this says whether you have it: {call.access_check}",
    )


def _not_found(call: Call, message: str) -> Unreadable:
    if call.resource == _LOG and "the server could not find the requested resource" in message:
        return no_log(f"the node does not know the {call.one}")
    if call.one is not None:
        # The name stands beside the reason wherever it is told, and without it many that are gone are told together.
        return Unreadable(kind=UnreadableKind.NOT_FOUND, why=f"There is no such {call.one.split()[0]} (any more).")
    return Unreadable(kind=UnreadableKind.NOT_FOUND, why=f"The server does not know {call.what}{_quoted(message)}")


def _busy(call: Call) -> Unreadable:
    why = f"The server is too busy to answer for {call.what} (HTTP 429)."
    return Unreadable(kind=UnreadableKind.UNREACHABLE, why=why, fix="try again in a minute")


def _no_log(message: str) -> Unreadable:
    # The API server asks the node's kubelet; where that fails it says how: `Get "https://10.0.0.7:10250/...": ...`
    if message.startswith(("Get ", "dial ")) or "proxy error" in message:
        why = f"The server cannot reach the node's kubelet for the log{_quoted(message)}"
        return Unreadable(kind=UnreadableKind.UNREACHABLE, why=why)
    return no_log(visible(message) or "the server gave no reason")


def _web_page(call: Call) -> Unreadable:
    why = f"A web page came instead of the API's answer for {call.what}: a proxy or a login page stands in between."
    return Unreadable(
        kind=UnreadableKind.BROKEN, why=why, fix="check the kubeconfig's server and the HTTPS_PROXY variable"
    )


# --- the network failed -------------------------------------------------------------------------------------------


def refused_by_network(error: BaseException, server: str) -> Refused:
    """Return why the server cannot be reached, from the error that urllib3 or Python's ssl raised."""
    chain = list(_chain(error))
    for each in chain:
        if isinstance(each, ssl.SSLCertVerificationError):
            return _unreachable(*_certificate(each, server), lasting=True)
    if any(isinstance(each, network.ProxyError) for each in chain):
        why = f"The proxy on the way to {server} does not let the request through: {_last(chain)}"
        return _unreachable(why, "check HTTPS_PROXY and NO_PROXY, and proxy-url in the kubeconfig", lasting=True)
    for each in chain:
        if isinstance(each, ssl.SSLError) and not isinstance(each, _LOST):
            return _unreachable(*_tls(each, server), lasting=True)
    # A request that was not answered in that time would not be in the next one.
    silent = any(isinstance(each, network.ReadTimeoutError) for each in chain)
    return _unreachable(*_connection(chain, server), lasting=silent)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and everything that led to it."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        each = waiting.pop(0)
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        reason = getattr(each, "reason", None)
        inner = [argument for argument in each.args if isinstance(argument, BaseException)]
        waiting += [reason if isinstance(reason, BaseException) else None, each.__cause__, each.__context__, *inner]


def _last(chain: list[BaseException]) -> str:
    return visible(str(chain[-1]) or type(chain[-1]).__name__)


def _certificate(error: ssl.SSLCertVerificationError, server: str) -> tuple[str, str]:
    if error.verify_code in _UNKNOWN_CA:
        return (
            f"The certificate of {server} was not issued by an authority that the kubeconfig names",
            "check certificate-authority-data of the cluster in the kubeconfig; fetch it anew if the cluster was rebuilt",
        )
    if error.verify_code in _NOT_VALID_NOW:
        return (
            f"The certificate of {server} {_NOT_VALID_NOW[error.verify_code]}",
            "check this machine's clock; else the cluster's certificate must be renewed",
        )
    if error.verify_code in _WRONG_NAME:
        return (
            f"The certificate of {server} is for another name: {visible(error.verify_message)}",
            "use a server name that the certificate has, or set tls-server-name in the kubeconfig",
        )
    return f"The certificate of {server} is not valid: {visible(error.verify_message)}", "kubectl config view"


def _tls(error: ssl.SSLError, server: str) -> tuple[str, str]:
    reason = (error.reason or str(error)).upper()
    if "WRONG_VERSION_NUMBER" in reason or "HTTP_REQUEST" in reason:
        return (
            f"{server} does not speak TLS: something else listens there",
            "check the port, and http or https, in the kubeconfig's server",
        )
    if "ALERT" in reason:
        return (
            f"{server} does not accept the client certificate ({visible(reason.lower().replace('_', ' '))})",
            "log in again: the certificate may have expired",
        )
    return f"No secure connection to {server}: {visible(str(error))}", "kubectl config view"


# What went wrong, the sentence after the server's name, and what to look at; the first that is in the chain counts.
_CONNECTIONS: tuple[tuple[tuple[type[BaseException], ...], str, str], ...] = (
    (
        (network.NameResolutionError, socket.gaierror),
        "cannot be found: its name cannot be resolved",
        "check the network or the VPN, and the kubeconfig's server",
    ),
    (
        (ConnectionRefusedError,),
        "refuses the connection: nothing listens there",
        "is the cluster running, and is this the right context? kubectl config get-contexts",
    ),
    (
        (network.ReadTimeoutError,),
        "stopped answering",
        "try again in a minute",
    ),
    (
        (network.ConnectTimeoutError, TimeoutError),
        "does not answer: there was no connection within the time limit",
        "check the network, the VPN and firewalls",
    ),
    (
        (network.DecodeError,),
        "sent a packed answer that cannot be unpacked",
        "ask for unpacked ones: disable-compression: true for the cluster in the kubeconfig",
    ),
    (
        (network.ProtocolError, ConnectionError, *_LOST),
        "ended the connection in the middle of an answer",
        "try again in a minute",
    ),
)


def _connection(chain: list[BaseException], server: str) -> tuple[str, str]:
    for kinds, words, fix in _CONNECTIONS:
        if any(isinstance(each, kinds) for each in chain):
            return f"{server} {words}", fix
    return f"{server} cannot be reached: {_last(chain)}", "check the network, the VPN, and the kubeconfig's server"


def _unreachable(why: str, fix: str, *, lasting: bool = False) -> Refused:
    unreadable = Unreadable(kind=UnreadableKind.UNREACHABLE, why=f"{why.rstrip('.')}.", fix=fix)
    return Refused(unreadable, whole=True, lasting=lasting)
