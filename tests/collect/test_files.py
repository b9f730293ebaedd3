"""Saved clusters: what kubectl dumps, whole, half and broken."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from hostnetdoctor.collect.files import FilesCluster
from hostnetdoctor.collect.requests import (
    Autoscalers,
    ConfigMapData,
    ContainerLog,
    MayI,
    NamespaceName,
    Nodes,
    PodEvents,
    PodsOnNode,
    Services,
    Survey,
    Version,
    WorkloadObject,
)
from hostnetdoctor.errors import CannotLook, UsageError
from hostnetdoctor.model import LogLine, LogText, Unreadable, UnreadableKind, WorkloadRef
from tests.collect.pods import dump, framed, listed, node, pod, waiting, write

LOG = ContainerLog(namespace="shop", pod="web", container="main")


def asked(path: str, request: Any) -> Any:
    return FilesCluster(path).answer([request])[request]


def unreadable(path: str, request: Any) -> Unreadable:
    answer = asked(path, request)
    assert isinstance(answer, Unreadable)
    return answer


def test_a_dump_is_read_whole(tmp_path: Path) -> None:
    """Pods, nodes and logs of a dump come back; every container may be examined."""
    path = dump(tmp_path, pod(), pod("dns", "kube-system"))
    cluster = FilesCluster(path)
    answers = cluster.answer([Nodes(), PodsOnNode(node="node1"), LOG])
    assert ["kube-system/dns", "shop/web"] == [each.path for each in answers[PodsOnNode(node="node1")]]  # type: ignore[attr-defined]
    assert LogText(lines=(LogLine(text="hello from main"),)) == answers[LOG]
    assert (True, None, "files", path) == (
        cluster.everything_is_read,
        cluster.recorded_question,
        cluster.source.kind,
        cluster.source.path,
    )


def test_a_dump_is_dated_by_the_newest_time_in_it(tmp_path: Path) -> None:
    """Our own clock says nothing about when a dump was taken; the end of a grace period is not a time that was."""
    write(tmp_path, "nodes.json", listed(node(seen="2026-11-02T10:00:00Z")))
    dying = pod(metadata={"deletionTimestamp": "2030-01-01T00:00:00Z"})
    write(tmp_path, "shop/pods.json", listed(dying))
    event = {"lastTimestamp": "2026-11-02T10:07:00Z"}
    write(tmp_path, "shop/events.json", listed(event))
    cluster = FilesCluster(str(tmp_path))
    cluster.answer([Nodes()])
    assert datetime(2026, 11, 2, 10, 7, tzinfo=UTC) == cluster.source.taken_at


def test_the_survey_of_files_judges_full_pods(tmp_path: Path) -> None:
    """Rows of files have their namespace, and are chosen by labels on our side."""
    bad = pod("bad", metadata={"labels": {"app": "web"}}, status={"containerStatuses": [waiting("main")]})
    path = dump(tmp_path, pod("good", metadata={"labels": {"app": "db"}}), bad)
    rows = asked(path, Survey(namespace=None))
    assert [("bad", True, "shop"), ("good", False, "shop")] == sorted(
        (each.name, each.suspect, each.namespace) for each in rows
    )
    assert ["bad"] == [each.name for each in asked(path, Survey(namespace="shop", selector="app=web"))]


def test_pods_that_no_node_has(tmp_path: Path) -> None:
    """The unscheduled pods are those without a node's name."""
    path = dump(tmp_path, pod(), pod("waits", spec={"nodeName": None}))
    assert ["shop/waits"] == [each.path for each in asked(path, PodsOnNode(node=None))]


def test_owners_events_services_and_autoscalers(tmp_path: Path) -> None:
    """Each kind is found in its own file."""
    dump(tmp_path, pod())
    write(
        tmp_path,
        "shop/deployments.json",
        listed({"metadata": {"name": "a"}}, {"metadata": {"name": "web", "uid": "w"}}),
    )
    about = {"kind": "Pod", "namespace": "shop", "name": "web"}
    other = {"kind": "ReplicaSet", "namespace": "shop", "name": "web"}
    write(
        tmp_path,
        "shop/events.json",
        listed({"involvedObject": about, "reason": "A"}, {"involvedObject": other, "reason": "B"}),
    )
    write(tmp_path, "shop/services.json", listed({"metadata": {"name": "s", "namespace": "shop"}}))
    ref = WorkloadRef(api_version="apps/v1", kind="Deployment", namespace="shop", name="web")
    path = str(tmp_path)
    assert "w" == asked(path, WorkloadObject(ref=ref)).uid
    assert ["A"] == [each.reason for each in asked(path, PodEvents(namespace="shop", pod="web"))]
    assert ["s"] == [each.name for each in asked(path, Services())]
    assert UnreadableKind.NOT_IN_SOURCE == unreadable(path, Autoscalers(namespace="shop")).kind


