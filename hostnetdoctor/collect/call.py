"""One request to the API server, as data: where it goes, and how to name it to people."""

from __future__ import annotations

from dataclasses import dataclass

JSON = "application/json"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
ANY = "*/*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A GET request. `verb`, `resource`, `namespace` and `name` are those of Kubernetes' access rules."""

    path: str
    query: tuple[tuple[str, str], ...] = ()
    accept: str = JSON
    verb: str = "list"
    resource: str
    group: str = ""
    namespace: str | None = None
    name: str | None = None

    @property
    def what(self) -> str:
        """Return what is asked for: `pods in all namespaces`, `deployments.apps default/web`."""
        kind = f"{self.resource}.{self.group}" if self.group else self.resource
        if self.name is not None:
            return f"{kind} {self.namespace}/{self.name}" if self.namespace else f"{kind} {self.name}"
        if self.resource in {"nodes", "version"}:
            return kind
        return f"{kind} in namespace {self.namespace}" if self.namespace else f"{kind} in all namespaces"

    @property
    def access_check(self) -> str:
        """Return the command that says whether the user has the right to it."""
        kind, _, part = self.resource.partition("/")
        words = [f"kubectl auth can-i {self.verb} {kind}{f'.{self.group}' if self.group else ''}"]
        if part:
            words.append(f"--subresource={part}")
        if self.namespace is not None:
            words.append(f"-n {self.namespace}")
        elif kind != "nodes":
            words.append("--all-namespaces")
        return " ".join(words)
