"""Saves more of what a real cluster shows as the fixtures of `fixtures/`: the scenarios of `catalogue.py` and `catalogue_no_pods.py`.

python -m tests.e2e.save_causes [SCENARIO ...]
"""

from __future__ import annotations

import json
import shutil
import sys
from typing import Any

from tests.e2e.catalogue import ADDRESSES, PODS
from tests.e2e.catalogue_no_pods import NO_PODS
from tests.e2e.real_cluster import RealCluster
from tests.e2e.save_fixtures import FIXTURES, Saving, _expect, _save
from tests.e2e.together import together

SAVINGS = (
    Saving(scenario="static-holder", folder="other-host-network-pod/found-static-pod", question=("-n", "e5-static")),
    Saving(scenario="daemon-set", folder="other-host-network-pod/found-daemon-set", question=("-n", "e5-gateway")),
    Saving(scenario="drivers", folder="other-host-network-pod/found-sidecar-that-waits", question=("-n", "e5-drivers")),
    Saving(scenario="drivers", folder="other-host-network-pod/issue-5-driver-runs", question=("-n", "e5-drivers")),
    Saving(scenario="native-sidecar", folder="other-host-network-pod/found-native-sidecar", question=("-n", "e5-native")),
    Saving(scenario="native-sidecar", folder="container-in-same-pod/found-native-sidecar", question=("-n", "e5-native", "-l", "app=pair")),
    Saving(scenario="stubborn", folder="rollout-overlap/found-ignores-sigterm", question=("-n", "e5-stubborn")),
    Saving(scenario="stateful", folder="rollout-overlap/found-stateful-set", question=("-n", "e5-stateful")),
    Saving(scenario="stateful", folder="replica-on-same-node/quiet-other-revision", question=("-n", "e5-stateful")),
    Saving(scenario="surge", folder="rollout-overlap/found-daemon-set-surge", question=("-n", "e5-surge")),
    Saving(scenario="replicas", folder="replica-on-same-node/found-pinned", question=("-n", "e5-replicas")),
    Saving(scenario="replicas", folder="rollout-overlap/quiet-pinned-replicas", question=("-n", "e5-replicas")),
    Saving(scenario="declared-daemons", folder="host-port-unschedulable/found-second-daemon-set", question=("-n", "e5-more-agents")),
    Saving(scenario="refused", folder="host-port-rejected/found-job", question=("-n", "e5-refused", "-l", "app=backup")),
    Saving(scenario="refused", folder="host-port-rejected/quiet-undeclared", question=("-n", "e5-refused", "-l", "app=undeclared")),
    Saving(scenario="refused", folder="host-port-unschedulable/quiet-refused", question=("-n", "e5-refused", "-l", "app=backup")),
    Saving(scenario="two-settings", folder="process-bound-twice/quiet-two-settings", question=("-n", "e5-two-settings")),
    Saving(scenario="patient", folder="other-host-network-pod/found-keeps-running", question=("deploy/patient", "-n", "e5-patient")),
    Saving(scenario="recovering", folder="rollout-overlap/quiet-recovered", question=("-n", "e5-recovering", "--all")),
    Saving(scenario="recovering", folder="slow-release/quiet-recovered-by-itself", question=("-n", "e5-recovering", "--all")),
    Saving(scenario="loopback", folder="other-host-network-pod/found-loopback", question=("-n", "e5-wildcard")),
    Saving(scenario="loopback", folder="other-host-network-pod/quiet-other-address", question=("-n", "e5-same-address")),
    Saving(scenario="loopback", folder="holder-not-visible/found-other-address", question=("-n", "e5-same-address")),
    Saving(scenario="datagrams", folder="other-host-network-pod/quiet-other-protocol", question=("-n", "e5-datagrams-too")),
    Saving(scenario="version-six", folder="other-host-network-pod/found-version-six", question=("-n", "e5-six-second")),
    Saving(scenario="version-six", folder="other-host-network-pod/found-dual-stack", question=("-n", "e5-six-both")),
    Saving(scenario="nobody", folder="port-needs-privilege/found-nginx", question=("-n", "e5-nobody", "-l", "app=low")),
    Saving(scenario="nobody", folder="port-needs-privilege/quiet-closed-directory", question=("-n", "e5-nobody", "-l", "app=closed")),
    Saving(scenario="nobody", folder="address-not-on-node/found-version-six", question=("-n", "e5-nobody", "-l", "app=foreign")),
    Saving(scenario="nobody", folder="address-not-on-node/quiet-low-port", question=("-n", "e5-nobody", "-l", "app=low")),
    Saving(scenario="twice", folder="process-bound-twice/found-registry", question=("-n", "e5-twice")),
    Saving(scenario="twice", folder="process-bound-twice/found-dual-stack", question=("-n", "e5-dual")),
    Saving(scenario="twice", folder="container-in-same-pod/quiet-alone", question=("-n", "e5-twice")),
    Saving(scenario="sockets", folder="stale-socket-file/found-on-node", question=("-n", "e5-sockets", "-l", "app=on-node")),
    Saving(scenario="sockets", folder="stale-socket-file/quiet-alive", question=("-n", "e5-sockets", "-l", "app=pair")),
    Saving(scenario="time-wait", folder="slow-release/found-time-wait", question=("-n", "e5-time-wait", "--all")),
    Saving(scenario="usual-port", folder="host-process/found-usual-port", question=("-n", "e5-usual-port")),
    Saving(scenario="usual-port", folder="host-process/quiet-pod-has-it", question=("-n", "e5-usual-pod")),
    Saving(scenario="usual-port", folder="holder-not-visible/quiet-pod-has-it", question=("-n", "e5-usual-pod")),
    Saving(scenario="connection", folder="outgoing-connection/found-two-proxies", question=("-n", "e5-connection")),
    Saving(scenario="node-port", folder="node-port-service/found-unknown-proxy", question=("-n", "e5-node-port")),
    Saving(scenario="lost", folder="previous-instance/found-lost-by-the-runtime", question=("-n", "e5-lost")),
    Saving(scenario="co-victims", folder="holder-not-visible/found-three-victims", question=("-n", "e5-co-victims")),
    Saving(scenario="co-victims", folder="outgoing-connection/quiet-low-port", question=("-n", "e5-co-victims")),
    Saving(scenario="co-victims", folder="previous-instance/quiet-co-victims", question=("-n", "e5-co-victims")),
)  # fmt: skip


