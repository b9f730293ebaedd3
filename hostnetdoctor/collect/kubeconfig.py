"""Read kubeconfig files as kubectl does, without contacting a server: contexts, namespaces, how to log in.

The Kubernetes client reads these files too, but it swallows what is wrong with them and lets the last file's
`current-context` win. Here the first file that sets something wins (client-go, tools/clientcmd/loader.go `Load`).
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from msgspec import Struct, field

from hostnetdoctor.errors import CannotLook

Fields = Mapping[str, object]
SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
_SECTIONS = (("clusters", "cluster"), ("users", "user"), ("contexts", "context"))
_PATHS = frozenset({"certificate-authority", "client-certificate", "client-key", "tokenFile"})


class Login(Struct, frozen=True, kw_only=True):
    """How to reach one cluster and as whom; `cluster` and `user` have a kubeconfig's own fields, paths made absolute."""

    context: str | None
    namespace: str
    cluster: Fields
    user: Fields
    user_name: str

    @property
    def server(self) -> str:
        """The URL of the API server."""
        return str(self.cluster.get("server", ""))


class Kubeconfig(Struct, frozen=True, kw_only=True):
    """What all kubeconfig files say together."""

    clusters: Mapping[str, Fields] = field(default_factory=dict)
    users: Mapping[str, Fields] = field(default_factory=dict)
    contexts: Mapping[str, Fields] = field(default_factory=dict)
    current: str | None = None

    def namespace(self, context: str | None = None) -> str:
        """Return the namespace of a context (None: the current one), `default` where it names none."""
        chosen = self.contexts.get(context or self.current or "", {})
        return str(chosen.get("namespace") or "default")

    def login(self, context: str | None) -> Login:
        """Return how to reach the cluster of a context (None: the current one). Raises `CannotLook`."""
        name = context or self.current
        if name is None:
            raise CannotLook(
                "The kubeconfig has no current context.", fix=f"choose one with --context: {self._names()}"
            )
        if name not in self.contexts:
            raise CannotLook(f"The kubeconfig has no context '{name}'.", fix=self._near(name))
        chosen = self.contexts[name]
        cluster = self.clusters.get(str(chosen.get("cluster")), {})
        if not cluster.get("server"):
            raise CannotLook(
                f"The context '{name}' names the cluster '{chosen.get('cluster')}', and the kubeconfig has no server for it.",
                fix="kubectl config view",
            )
        user_name = str(chosen.get("user") or "")
        return Login(
            context=name,
            namespace=self.namespace(name),
            cluster=cluster,
            user=self.users.get(user_name, {}),
            user_name=user_name,
        )

    def _names(self) -> str:
        return ", ".join(sorted(self.contexts)) or "there is none"

    def _near(self, name: str) -> str:
        near = difflib.get_close_matches(name, self.contexts, n=3)
        return f"did you mean {' or '.join(near)}?" if near else f"its contexts are: {self._names()}"


def read_kubeconfig(explicit: str | None, environment: Mapping[str, str]) -> Kubeconfig:
    """Return what the kubeconfig files say: the explicit one, else those of `KUBECONFIG`, else `~/.kube/config`.

    A file that does not exist counts as empty, unless it was named explicitly. Raises `CannotLook`.
    """
    merged = Kubeconfig()
    for path in _files(explicit, environment):
        if explicit is not None or path.exists():
            merged = _merged(merged, _read(path))
    return merged


def in_cluster(environment: Mapping[str, str], directory: Path = SERVICE_ACCOUNT) -> Login | None:
    """Return how a pod reaches its own cluster with its service account; None outside of a pod."""
    host, port = environment.get("KUBERNETES_SERVICE_HOST"), environment.get("KUBERNETES_SERVICE_PORT")
    if not host or not port or not (directory / "token").is_file():
        return None
    own = directory / "namespace"
    return Login(
        context=None,
        namespace=own.read_text().strip() if own.is_file() else "default",
        cluster={
            "server": f"https://{f'[{host}]' if ':' in host else host}:{port}",
            "certificate-authority": str(directory / "ca.crt"),
        },
        user={"tokenFile": str(directory / "token")},
        user_name="the pod's service account",
    )


def _files(explicit: str | None, environment: Mapping[str, str]) -> list[Path]:
    if explicit is not None:
        return [Path(explicit).expanduser()]
    listed = [Path(each) for each in environment.get("KUBECONFIG", "").split(os.pathsep) if each]
    home = environment.get("HOME") or str(Path.home())
    return list(dict.fromkeys(listed)) or [Path(home) / ".kube" / "config"]


def _read(path: Path) -> Kubeconfig:
    import yaml  # noqa: PLC0415 - completion of flags must not pay for it

    try:
        content = path.read_bytes()
        tree = yaml.load(content, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe
    except OSError as error:
        raise CannotLook(f"The kubeconfig {path} cannot be read: {error.strerror or error}.") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark is not None else ""
        raise CannotLook(
            f"The kubeconfig {path} is not valid YAML{where}: {getattr(error, 'problem', None) or 'unreadable'}."
        ) from error
    return _understood(tree if tree is not None else {}, path)


def _understood(tree: object, path: Path) -> Kubeconfig:
    if not isinstance(tree, dict):
        raise CannotLook(f"The kubeconfig {path} is not a kubeconfig: it has no fields.")
    sections = [_section(tree.get(plural), singular, path) for plural, singular in _SECTIONS]
    current = tree.get("current-context")
    return Kubeconfig(
        clusters=sections[0], users=sections[1], contexts=sections[2], current=str(current) if current else None
    )


def _section(entries: object, singular: str, path: Path) -> Mapping[str, Fields]:
    if not isinstance(entries, list | None):
        raise CannotLook(f"The kubeconfig {path} is not a kubeconfig: its '{singular}s' are no list.")
    named: dict[str, Fields] = {}
    for entry in entries or ():
        inner = entry.get(singular) if isinstance(entry, dict) else None
        if not isinstance(entry, dict) or "name" not in entry or not isinstance(inner, dict | None):
            raise CannotLook(f"The kubeconfig {path} is not a kubeconfig: an entry of '{singular}s' has no name.")
        named.setdefault(str(entry["name"]), dict(_fields((inner or {}).items(), path.parent)))
    return named


def _fields(items: Iterable[tuple[str, object]], base: Path) -> Iterable[tuple[str, object]]:
    """Yield the fields that are set, with paths relative to the kubeconfig's directory made absolute."""
    for key, value in items:
        if value in (None, ""):
            continue
        if key in _PATHS:
            yield key, str(base.absolute() / str(value))
        elif key == "exec" and isinstance(value, dict) and _is_relative(value.get("command")):
            yield key, {**value, "command": str(base.absolute() / value["command"])}
        else:
            yield key, value


def _is_relative(command: object) -> bool:
    """Return whether a program is named by a relative path; a bare name is looked up in PATH."""
    return isinstance(command, str) and os.sep in command and not Path(command).is_absolute()


def _merged(first: Kubeconfig, second: Kubeconfig) -> Kubeconfig:
    return Kubeconfig(
        clusters={**second.clusters, **first.clusters},
        users={**second.users, **first.users},
        contexts={**second.contexts, **first.contexts},
        current=first.current or second.current,
    )
