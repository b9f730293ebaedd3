"""Recording what passes, and reading it again."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hostnetdoctor.collect import wire
from hostnetdoctor.collect.cluster import Translation
from hostnetdoctor.collect.facts import fact
from hostnetdoctor.collect.files import FilesCluster
from hostnetdoctor.collect.kube import Access, KubeCluster
from hostnetdoctor.collect.record import RecordingCluster
from hostnetdoctor.collect.requests import (
    Autoscalers,
    ConfigMapData,
    ContainerLog,
    FirstNodes,
    MayI,
    NamespaceName,
    Nodes,
    PodEvents,
    PodsOnNode,
    Request,
    Services,
    Survey,
    Version,
    WorkloadObject,
)
from hostnetdoctor.errors import CannotLook, UsageError
from hostnetdoctor.model import Node, NodePage, Question, Source, SurveyRow, Unreadable, UnreadableKind, WorkloadRef
from tests.collect.api_server import Answer, json_answer, serving, status
from tests.collect.pods import dump, listed, node, pod, write

QUESTION = Question(namespaces=("shop",), since=timedelta(minutes=30))
AT = datetime(2026, 11, 2, 10, tzinfo=UTC)
SOURCE = Source(kind="cluster", context="here", server="https://a", server_version="v1.34.4", taken_at=AT)


class Words:
    """A cluster that has the words of a source for some requests."""

    everything_is_read = False
    recorded_question: Question | None = None
    requests_made = 3
    bytes_read = 4
    source = SOURCE

    def __init__(self, words: Mapping[Request[Any], object]) -> None:
        self.words = words

    def read(self, requests: Collection[Request[Any]], translate: Translation) -> Mapping[Request[Any], object]:
        return {request: translate(request, self.words[request]) for request in requests}

    def answer(self, requests: Collection[Request[Any]]) -> Mapping[Request[Any], object]:
        return self.read(requests, fact)


def recorded(words: Mapping[Request[Any], object], path: Path) -> Mapping[Request[Any], object]:
    """Record these words; return what a reader of the recording gets."""
    with RecordingCluster(Words(words), str(path), QUESTION) as recorder:
        live = recorder.answer(list(words))
    with FilesCluster(str(path)) as files:
        again = files.answer(list(words))
    assert live == again
    return again


# --- the same readings --------------------------------------------------------------------------------------------

names = st.from_regex(r"[a-z0-9]([a-z0-9.-]{0,8}[a-z0-9])?", fullmatch=True).filter(lambda name: ".." not in name)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
maybe_texts = st.none() | texts
labels = st.none() | st.dictionaries(names, texts, max_size=2)
times = st.none() | st.sampled_from(["2026-11-02T10:00:00Z", "2026-11-02T09:59:59.123456Z", "odd"])
ports = st.builds(
    wire.Port,
    container_port=st.none() | st.integers(1, 65535),
    protocol=st.sampled_from([None, "UDP", "TCP"]),
    name=maybe_texts,
)
containers = st.builds(
    wire.Container,
    name=names,
    image=maybe_texts,
    args=st.none() | st.lists(texts, max_size=2),
    env=st.none() | st.lists(st.builds(wire.Env, name=names, value=maybe_texts), max_size=2),
    ports=st.none() | st.lists(ports, max_size=2),
    restart_policy=st.sampled_from([None, "Always"]),
)
states = st.none() | st.builds(
    wire.State,
    running=st.none() | st.builds(wire.Running, started_at=times),
    terminated=st.none()
    | st.builds(wire.Terminated, exit_code=st.none() | st.integers(0, 255), message=maybe_texts, finished_at=times),
)
statuses = st.builds(
    wire.ContainerStatus, name=names, state=states, last_state=states, restart_count=st.none() | st.integers(0, 99)
)
specs = st.builds(
    wire.PodSpec,
    containers=st.none() | st.lists(containers, max_size=2),
    init_containers=st.none() | st.lists(containers, max_size=1),
    host_network=st.none() | st.booleans(),
)
NODES = ("node1", "node2", None)


@st.composite
def worlds(draw: st.DrawFn) -> dict[Request[Any], object]:
    """Draw what a cluster may answer: pods of some nodes, logs of theirs, and refusals here and there."""
    words: dict[Request[Any], object] = {Version(): wire.Version(git_version="v1.34.4", at="2026-11-02T10:00:00Z")}
    found = draw(st.lists(st.tuples(names, names, st.sampled_from(NODES)), max_size=4, unique_by=lambda each: each[:2]))
    by_node: dict[str | None, list[wire.Pod]] = {each: [] for each in NODES}
    for namespace, name, where in found:
        meta = wire.Meta(
            name=name, namespace=namespace, uid=f"uid-{name}", labels=draw(labels), creation_timestamp=draw(times)
        )
        spec = draw(specs)
        spec.node_name = where
        status_ = draw(
            st.none()
            | st.builds(
                wire.PodStatus, phase=maybe_texts, container_statuses=st.none() | st.lists(statuses, max_size=2)
            )
        )
        by_node[where].append(wire.Pod(metadata=meta, spec=spec, status=status_))
        log = st.builds(wire.Log, text=st.binary(max_size=60), cut=st.booleans(), dated=st.booleans())
        words[ContainerLog(namespace=namespace, pod=name, container="main", previous=draw(st.booleans()))] = draw(log)
    refusal = Unreadable(kind=UnreadableKind.FORBIDDEN, why="You may not.", fix="ask")
    words |= {PodsOnNode(node=each): draw(st.sampled_from([pods, pods, refusal])) for each, pods in by_node.items()}
    rows = tuple(SurveyRow(name=name, node=where, suspect=draw(st.booleans())) for _, name, where in found)
    words[Survey(namespace=None)] = rows
    return words


@settings(max_examples=60, deadline=None)
@given(worlds())
def test_a_recording_gives_the_same_readings(words: dict[Request[Any], object]) -> None:
    """Whatever a cluster answered, its recording answers the same."""
    with TemporaryDirectory() as directory:
        recorded(words, Path(directory) / "saved")


def everything() -> dict[Request[Any], object]:
    deployment = WorkloadRef(api_version="apps/v1", kind="Deployment", namespace="shop", name="web")
    gateway = WorkloadRef(api_version="example.com/v1", kind="Gateway", namespace="shop", name="web")
    fleet = WorkloadRef(api_version="example.com/v1", kind="Fleet", namespace="", name="f")
    meta = wire.ManagedMeta(name="web", namespace="shop", uid="1")
    about = wire.InvolvedObject(kind="Pod", namespace="shop", name="web")
    return {
        Version(): wire.Version(git_version="v1.34.4", at="2026-11-02T10:00:00+00:00"),
        Nodes(): [wire.Node(metadata=wire.NodeMeta(name="node1"))],
        Survey(namespace=None): (
            SurveyRow(name="web", node="node1", suspect=True),
            SurveyRow(name="b", node=None, suspect=False),
        ),
        Survey(namespace="shop", selector="a=b"): (),
        PodsOnNode(node="node1"): [wire.Pod(metadata=meta, spec=wire.PodSpec(node_name="node1"))],
        PodsOnNode(node="node2"): [],
        ContainerLog(namespace="shop", pod="web", container="main"): wire.Log(
            text=b"2026-11-02T10:00:00Z a\r\n\xff", cut=True
        ),
        ContainerLog(namespace="shop", pod="web", container="main", previous=True): wire.Log(text=b"b\n", dated=False),
        ContainerLog(namespace="shop", pod="web", container="side"): Unreadable(
            kind=UnreadableKind.NO_LOG, why="Gone."
        ),
        WorkloadObject(ref=deployment): wire.Workload(metadata=meta, spec=wire.WorkloadSpec(replicas=3)),
        WorkloadObject(ref=gateway): wire.Workload(metadata=meta),
        WorkloadObject(ref=fleet): wire.Workload(metadata=wire.ManagedMeta(name="f", uid="2")),
        PodEvents(namespace="shop", pod="web"): [wire.Event(metadata=meta, involved_object=about, reason="A")],
        PodEvents(namespace="shop", pod="none"): [],
        Services(): [wire.Service(metadata=meta)],
        Autoscalers(namespace="shop"): [wire.Autoscaler(metadata=meta)],
        Autoscalers(namespace="empty"): [],
        ConfigMapData(namespace="shop", name="web"): wire.ConfigMap(metadata=meta, data={"port": "80"}),
        NamespaceName(namespace="without-pods"): wire.Bare(metadata=wire.ManagedMeta(name="without-pods")),
        NamespaceName(namespace="shpo"): Unreadable(kind=UnreadableKind.NOT_FOUND, why="There is no namespace shpo."),
    }


def test_every_kind_of_request_comes_back(tmp_path: Path) -> None:
    """All requests of a run are answered from its recording as they were live, the empty ones too."""
    assert len(everything()) == len(recorded(everything(), tmp_path / "saved"))


@pytest.mark.parametrize("token", [None, "next"])
def test_the_first_nodes_come_back_without_the_others(tmp_path: Path, token: str | None) -> None:
    """Of a cluster with more nodes, the one that was asked for by its name is no node of the page."""
    first, other = (wire.Node(metadata=wire.NodeMeta(name=name, uid=name)) for name in ("node1", "node9"))
    page = wire.NodeList(metadata=wire.ListMeta(continue_=token), items=[first])
    words: dict[Request[Any], object] = {FirstNodes(): page}
    words |= {Nodes(name="node9"): [other], Nodes(name="gone"): []} if token else {}
    again = recorded(words, tmp_path / "saved")

    assert NodePage(nodes=(Node(name="node1"),), more=token is not None) == again[FirstNodes()]


def test_all_nodes_of_a_recording_are_also_the_first(tmp_path: Path) -> None:
    """A recording of all namespaces, or of an earlier version, answers for one namespace as well."""
    words: dict[Request[Any], object] = {Nodes(): [wire.Node(metadata=wire.NodeMeta(name="node1"))]}
    recorded(words, tmp_path / "saved")
    with FilesCluster(str(tmp_path / "saved")) as files:
        found = files.answer([FirstNodes(), Nodes(name="node1"), Nodes(name="node2")])

    assert [NodePage(nodes=(Node(name="node1"),)), (Node(name="node1"),), ()] == list(found.values())


def test_the_rights_of_the_user_are_not_recorded(tmp_path: Path) -> None:
    """What somebody may read is about them and not about the cluster."""
    right = MayI(verb="list", group="", resource="pods")
    review = wire.AccessReview(status=wire.AccessStatus(allowed=True))
    with RecordingCluster(Words({right: review}), str(tmp_path / "saved"), QUESTION) as recorder:
        assert {right: True} == recorder.answer([right])

    assert [] == json.loads((tmp_path / "saved" / "recording.json").read_text()).get("entries", [])


def test_an_archive_is_a_recording_too(tmp_path: Path) -> None:
    """A path that ends in .tar.gz becomes one file that reads the same."""
    recorded(everything(), tmp_path / "saved.tar.gz")
    assert ["saved.tar.gz"] == [each.name for each in tmp_path.iterdir()]
    with tarfile.open(tmp_path / "saved.tar.gz") as packed:
        assert {(0, "")} == {(each.uid, each.uname) for each in packed}


def test_a_recording_remembers_its_question_and_source(tmp_path: Path) -> None:
    """Who asked what of which cluster, and when, is in the recording."""
    recorded(everything(), tmp_path / "saved")
    files = FilesCluster(str(tmp_path / "saved"))
    assert (QUESTION, False) == (files.recorded_question, files.everything_is_read)
    assert (
        Source(
            kind="files",
            context="here",
            server="https://a",
            server_version="v1.34.4",
            path=str(tmp_path / "saved"),
            taken_at=AT,
        )
        == files.source
    )


def test_what_was_never_asked_is_not_in_a_recording(tmp_path: Path) -> None:
    """A node that nobody asked about is unknown, not empty."""
    recorded(everything(), tmp_path / "saved")
    files = FilesCluster(str(tmp_path / "saved"))
    asked: list[Request[Any]] = [
        PodsOnNode(node="node3"),
        ContainerLog(namespace="shop", pod="web", container="side", previous=True),
        Autoscalers(namespace="other"),
        PodEvents(namespace="shop", pod="other"),
        ConfigMapData(namespace="shop", name="other"),
    ]
    kinds = {each.kind for each in files.answer(asked).values() if isinstance(each, Unreadable)}
    assert ({UnreadableKind.NOT_IN_SOURCE}, 5) == (kinds, len(files.answer(asked)))


def test_a_wider_answer_holds_the_narrower_one(tmp_path: Path) -> None:
    """What was read for all namespaces answers for one."""
    recorded(everything(), tmp_path / "saved")
    files = FilesCluster(str(tmp_path / "saved"))
    narrow = [PodsOnNode(node="node1", namespace="shop"), Services(namespace="shop"), Survey(namespace="shop")]
    answers = files.answer(narrow)
    assert [1, 1, 1] == [len(each) for each in answers.values()]  # type: ignore[arg-type]  # tuples


def test_a_recording_of_suspects_answers_for_single_pods_too(tmp_path: Path) -> None:
    """Who asks such a recording for a namespace, or for a pod by name, is told of the pods that it holds."""
    words = everything()
    del words[Survey(namespace=None)]
    words[Survey(namespace=None, suspects_only=True)] = (SurveyRow(name="saved-nowhere-else", node="n", suspect=True),)
    recorded(words, tmp_path / "saved")
    wanted = [Survey(namespace=None, suspects_only=True), Survey(namespace="shop"), Survey(namespace=None)]
    answers = FilesCluster(str(tmp_path / "saved")).answer(wanted)
    assert [["saved-nowhere-else"], ["web"], ["web"]] == [[each.name for each in rows] for rows in answers.values()]  # type: ignore[attr-defined]  # tuples


def test_a_recording_of_all_answers_for_suspects_alone(tmp_path: Path) -> None:
    """Recordings of earlier versions have the rows of all pods."""
    recorded(everything(), tmp_path / "saved")
    wanted = Survey(namespace=None, suspects_only=True)
    (rows,) = FilesCluster(str(tmp_path / "saved")).answer([wanted]).values()
    assert isinstance(rows, tuple)
    assert ["web"] == [each.name for each in rows]


def test_a_recording_has_the_layout_of_a_dump(tmp_path: Path) -> None:
    """People find their way in a recording: the API's JSON, indented, in the places where kubectl puts it."""
    recorded(everything(), tmp_path / "saved")
    found = {str(each.relative_to(tmp_path / "saved")) for each in (tmp_path / "saved").rglob("*") if each.is_file()}
    expected = {
        "recording.json",
        "version.json",
        "nodes.json",
        "fleet.example.com.json",
        "shop/pods.json",
        "shop/events.json",
        "shop/services.json",
        "shop/deployments.json",
        "shop/gateway.example.com.json",
        "shop/horizontalpodautoscalers.json",
        "shop/configmaps.json",
        "shop/web/main.log",
        "shop/web/main.previous.log",
    }
    assert expected == found
    pods = json.loads((tmp_path / "saved/shop/pods.json").read_text())
    assert {"metadata": {"name": "web", "namespace": "shop", "uid": "1"}, "spec": {"nodeName": "node1"}} == pods[
        "items"
    ][0]
    assert ("PodList", "v1") == (pods["kind"], pods["apiVersion"])


