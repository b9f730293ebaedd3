"""Remedies fit the workload at hand, are aimed at the owner of record, and can finish their own rollout."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from hostnetdoctor.collect.requests import Autoscalers, Request
from hostnetdoctor.model import (
    Autoscaler,
    EnvironmentVariable,
    Pod,
    PodSpec,
    Probe,
    Remedy,
    Workload,
    WorkloadRef,
)
from tests.build import SmallCluster, ask, container, crashing, declared, deployment, in_use, log, owned, pod

WEB = deployment("web")
TEMPLATE = PodSpec(containers=(container(),), host_network=True)


def web(**fields: Any) -> Workload:
    """Return the Deployment web: four replicas where there are two nodes."""
    defaults = {
        "ref": WEB,
        "uid": "uid-web",
        "replicas": 4,
        "selector": {"app": "web"},
        "strategy": "RollingUpdate",
        "max_surge": "25%",
        "max_unavailable": "25%",
        "template": TEMPLATE,
    }
    return Workload(**{**defaults, **fields})


def remedies(*pods: Pod, workloads: tuple[Workload, ...], port: int = 8080) -> dict[str, Remedy]:
    logs = {("web-1", "main"): log(in_use(port))}
    found = ask(SmallCluster(pods, logs, workloads=workloads))
    (diagnosis,) = [each for each in found.diagnoses if each.victim.pod == "web-1"]
    return {each.id: each for each in diagnosis.remedies}


def replicas(**fields: Any) -> tuple[Pod, Pod]:
    return pod("web-1", statuses=(crashing(),), owner=WEB, **fields), pod("web-2", owner=WEB, **fields)


def body(remedy: Remedy) -> Any:
    assert remedy.patch is not None
    return remedy.patch.body


def test_replicas_above_nodes_are_scaled_down_first() -> None:
    """The first remedy is the one that changes no template, and it names the loss of capacity."""
    found = remedies(*replicas(), workloads=(web(),))
    assert "scale-to-nodes" == next(iter(found))
    assert "kubectl -n default scale deployment web --replicas=2" == found["scale-to-nodes"].command
    assert "from 4 to 2" in found["scale-to-nodes"].title


def test_replicas_that_fit_are_not_scaled() -> None:
    """Where there are nodes enough, scaling down would only lose capacity."""
    found = remedies(*replicas(), workloads=(web(replicas=2),))
    assert "scale-to-nodes" not in found
    assert "replicas" not in body(found["keep-replicas-apart"])["spec"]


def test_template_patches_bring_a_strategy_that_can_finish() -> None:
    """A surge pod would wait for the port that the old pod has: no template patch leaves the default surge."""
    found = remedies(*replicas(), workloads=(web(),))
    assert {"type": "Recreate", "rollingUpdate": None} == body(found["declare-port"])["spec"]["strategy"]
    for id_ in ("keep-replicas-apart", "use-host-port"):
        assert {"maxSurge": 0, "maxUnavailable": 1} == body(found[id_])["spec"]["strategy"]["rollingUpdate"]
    assert [2, 2, 2] == [
        body(found[each])["spec"]["replicas"] for each in ("declare-port", "keep-replicas-apart", "use-host-port")
    ]


def test_an_autoscaler_is_changed_instead_of_the_replicas() -> None:
    """A HorizontalPodAutoscaler would undo a change of replicas."""

    class Scaled(SmallCluster):
        def _answer(self, request: Request[Any]) -> object:
            if isinstance(request, Autoscalers):
                return (Autoscaler(namespace="default", name="web-scaler", target=WEB),)
            return super()._answer(request)

    found = ask(Scaled(replicas(), {("web-1", "main"): log(in_use(8080))}, workloads=(web(),)))
    command = found.diagnoses[0].remedies[0].command
    assert command is not None
    assert command.startswith("kubectl -n default patch hpa web-scaler ")
    assert '"maxReplicas":2' in command


@pytest.mark.parametrize(
    ("workload", "words"),
    [
        (
            web(annotations={"argocd.argoproj.io/tracking-id": "shop:apps/Deployment:default/web"}),
            "Argo CD application shop",
        ),
        (web(labels={"kustomize.toolkit.fluxcd.io/name": "infra"}), "Flux Kustomization infra"),
        (web(managers=("argocd-controller",)), "Argo CD application"),
    ],
)
def test_git_sources_get_no_patch(workload: Workload, words: str) -> None:
    """What a GitOps controller would undo is not offered as a command; where to edit is said."""
    for remedy in remedies(*replicas(), workloads=(workload,)).values():
        assert (None, None) == (remedy.command, remedy.patch)
        assert words in remedy.why


def test_helm_releases_get_a_patch_and_a_note() -> None:
    """A patch helps until the next upgrade, so the values are named as well."""
    found = remedies(*replicas(), workloads=(web(annotations={"meta.helm.sh/release-name": "shop"}),))
    assert found["declare-port"].patch is not None
    assert "Helm release shop" in found["declare-port"].why


def test_operators_are_named_instead_of_the_object_that_they_write() -> None:
    """A Deployment that a custom resource owns would be written back."""
    custom = WorkloadRef(api_version="shop.example/v1", kind="Shop", namespace="default", name="main")
    above = Workload(ref=custom, uid="uid-main")
    found = remedies(*replicas(), workloads=(web(controller=owned(custom)), above))
    assert all(each.patch is None and each.command is None for each in found.values())
    assert "Edit Shop main" in found["declare-port"].why


def test_an_unread_owner_is_not_guessed() -> None:
    """Without the owner's object there is advice, and no patch that could be aimed at something else."""
    found = remedies(*replicas(), workloads=())
    assert ["declare-port"] == list(found)
    assert found["declare-port"].patch is None
    assert "could not be read" in found["declare-port"].why


