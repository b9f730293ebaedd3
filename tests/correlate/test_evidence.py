"""The rules of evidence: who may be called the holder, and how sure that is."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from hostnetdoctor.collect.requests import ContainerLog, PodsOnNode
from hostnetdoctor.errors import CannotLook
from hostnetdoctor.model import (
    Condition,
    Confidence,
    LogText,
    Mount,
    Node,
    Pod,
    PodSpec,
    Report,
    Volume,
    WorkloadRef,
)
from tests.build import (
    SmallCluster,
    ago,
    ask,
    container,
    crashing,
    declared,
    deployment,
    ended,
    in_use,
    log,
    pod,
    running,
)

WEB = deployment("web")
EXPORTER = deployment("exporter", "monitoring")


def victim(**fields: Any) -> Pod:
    return pod("web-1", statuses=(crashing(),), **{"owner": WEB, **fields})


def replica(**fields: Any) -> Pod:
    return pod("web-2", **{"owner": WEB, **fields})


def report(*pods: Pod, logs: dict[tuple[str, str], LogText] | None = None, **cluster: Any) -> Report:
    return ask(SmallCluster(pods, {("web-1", "main"): log(in_use(8080)), **(logs or {})}, **cluster))


def answer(found: Report) -> tuple[str, Confidence, list[str | None]]:
    (diagnosis,) = [each for each in found.diagnoses if each.victim.pod == "web-1"]
    return diagnosis.cause, diagnosis.confidence, [holder.pod for holder in diagnosis.holders]


def test_an_equal_replica_that_is_ready_throughout_is_certain() -> None:
    """Both sides are seen: the victim's log, and a Ready replica of the same workload with a clean log."""
    assert ("replica-on-same-node", Confidence.CERTAIN, ["web-2"]) == answer(report(victim(), replica()))


def test_two_replicas_that_both_fail_have_a_third_party_as_holder() -> None:
    """A pod with the same failure is never called the holder, even while it happens to run."""
    between_crashes = running(since=3, restarts=4, last=ended(20, 17))
    other = replica(statuses=(between_crashes,))
    found = report(victim(), other, logs={("web-2", "main/previous"): log(in_use(8080), at=18)})
    assert ("holder-not-visible", Confidence.POSSIBLE, []) == answer(found)
    ruled_out = {each.candidate: each.because for each in found.diagnoses[0].ruled_out}
    assert "fails in the same way" in ruled_out["default/web-2"]


def test_a_replica_that_failed_long_ago_and_runs_since_can_be_the_holder() -> None:
    """The winner flips: a pod that once failed and then ran for an hour has the port now."""
    winner = replica(statuses=(running(since=3600, restarts=2, last=ended(3700, 3690)),))
    found = report(victim(), winner, logs={("web-2", "main/previous"): log(in_use(8080), at=3695)})
    assert ("replica-on-same-node", Confidence.CERTAIN, ["web-2"]) == answer(found)


def test_a_pod_that_started_after_the_failure_is_ruled_out() -> None:
    """Nobody holds a port before it runs."""
    late = replica(statuses=(running(since=30),))
    assert ("holder-not-visible", Confidence.POSSIBLE, []) == answer(report(victim(), late))


def test_a_pod_on_another_node_is_no_candidate() -> None:
    """Nodes do not share ports."""
    assert ("holder-not-visible", Confidence.POSSIBLE, []) == answer(report(victim(), replica(node="node2")))


def test_a_pod_with_a_network_of_its_own_is_no_candidate() -> None:
    """Only hostNetwork pods share the node's ports."""
    assert ("holder-not-visible", Confidence.POSSIBLE, []) == answer(report(victim(), replica(host_network=False)))


def test_a_finished_pod_is_no_candidate() -> None:
    """A pod that has ended holds nothing."""
    done = replica(phase="Succeeded", statuses=(replace(running(), state=ended(3600, 100, 0)),))
    assert ("holder-not-visible", Confidence.POSSIBLE, []) == answer(report(victim(), done))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"nodes": (Node(name="node1", ready=False),)}, Confidence.POSSIBLE),
        ({"nodes": (Node(name="node1", ready=True, os="windows"),)}, Confidence.POSSIBLE),
        ({"nodes": (Node(name="node1", ready=True, labels={"type": "virtual-kubelet"}),)}, Confidence.POSSIBLE),
        ({"nodes": ()}, Confidence.LIKELY),
        ({"refused": (PodsOnNode(node="node1"),)}, Confidence.LIKELY),
    ],
)
def test_a_weak_premise_takes_certainty_away(change: dict[str, Any], expected: Confidence) -> None:
    """Where "same node, same ports" is doubtful, or others may hide, the same evidence proves less."""
    assert ("replica-on-same-node", expected, ["web-2"]) == answer(report(victim(), replica(), **change))


