"""Listen where no privilege is needed."""

from __future__ import annotations

from hostnetdoctor.listeners.case import Case
from hostnetdoctor.model import Remedy
from hostnetdoctor.remedies.change_port import change_port


def use_unprivileged_port(case: Case) -> Remedy | None:
    """Offer a port from 1024 up, which every user may take."""
    remedy = change_port(case)
    if remedy is None:
        return None
    why = f"Ports from 1024 up need no privilege. {remedy.why}"
    return Remedy(id="use-unprivileged-port", title=remedy.title, why=why, command=remedy.command, patch=remedy.patch)
