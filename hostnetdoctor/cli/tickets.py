"""What `attach` and `diagnose --attach` share: a report goes to some tickets, and each says what came of it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from typing import TextIO

from hostnetdoctor.cli.run import tell
from hostnetdoctor.errors import DoctorError
from hostnetdoctor.extras.tickets import systems
from hostnetdoctor.extras.tickets.deliver import deliver
from hostnetdoctor.extras.tickets.draft import draft
from hostnetdoctor.extras.tickets.ticket import Addressee
from hostnetdoctor.model import Report
from hostnetdoctor.report.stream import for_stream


def addressees(targets: Iterable[str]) -> tuple[Addressee, ...]:
    """Return whom these targets mean. Raises `UsageError` for a target, a client or a credential that is missing."""
    return systems.addressees(targets, os.environ)


def show(report: Report, targets: Iterable[str]) -> None:
    """Print what would be sent."""
    sys.stdout.write(for_stream(systems.previews(report, targets), sys.stdout))


def post(report: Report, to: Sequence[Addressee], *, out: TextIO) -> None:
    """Put the report on every ticket and say so on `out`. Raises the last error; those before it are told at once."""
    failed: DoctorError | None = None
    told = draft(report)
    for each in to:
        try:
            out.write(f"{deliver(each, told)}\n")
        except DoctorError as error:
            if failed is not None:
                tell(failed)
            failed = error
    if failed is not None:
        raise failed