def test_a_replica_whose_log_cannot_be_read_is_likely_at_most() -> None:
    """It might fail in the same way."""
    hidden = ContainerLog(namespace="default", pod="web-2", container="main")
    found = report(victim(), replica(), refused=(hidden,))
    assert ("replica-on-same-node", Confidence.LIKELY, ["web-2"]) == answer(found)


def test_a_runtime_class_of_the_victim_makes_it_possible_at_most() -> None:
    """A sandboxed pod may not share the node's network at all."""
    sandboxed = victim(spec=PodSpec(containers=(container(),), host_network=True, runtime_class="gvisor"))
    assert Confidence.POSSIBLE is answer(report(sandboxed, replica()))[1]


def exporter(*containers: Any, **fields: Any) -> Pod:
    return pod("exporter-1", *containers, **{"namespace": "monitoring", "owner": EXPORTER, **fields})


def test_a_dated_listening_line_is_certain() -> None:
    """The holder's own line about that address, written while it ran and before the bind failed."""
    found = report(
        victim(),
        exporter(),
        logs={("exporter-1", "main"): log('level=info msg="Listening on" address=[::]:8080', at=3599)},
    )
    assert ("other-host-network-pod", Confidence.CERTAIN, ["exporter-1"]) == answer(found)


def test_an_undated_listening_line_is_likely() -> None:
    """Files without times cannot tell who came first."""
    found = report(
        victim(),
        exporter(),
        logs={("exporter-1", "main"): log('level=info msg="Listening on" address=[::]:8080', at=None)},
    )
    assert ("other-host-network-pod", Confidence.LIKELY, ["exporter-1"]) == answer(found)


@pytest.mark.parametrize(
    "spec",
    [
        container("exp", ports=declared(8080)),
        container("exp", args=("--web.listen-address=:8080",)),
        container("exp", command=("sh", "-c", "exec serve --port 8080")),
    ],
)
def test_a_specification_alone_is_likely(spec: Any) -> None:
    """Declared ports and arguments say what is meant, not what is."""
    assert ("other-host-network-pod", Confidence.LIKELY, ["exporter-1"]) == answer(report(victim(), exporter(spec)))


def test_two_equal_candidates_are_two_possible_holders() -> None:
    """Where the evidence does not decide, nobody is picked, and the command that decides is given."""
    one = exporter(container("exp", ports=declared(8080)))
    two = pod(
        "agent-1", container("agent", args=("--port=8080",)), namespace="agents", owner=deployment("agent", "agents")
    )
    found = report(victim(), one, two)
    cause, confidence, holders = answer(found)
    assert ("other-host-network-pod", Confidence.POSSIBLE, ["agent-1", "exporter-1"]) == (
        cause,
        confidence,
        sorted(map(str, holders)),
    )
    assert any("sport = :8080" in step for step in found.diagnoses[0].next_steps)


def test_another_plausible_candidate_takes_certain_away() -> None:
    """Certain means that nothing else fits."""
    rival = exporter(container("exp", ports=declared(8080)))
    assert ("replica-on-same-node", Confidence.LIKELY, ["web-2"]) == answer(report(victim(), replica(), rival))


def test_a_loopback_listener_does_not_exclude_another_address() -> None:
    """127.0.0.1 and the node's address can both be taken."""
    loopback = exporter(container("exp", args=("--web.listen-address=127.0.0.1:8080",)))
    found = report(victim(), loopback, logs={("web-1", "main"): log(in_use(8080, "10.0.0.5"))})
    assert ("holder-not-visible", Confidence.POSSIBLE, []) == answer(found)
    assert "127.0.0.1" in found.diagnoses[0].ruled_out[0].because


def test_a_loopback_listener_excludes_the_wildcard() -> None:
    """0.0.0.0 needs every address."""
    loopback = exporter(container("exp", args=("--web.listen-address=127.0.0.1:8080",)))
    found = report(victim(), loopback, logs={("web-1", "main"): log(in_use(8080, "0.0.0.0"))})
    assert ("other-host-network-pod", Confidence.LIKELY, ["exporter-1"]) == answer(found)


def test_udp_does_not_exclude_tcp() -> None:
    """Protocols have port spaces of their own."""
    dns = exporter(container("exp", ports=declared(8080, protocol="UDP")))
    assert "holder-not-visible" == answer(report(victim(), dns))[0]


