"""The origin scenario: one nginx more than there are nodes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import Happening
from tests.e2e.doctor import Answer, diagnose, run_doctor
from tests.e2e.real_cluster import RealCluster
from tests.e2e.remedies import apply_remedy, until_healed

pytestmark = pytest.mark.e2e
NAMESPACE = "e2e-origin"


@pytest.fixture(scope="module")
def answer(cluster: RealCluster, happening: Happening) -> Iterator[Answer]:
    with happening("origin"):
        yield diagnose(cluster, "-n", NAMESPACE)


def test_the_holder_is_the_other_replica_on_the_node(cluster: RealCluster, answer: Answer) -> None:
    """The crashing replica is the victim, and the running replica of its node the holder, for certain."""
    pods = {pod["metadata"]["name"]: pod for pod in cluster.pods(NAMESPACE)}
    (victim,) = [name for name, pod in pods.items() if not pod["status"]["containerStatuses"][0]["ready"]]
    node = pods[victim]["spec"]["nodeName"]
    (holder,) = [name for name, pod in pods.items() if name != victim and pod["spec"]["nodeName"] == node]

    expected = {
        "cause": "replica-on-same-node",
        "confidence": "certain",
        "node": node,
        "protocol": "TCP",
        "port": 80,
        "path": None,
        "victim": {"namespace": NAMESPACE, "pod": victim, "container": "nginx", "containerType": "regular"},
        "holders": [{"namespace": NAMESPACE, "pod": holder, "container": "nginx"}],
    }
    assert [expected] == answer.facts
    assert 1 == answer.code


def test_both_addresses_are_one_diagnosis(answer: Answer) -> None:
    """nginx fails to bind IPv4 and IPv6; that is one port and one diagnosis."""
    assert ["0.0.0.0", "::"] == answer.only()["addresses"]


def test_the_evidence_quotes_the_log(answer: Answer) -> None:
    """The words of nginx are in the evidence."""
    quoted = [each["text"] for each in answer.only()["evidence"] if each["kind"] == "log"]

    assert any("bind() to 0.0.0.0:80 failed (98: Address already in use)" in text for text in quoted)


def test_remedies_do_not_ask_for_more_replicas_than_nodes(cluster: RealCluster, answer: Answer) -> None:
    """The first remedy is a command for the Deployment that leaves one replica a node."""
    commands = [remedy["command"] for remedy in answer.only()["remedies"] if remedy["command"]]

    wanted = f"kubectl -n {NAMESPACE} scale deployment nginx --replicas={len(cluster.nodes)}"
    assert any(wanted in command for command in commands), commands


def test_a_recording_gives_the_same_diagnoses(cluster: RealCluster, answer: Answer, tmp_path: Path) -> None:
    """What `--save` keeps answers the same question the same way, without the cluster."""
    live = diagnose(cluster, "-n", NAMESPACE, "--save", str(tmp_path / "saved"))

    saved = diagnose(cluster, "--from", str(tmp_path / "saved"))

    assert live.diagnoses == saved.diagnoses
    assert live.code == saved.code
    assert answer.facts == saved.facts


def test_a_dump_of_kubectl_gives_the_same_answer(cluster: RealCluster, answer: Answer, tmp_path: Path) -> None:
    """`kubectl cluster-info dump` carries enough for the same victim, port and holder."""
    cluster.kubectl("cluster-info", "dump", "--namespaces", NAMESPACE, f"--output-directory={tmp_path}")

    dumped = diagnose(cluster, "--from", str(tmp_path))

    wanted = {name: value for name, value in answer.facts[0].items() if name != "confidence"}
    assert [wanted] == [{key: value for key, value in each.items() if key != "confidence"} for each in dumped.facts]


def test_it_is_found_while_the_container_runs(cluster: RealCluster, answer: Answer) -> None:
    """nginx tries for seconds before it gives up: in that time its pod is Running, and still the answer is the same."""
    victim = answer.only()["victim"]["pod"]

    def runs() -> bool:
        return any(
            "running" in status["state"]
            for pod in cluster.pods(NAMESPACE)
            if pod["metadata"]["name"] == victim
            for status in pod["status"]["containerStatuses"]
        )

    cluster.until("the victim runs between two crashes", runs, seconds=330)  # a back-off is at most five minutes
    assert answer.facts == diagnose(cluster, "-n", NAMESPACE).facts


def test_the_text_says_it_first(cluster: RealCluster, answer: Answer) -> None:
    """The first line for people names the pod, the port and the node."""
    done = run_doctor(cluster, "diagnose", "-n", NAMESPACE)
    first = done.stdout.splitlines()[0]

    assert 1 == done.returncode
    assert answer.only()["victim"]["pod"] in first
    assert "port 80" in done.stdout[:400]


def test_one_pod_may_be_asked_about(cluster: RealCluster, answer: Answer) -> None:
    """A pod's name, and its Deployment's, narrow the question without changing the answer."""
    pod = answer.only()["victim"]["pod"]

    assert answer.facts == diagnose(cluster, pod, "-n", NAMESPACE).facts
    assert answer.facts == diagnose(cluster, "deploy/nginx", "-n", NAMESPACE).facts


def test_a_label_may_be_asked_about(cluster: RealCluster, answer: Answer) -> None:
    """A selector narrows the question; the holder is found among all pods of the node all the same."""
    assert answer.facts == diagnose(cluster, "-n", NAMESPACE, "-l", "app=nginx").facts
    assert [] == diagnose(cluster, "-n", NAMESPACE, "-l", "app=apache").facts


def test_the_first_remedy_cures_it(cluster: RealCluster, answer: Answer) -> None:
    """After it every replica is available, nothing crash-loops, and there is nothing to report."""
    apply_remedy(cluster, answer.only()["remedies"][0])
    until_healed(cluster, NAMESPACE, "deployment/nginx")

    healed = diagnose(cluster, "-n", NAMESPACE)
    assert (0, []) == (healed.code, healed.facts)
