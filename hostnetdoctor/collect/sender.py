"""How a request leaves: over which connection, past which proxy, and in whose name."""

from __future__ import annotations

import base64
import contextlib
import ipaddress
import json
import logging
import math
import ssl
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, MutableMapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import urllib3
from urllib3.response import BaseHTTPResponse
from urllib3.util import create_urllib3_context, make_headers

from hostnetdoctor import __version__
from hostnetdoctor.collect import exec_plugin
from hostnetdoctor.collect.call import JSON, Call
from hostnetdoctor.collect.kubeconfig import Fields, Login
from hostnetdoctor.errors import CannotLook

_LOGIN_SECONDS = 10  # a login that is younger than this is not repeated
# Signs that mean nothing in the value of a query (RFC 3986, section 3.4): without a percent sign, urllib3 checks an address
# in a third of the time.
_PLAIN = "=,:/"


class ApiSender:
    """Sends requests to one API server as one user. Contacts nobody before the first, unless a login program does."""

    def __init__(
        self,
        login: Login,
        environment: Mapping[str, str],
        *,
        login_seconds: float,
        connections: int,
        as_user: str | None = None,
        as_groups: tuple[str, ...] = (),
    ) -> None:
        """Log in. `login_seconds` is what a login program may take, `connections` how many are kept open.

        Raises `CannotLook`.
        """
        logging.getLogger("urllib3").setLevel(logging.ERROR)
        self.server = login.server
        self._login = login
        self._environment = environment
        self._login_seconds = login_seconds
        self._connections = connections
        self._as_user = as_user or login.user.get("as")
        self._as_groups = as_groups if as_user else _listed(login.user.get("as-groups")) if self._as_user else ()
        self._lock = threading.Lock()
        self._logged_in_at = -math.inf
        self._way = self._logged_in()

    def send(self, call: Call, timeout: tuple[float, float]) -> BaseHTTPResponse:
        """Send with these timeouts for connecting and for each read. Raises what urllib3 raises."""
        pool, prefix, identity = self._way
        headers: MutableMapping[str, str] = {**identity, "Accept": call.accept}
        if self._as_groups:
            headers = urllib3.HTTPHeaderDict(headers)
            for group in self._as_groups:
                headers.add("Impersonate-Group", group)
        body = None
        if call.body is not None:
            headers["Content-Type"] = JSON
            body = json.dumps(call.body)
        connect, read = timeout
        return pool.urlopen(
            call.method,
            f"{prefix}{call.path}?{urlencode(call.query, quote_via=quote, safe=_PLAIN)}"
            if call.query
            else f"{prefix}{call.path}",
            body=body,
            headers=headers,
            timeout=urllib3.Timeout(connect=connect, read=read),
            retries=False,
            redirect=False,
            assert_same_host=False,  # behind a proxy it is another one
            preload_content=False,
        )

    def renew(self) -> bool:
        """Run the login program again, if there is one, as kubectl does when a token has run out."""
        if not isinstance(self._login.user.get("exec"), dict):
            return False
        with self._lock:
            # The requests of one moment fail together, and one login serves them all.
            if time.monotonic() - self._logged_in_at < _LOGIN_SECONDS:
                return True
            try:
                self._way = self._logged_in()
            except CannotLook:
                return False
            self._logged_in_at = time.monotonic()
        return True

    def _logged_in(self) -> tuple[urllib3.HTTPConnectionPool, str, Mapping[str, str]]:
        """Return the connections, what every path begins with, and the headers that say who is asking."""
        user = exec_plugin.user_fields(self._login, self._environment, self._login_seconds)
        try:
            pool, prefix = self._connected(user)
            identity = {"User-Agent": f"hostnet-doctor/{__version__}"}
            # As Go's clients do: a list of pods is a tenth as long that way, and the server packs only what is long.
            if not self._login.cluster.get("disable-compression"):
                identity["Accept-Encoding"] = "gzip"
            if (authorization := _authorization(user)) is not None:
                identity["Authorization"] = authorization
        except (OSError, ValueError) as error:
            raise CannotLook(
                f"The kubeconfig's user '{self._login.user_name}' or its cluster cannot be used: {_reason(error)}.",
                fix="kubectl config view",
            ) from error
        if self._as_user:
            identity["Impersonate-User"] = str(self._as_user)
        return pool, prefix, identity

    def _connected(self, user: Fields) -> tuple[urllib3.HTTPConnectionPool, str]:
        """Return the connections to the server, and what every path begins with."""
        cluster = self._login.cluster
        server = self.server.rstrip("/")
        proxy = str(cluster.get("proxy-url") or "") or _proxy_of(server, self._environment)
        common: dict[str, Any] = {"maxsize": self._connections}
        if server.startswith("https"):
            common |= {"ssl_context": _tls(cluster, user), "server_hostname": cluster.get("tls-server-name")}
        if proxy is None:
            manager = urllib3.PoolManager(**common)
        elif proxy.startswith("socks"):
            manager = self._through_socks(proxy, common)
        else:
            manager = urllib3.ProxyManager(proxy, **common)
        # What is not encrypted is asked of a proxy by its whole address.
        plain = proxy is not None and proxy.startswith("http") and not server.startswith("https")
        return manager.connection_from_url(server), server if plain else urlsplit(server).path

    def _through_socks(self, proxy: str, common: Mapping[str, Any]) -> urllib3.PoolManager:
        try:
            from urllib3.contrib.socks import SOCKSProxyManager  # noqa: PLC0415 - needs a package that few need
        except ImportError as error:
            raise CannotLook(
                f"The way to {self.server} leads through a SOCKS proxy, which needs the package PySocks.",
                fix="pip install PySocks, next to hostnet-doctor",
            ) from error
        return SOCKSProxyManager(proxy, **common)


