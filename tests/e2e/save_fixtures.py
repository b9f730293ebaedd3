"""Saves what a real cluster shows as the fixtures of `fixtures/`.

    python -m tests.e2e.save_fixtures [SCENARIO ...]    make scenarios happen, and record them with `diagnose --save`
    python -m tests.e2e.save_fixtures --expected        keep the recordings; write down what is answered now

The first needs what `make e2e` needs, and KUBECONFIG. The answer of the saved files becomes `expected.json`: read its diff
before you believe it.
"""

from __future__ import annotations

import functools
import json
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.cli.program import run_program
from tests.decisive import facts
from tests.e2e.doctor import run_doctor
from tests.e2e.real_cluster import RealCluster
from tests.e2e.scenarios import SCENARIOS, Scenario, origin

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"


@dataclass(frozen=True, slots=True, kw_only=True)
class Saving:
    """One fixture: the scenario that it is made of, the folder, and what is asked."""

    scenario: str
    folder: str
    question: tuple[str, ...]
    runtime: str | None = None  # what the nodes are made to say that they run, where the real ones are too new


# `make demo` shows the origin scenario, so it is saved under a name that reads like somebody's cluster.
DEMO = Scenario(name="demo", namespaces=("web",), happen=functools.partial(origin, namespace="web"))

SAVINGS = (
    Saving(scenario="demo", folder="replica-on-same-node/found-origin", question=("-n", "web")),
    Saving(scenario="host-process", folder="replica-on-same-node/quiet-both-fail", question=("-n", "e2e-host-process")),
    Saving(
        scenario="node-exporters",
        folder="other-host-network-pod/found-two-exporters",
        question=("-n", "e2e-observability"),
    ),
    Saving(scenario="owners", folder="other-host-network-pod/found-every-owner", question=("-n", "e2e-owners")),
    Saving(
        scenario="container-types",
        folder="other-host-network-pod/found-every-container-type",
        question=("-n", "e2e-container-types", "--all"),
    ),
    Saving(scenario="other-crashes", folder="other-host-network-pod/quiet-other-crashes", question=("-n", "e2e-other-crashes")),
    Saving(scenario="rollout", folder="rollout-overlap/found-deadlock", question=("-n", "e2e-rollout")),
    Saving(scenario="terminating", folder="rollout-overlap/found-terminating", question=("-n", "e2e-terminating")),
    Saving(scenario="origin", folder="rollout-overlap/quiet-same-revision", question=("-n", "e2e-origin")),
    Saving(scenario="two-containers", folder="container-in-same-pod/found-two-nginx", question=("-n", "e2e-two-containers")),
    Saving(scenario="neighbours", folder="container-in-same-pod/quiet-other-pod", question=("-n", "e2e-neighbours", "-l", "app=pair")),
    Saving(scenario="neighbours", folder="port-needs-privilege/quiet-port-taken", question=("-n", "e2e-neighbours", "-l", "app=unprivileged")),
    Saving(scenario="neighbours", folder="address-not-on-node/quiet-port-taken", question=("-n", "e2e-neighbours", "-l", "app=exact")),
    Saving(scenario="declared-port", folder="host-port-unschedulable/found-more-replicas", question=("-n", "e2e-declared")),
    Saving(scenario="pending", folder="host-port-unschedulable/quiet-other-reasons", question=("-n", "e2e-pending")),
    Saving(scenario="low-port", folder="port-needs-privilege/found-two-programs", question=("-n", "e2e-low-port")),
    Saving(scenario="foreign-address", folder="address-not-on-node/found-two-programs", question=("-n", "e2e-foreign-address")),
    Saving(scenario="host-process", folder="holder-not-visible/found-host-process", question=("-n", "e2e-host-process")),
    Saving(scenario="node-exporters", folder="holder-not-visible/quiet-two-exporters", question=("-n", "e2e-observability")),
    Saving(scenario="rejected", folder="host-port-rejected/found-bound-by-hand", question=("-n", "e2e-rejected", "-l", "app=second")),
    Saving(scenario="rejected", folder="host-port-rejected/quiet-other-reason", question=("-n", "e2e-rejected", "-l", "app=hungry")),
    Saving(scenario="socket-file", folder="stale-socket-file/found-killed", question=("-n", "e2e-socket-file", "-l", "app=killed")),
    Saving(scenario="two-containers", folder="stale-socket-file/quiet-a-port", question=("-n", "e2e-two-containers")),
    Saving(scenario="slow-release", folder="slow-release/found-free-again", question=("-n", "e2e-slow-release", "--all")),
    Saving(scenario="host-process", folder="slow-release/quiet-still-taken", question=("-n", "e2e-host-process")),
    Saving(scenario="bound-twice", folder="process-bound-twice/found-two-flags", question=("-n", "e2e-bound-twice")),
    Saving(scenario="neighbours", folder="process-bound-twice/quiet-other-pod", question=("-n", "e2e-neighbours", "-l", "app=exact")),
    Saving(scenario="service", folder="node-port-service/found-health-check-port", question=("-n", "e2e-service", "-l", "app=health")),
    Saving(scenario="service", folder="node-port-service/quiet-pod-has-it", question=("-n", "e2e-service", "-l", "app=node-port")),
    Saving(scenario="kubelet-port", folder="host-process/found-kubelet", question=("-n", "e2e-kubelet-port")),
    Saving(scenario="node-exporters", folder="host-process/quiet-two-exporters", question=("-n", "e2e-observability")),
    Saving(scenario="high-port", folder="outgoing-connection/found-connection", question=("-n", "e2e-high-port", "-l", "app=connection")),
    Saving(scenario="high-port", folder="outgoing-connection/quiet-pod-has-it", question=("-n", "e2e-high-port", "-l", "app=pod")),
    Saving(scenario="host-port", folder="host-port-mapping/found-cri-o", question=("-n", "e2e-host-port"), runtime="cri-o://1.30.4"),
    Saving(scenario="host-port", folder="host-port-mapping/quiet-portmap", question=("-n", "e2e-host-port")),
    Saving(scenario="leftover", folder="previous-instance/found-failed-hook", question=("-n", "e2e-leftover")),
    Saving(scenario="host-process", folder="previous-instance/quiet-no-sign", question=("-n", "e2e-host-process")),
)  # fmt: skip