def test_recording_twice_writes_the_same_bytes(tmp_path: Path) -> None:
    """The order of requests and of answers leaves no trace."""
    recorded(everything(), tmp_path / "one")
    recorded(dict(reversed(everything().items())), tmp_path / "two")
    for path in (each for each in (tmp_path / "one").rglob("*") if each.is_file()):
        assert path.read_bytes() == (tmp_path / "two" / path.relative_to(tmp_path / "one")).read_bytes()


def test_a_dump_can_be_recorded(tmp_path: Path) -> None:
    """Recording saved files keeps that their logs have no times, and that everything may be examined."""
    source = dump(tmp_path / "dump", pod())
    log = ContainerLog(namespace="shop", pod="web", container="main")
    write(
        tmp_path / "dump",
        "shop/web/logs.txt",
        (tmp_path / "dump/shop/web/logs.txt").read_text().replace("hello", "2026-11-02T10:00:00Z hello"),
    )
    with RecordingCluster(FilesCluster(source), str(tmp_path / "saved"), QUESTION) as recorder:
        live = recorder.answer([log, PodsOnNode(node="node1"), Survey(namespace=None)])
    files = FilesCluster(str(tmp_path / "saved"))
    assert (live, True) == (files.answer(list(live)), files.everything_is_read)


def test_a_live_run_can_be_read_again(tmp_path: Path) -> None:
    """What came over the wire, refusals included, is read from the recording as it was."""
    with serving("local.pem") as api:
        api.on("/version", json_answer({"gitVersion": "v1.34.4"}))
        api.on("/api/v1/nodes", json_answer(listed(node())))
        api.on("/api/v1/pods", json_answer(listed(pod(), pod("b"))))
        api.on("/api/v1/services", status(403, 'User "jane" cannot'))
        api.on(
            "/api/v1/namespaces/shop/pods/web/log", Answer(body=b"2026-11-02T10:00:00.5Z hello\n", kind="text/plain")
        )
        wanted: list[Request[Any]] = [
            Version(),
            Nodes(),
            Survey(namespace=None),
            PodsOnNode(node="node1"),
            Services(),
            ContainerLog(namespace="shop", pod="web", container="main"),
        ]
        live = KubeCluster(Access(kubeconfig=api.kubeconfig(tmp_path), environment={}))
        with RecordingCluster(live, str(tmp_path / "saved"), QUESTION) as recorder:
            answers = recorder.answer(wanted)
    again = FilesCluster(str(tmp_path / "saved"))
    assert answers == again.answer(wanted)
    assert (AT, live.requests_made, live.bytes_read) == (
        again.source.taken_at,
        recorder.requests_made,
        recorder.bytes_read,
    )


