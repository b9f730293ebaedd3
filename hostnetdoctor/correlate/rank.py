"""Of all answers to one failure, the best one, and what its rivals do to its confidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from hostnetdoctor.causes import CAUSES
from hostnetdoctor.causes.cause import Cause
from hostnetdoctor.listeners.case import Case, container_text
from hostnetdoctor.model import Confidence, Finding

_PRECEDENCE = {cause.id: place for place, cause in enumerate(CAUSES)}


class Answer(Struct, frozen=True):
    """What one cause said of one case."""

    cause: Cause
    case: Case
    finding: Finding


class Verdict(Struct, frozen=True):
    """The finding that is told, with its final confidence, and those that fit as well."""

    finding: Finding
    rivals: tuple[Finding, ...] = ()


def best(answers: Iterable[Answer]) -> Verdict | None:
    """Pick the best answer: confidence first, then the order of `CAUSES`, then the holder's name.

    A rival that is as sure makes both merely possible: the evidence does not decide between them. A rival that is
    less sure takes "certain" away, because certain means that nothing else fits.
    """
    ranked = sorted(answers, key=_order)
    if not ranked:
        return None
    first, *rest = ranked
    others = [each for each in rest if _names_another(each.finding, first.finding)]
    equal = [each for each in others if each.finding.confidence is first.finding.confidence]
    if equal:
        told, *rivals = (
            _weakened(each, Confidence.POSSIBLE, _others(each, [first, *equal])) for each in (first, *equal)
        )
        return Verdict(told, tuple(rivals))
    plausible = [each for each in others if each.finding.confidence.rank <= Confidence.LIKELY.rank]
    if plausible:
        return Verdict(_weakened(first, Confidence.LIKELY, _others(first, plausible)))
    return Verdict(first.finding)


def doubted(verdict: Verdict, answers: Iterable[Answer], doubt: str | None) -> Verdict:
    """Return a verdict that a doubt about the whole scene keeps from being certain."""
    told = next((each for each in answers if each.finding is verdict.finding), None)
    if doubt is None or told is None or told.finding.confidence is not Confidence.CERTAIN:
        return verdict
    return replace(verdict, finding=_weakened(told, Confidence.POSSIBLE, doubt))


def _order(answer: Answer) -> tuple[int, int, str]:
    names = "".join(f"{listener.pod.path} {listener.container}" for listener in answer.finding.listeners[:1])
    return answer.finding.confidence.rank, _PRECEDENCE[answer.cause.id], names


def _names_another(finding: Finding, first: Finding) -> bool:
    """Say whether a finding names another holder: a container, or with some likelihood something that is none."""
    named = finding.listeners or (finding.holders and finding.confidence.rank <= Confidence.LIKELY.rank)
    return bool(named) and not _same_holder(finding, first)


def _same_holder(first: Finding, second: Finding) -> bool:
    return set(_holders(first)) == set(_holders(second))


def _holders(finding: Finding) -> Iterator[str]:
    """Yield the names of what holds the address."""
    for listener in finding.listeners:
        yield container_text(listener.pod, listener.container)
    for holder in finding.holders:
        process = f"{holder.process.name} of the node itself" if holder.process else None
        container = f"{holder.namespace}/{holder.pod} (container {holder.container})" if holder.container else None
        yield process or holder.service or container or f"{holder.kind} {holder.address or ''}".strip()


def _others(answer: Answer, answers: Iterable[Answer]) -> str:
    names = sorted({name for each in answers if each is not answer for name in _holders(each.finding)})
    return f"{', '.join(names)} may have it as well"


def _weakened(answer: Answer, level: Confidence, doubt: str) -> Finding:
    """Let the cause answer again under a doubt, so that its words fit its confidence."""
    if answer.finding.confidence.rank >= level.rank:
        level = answer.finding.confidence
    again = answer.cause.examine(replace(answer.case, confidence=level, doubts=(*answer.case.doubts, doubt)))
    told = again if isinstance(again, Finding) else answer.finding
    return told if told.confidence.rank >= level.rank else _lowered(told, level, doubt)


def _lowered(finding: Finding, level: Confidence, doubt: str) -> Finding:
    """Take a finding down whose cause has no words for doubts."""
    holders = tuple(replace(holder, confidence=level) for holder in finding.holders)
    why = f"{finding.why} It is {level} only, because {doubt}."
    return replace(finding, confidence=level, holders=holders, why=why)
