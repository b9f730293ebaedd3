"""Reading kubeconfig files as kubectl does."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from hostnetdoctor.collect.kubeconfig import in_cluster, read_kubeconfig
from hostnetdoctor.errors import CannotLook


def config(directory: Path, name: str, *contexts: str, current: str | None = None, **user: Any) -> Path:
    """Write a kubeconfig that has a context, a cluster and a user of each name."""
    path = directory / name
    path.parent.mkdir(parents=True, exist_ok=True)
    tree = {
        "current-context": current or "",
        "contexts": [
            {"name": each, "context": {"cluster": each, "user": each, "namespace": f"ns-{name}"}} for each in contexts
        ],
        "clusters": [{"name": each, "cluster": {"server": f"https://{each}.{name}"}} for each in contexts],
        "users": [{"name": each, "user": user} for each in contexts],
    }
    path.write_text(yaml.safe_dump(tree))
    return path


def test_the_first_file_wins(tmp_path: Path) -> None:
    """Of several files, the first that sets a context or the current one counts, and missing ones do not matter."""
    first = config(tmp_path, "one", "shared", "a")
    second = config(tmp_path, "two", "shared", "b", current="b")
    third = config(tmp_path, "three", current="a")
    joined = os.pathsep.join(map(str, (first, tmp_path / "missing", second, third)))
    read = read_kubeconfig(None, {"KUBECONFIG": joined})
    assert ({"shared", "a", "b"}, "b") == (set(read.contexts), read.current)
    assert ("https://shared.one", "ns-two") == (read.login("shared").server, read.namespace())


def test_the_explicit_file_alone_counts(tmp_path: Path) -> None:
    """--kubeconfig leaves KUBECONFIG unread."""
    chosen = config(tmp_path, "chosen", "a", current="a")
    read = read_kubeconfig(str(chosen), {"KUBECONFIG": str(config(tmp_path, "other", "b"))})
    assert ["a"] == list(read.contexts)


def test_the_home_directory_is_the_default(tmp_path: Path) -> None:
    """Without any of these, ~/.kube/config is read."""
    config(tmp_path, ".kube/config", "home", current="home")
    assert "home" == read_kubeconfig(None, {"HOME": str(tmp_path)}).current


def test_an_explicit_file_that_is_missing_is_an_error(tmp_path: Path) -> None:
    """Only files that nobody named explicitly may be missing."""
    with pytest.raises(CannotLook, match="cannot be read: No such file"):
        read_kubeconfig(str(tmp_path / "gone"), {})


def test_relative_paths_belong_to_their_file(tmp_path: Path) -> None:
    """Certificates, token files and login programs are found beside the kubeconfig that names them."""
    path = config(tmp_path, "deep/config", "a", current="a", tokenFile="t", exec={"command": "bin/login"})
    user = read_kubeconfig(str(path), {}).login(None).user
    directory = tmp_path / "deep"
    assert (str(directory / "t"), {"command": str(directory / "bin/login")}) == (user["tokenFile"], user["exec"])


def test_a_program_without_a_path_is_looked_up_in_path(tmp_path: Path) -> None:
    """A login program that is a bare name stays one."""
    path = config(tmp_path, "config", "a", current="a", exec={"command": "login"})
    assert {"command": "login"} == read_kubeconfig(str(path), {}).login(None).user["exec"]


def test_an_unknown_context_names_near_ones(tmp_path: Path) -> None:
    """A mistyped context is answered with what was probably meant."""
    path = config(tmp_path, "config", "production-eu", "staging", current="staging")
    with pytest.raises(CannotLook, match="no context 'prodution-eu'") as caught:
        read_kubeconfig(str(path), {}).login("prodution-eu")
    assert "did you mean production-eu?" == caught.value.fix


def test_an_unknown_context_without_near_ones_lists_all(tmp_path: Path) -> None:
    """Where nothing is near, all contexts are named."""
    path = config(tmp_path, "config", "a", "b")
    with pytest.raises(CannotLook) as caught:
        read_kubeconfig(str(path), {}).login("zzzzzz")
    assert "its contexts are: a, b" == caught.value.fix


def test_no_current_context_is_said(tmp_path: Path) -> None:
    """Without a current context one has to be chosen."""
    with pytest.raises(CannotLook, match="no current context"):
        read_kubeconfig(str(config(tmp_path, "config", "a")), {}).login(None)


def test_a_context_without_its_cluster_is_said(tmp_path: Path) -> None:
    """A context that points nowhere is told apart from a server that is down."""
    path = tmp_path / "config"
    path.write_text("current-context: a\ncontexts: [{name: a, context: {cluster: gone}}]\n")
    with pytest.raises(CannotLook, match="names the cluster 'gone'"):
        read_kubeconfig(str(path), {}).login(None)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: [", "is not valid YAML in line"),
        ("just text", "has no fields"),
        ("contexts: 7", "are no list"),
        ("users: [{user: {}}]", "has no name"),
        ("clusters: [{name: a, cluster: 3}]", "has no name"),
    ],
)
def test_a_broken_kubeconfig_is_one_sentence(tmp_path: Path, text: str, words: str) -> None:
    """Whatever a kubeconfig holds, the answer is one sentence that names the file."""
    path = tmp_path / "config"
    path.write_text(text)
    with pytest.raises(CannotLook, match=words) as caught:
        read_kubeconfig(str(path), {})
    assert str(path) in caught.value.sentence


def test_an_empty_kubeconfig_has_no_contexts(tmp_path: Path) -> None:
    """An empty file is an empty kubeconfig, as for kubectl."""
    path = tmp_path / "config"
    path.write_text("")
    assert {} == read_kubeconfig(str(path), {}).contexts


def test_outside_of_a_pod_there_is_no_service_account(tmp_path: Path) -> None:
    """The service account needs both its variables and its token."""
    inside = {"KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443"}
    assert (None, None) == (in_cluster({}, tmp_path), in_cluster(inside, tmp_path))
    (tmp_path / "token").write_text("t")
    login = in_cluster(inside, tmp_path)
    assert login is not None
    assert ("https://[fd00::1]:443", "default") == (login.server, login.namespace)