def test_a_sibling_container_is_found_without_host_network() -> None:
    """All containers of a pod share one network, whatever network that is."""
    both = pod(
        "web-1",
        container(),
        container("proxy", ports=declared(8080)),
        statuses=(crashing(), running("proxy")),
        host_network=False,
        owner=WEB,
    )
    cause, confidence, _ = answer(report(both, replica()))
    assert ("container-in-same-pod", Confidence.LIKELY) == (cause, confidence)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (("sleep", "inf"), ("other-host-network-pod", Confidence.LIKELY, ["exporter-1"])),
        ((), ("container-in-same-pod", Confidence.POSSIBLE, ["web-1", "exporter-1"])),
    ],
)
def test_a_sibling_of_the_same_image_runs_the_same_program_only_with_the_same_command(
    command: tuple[str, ...], expected: tuple[str, Confidence, list[str | None]]
) -> None:
    """An image may hold many programs: a driver whose helper fails is no candidate, whether it runs at this moment or not."""
    driver = container("driver", image="main:1", command=command)
    both = pod("web-1", container(), driver, statuses=(crashing(), running("driver")), owner=WEB)
    assert expected == answer(report(both, exporter(container("exp", ports=declared(8080)))))


def test_a_pod_of_another_revision_is_a_rollout_overlap() -> None:
    """The old pod of a rollout has the port of the new one."""
    new, old = victim(labels={"pod-template-hash": "b"}), replica(labels={"pod-template-hash": "a"})
    assert ("rollout-overlap", Confidence.CERTAIN, ["web-2"]) == answer(report(new, old))


def test_a_stateful_set_is_said_to_go_on_one_pod_at_a_time() -> None:
    """It stops each pod before it starts its successor, so "new pods before old ones" would be wrong."""
    store = WorkloadRef(api_version="apps/v1", kind="StatefulSet", namespace="default", name="web")
    new, old = (
        each(owner=store, labels={"controller-revision-hash": revision})
        for each, revision in ((victim, "b"), (replica, "a"))
    )
    found = report(new, old)
    assert "rollout-overlap" == answer(found)[0]
    assert "web-1 cannot become Ready while web-2, of another revision, has the port" in found.diagnoses[0].why


def test_a_pod_that_is_being_deleted_is_a_rollout_overlap() -> None:
    """A pod keeps its ports until its processes end."""
    leaving = replica(deleted_at=ago(-20))
    found = report(victim(), leaving)
    assert "rollout-overlap" == answer(found)[0]
    assert "wait-for-termination" == found.diagnoses[0].remedies[0].id


@pytest.mark.parametrize(("since", "expected"), [(73, Confidence.LIKELY), (79, Confidence.CERTAIN)])
def test_a_silent_replica_has_not_tried_yet_perhaps(since: float, expected: Confidence) -> None:
    """On a busy node an equal replica may run for ten seconds before it fails in the same way."""
    found = report(victim(), replica(statuses=(running(since=since),)))
    assert ("replica-on-same-node", expected, ["web-2"]) == answer(found)


def test_a_recovered_container_is_not_reported() -> None:
    """A crash an hour ago, and a run without a failure since, is nothing to report now."""
    fine = pod("web-1", statuses=(running(since=1800, restarts=1, last=ended(1830, 1820)),), owner=WEB)
    found = ask(SmallCluster([fine], {("web-1", "main/previous"): log(in_use(8080), at=1825)}))
    assert () == found.diagnoses


@pytest.mark.parametrize(("said", "expected"), [(28, []), (3, ["holder-not-visible"])])
def test_an_attempt_that_has_the_port_ends_the_failure_of_the_one_before(said: float, expected: list[str]) -> None:
    """It says so, and goes on: nothing to report, however long the failed attempt took. At first it may only announce what it tries."""
    slow = pod("web-1", statuses=(running(since=30, restarts=1, last=ended(95, 35)),), owner=WEB)
    logs = {
        ("web-1", "main/previous"): log(in_use(8080), at=36),
        ("web-1", "main"): log('level=info msg="Listening on" address=[::]:8080', at=said),
    }
    assert expected == [each.cause for each in ask(SmallCluster([slow], logs)).diagnoses]


def test_a_container_between_two_crashes_is_reported() -> None:
    """A Running container that failed a moment ago will fail again."""
    between = pod("web-1", statuses=(running(since=2, restarts=6, last=ended(20, 17)),), owner=WEB)
    found = ask(SmallCluster([between, replica()], {("web-1", "main/previous"): log(in_use(8080), at=18)}))
    assert ("replica-on-same-node", Confidence.CERTAIN, ["web-2"]) == answer(found)


def test_a_termination_message_is_enough() -> None:
    """Without any right to logs, the end of the log in the status still tells."""
    told = pod("web-1", statuses=(crashing(message=in_use(8080)),), owner=WEB)
    found = ask(
        SmallCluster([told, replica()], refused=(ContainerLog(namespace="default", pod="web-1", container="main"),))
    )
    assert "replica-on-same-node" == answer(found)[0]
    assert any(entry.essential for entry in found.not_looked_at)


