"""Changes that remove a cause: one file each, a function from a case to a remedy, or to None where it would not help."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hostnetdoctor.collect.later import Later
from hostnetdoctor.listeners.case import Case
from hostnetdoctor.model import Remedy

Offer = Callable[[Case], Remedy | None]


def offered(case: Case, *offers: Offer) -> Sequence[Remedy]:
    """Return those remedies that help in this case, in the given order; made once somebody looks: most findings are not told."""
    return Later(lambda: (remedy for offer in offers if (remedy := offer(case)) is not None))