def main(words: list[str]) -> None:
    """Save the fixtures of these scenarios, or of all."""
    cluster = RealCluster.from_environment()
    chosen = [each for each in (*PODS, *ADDRESSES, *NO_PODS) if not words or each.name in words]
    with together(cluster, *chosen):
        for saving in SAVINGS:
            if saving.scenario in {each.name for each in chosen}:
                save(cluster, saving)


def save(cluster: RealCluster, saving: Saving) -> None:
    """Save one fixture, without what other scenarios have on the same nodes at the same time."""
    _save(cluster, saving)
    (scenario,) = [each for each in (*PODS, *ADDRESSES, *NO_PODS) if each.name == saving.scenario]
    folder = FIXTURES / saving.folder
    kept = {*scenario.namespaces, "default"}
    for namespace in (path for path in folder.iterdir() if path.is_dir() and path.name not in kept):
        shutil.rmtree(namespace)
    recording = json.loads((folder / "recording.json").read_text(encoding="utf-8"))
    recording["entries"] = [each for each in recording["entries"] if _namespace(each["asked"]) in {*kept, None}]
    (folder / "recording.json").write_text(json.dumps(recording, indent=2) + "\n", encoding="utf-8")
    _expect(folder)


def _namespace(asked: dict[str, Any]) -> str | None:
    found: str | None = (asked.get("ref") or asked).get("namespace")
    return found


if __name__ == "__main__":
    main(sys.argv[1:])