# --- nothing half, nothing destroyed ------------------------------------------------------------------------------


def test_a_failed_run_leaves_nothing(tmp_path: Path) -> None:
    """When the run fails, no half recording is left behind."""

    def fail() -> None:
        with RecordingCluster(Words(everything()), str(tmp_path / "saved"), QUESTION) as recorder:
            recorder.answer(list(everything()))
            recorder.answer([Services(namespace="never")])

    with pytest.raises(KeyError):
        fail()
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("content", ["directory", "file"])
def test_what_is_no_recording_is_not_overwritten(tmp_path: Path, content: str) -> None:
    """A directory with other things in it, or a file, is refused before anything is read."""
    target = tmp_path / "target"
    write(tmp_path, "target/thesis.txt" if content == "directory" else "target", "years of work")
    with pytest.raises(UsageError, match="will not be overwritten"):
        RecordingCluster(Words({}), str(target), QUESTION)


def test_an_older_recording_is_replaced_whole(tmp_path: Path) -> None:
    """Nothing of the older recording is left in the newer one."""
    recorded(everything(), tmp_path / "saved")
    recorded({Version(): wire.Version(git_version="v2")}, tmp_path / "saved")
    assert {"recording.json", "version.json"} == {each.name for each in (tmp_path / "saved").iterdir()}
    assert ["saved"] == [each.name for each in tmp_path.iterdir()]


def test_an_empty_directory_may_be_filled(tmp_path: Path) -> None:
    """A directory that somebody made for it is used."""
    (tmp_path / "saved").mkdir()
    recorded(everything(), tmp_path / "saved")


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    """A path below a file cannot be written, and that is said in a sentence."""
    write(tmp_path, "file", "x")
    recorder = RecordingCluster(Words(everything()), str(tmp_path / "file" / "saved"), QUESTION)
    with pytest.raises(CannotLook, match="cannot be written"):
        recorder.answer([Version()])


def test_a_hostile_name_is_not_written(tmp_path: Path) -> None:
    """A pod whose name leads elsewhere is left out of the recording."""
    log = ContainerLog(namespace="..", pod="x", container="main")
    words: dict[Request[Any], object] = {log: wire.Log(text=b"x"), Version(): wire.Version(git_version="v1")}
    with RecordingCluster(Words(words), str(tmp_path / "saved"), QUESTION) as recorder:
        recorder.answer(list(words))
    answer = FilesCluster(str(tmp_path / "saved")).answer([log])[log]
    assert isinstance(answer, Unreadable)
    assert ["saved"] == [each.name for each in tmp_path.iterdir()]
