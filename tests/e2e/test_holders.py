"""Pods of every kind as holders, and those that only look as if they were."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.decisive import Facts
from tests.e2e.catalogue import PODS
from tests.e2e.doctor import diagnose, moments
from tests.e2e.real_cluster import RealCluster
from tests.e2e.remedies import apply_remedy, until_healed
from tests.e2e.together import together

pytestmark = pytest.mark.e2e
_LOOKS = 6


@pytest.fixture(scope="module", autouse=True)
def _town(cluster: RealCluster) -> Iterator[None]:
    with together(cluster, *PODS):
        yield


def _told(each: Facts) -> tuple[str, str, int]:
    return each["cause"], each["confidence"], each["port"]


def _holders(each: Facts) -> list[tuple[str, str]]:
    return [(holder["pod"], holder["container"]) for holder in each["holders"]]


def _starting_with(cluster: RealCluster, namespace: str, name: str) -> str:
    (found,) = [pod["metadata"]["name"] for pod in cluster.pods(namespace) if pod["metadata"]["name"].startswith(name)]
    return str(found)


def test_a_static_pod_is_the_holder(cluster: RealCluster) -> None:
    """The mirror of a static pod is named, and where its file lies is said."""
    (found,) = diagnose(cluster, "-n", "e5-static").facts

    assert ("other-host-network-pod", "certain", 18001) == _told(found)
    assert [(f"exporter-{cluster.nodes[1]}", "exporter")] == _holders(found)


def test_a_daemon_set_against_a_deployment(cluster: RealCluster) -> None:
    """The DaemonSet's pod of the Deployment's node, in another namespace, is the holder."""
    (found,) = diagnose(cluster, "-n", "e5-gateway").facts
    pods = {pod["spec"]["nodeName"]: pod["metadata"]["name"] for pod in cluster.pods("e5-daemons")}

    assert ("other-host-network-pod", "certain", 18002) == _told(found)
    assert [(pods[cluster.nodes[2]], "exporter")] == _holders(found)


def test_the_container_that_restarts_is_not_the_one_that_fails(cluster: RealCluster) -> None:
    """The sidecar that says that it cannot listen is the victim, not the driver, whether that runs or waits at the moment."""
    holder = (_starting_with(cluster, "e5-drivers", "first-"), "liveness-probe")
    for _ in moments(most=_LOOKS):
        (found,) = diagnose(cluster, "-n", "e5-drivers").facts

        assert ("other-host-network-pod", "likely", 18003) == _told(found)
        assert "liveness-probe" == found["victim"]["container"]
        assert [holder] == _holders(found)


def test_a_native_sidecar_is_holder_and_victim(cluster: RealCluster) -> None:
    """An init container that keeps running has a port of the node against any other container, and of its own pod."""
    found = {each["victim"]["pod"]: each for each in diagnose(cluster, "-n", "e5-native").facts}

    assert {"pair", "regular", "sidecar"} == set(found)
    assert ("other-host-network-pod", "certain", 18004) == _told(found["regular"])
    assert ("exporter", "sidecar") == tuple(found["sidecar"]["victim"][name] for name in ("container", "containerType"))
    assert [("holder", "metrics")] == _holders(found["regular"]) == _holders(found["sidecar"])
    assert ("container-in-same-pod", 18005) == (found["pair"]["cause"], found["pair"]["port"])
    assert [("pair", "proxy")] == _holders(found["pair"])


def test_a_pod_that_does_not_end(cluster: RealCluster) -> None:
    """A pod that is being deleted and ignores SIGTERM has the port that its replacement wants."""
    (found,) = diagnose(cluster, "-n", "e5-stubborn").facts
    (going,) = [
        pod["metadata"]["name"] for pod in cluster.pods("e5-stubborn") if "deletionTimestamp" in pod["metadata"]
    ]

    assert ("rollout-overlap", 18006) == (found["cause"], found["port"])
    assert [(going, "web")] == _holders(found)


def test_a_stateful_set_in_its_rollout(cluster: RealCluster) -> None:
    """The pod of the new revision meets the one of the old revision on its node."""
    (found,) = diagnose(cluster, "-n", "e5-stateful").facts

    assert ("rollout-overlap", 18007) == (found["cause"], found["port"])
    assert ("store-1", [("store-0", "exporter")]) == (found["victim"]["pod"], _holders(found))


def test_the_first_remedy_of_a_stateful_set(cluster: RealCluster) -> None:
    """Its controller waits for the failing pod; with that one deleted, as the remedy says, every pod has a node of its own."""
    namespace = "e5-stateful-replicas"
    answer = diagnose(cluster, "-n", namespace)
    remedy = answer.only()["remedies"][0]
    assert [("replica-on-same-node", "certain", 18033)] == [_told(each) for each in answer.facts]
    assert "delete store-1 if it is still there" in remedy["why"]

    apply_remedy(cluster, remedy)
    cluster.kubectl("-n", namespace, "delete", "pod", "store-1")
    until_healed(cluster, namespace, "statefulset/store")

    assert 2 == len({pod["spec"]["nodeName"] for pod in cluster.pods(namespace)})
    healed = diagnose(cluster, "-n", namespace)
    assert (0, []) == (healed.code, healed.facts)


def test_a_daemon_set_with_surge(cluster: RealCluster) -> None:
    """On every node the new pod starts beside the old one, which keeps the port."""
    answer = diagnose(cluster, "-n", "e5-surge")

    assert dict.fromkeys(cluster.nodes, "rollout-overlap") == {each["node"]: each["cause"] for each in answer.facts}


def test_a_job_that_the_kubelet_refuses(cluster: RealCluster) -> None:
    """A declared port is refused by the kubelet for certain; one that is not declared ends in a crash loop."""
    found = diagnose(cluster, "-n", "e5-refused").facts

    assert [("host-port-rejected", "certain", 18023)] * 2 + [("other-host-network-pod", "certain", 18023)] == [
        _told(each) for each in found
    ]
    assert [[("first", "exporter")]] * 3 == [_holders(each) for each in found]


def test_replicas_that_are_pinned_to_one_node(cluster: RealCluster) -> None:
    """Two replicas that may run on one node only: one has the port, the other one does not."""
    (found,) = diagnose(cluster, "-n", "e5-replicas").facts

    assert ("replica-on-same-node", "certain", 18026) == _told(found)


def test_a_second_daemon_set_that_declares_its_port(cluster: RealCluster) -> None:
    """Its pods wait, one for every node, for the port that the first one's pods have."""
    found = diagnose(cluster, "-n", "e5-more-agents").facts

    assert {("host-port-unschedulable", 18027)} == {(each["cause"], each["port"]) for each in found}
    assert len(cluster.nodes) == len(found)


