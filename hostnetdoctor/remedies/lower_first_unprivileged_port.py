"""Let every user take low ports in a pod's own network."""

from __future__ import annotations

from hostnetdoctor.listeners.case import Case
from hostnetdoctor.model import Remedy
from hostnetdoctor.remedies.owner import aim
from hostnetdoctor.remedies.template import template_patch
from hostnetdoctor.remedies.wording import with_note


def lower_first_unprivileged_port(case: Case) -> Remedy | None:
    """Offer the safe sysctl net.ipv4.ip_unprivileged_port_start, which works in a pod's own network only."""
    target, port = aim(case), case.failure.port
    if target.workload is None or case.failure.on_node or port is None:
        return None
    setting = {"name": "net.ipv4.ip_unprivileged_port_start", "value": str(port)}
    patch = template_patch(target.patchable, {"securityContext": {"sysctls": [setting]}}) if target.patchable else None
    why = "It is one of the sysctls that Kubernetes counts as safe and applies to this pod's network only."
    return Remedy(
        id="lower-first-unprivileged-port",
        title=f"allow every user port {port} in this pod",
        why=with_note(why, target),
        patch=patch,
    )
