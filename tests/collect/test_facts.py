"""From the API's JSON to the model: what is defaulted, and how."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostnetdoctor.collect import facts, pod_facts, wire
from hostnetdoctor.collect.times import moment
from hostnetdoctor.model import (
    ContainerType,
    EnvironmentVariable,
    LabelRequirement,
    LogLine,
    Pod,
    PodSpec,
    PortDeclaration,
    Probe,
    Protocol,
    ServicePort,
    Volume,
    Workload,
    WorkloadRef,
)
from tests.collect.pods import node, pod, running

AT = datetime(2026, 11, 2, 10, tzinfo=UTC)


def read_pod(**changes: Any) -> Pod:
    return pod_facts.pod(msgspec.json.decode(json.dumps(pod(**changes)), type=wire.Pod))


def read_spec(**spec: Any) -> PodSpec:
    return read_pod(spec=spec).spec


def read_workload(kind: str = "Deployment", **fields: Any) -> Workload:
    ref = WorkloadRef(api_version="apps/v1", kind=kind, namespace="shop", name="web")
    content = {"metadata": {"name": "web", "uid": "w"}, **fields}
    return facts.workload(wire.decode_workload(json.dumps(content).encode()), ref)


# --- ports, probes, environment -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host_network", "port", "expected"),
    [
        (True, {"containerPort": 80}, PortDeclaration(container_port=80, host_port=80)),
        (False, {"containerPort": 80}, PortDeclaration(container_port=80)),
        (False, {"containerPort": 80, "hostPort": 8080}, PortDeclaration(container_port=80, host_port=8080)),
        (
            True,
            {"containerPort": 53, "protocol": "UDP", "hostIP": "10.0.0.1", "name": "dns"},
            PortDeclaration(container_port=53, host_port=53, host_ip="10.0.0.1", protocol=Protocol.UDP, name="dns"),
        ),
        (True, {"containerPort": 80, "hostIP": "", "hostPort": 0}, PortDeclaration(container_port=80, host_port=80)),
    ],
)
def test_host_ports_are_defaulted_under_host_network(
    host_network: bool, port: dict[str, Any], expected: PortDeclaration
) -> None:
    """Under hostNetwork a declared port is a port of the node, written or not."""
    spec = read_spec(hostNetwork=host_network, containers=[{"name": "main", "ports": [port]}])
    assert (expected,) == spec.containers[0].ports


def test_probes_name_their_port() -> None:
    """A probe's port may be a number, a number as text, a declared name, or an unknown one."""
    container = {
        "name": "main",
        "ports": [{"name": "web", "containerPort": 8080}],
        "livenessProbe": {"httpGet": {"port": "web", "host": "127.0.0.1"}},
        "readinessProbe": {"tcpSocket": {"port": 9090}},
        "startupProbe": {"grpc": {"port": 5000}},
    }
    expected = (
        Probe(kind="liveness", action="http", port=8080, host="127.0.0.1"),
        Probe(kind="readiness", action="tcp", port=9090),
        Probe(kind="startup", action="grpc", port=5000),
    )
    assert expected == read_spec(containers=[container]).containers[0].probes
    unknown = {"name": "main", "livenessProbe": {"httpGet": {"port": "gone"}}, "readinessProbe": {"exec": {}}}
    assert (Probe(kind="liveness", action="http", port=None),) == read_spec(containers=[unknown]).containers[0].probes


def test_variables_say_where_their_value_comes_from() -> None:
    """A plain variable has its value, the empty one too; a reference is named."""
    variables = [
        {"name": "A", "value": "1"},
        {"name": "B"},
        {"name": "C", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}},
        {"name": "D", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
        {"name": "E", "valueFrom": {"configMapKeyRef": {"name": "m", "key": "k"}}},
    ]
    expected = (
        EnvironmentVariable(name="A", value="1"),
        EnvironmentVariable(name="B", value=""),
        EnvironmentVariable(name="C", source="field status.podIP"),
        EnvironmentVariable(name="D", source="Secret s, key k"),
        EnvironmentVariable(name="E", source="ConfigMap m, key k"),
    )
    assert expected == read_spec(containers=[{"name": "main", "env": variables}]).containers[0].environment


