"""What the Kubernetes client knows and few need: logging in with an `auth-provider`, and the rules of NO_PROXY.

The one module that imports it, and imported only where it is needed: since version 37 the client's import takes as
long as all else that a small run does. What every run needs of it is in urllib3, which it is built upon.
"""

from __future__ import annotations

from kubernetes import client, config
from kubernetes.client.rest import should_bypass_proxies

from hostnetdoctor.collect.kubeconfig import Fields


def authorization(user: Fields) -> str | None:
    """Return the header that a user with an `auth-provider` (OpenID Connect, as kubectl knows it too) sends.

    A token that has run out is renewed at its issuer. Raises OSError and ValueError.
    """
    wanted = client.Configuration()
    tree = {
        "current-context": "chosen",
        "contexts": [{"name": "chosen", "context": {"cluster": "chosen", "user": "chosen"}}],
        "clusters": [{"name": "chosen", "cluster": {}}],
        "users": [{"name": "chosen", "user": dict(user)}],
    }
    try:
        config.load_kube_config_from_dict(tree, client_configuration=wanted, persist_config=False)  # type: ignore[no-untyped-call]  # the client has no types there
    except (config.ConfigException, client.ApiException, KeyError) as error:
        raise ValueError(str(error)) from error
    header: str | None = wanted.api_key.get("BearerToken")
    return header


def goes_directly(server: str, without: str) -> bool:
    """Say whether NO_PROXY (names, addresses, and ranges of them) exempts a server from the proxy."""
    return bool(should_bypass_proxies(server, without))
