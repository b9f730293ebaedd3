"""Let the program listen beside its own closed connections."""

from __future__ import annotations

from hostnetdoctor.listeners.case import Case
from hostnetdoctor.model import Remedy


def reuse_address(case: Case) -> Remedy | None:
    """Offer SO_REUSEADDR, which lets a server listen while connections of its predecessor are in TIME_WAIT (bind(2), tcp(7))."""
    if case.failure.port is None or case.failure.path is not None:
        return None
    why = (
        "Nothing has to be done now. If it happens at every restart: with SO_REUSEADDR a server need not wait for connections that are closed"
        " already, which Linux keeps for a minute. Most programs set it, some have a setting for it."
    )
    return Remedy(id="reuse-address", title="let the program set SO_REUSEADDR before it listens", why=why)
