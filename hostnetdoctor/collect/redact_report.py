"""What is left to do when a report is finished: number its secrets, and take out what became known too late."""

from __future__ import annotations

from msgspec.structs import replace

from hostnetdoctor.collect.redact import Redactor
from hostnetdoctor.model import Diagnosis, Remedy, Report
from hostnetdoctor.model.redacted import hides_something, numbered, rewritten


def finished(report: Report, redactor: Redactor) -> Report:
    """Return the report with its secrets numbered in the order in which a reader meets them.

    A secret may stand unmarked in a log that was read before the setting that marks it: it is taken out here.
    """
    known = rewritten(report, redactor.without_known)
    return numbered(replace(known, diagnoses=tuple(map(_applicable, known.diagnoses))))


def _applicable(diagnosis: Diagnosis) -> Diagnosis:
    return replace(diagnosis, remedies=tuple(map(_without_a_broken_change, diagnosis.remedies)))


def _without_a_broken_change(remedy: Remedy) -> Remedy:
    """Return a remedy without the command or patch that would write what stands for a secret into the cluster."""
    return replace(
        remedy,
        command=None if hides_something(remedy.command) else remedy.command,
        patch=None if hides_something(remedy.patch) else remedy.patch,
    )
