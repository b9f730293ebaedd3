"""Give the program the right to take a low port."""

from __future__ import annotations

from typing import Any

from hostnetdoctor.listeners.case import Case
from hostnetdoctor.model import Remedy
from hostnetdoctor.remedies.owner import aim
from hostnetdoctor.remedies.template import container_change, template_patch
from hostnetdoctor.remedies.wording import with_note


def run_as_root(case: Case) -> Remedy | None:
    """Offer root with NET_BIND_SERVICE as its only capability.

    Kubernetes sets no ambient capabilities, so adding NET_BIND_SERVICE alone does not help a non-root process unless
    its binary has file capabilities, which `allowPrivilegeEscalation: false` cancels.
    """
    target = aim(case)
    container = case.victim.spec.container(case.failure.container or "")
    if target.workload is None or container is None or container.user == 0:
        return None
    security: dict[str, Any] = {
        "runAsUser": 0,
        "runAsNonRoot": False,
        "capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]},
    }
    patch = (
        template_patch(target.patchable, container_change(case, {"securityContext": security}))
        if target.patchable
        else None
    )
    why = (
        "The capability alone does not help a process that is not root, unless the program's file carries it."
        " Programs that change their user after the start also need SETUID and SETGID."
    )
    return Remedy(
        id="run-as-root",
        title="or run it as root with the capability NET_BIND_SERVICE only",
        why=with_note(why, target),
        patch=patch,
    )