@pytest.mark.parametrize(
    "request_",
    [
        Version(),
        ContainerLog(namespace="shop", pod="web", container="main", previous=True),
        ContainerLog(namespace="shop", pod="web", container="unknown"),
        ContainerLog(namespace="shop", pod="unknown", container="main"),
        WorkloadObject(ref=WorkloadRef(api_version="apps/v1", kind="StatefulSet", namespace="shop", name="db")),
        Survey(namespace="unknown"),
        PodEvents(namespace="unknown", pod="web"),
        ConfigMapData(namespace="shop", name="settings"),
        MayI(verb="get", group="", resource="pods/log"),
    ],
)
def test_what_a_dump_lacks_is_not_in_the_source(tmp_path: Path, request_: Any) -> None:
    """A dump has no previous logs, StatefulSets or version: that is said, with what would have them."""
    assert UnreadableKind.NOT_IN_SOURCE == unreadable(dump(tmp_path, pod()), request_).kind


def test_a_namespace_without_a_directory_is_not_found(tmp_path: Path) -> None:
    """A dump has a directory for every namespace that there is."""
    path = dump(tmp_path, pod())

    assert "shop" == asked(path, NamespaceName(namespace="shop"))
    assert UnreadableKind.NOT_FOUND == unreadable(path, NamespaceName(namespace="shpo")).kind


def test_a_config_map_is_found_in_its_file(tmp_path: Path) -> None:
    """Files that hold ConfigMaps answer with the texts of the one asked for."""
    one = {"metadata": {"name": "settings"}, "data": {"nginx.conf": "listen 80;", "empty": None}}
    path = dump(tmp_path, pod())
    write(tmp_path, "shop/configmaps.json", listed({"metadata": {"name": "other"}}, one))

    settings = ConfigMapData(namespace="shop", name="settings")
    assert {"nginx.conf": "listen 80;", "empty": ""} == asked(path, settings)
    assert {} == asked(path, ConfigMapData(namespace="shop", name="other"))
    assert UnreadableKind.NOT_FOUND == unreadable(path, ConfigMapData(namespace="shop", name="none")).kind


def test_an_object_that_is_not_in_its_file_is_not_found(tmp_path: Path) -> None:
    """A kind that was dumped and lacks the object says that the object is not there."""
    write(tmp_path, "shop/deployments.json", {"items": None})
    ref = WorkloadRef(api_version="apps/v1", kind="Deployment", namespace="shop", name="web")
    assert UnreadableKind.NOT_FOUND == unreadable(dump(tmp_path, pod()), WorkloadObject(ref=ref)).kind


def test_a_refusal_in_place_of_a_log_is_no_log(tmp_path: Path) -> None:
    """kubectl writes the server's refusal where the log would be."""
    path = dump(tmp_path, pod())
    words = 'Request log error: container "main" in pod "web" is waiting to start: ContainerCreating\n'
    write(tmp_path, "shop/web/logs.txt", framed("shop/web", ("main", words)))
    answer = unreadable(path, LOG)
    assert (UnreadableKind.NO_LOG, True) == (answer.kind, "ContainerCreating" in answer.why)


def test_a_log_that_forges_its_frame_is_broken(tmp_path: Path) -> None:
    """A log that imitates the dump's frames is given to nobody."""
    two = pod(spec={"containers": [{"name": "main"}, {"name": "side"}]})
    path = dump(tmp_path, two)
    border = framed("shop/web", ("main", ""), ("side", "")).splitlines(keepends=True)[1:3]
    write(tmp_path, "shop/web/logs.txt", framed("shop/web", ("main", "".join(border)), ("side", "")))
    assert UnreadableKind.BROKEN == unreadable(path, LOG).kind


def test_times_that_a_program_wrote_date_nothing(tmp_path: Path) -> None:
    """A dump's logs carry no times of the runtime, whatever their lines begin with."""
    path = dump(tmp_path, pod())
    write(tmp_path, "shop/web/logs.txt", framed("shop/web", ("main", "2026-11-02T10:00:00Z hello\n")))
    assert LogText(lines=(LogLine(text="2026-11-02T10:00:00Z hello"),)) == asked(path, LOG)