def main(words: list[str]) -> None:
    """Save the fixtures of these scenarios, or of all."""
    if words == ["--expected"]:
        for folder in sorted(path.parent for path in FIXTURES.glob("*/*/expected.json")):
            _expect(folder)
        return
    cluster = RealCluster.from_environment()
    for scenario in (DEMO, *SCENARIOS):
        savings = [saving for saving in SAVINGS if saving.scenario == scenario.name]
        if savings and (not words or scenario.name in words):
            with scenario.on(cluster):
                for saving in savings:
                    _save(cluster, saving, scenario.namespaces)


def _save(cluster: RealCluster, saving: Saving, kept: tuple[str, ...] = ()) -> None:
    """Save one fixture; where `kept` names namespaces, those of others are left out of it."""
    folder = FIXTURES / saving.folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    done = run_doctor(cluster, "diagnose", *saving.question, "--save", str(folder))
    assert done.returncode in {0, 1}, done.stderr
    if kept:
        trim(folder, {*kept, "default"})
    if saving.runtime is not None:
        nodes = folder / "nodes.json"
        told = re.sub(
            r'"containerRuntimeVersion": ".*"', f'"containerRuntimeVersion": "{saving.runtime}"', nodes.read_text()
        )
        nodes.write_text(told)
    _expect(folder)


def trim(folder: Path, kept: set[str]) -> None:
    """Leave out what other namespaces have, which is not the scenario's."""
    for path in folder.iterdir():
        if path.is_dir() and path.name not in kept:
            shutil.rmtree(path)
    file = folder / "recording.json"
    recording = json.loads(file.read_text(encoding="utf-8"))
    recording["entries"] = [each for each in recording["entries"] if _namespace(each["asked"]) in {None, *kept}]
    file.write_text(json.dumps(recording, indent=2) + "\n", encoding="utf-8")


def _namespace(asked: dict[str, Any]) -> str | None:
    """Return the namespace that a recorded request is about, None for one about all."""
    namespace: str | None = asked.get("ref", asked).get("namespace")
    return namespace or None


def _expect(folder: Path) -> None:
    done = run_program("diagnose", "--from", str(folder), "-o", "json")
    assert done.code in {0, 1}, done.stderr
    report = json.loads(done.stdout)
    (folder / "expected.json").write_text(json.dumps({"diagnoses": facts(report)}, indent=2) + "\n", encoding="utf-8")
    found = ", ".join(f"{each['cause']} ({each['confidence']})" for each in report["diagnoses"]) or "nothing"
    sys.stdout.write(f"{folder.parent.name}/{folder.name}: {found}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