def test_the_first_remedy_of_a_second_daemon_set(cluster: RealCluster) -> None:
    """On a port of its own, declared and set, its pods run on every node, and there is nothing to report."""
    found, *_ = diagnose(cluster, "-n", "e5-more-agents").diagnoses

    apply_remedy(cluster, found["remedies"][0])
    until_healed(cluster, "e5-more-agents", "daemonset/agent")

    healed = diagnose(cluster, "-n", "e5-more-agents")
    assert (0, []) == (healed.code, healed.facts)


def test_two_settings_of_a_program_do_not_hide_the_holder(cluster: RealCluster) -> None:
    """A flag and a variable that name one port say one thing twice; the pod that has it is named for certain."""
    (found,) = diagnose(cluster, "-n", "e5-two-settings").facts

    assert ("other-host-network-pod", "certain", 18019) == _told(found)


def test_the_winner_has_lost_before(cluster: RealCluster) -> None:
    """As after a node's restart, who had the port is the victim now, and who failed earlier is the holder."""
    (found,) = diagnose(cluster, "-n", "e5-flip").facts

    assert ("other-host-network-pod", "certain", 18032) == _told(found)
    assert _starting_with(cluster, "e5-flip", "first-") == found["victim"]["pod"]
    assert [(_starting_with(cluster, "e5-flip", "second-"), "exporter")] == _holders(found)


def test_a_program_that_keeps_trying(cluster: RealCluster) -> None:
    """A container that never ends is healthy for Kubernetes; asked about by name, it is a victim all the same."""
    everybody = diagnose(cluster, "-n", "e5-patient")
    (found,) = diagnose(cluster, "deploy/patient", "-n", "e5-patient").facts

    assert [] == everybody.facts
    assert ("other-host-network-pod", "certain", 18021) == _told(found)


def test_a_rollout_that_got_over_it(cluster: RealCluster) -> None:
    """nginx tried again until the old pod was gone: there is nothing to report now, however closely one looks."""
    answer = diagnose(cluster, "-n", "e5-recovering", "--all")

    assert "failed (98" in cluster.kubectl("-n", "e5-recovering", "logs", "deploy/proxy")
    assert (0, []) == (answer.code, answer.facts)
