"""The one look that tells that a pod or a node holds no secret: it must never miss one, and must spare most of the work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from hostnetdoctor.collect import wire
from hostnetdoctor.collect.redact import Redactor
from hostnetdoctor.collect.redact_objects import Objects

WORD = "Xk7-Zq9!vLm2"


class Counting(Redactor):
    """Counts the texts that are looked at one by one."""

    texts = 0

    def text(self, text: str) -> str:
        self.texts += 1
        return super().text(text)


def pod(**container: Any) -> wire.Pod:
    """Return a pod as a cluster has most of them, with a token of its own, a ConfigMap and a Secret."""
    mounts = [
        {"name": "token", "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"},
        {"name": "secret-files", "mountPath": "/etc/app"},
    ]
    whole = {
        "metadata": {"name": "web-7c9b4-k4x", "namespace": "shop", "labels": {"app": "web"}, "annotations": {}},
        "spec": {
            "nodeName": "node1",
            "containers": [
                {
                    "name": "web",
                    "image": "registry.example/shop/web@sha256:9f86d081884c7d65",
                    "args": ["--listen=:9100"],
                    "volumeMounts": mounts,
                    "env": [
                        {"name": "LEVEL", "value": "info"},
                        {"name": "HIDDEN", "valueFrom": {"secretKeyRef": {"name": "web", "key": "a"}}},
                    ],
                    **container,
                }
            ],
            "volumes": [{"name": "token", "projected": {}}, {"name": "secret-files", "secret": {"secretName": "web"}}],
        },
        "status": {"containerStatuses": [{"name": "web", "state": {"waiting": {"reason": "CrashLoopBackOff"}}}]},
    }
    return msgspec.convert(whole, wire.Pod)


def node(**meta: Any) -> wire.Node:
    whole = {
        "metadata": {"name": "node1", **meta},
        "spec": {"taints": [{"key": "role", "value": "infra", "effect": "NoSchedule"}]},
        "status": {"nodeInfo": {"containerRuntimeVersion": "containerd://1.7.24"}},
    }
    return msgspec.convert(whole, wire.Node)


def shown(*answers: Any) -> list[Any]:
    found: list[Any] = Objects(Redactor()).answer(list(answers))
    return found


def test_a_pod_without_secrets_is_not_looked_at_closely() -> None:
    """It comes back as it is, and none of its texts was looked at by itself."""
    looked, redactor = pod(), Counting()
    assert looked is Objects(redactor).answer([looked])[0]
    assert 0 == redactor.texts


@pytest.mark.parametrize(
    "container",
    [
        {"command": ["mysql", f"-p{WORD}"]},
        {"command": ["redis-server"], "args": ["-a", WORD]},
        {"command": ["redis-cli", "-a", WORD]},
        {"command": ["ldapsearch", "-w", WORD]},
        {"command": ["curl", "-u", f"bob:{WORD}"]},
        {"args": ["--user", f"bob:{WORD}"]},
        {"args": ["--basic-auth", f"bob:{WORD}"]},
        {"args": ["--login", "bob", "-p", WORD]},
        {"args": ["--db-token", WORD]},
        {"args": [f"--db-password={WORD}"]},
        {"args": [f'{{"sig": "{WORD}"}}']},
        {"env": [{"name": "token", "value": WORD}]},
        {"env": [{"name": "PAT", "value": WORD}]},
        {"env": [{"name": "ADDRESS", "value": f"redis://:{WORD}@10.0.0.7:6379"}]},
        {"image": f"bob:{WORD}@tcp(registry)"},
    ],
    ids=str,
)
def test_no_secret_of_a_pod_is_missed(container: Mapping[str, Any]) -> None:
    """Whatever place says that it is one, the look sees the place."""
    assert WORD.encode() not in msgspec.json.encode(shown(pod(**container)))


def test_a_secret_that_was_met_is_seen_where_nothing_marks_it() -> None:
    """Once it is known, no pod and no node may show it."""
    found = shown(pod(args=[f"--db-password={WORD}"]), pod(args=[WORD]), *(node(labels={"a": WORD}),) * 100)
    assert WORD.encode() not in msgspec.json.encode(found)


@pytest.mark.parametrize(
    "meta",
    [{"labels": {"db-password": WORD}}, {"labels": {"a": f"token={WORD}"}}, {"name": f"token={WORD}"}],
    ids=str,
)
def test_no_secret_of_a_node_is_missed(meta: Mapping[str, Any]) -> None:
    """Also not among many, which are looked at together."""
    many = [node(labels={"zone": "a"})] * 100
    assert WORD.encode() not in msgspec.json.encode(shown(*many, node(**meta), *many))
    assert many == shown(*many)
