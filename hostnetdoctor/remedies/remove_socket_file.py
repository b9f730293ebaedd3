"""Remove a left socket file before the program starts."""

from __future__ import annotations

import shlex

from hostnetdoctor.listeners.case import Case
from hostnetdoctor.model import Remedy
from hostnetdoctor.remedies.owner import aim
from hostnetdoctor.remedies.template import container_change, template_patch
from hostnetdoctor.remedies.wording import with_note


def remove_socket_file(case: Case) -> Remedy | None:
    """Offer to remove the file at every start; a patch only where the pod names its own command."""
    target, path = aim(case), case.failure.path
    container = case.victim.spec.container(case.failure.container or "")
    if path is None or path.startswith("@") or container is None:
        return None
    patch = None
    if target.patchable is not None and container.command:
        words = (*container.command, *container.args)
        script = f"rm -f {shlex.quote(path)}; exec {shlex.join(words)}"
        change = {"command": ["sh", "-c", script], "args": None}
        patch = template_patch(target.patchable, container_change(case, change))
    why = "Then a killed program is no obstacle to the next one. Only this program may use the socket."
    title = f"remove the file before the program starts: rm -f {shlex.quote(path)}"
    return Remedy(id="remove-socket-file", title=title, why=with_note(why, target), patch=patch)
