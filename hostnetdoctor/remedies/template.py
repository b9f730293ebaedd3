"""Patches of a workload's template, with a rollout strategy that can finish.

Why the strategy belongs to the patch: a pod of the new template cannot listen while a pod of the old one is on its node, so a
surge pod crashes or waits for ever (kubernetes/kops#9404, openshift/cluster-network-operator#1392). And the scheduler does not
know a port that the old template did not declare, so even without surge it may put a new pod beside an old one.
Two ways always finish: stop every old pod first (Recreate), or forbid new pods beside old ones by required pod anti-affinity,
which counts both, and replace one pod at a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hostnetdoctor.listeners.case import Case
from hostnetdoctor.model import Patch, Workload

HOSTNAME = "kubernetes.io/hostname"

ONE_AT_A_TIME: Mapping[str, Any] = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}}
STOP_FIRST: Mapping[str, Any] = {"type": "Recreate", "rollingUpdate": None}


def template_patch(
    workload: Workload,
    pod_spec: Mapping[str, Any],
    *,
    strategy: Mapping[str, Any] | None = None,
    replicas: int | None = None,
) -> Patch:
    """Return a strategic merge patch of a workload's pod template, and of its strategy where a Deployment needs one."""
    template = {"template": {"spec": dict(pod_spec)}} if pod_spec else {}
    if workload.ref.kind == "CronJob":
        return Patch(target=workload.ref, type="strategic", body={"spec": {"jobTemplate": {"spec": template}}})
    body: dict[str, Any] = {}
    if replicas is not None:
        body["replicas"] = replicas
    if strategy is not None and workload.ref.kind == "Deployment":
        body["strategy"] = dict(strategy)
    return Patch(target=workload.ref, type="strategic", body={"spec": {**body, **template}})


def container_change(case: Case, change: Mapping[str, Any]) -> dict[str, Any]:
    """Return a pod spec with a change of the failing container, in the list that it stands in."""
    spec = case.victim.spec.container(case.failure.container or "")
    field = "initContainers" if spec is not None and spec.type.value in {"init", "sidecar"} else "containers"
    return {field: [{"name": case.failure.container, **change}]}


def fitting_replicas(case: Case, workload: Workload) -> int | None:
    """Return the number of eligible nodes when there are more replicas than that, else None."""
    if workload.replicas is None or not case.replicas_over_nodes:
        return None
    return len(case.eligible)
