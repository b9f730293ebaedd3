"""Roles and their bindings as YAML, with a comment on each rule that says what it is for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from hostnetdoctor.cli.rights import Right
from hostnetdoctor.errors import UsageError

# Letters and digits with dashes, beginning with a letter; no word that YAML takes for something else.
_PLAIN = re.compile(r"(?!(?:true|false|null|yes|no|on|off|y|n)$)[a-z][a-z0-9-]*")


class Subjects(Struct, frozen=True, kw_only=True):
    """Who gets a role; nobody if all are None."""

    user: str | None = None
    group: str | None = None
    service_account: str | None = None

    def lines(self) -> Iterator[str]:
        """Yield the entries of a binding's `subjects`. Raises `UsageError`."""
        for kind, named in (("User", self.user), ("Group", self.group)):
            if named is not None:
                yield f"- {{apiGroup: rbac.authorization.k8s.io, kind: {kind}, name: {_quoted(named)}}}"
        if self.service_account is not None:
            namespace, colon, name = self.service_account.partition(":")
            if not (namespace and colon and name):
                raise UsageError(
                    f"--serviceaccount '{self.service_account}' is no service account.",
                    fix="write it as NAMESPACE:NAME",
                )
            yield f"- {{kind: ServiceAccount, name: {_quoted(name)}, namespace: {_quoted(namespace)}}}"


def manifest(name: str, namespaces: tuple[str, ...], rights: tuple[Right, ...], subjects: Subjects) -> str:
    """Return a ClusterRole, or a Role in each of the namespaces, with its binding. Raises `UsageError`."""
    bound = tuple(subjects.lines())
    documents: list[str] = []
    for namespace in namespaces or (None,):
        documents.append("\n".join(_role(name, namespace, _rules(rights))))
        if bound:
            documents.append("\n".join(_binding(name, namespace, bound)))
    return "\n---\n".join(documents)


def _head(kind: str, name: str, namespace: str | None) -> Iterator[str]:
    where = f", namespace: {_quoted(namespace)}" if namespace is not None else ""
    yield "apiVersion: rbac.authorization.k8s.io/v1"
    yield f"kind: {kind}"
    yield f"metadata: {{name: {_quoted(name)}{where}}}"


def _role(name: str, namespace: str | None, rules: Iterable[str]) -> Iterator[str]:
    yield from _head("ClusterRole" if namespace is None else "Role", name, namespace)
    yield "rules:"
    yield from rules


def _rules(wanted: Iterable[Right]) -> Iterator[str]:
    said = None
    for right in wanted:
        if right.why != said:
            yield f"# {right.why}"
        said = right.why
        yield f'- apiGroups: ["{right.group}"]'
        yield f"  resources: [{', '.join(right.resources)}]"
        yield f"  verbs: [{right.verb}]"


def _binding(name: str, namespace: str | None, subjects: Iterable[str]) -> Iterator[str]:
    kind = "ClusterRole" if namespace is None else "Role"
    yield from _head(f"{kind}Binding", name, namespace)
    yield f"roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: {kind}, name: {_quoted(name)}}}"
    yield "subjects:"
    yield from subjects


def _quoted(text: str) -> str:
    """Return a text as YAML: as it is where that is unmistakable, else in quotes, as JSON has them."""
    return text if _PLAIN.fullmatch(text) else json.dumps(text)