def test_one_broken_file_costs_what_it_held(tmp_path: Path) -> None:
    """A namespace that cannot be read makes the whole node unreadable, but not the other namespaces."""
    path = dump(tmp_path, pod(), pod("dns", "kube-system"))
    write(tmp_path, "kube-system/pods.json", '{"items": [{"metadata"')
    answer = unreadable(path, PodsOnNode(node="node1"))
    assert (UnreadableKind.BROKEN, True) == (answer.kind, "kube-system/pods.json" in answer.why)
    assert ["shop/web"] == [each.path for each in asked(path, PodsOnNode(node="node1", namespace="shop"))]
    assert ["web"] == [each.name for each in asked(path, Survey(namespace=None))]
    write(tmp_path, "shop/pods.json", "")
    assert UnreadableKind.BROKEN == unreadable(path, Survey(namespace=None)).kind


def test_yaml_is_read_too(tmp_path: Path) -> None:
    """`kubectl cluster-info dump -o yaml` writes the same, and its times stay times."""
    write(tmp_path, "nodes.yaml", yaml.safe_dump(listed(node())))
    write(
        tmp_path,
        "shop/pods.yaml",
        yaml.safe_dump(listed(pod())).replace("'2026-11-02T08:00:00Z'", "2026-11-02T08:00:00Z"),
    )
    (found,) = asked(str(tmp_path), PodsOnNode(node="node1"))
    assert datetime(2026, 11, 2, 8, tzinfo=UTC) == found.created_at
    write(tmp_path, "shop/pods.yaml", "items: [")
    assert UnreadableKind.BROKEN == unreadable(str(tmp_path), PodsOnNode(node="node1")).kind


@given(st.binary(max_size=40) | st.text(max_size=40).map(str.encode))
def test_no_file_is_too_odd(content: bytes) -> None:
    """Whatever a file holds, the answer is pods or the reason why there are none."""
    with TemporaryDirectory() as directory:
        for path in ("nodes.json", "shop/pods.json", "shop/events.json", "shop/deployments.json"):
            write(Path(directory), path, "").write_bytes(content)
        ref = WorkloadRef(api_version="apps/v1", kind="Deployment", namespace="shop", name="web")
        wanted = [Nodes(), Survey(namespace=None), PodsOnNode(node="n"), LOG, WorkloadObject(ref=ref)]
        answers = FilesCluster(directory).answer(wanted)
    assert all(isinstance(each, Unreadable | tuple) for each in answers.values())


def test_odd_objects_do_not_hide_the_others(tmp_path: Path) -> None:
    """One entry of a list that is no object costs nothing but itself."""
    write(tmp_path, "nodes.json", listed())
    write(tmp_path, "shop/deployments.json", '{"items": [7, {"metadata": {"name": "web", "uid": "w"}}]}')
    ref = WorkloadRef(api_version="apps/v1", kind="Deployment", namespace="shop", name="web")
    assert "w" == asked(str(tmp_path), WorkloadObject(ref=ref)).uid


@pytest.mark.parametrize("name", ["..", ".", "", "a/b", "a\\b", "a\0b"])
def test_names_that_lead_out_of_the_directory_are_refused(tmp_path: Path, name: str) -> None:
    """A hostile name in a dump opens no file elsewhere."""
    path = dump(tmp_path / "dump", pod())
    write(tmp_path, "main.log", "secret\n")
    for request in (ContainerLog(namespace=name, pod="x", container="main"), Survey(namespace=name)):
        assert UnreadableKind.NOT_IN_SOURCE == unreadable(path, request).kind


def test_a_bad_selector_is_a_usage_error(tmp_path: Path) -> None:
    """A selector that cannot be understood is the user's to mend."""
    with pytest.raises(UsageError):
        asked(dump(tmp_path, pod()), Survey(namespace=None, selector="a b"))


def test_a_broken_recording_is_one_sentence(tmp_path: Path) -> None:
    """A recording of another version or without sense is refused at once."""
    write(tmp_path, "recording.json", "{")
    with pytest.raises(CannotLook, match=r"recording\.json cannot be read"):
        FilesCluster(str(tmp_path))
    entries = [
        {"asked": {"kind": "Unheard"}},
        {"asked": {"kind": "PodsOnNode", "node": 7}},
        {"asked": {"kind": "Nodes"}},
    ]
    fields = {"toolVersion": "9", "takenAt": None, "source": {"kind": "cluster"}, "question": {}}
    write(tmp_path, "recording.json", {"schema": "hostnet-doctor.recording/v1", **fields, "entries": entries})
    assert () == asked(str(tmp_path), Nodes())
    other = {"schema": "other/v9", **fields}
    write(tmp_path, "recording.json", other)
    with pytest.raises(CannotLook, match="says 'other/v9'"):
        FilesCluster(str(tmp_path))
