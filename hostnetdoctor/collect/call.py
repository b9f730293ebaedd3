"""One request to the API server, as data: where it goes, and how to name it to people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

JSON = "application/json"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
ANY = "*/*"


class Call(Struct, frozen=True, kw_only=True):
    """A GET request, or a POST where it has a `body`. `verb`, `resource`, `group` and `namespace` are those of Kubernetes' access rules.

    `one` names the single thing that is asked for, for people: `Deployment shop/web`; None for a list.
    """

    path: str
    query: tuple[tuple[str, str], ...] = ()
    accept: str = JSON
    verb: str = "list"
    resource: str
    group: str = ""
    namespace: str | None = None
    one: str | None = None
    body: Mapping[str, Any] | None = None

    @property
    def method(self) -> str:
        """Return HTTP's word for it."""
        return "GET" if self.body is None else "POST"

    @property
    def what(self) -> str:
        """Return what is asked for: `pods in all namespaces`, `Deployment shop/web`."""
        return self.one or self.right

    @property
    def right(self) -> str:
        """Return what somebody needs a right to: `deployments.apps in namespace shop`."""
        kind = f"{self.resource}.{self.group}" if self.group else self.resource
        if self.namespace is not None:
            return f"{kind} in namespace {self.namespace}"
        return f"{kind} in all namespaces" if self.verb == "list" and self.resource != "nodes" else kind

    @property
    def access_check(self) -> str:
        """Return the command that says whether the user has the right to it."""
        kind, _, part = self.resource.partition("/")
        words = [f"kubectl auth can-i {self.verb} {kind}{f'.{self.group}' if self.group else ''}"]
        if part:
            words.append(f"--subresource={part}")
        if self.namespace is not None:
            words.append(f"-n {self.namespace}")
        elif self.verb == "list" and kind != "nodes":
            words.append("--all-namespaces")
        return " ".join(words)