def test_another_crash_is_silent() -> None:
    """A crash loop of another kind is none of our business."""
    found = report(victim(), replica(), logs={("web-1", "main"): log("panic: runtime error: index out of range")})
    assert () == found.diagnoses


def test_the_scheduler_message_names_a_holder_on_each_node() -> None:
    """A Pending pod is explained by the pods that declare its port, node by node."""
    spec = container(ports=declared(80))
    unscheduled = Condition(
        type="PodScheduled",
        status="False",
        message="0/2 nodes are available: 2 node(s) didn't have free ports for the requested pod ports.",
    )
    pending = pod(
        "web-3",
        spec,
        node=None,
        phase="Pending",
        conditions=(unscheduled,),
        owner=WEB,
        statuses=(replace(crashing(), state=None, last=None),),
    )
    holders = [pod(f"web-{number}", spec, node=f"node{number}", owner=WEB) for number in (1, 2)]
    found = ask(SmallCluster([pending, *holders]))
    (diagnosis,) = found.diagnoses
    assert ("host-port-unschedulable", Confidence.CERTAIN) == (diagnosis.cause, diagnosis.confidence)
    assert [("web-1", "node1"), ("web-2", "node2")] == [(holder.pod, holder.node) for holder in diagnosis.holders]


def test_privilege_and_foreign_addresses_have_no_holder() -> None:
    """Errno 13 and errno 99 are not conflicts, whoever else names the port."""
    rival = exporter(container("exp", ports=declared(80)))
    low = report(victim(), rival, logs={("web-1", "main"): log("listen tcp :80: bind: permission denied")})
    away = report(
        victim(), rival, logs={("web-1", "main"): log("listen tcp 10.9.9.9:80: bind: cannot assign requested address")}
    )
    assert ("port-needs-privilege", []) == (answer(low)[0], answer(low)[2])
    assert ("address-not-on-node", []) == (answer(away)[0], answer(away)[2])


def test_unreadable_neighbours_never_read_as_nobody() -> None:
    """Without the right to see the node's pods, the answer says so instead of "nothing holds the port"."""
    found = report(victim(), replica(namespace="other"), refused=(PodsOnNode(node="node1"),))
    assert "could not all be read" in found.diagnoses[0].summary
    assert any(entry.essential and entry.node == "node1" for entry in found.not_looked_at)


def test_a_silent_crash_is_possible_where_its_configured_port_is_taken() -> None:
    """Without a readable word, a configured port that somebody else has is a hint, and no port at all is none."""
    hidden = ContainerLog(namespace="default", pod="web-1", container="main")
    spec = container(args=("--port=8080",))
    rival = exporter(container("exp", ports=declared(8080)))
    mute = pod("web-1", spec, statuses=(crashing(),), owner=WEB)
    assert ("other-host-network-pod", Confidence.POSSIBLE, ["exporter-1"]) == answer(
        report(mute, rival, refused=(hidden,))
    )
    assert () == report(mute, exporter(container("exp", ports=declared(9))), refused=(hidden,)).diagnoses
    assert () == report(victim(), rival, refused=(hidden,)).diagnoses


def test_the_usual_port_of_an_image_is_possible() -> None:
    """Where a candidate says nothing of its ports, its program's default is a hint, and no more."""
    silent = exporter(container("exp", image="docker.io/library/redis:7"))
    found = report(victim(), silent, logs={("web-1", "main"): log(in_use(6379))})
    assert ("other-host-network-pod", Confidence.POSSIBLE, ["exporter-1"]) == answer(found)
    told = exporter(container("exp", image="docker.io/library/redis:7", args=("--port", "6380")))
    assert "holder-not-visible" == answer(report(victim(), told, logs={("web-1", "main"): log(in_use(6379))}))[0]


def test_a_mounted_configmap_can_name_the_port() -> None:
    """Where a candidate's own settings say nothing, the file that it mounts may: read for candidates only."""
    spec = container("exp", mounts=(Mount(volume="conf", path="/etc/app"),))
    whole = PodSpec(
        containers=(spec,), host_network=True, volumes=(Volume(name="conf", kind="configMap", source="app"),)
    )
    files = {"app": {"app.conf": "server {\n  listen 8080;\n}"}}
    found = report(victim(), exporter(spec, spec=whole), config_maps=files)
    assert ("other-host-network-pod", Confidence.LIKELY, ["exporter-1"]) == answer(found)
    assert any(fact.kind == "config" and "listen 8080" in fact.text for fact in found.diagnoses[0].evidence)


def test_a_namespace_that_does_not_exist_is_an_error() -> None:
    """A misspelt namespace must not read as "nothing found"."""
    with pytest.raises(CannotLook, match="no namespace nowhere"):
        ask(SmallCluster([]), namespaces=("nowhere",))
    assert () == ask(SmallCluster([]), namespaces=("default",)).diagnoses
