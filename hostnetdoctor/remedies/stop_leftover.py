"""End what an earlier instance left running on the node."""

from __future__ import annotations

from hostnetdoctor.listeners.case import Case
from hostnetdoctor.model import Remedy


def stop_leftover(case: Case) -> Remedy | None:
    """Offer to end the process that Kubernetes no longer knows; nothing but the node can tell which it is."""
    port, node = case.failure.port, case.victim.node
    if port is None or node is None:
        return None
    why = (
        "Kubernetes does not know of it, so it cannot end it: the first of the next steps names the process or container. End it there"
        " (kill, or crictl stop); a restart of the node ends it as well."
    )
    return Remedy(id="stop-leftover", title=f"end the process on {node} that has port {port}", why=why)