# --- containers ---------------------------------------------------------------------------------------------------


def test_an_init_container_that_always_restarts_is_a_sidecar() -> None:
    """Containers of all four types are told apart."""
    spec = read_spec(
        initContainers=[{"name": "a"}, {"name": "b", "restartPolicy": "Always"}],
        containers=[{"name": "c"}],
        ephemeralContainers=[{"name": "d"}],
    )
    expected = [ContainerType.INIT, ContainerType.SIDECAR, ContainerType.REGULAR, ContainerType.EPHEMERAL]
    assert expected == [each.type for each in spec.containers]


def test_security_is_the_containers_else_the_pods() -> None:
    """What a container does not say itself is the pod's; an unset user is unknown, not root."""
    own = {"runAsUser": 0, "capabilities": {"add": ["CAP_NET_BIND_SERVICE"]}, "allowPrivilegeEscalation": False}
    spec = read_spec(
        securityContext={"runAsUser": 1000, "runAsNonRoot": True},
        containers=[{"name": "a", "securityContext": own}, {"name": "b"}],
    )
    first, second = spec.containers
    assert (0, True, ("NET_BIND_SERVICE",), False) == (
        first.user,
        first.non_root,
        first.capabilities,
        first.allow_privilege_escalation,
    )
    assert (1000, True, (), None) == (
        second.user,
        second.non_root,
        second.capabilities,
        second.allow_privilege_escalation,
    )
    assert read_spec().containers[0].user is None


def test_volumes_name_their_kind_and_source() -> None:
    """Each volume says what it is made of; kinds that we do not know are still volumes."""
    volumes = [
        {"name": "a", "emptyDir": {}},
        {"name": "b", "hostPath": {"path": "/run"}},
        {"name": "c", "configMap": {"name": "conf"}},
        {"name": "d", "secret": {"secretName": "keys"}},
        {"name": "e", "somethingNew": {"x": 1}},
    ]
    expected = (
        Volume(name="a", kind="emptyDir"),
        Volume(name="b", kind="hostPath", source="/run"),
        Volume(name="c", kind="configMap", source="conf"),
        Volume(name="d", kind="secret", source="keys"),
        Volume(name="e", kind="other"),
    )
    assert expected == read_spec(volumes=volumes).volumes


# --- placement ----------------------------------------------------------------------------------------------------


def apart(selector: object, **term: Any) -> bool:
    """Say whether this anti-affinity keeps pods labelled app=web apart."""
    wanted = {"topologyKey": "kubernetes.io/hostname", "labelSelector": selector, **term}
    affinity = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [wanted]}}
    return read_pod(metadata={"labels": {"app": "web"}}, spec={"affinity": affinity}).spec.affinity.keeps_replicas_apart


def test_replicas_are_kept_apart_only_by_a_term_that_means_them() -> None:
    """Required, by host name, and with a selector that matches the pod itself, in its own namespace."""
    own = {"matchLabels": {"app": "web"}}
    assert apart(own)
    assert apart({"matchExpressions": [{"key": "app", "operator": "In", "values": ["web", "api"]}]})
    assert apart({})
    assert not apart({"matchLabels": {"app": "db"}})
    assert not apart(None)
    assert not apart(own, topologyKey="topology.kubernetes.io/zone")
    assert not apart(own, namespaces=["elsewhere"])
    assert apart(own, namespaces=["shop"])


def test_node_affinity_keeps_terms_and_their_requirements() -> None:
    """Terms are alternatives, requirements of a term are joined, fields are told from labels."""
    terms = [
        {
            "matchExpressions": [
                {"key": "zone", "operator": "In", "values": ["a"]},
                {"key": "gpu", "operator": "Exists"},
            ]
        },
        {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["node1"]}]},
    ]
    affinity = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}}
    zone = LabelRequirement(key="zone", operator="In", values=("a",))
    name = LabelRequirement(key="metadata.name", operator="In", values=("node1",), field=True)
    expected = ((zone, LabelRequirement(key="gpu", operator="Exists")), (name,))
    assert expected == read_spec(affinity=affinity).affinity.node_terms
    assert read_spec(affinity={}).affinity.node_terms is None