def _authorization(user: Fields) -> str | None:
    """Return the header that says who is asking; None for a user with a certificate, or nobody."""
    if isinstance(user.get("auth-provider"), dict):
        from hostnetdoctor.collect import kubernetes_client  # noqa: PLC0415 - costs half a second, and few need it

        return kubernetes_client.authorization(user)
    # kubectl prefers the file, which a renewed token is written to.
    if (path := user.get("tokenFile")) is not None:
        return f"Bearer {Path(str(path)).read_text(encoding='utf-8').strip()}"
    if (token := user.get("token")) is not None:
        return f"Bearer {str(token).strip()}"
    if "username" in user and "password" in user:
        return make_headers(basic_auth=f"{user['username']}:{user['password']}")["authorization"]
    return None


def _proxy_of(server: str, environment: Mapping[str, str]) -> str | None:
    """Return the proxy that the environment names for a server, by the rules of Go's net/http, which kubectl follows."""
    scheme, host = urlsplit(server).scheme, urlsplit(server).hostname or ""
    proxy = environment.get(f"{scheme.upper()}_PROXY") or environment.get(f"{scheme}_proxy")
    without = environment.get("NO_PROXY") or environment.get("no_proxy")
    if not proxy or host == "localhost" or _is_loopback(host):
        return None
    if without:
        from hostnetdoctor.collect import kubernetes_client  # noqa: PLC0415 - costs half a second, and few need it

        if kubernetes_client.goes_directly(server, without):
            return None
    return proxy


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _tls(cluster: Fields, user: Fields) -> ssl.SSLContext:
    """Return how to encrypt: whom to believe, and the user's certificate. Raises OSError and ValueError."""
    context = create_urllib3_context()
    # Like kubectl: the authorities of many clusters lack what Python's strict mode wants since 3.13.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    # OpenSSL reads certificates and keys from files only; a directory of tempfile is the user's alone.
    with tempfile.TemporaryDirectory() as directory:
        if cluster.get("insecure-skip-tls-verify"):
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        elif (authority := _file(cluster, "certificate-authority", directory)) is not None:
            with _understood("certificate-authority"):
                context.load_verify_locations(authority)
        else:
            context.load_default_certs()
        if (certificate := _file(user, "client-certificate", directory)) is not None:
            key = _file(user, "client-key", directory)
            with _understood("client-certificate and client-key"):
                # Without a password, OpenSSL would ask for it at the terminal.
                context.load_cert_chain(certificate, key, password="")
    return context


def _file(fields: Fields, name: str, directory: str) -> Path | None:
    """Return the file that a field names, or one in this directory with what the field `NAME-data` has."""
    if (data := fields.get(f"{name}-data")) is not None:
        path = Path(directory, name)
        path.write_bytes(base64.b64decode(str(data)))
        return path
    if (named := fields.get(name)) is None:
        return None
    with Path(str(named)).open("rb"):  # OpenSSL would say "No such file" without a name
        return Path(str(named))


@contextlib.contextmanager
def _understood(fields: str) -> Iterator[None]:
    try:
        yield
    except ssl.SSLError as error:
        raise CannotLook(
            f"The {fields} of the kubeconfig cannot be read: no PEM, or not those that belong together.",
            fix=f"log in again, or check {fields} in the kubeconfig",
        ) from error


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    return str(error)


def _listed(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()