def test_static_pods_are_edited_on_their_node() -> None:
    """A mirror pod cannot be patched."""
    mirror = pod("web-1", statuses=(crashing(),), annotations={"kubernetes.io/config.mirror": "x"})
    other = pod("agent", container("agent", ports=declared(8080)), namespace="agents")
    found = remedies(mirror, other, workloads=())
    assert "its manifest on node1" in found["change-port"].why.lower()
    assert found["change-port"].patch is None


def changed(spec: Any, port: int = 9100) -> Any:
    victim = pod("web-1", spec, statuses=(crashing(),), owner=WEB)
    other = pod("agent", container("agent", ports=declared(port)), namespace="agents")
    workload = web(replicas=1, template=PodSpec(containers=(spec,), host_network=True))
    return remedies(victim, other, workloads=(workload,), port=port)["change-port"]


def test_a_port_in_an_argument_is_rewritten() -> None:
    """Every setting of the port moves together: arguments, declaration and probes."""
    spec = container(
        args=("--web.listen-address=:9100", "--log.level=info"),
        ports=declared(9100),
        probes=(Probe(kind="liveness", action="http", port=9100),),
    )
    (entry,) = body(changed(spec))["spec"]["template"]["spec"]["containers"]
    assert ["--web.listen-address=:9101", "--log.level=info"] == entry["args"]
    assert {"httpGet": {"port": 9101}} == entry["livenessProbe"]
    assert {"$patch": "delete", "containerPort": 9100} in entry["ports"]


def test_a_port_in_a_variable_is_rewritten() -> None:
    """PORT is a setting like an argument."""
    spec = container(environment=(EnvironmentVariable(name="PORT", value="9100"),))
    (entry,) = body(changed(spec))["spec"]["template"]["spec"]["containers"]
    assert [{"name": "PORT", "value": "9101"}] == entry["env"]


def test_a_number_of_unknown_meaning_is_not_rewritten() -> None:
    """Where the same number stands in another address too, nobody can know which one is meant."""
    assert changed(container(args=("--port=9100", "--upstream=api.example:9100"))).patch is None


def test_low_ports_move_to_unprivileged_ones() -> None:
    """80 becomes 8080."""
    assert "8080" in changed(container(args=("--port=80",)), port=80).title


def test_ports_of_pods_on_other_eligible_nodes_are_taken() -> None:
    """A port is free only where it is free on every node that the pod may run on."""
    spec = container(args=("--port=9100",))
    victim = pod("web-1", spec, statuses=(crashing(),), owner=WEB)
    other = pod("agent", container("agent", ports=declared(9100)), namespace="agents")
    far = pod("far", container("far", args=("--port=9101",)), node="node2", namespace="agents")
    workload = web(replicas=1, template=PodSpec(containers=(spec,), host_network=True))
    assert "9102" in remedies(victim, other, far, workloads=(workload,), port=9100)["change-port"].title


def test_one_replica_rolls_out_without_surge() -> None:
    """A stuck rollout of a single replica needs only its strategy changed."""
    new, old = replicas()
    pods = replace(new, labels={"pod-template-hash": "b"}), replace(old, labels={"pod-template-hash": "a"})
    found = remedies(*pods, workloads=(web(replicas=1),))
    assert "rollout-without-surge" == next(iter(found))
    assert {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}}} == body(
        found["rollout-without-surge"]
    )["spec"]


def test_several_undeclared_replicas_need_anti_affinity_too() -> None:
    """Without it the scheduler may put the next new pod beside another old one."""
    new, old = replicas()
    pods = replace(new, labels={"pod-template-hash": "b"}), replace(old, labels={"pod-template-hash": "a"})
    found = remedies(*pods, workloads=(web(replicas=2),))
    assert ["keep-replicas-apart", "stop-before-start"] == list(found)


def test_a_pod_that_works_on_the_nodes_network_keeps_it() -> None:
    """Nobody is told to drop hostNetwork from a program that administers the network."""
    spec = container(capabilities=("NET_ADMIN",))
    one, two = replicas()
    pods = (
        replace(one, spec=PodSpec(containers=(spec,), host_network=True)),
        replace(two, spec=PodSpec(containers=(spec,), host_network=True)),
    )
    found = remedies(*pods, workloads=(web(),))
    assert not {"drop-host-network", "use-host-port"} & set(found)


def test_a_stateful_set_is_not_told_to_declare_its_port_and_its_failing_pod_is_to_be_deleted() -> None:
    """It can neither stop all pods first nor replace a pod that is not Ready (kubernetes/kubernetes#67250)."""
    store = WorkloadRef(api_version="apps/v1", kind="StatefulSet", namespace="default", name="web")
    pair = pod("web-1", statuses=(crashing(),), owner=store), pod("web-2", owner=store)
    found = remedies(*pair, workloads=(web(ref=store, replicas=2),))
    assert "declare-port" not in found
    assert "delete web-1 if it is still there afterwards" in found["keep-replicas-apart"].why