# --- pods and owners ----------------------------------------------------------------------------------------------


def test_the_controller_is_the_owner_that_controls() -> None:
    """An owner that is only named is no controller; a static pod's is its cluster-wide Node."""
    owners = [
        {"apiVersion": "v1", "kind": "ConfigMap", "name": "x", "uid": "1"},
        {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-1", "uid": "2", "controller": True},
    ]
    controller = read_pod(metadata={"ownerReferences": owners}).controller
    assert controller is not None
    assert WorkloadRef(api_version="apps/v1", kind="ReplicaSet", namespace="shop", name="web-1") == controller.workload
    mirror = [{"apiVersion": "v1", "kind": "Node", "name": "node1", "uid": "3", "controller": True}]
    static = read_pod(metadata={"ownerReferences": mirror}).controller
    assert static is not None
    assert "" == static.workload.namespace


def test_states_and_times_of_containers() -> None:
    """The present and the last attempt keep their times and codes."""
    read = read_pod(status={"containerStatuses": [running("main", 3, "2026-11-02T10:00:00Z")]})
    status = read.status("main")
    assert status is not None
    assert status.last is not None
    assert (True, 3, AT, 1) == (status.running, status.restarts, status.last.finished_at, status.last.exit_code)


def test_an_empty_pod_is_a_pod() -> None:
    """Whatever is missing or null, nothing fails."""
    read = pod_facts.pod(msgspec.json.decode(b'{"metadata": null, "spec": {"containers": null}}', type=wire.Pod))
    assert ("", "", None, ()) == (read.namespace, read.name, read.node, read.spec.containers)


# --- workloads ----------------------------------------------------------------------------------------------------


def test_a_deployment_gets_the_apis_defaults() -> None:
    """Missing fields of a Deployment mean what they mean to the API server."""
    read = read_workload(spec={"selector": {"matchLabels": {"app": "web"}}}, status={})
    assert (1, 0, "RollingUpdate", "25%", "25%", {"app": "web"}) == (
        read.replicas,
        read.available,
        read.strategy,
        read.max_surge,
        read.max_unavailable,
        read.selector,
    )


def test_written_fields_win_over_defaults() -> None:
    """What is written is kept in its own form."""
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": "50%"}}
    read = read_workload(spec={"replicas": 0, "strategy": strategy}, status={"availableReplicas": 2})
    assert (0, 2, "0", "50%") == (read.replicas, read.available, read.max_surge, read.max_unavailable)
    recreated = read_workload(spec={"strategy": {"type": "Recreate"}})
    assert ("Recreate", None, None) == (recreated.strategy, recreated.max_surge, recreated.available)


def test_a_daemon_set_counts_in_its_own_fields() -> None:
    """A DaemonSet has no replicas, and another name for those available."""
    read = read_workload("DaemonSet", spec={"updateStrategy": {"type": "OnDelete"}}, status={"numberAvailable": 3})
    assert (None, 3, "OnDelete") == (read.replicas, read.available, read.strategy)


def test_a_cron_jobs_template_lies_deeper() -> None:
    """The pod template of a CronJob is found in its job template, with host ports defaulted."""
    container = {"name": "main", "ports": [{"containerPort": 80}]}
    template = {"spec": {"hostNetwork": True, "containers": [container]}}
    read = read_workload("CronJob", spec={"jobTemplate": {"spec": {"template": template}}})
    assert read.template is not None
    assert 80 == read.template.containers[0].ports[0].host_port


def test_a_replication_controllers_selector_is_a_plain_map() -> None:
    """Old and new selectors both give labels; a text gives none."""
    assert {"app": "web"} == read_workload("ReplicationController", spec={"selector": {"app": "web"}}).selector
    assert {} == read_workload("Scaler", spec={"selector": "app=web"}).selector


def test_a_custom_resource_of_another_shape_keeps_its_metadata() -> None:
    """A `spec` that is unlike a workload's costs the spec, not the owner chain."""
    owner = {"apiVersion": "example.com/v1", "kind": "Fleet", "name": "f", "uid": "1", "controller": True}
    read = read_workload(
        "Gateway", metadata={"name": "web", "uid": "w", "ownerReferences": [owner]}, spec={"template": []}
    )
    assert read.controller is not None
    assert ("w", "f", None) == (read.uid, read.controller.workload.name, read.template)
    no_pods = read_workload("Gateway", spec={"template": {"spec": {"project": "x"}}})
    assert no_pods.template is None


# --- the rest -----------------------------------------------------------------------------------------------------


def test_a_node_keeps_only_addresses_that_can_be_listened_on() -> None:
    """A host name is no address; an Unknown condition is neither ready nor not."""
    read = facts.node(msgspec.convert(node(), wire.Node))
    assert (True, ("10.0.0.1",)) == (read.ready, read.addresses)
    lost = node()
    lost["status"]["conditions"][0]["status"] = "Unknown"
    assert facts.node(msgspec.convert(lost, wire.Node)).ready is None


def test_events_of_new_and_old_reporters_are_dated() -> None:
    """`eventTime` and `series` are read where the older fields are null."""
    about = {"kind": "Pod", "namespace": "shop", "name": "web", "uid": "u"}
    series = {"count": 7, "lastObservedTime": "2026-11-02T10:00:00.000000Z"}
    new = {
        "involvedObject": about,
        "firstTimestamp": None,
        "eventTime": "2026-11-02T09:00:00.000000Z",
        "series": series,
    }
    read = facts.event(msgspec.convert(new, wire.Event))
    assert (AT, 7, datetime(2026, 11, 2, 9, tzinfo=UTC)) == (read.last_at, read.count, read.first_at)
    old = facts.event(msgspec.convert({"lastTimestamp": "2026-11-02T10:00:00Z", "count": 3}, wire.Event))
    assert (AT, 3) == (old.last_at, old.count)


def test_a_services_target_defaults_to_its_port() -> None:
    """A port without a target is its own target; a named target keeps its name."""
    spec = {"ports": [{"port": 80}, {"port": 443, "targetPort": "https", "nodePort": 30443}]}
    read = facts.service(msgspec.convert({"metadata": {"name": "s"}, "spec": spec}, wire.Service))
    expected = (ServicePort(port=80, target="80"), ServicePort(port=443, target="https", node_port=30443))
    assert (expected, "ClusterIP") == (read.ports, read.type)


@pytest.mark.parametrize(
    ("text", "dated", "expected"),
    [
        (b"2026-11-02T10:00:00.000001999Z hello", True, LogLine(text="hello", at=AT.replace(microsecond=1))),
        (b"2026-11-02T12:00:00+02:00 hello", True, LogLine(text="hello", at=AT)),
        (b"2026-11-02T10:00:00Z ", True, LogLine(text="", at=AT)),
        (b"2026-11-02T10:00:00Z hello", False, LogLine(text="2026-11-02T10:00:00Z hello")),
        (b"hello there", True, LogLine(text="hello there")),
        (b"hello\r", False, LogLine(text="hello")),
    ],
)
def test_only_the_runtimes_time_dates_a_line(text: bytes, dated: bool, expected: LogLine) -> None:
    """A time that the program wrote itself proves nothing."""
    assert (expected,) == facts.log_text(wire.Log(text=text, dated=dated)).lines


@given(st.text())
def test_no_text_is_too_odd_for_a_time(text: str) -> None:
    """Whatever stands where a time should be, it is a time in UTC or none."""
    read = moment(text)
    assert read is None or read.tzinfo is UTC


@given(st.binary(), st.booleans())
def test_no_log_is_too_odd(text: bytes, dated: bool) -> None:
    """Whatever bytes a container prints, each line becomes one line."""
    lines = facts.log_text(wire.Log(text=text, dated=dated)).lines
    assert len(lines) == text.count(b"\n") + (not text.endswith(b"\n") and text != b"")
