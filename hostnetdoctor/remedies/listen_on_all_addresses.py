"""Listen on an address that the machine has."""

from __future__ import annotations

from hostnetdoctor.listeners.case import Case, joined
from hostnetdoctor.model import Remedy
from hostnetdoctor.remedies.owner import aim
from hostnetdoctor.remedies.wording import with_note


def listen_on_all_addresses(case: Case) -> Remedy | None:
    """Offer the wildcard, or the node's own address handed to the pod by the downward API."""
    target = aim(case)
    addresses = joined(case.failure.addresses) or "the address"
    why = (
        f"{addresses} does not belong to the machine. Or take the node's present address from the API: an environment variable with"
        " valueFrom.fieldRef.fieldPath: status.hostIP."
    )
    return Remedy(
        id="listen-on-all-addresses",
        title="listen on 0.0.0.0 (or ::), which every machine has",
        why=with_note(why, target),
    )
