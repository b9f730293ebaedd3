"""What every format for people tells, in the order in which they need it; a format adds its own syntax only.

`tell(report)` groups equal failures, chooses the words and makes text from outside safe to show.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date

from msgspec import Struct

from hostnetdoctor.model import Confidence, Diagnosis, Evidence, Remedy, Report
from hostnetdoctor.report import phrases
from hostnetdoctor.report.gaps import Gap, gaps_of
from hostnetdoctor.report.patch import patch_command, patch_line
from hostnetdoctor.report.phrases import command_lines, counted, listed, moment, shown, with_short_times

_NOBODY_IN_TROUBLE = "The list of pods shows none in trouble, so nothing more was read."
_LINES = 20  # a list that is longer, such as one holder on each of 500 nodes, buries the rest of the answer
_TOLD_AT_MOST = 50  # more failures of different workloads than these are counted: nobody reads them one by one


class Quote(Struct, frozen=True, kw_only=True):
    """One fact with its kind and its place."""

    kind: str
    where: str
    text: str


class Fix(Struct, frozen=True, kw_only=True):
    """One remedy: what to do, why, and the commands to paste, each in lines.

    `commands` are laid out to be read before they are pasted; `one_liners` are the same, a patch on one line.
    """

    title: str
    why: str
    commands: tuple[tuple[str, ...], ...]
    one_liners: tuple[tuple[str, ...], ...]


class Account(Struct, frozen=True, kw_only=True):
    """One failure, told once for all pods that have it. Texts are empty where nothing is known.

    `others` tells of the other pods with the same failure, one line for all that have the same holder. `diagnoses`
    are the facts behind the words, for formats that draw or carry data: the one that is told comes first.
    """

    answer: str
    history: str
    others: tuple[str, ...]
    undecided: bool
    holders: tuple[str, ...]
    cause: str
    confidence: str
    why: str
    evidence: tuple[Quote, ...]
    timeline: tuple[tuple[str, str], ...]
    fixes: tuple[Fix, ...]
    ruled_out: tuple[str, ...]
    next_steps: tuple[tuple[str, ...], ...]
    diagnoses: tuple[Diagnosis, ...]
    omitted: int


class Story(Struct, frozen=True, kw_only=True):
    """The whole report in words: warnings, the failures, what is missing, and how much was looked at.

    `accounts` are all failures, for formats that programs read. People are told the first of them, `told`, and how many
    `more` there are.
    """

    opening: tuple[str, ...]
    accounts: tuple[Account, ...]
    gaps: tuple[Gap, ...]
    closing: tuple[str, ...]

    @property
    def told(self) -> tuple[Account, ...]:
        """Return the failures that people are told in full."""
        return self.accounts[:_TOLD_AT_MOST]

    @property
    def more(self) -> tuple[str, ...]:
        """Return how many failures are not told, a sentence for each cause and port, the most frequent first."""
        counts: Counter[tuple[str, str]] = Counter()
        for account in self.accounts[_TOLD_AT_MOST:]:
            counts[account.cause, _port(account.diagnoses[0])] += len(account.diagnoses) + account.omitted
        return tuple(
            f"and {count:,} more like it: {cause}, {port} (see -o json)"
            for (cause, port), count in counts.most_common()
        )


def tell(report: Report) -> Story:
    """Return the report in words."""
    today = (report.source.taken_at or report.generated_at).astimezone(UTC).date()
    gaps = gaps_of(report.not_looked_at)
    return Story(
        opening=tuple(_opening(report, gaps)),
        accounts=tuple(_account(group, _omitted(report, group), today) for group in _grouped(report.diagnoses)),
        gaps=gaps,
        closing=(_closing(report), phrases.origin(report.source, today)),
    )


def _grouped(diagnoses: Iterable[Diagnosis]) -> list[list[Diagnosis]]:
    """Return the diagnoses by id, in the order of the report; the surest of a group stands first and is told."""
    groups: dict[str, list[Diagnosis]] = {}
    for diagnosis in diagnoses:
        groups.setdefault(diagnosis.id, []).append(diagnosis)
    return [sorted(group, key=lambda diagnosis: diagnosis.confidence.rank) for group in groups.values()]


def _omitted(report: Report, group: list[Diagnosis]) -> int:
    return sum(summary.omitted for summary in report.groups if summary.id == group[0].id)


def _account(group: list[Diagnosis], omitted: int, today: date) -> Account:
    told = group[0]
    return Account(
        answer=shown(told.summary),
        history=phrases.history(told.victim, today),
        others=_others(group, omitted, today),
        undecided=len(told.holders) > 1 and all(held.confidence is Confidence.POSSIBLE for held in told.holders),
        holders=_some([phrases.holder(held, told, today) for held in told.holders]),
        cause=shown(told.cause),
        confidence=told.confidence.value,
        why=shown(with_short_times(told.why, today)),
        evidence=tuple(_quote(fact, today) for fact in told.evidence),
        timeline=tuple((moment(entry.at, today), shown(entry.what)) for entry in told.timeline),
        fixes=tuple(map(_fix, told.remedies)),
        ruled_out=_ruled_out(told),
        next_steps=tuple(map(command_lines, told.next_steps)),
        diagnoses=tuple(group),
        omitted=omitted,
    )


def _port(diagnosis: Diagnosis) -> str:
    if diagnosis.port is None:
        return "without a port"
    return f"port {diagnosis.port}/{diagnosis.protocol}" if diagnosis.protocol else f"port {diagnosis.port}"


def _quote(fact: Evidence, today: date) -> Quote:
    return Quote(kind=fact.kind.value, where=shown(with_short_times(fact.where, today)), text=shown(fact.text))


def _fix(remedy: Remedy) -> Fix:
    command = (command_lines(remedy.command),) if remedy.command else ()
    patch = remedy.patch
    return Fix(
        title=shown(remedy.title.rstrip(" .:")),
        why=shown(remedy.why),
        commands=command + ((patch_command(patch),) if patch else ()),
        one_liners=command + (((patch_line(patch),),) if patch else ()),
    )


def _ruled_out(diagnosis: Diagnosis) -> tuple[str, ...]:
    """Return the candidates, those that one fact excludes together."""
    reasons: dict[str, list[str]] = {}
    for ruled_out in diagnosis.ruled_out:
        reasons.setdefault(shown(ruled_out.because), []).append(shown(ruled_out.candidate))
    return _some([f"{listed(candidates)}: {because}" for because, candidates in reasons.items()])


def _some(lines: list[str]) -> tuple[str, ...]:
    hidden = len(lines) - _LINES
    return (*lines[:_LINES], *([f"and {hidden} more, all in the JSON report"] if hidden > 0 else []))


def _others(group: list[Diagnosis], omitted: int, today: date) -> tuple[str, ...]:
    """Return the other pods of a group, those with the same answer together."""
    answers: dict[str, list[str]] = {}
    for diagnosis in group[1:]:
        victim, node = diagnosis.victim, diagnosis.node
        name = shown(f"{victim.namespace}/{victim.pod}" + (f" on {node}" if node else ""))
        answers.setdefault(_differently(diagnosis, group[0], today), []).append(name)
    lines = [
        f"{listed(names)}: {answer}" if answer else f"the same in {listed(names)}" for answer, names in answers.items()
    ]
    return (*_some(lines), *([f"and {omitted} more that this report leaves out"] if omitted else []))


def _differently(diagnosis: Diagnosis, told: Diagnosis, today: date) -> str:
    """Return in what the answer for a pod differs from the one that is told in full; empty when in nothing."""
    words = []
    if (diagnosis.cause, diagnosis.confidence) != (told.cause, told.confidence):
        words.append(f"{shown(diagnosis.cause)}, {diagnosis.confidence.value}")
    if diagnosis.holders and diagnosis.holders != told.holders:
        words.append("held by " + "; or ".join(phrases.holder(held, diagnosis, today) for held in diagnosis.holders))
    return "; ".join(words)


def _opening(report: Report, gaps: tuple[Gap, ...]) -> Iterable[str]:
    """Yield what has to be said before any answer, and the answer itself when nothing is found."""
    essential = listed([gap.what for gap in gaps if gap.essential], limit=3)
    where = phrases.scope(report.question)
    if report.interrupted:
        yield f"Incomplete: {shown(report.interrupted.rstrip('.'))}."
    if essential:
        yield f"Incomplete: what the answer needs could not all be read: {essential}."
    if report.diagnoses:
        return
    if essential or report.interrupted:
        yield f"In the part that could be read, no container in {where} fails to take an address. This is no all-clear."
    else:
        yield f"No container in {where} fails to take an address."


def _closing(report: Report) -> str:
    omitted = sum(group.omitted for group in report.groups)
    failures = len(report.diagnoses) + omitted
    if not failures:
        idle = report.counts.pods_seen == 0 and not (report.not_looked_at or report.interrupted)
        return _NOBODY_IN_TROUBLE if idle else phrases.looked_at(report.counts)
    sure = [[held for held in each.holders if held.confidence is not Confidence.POSSIBLE] for each in report.diagnoses]
    named = sum(map(len, sure))
    open_ones = sum(bool(each.holders) and not known for each, known in zip(report.diagnoses, sure, strict=True))
    words = [counted(failures, "failure")]
    words += [f"{omitted} of them only counted"] if omitted else []
    words += [f"{counted(named, 'holder') if named else 'no holder'} named"] if named or not open_ones else []
    words += [f"{open_ones} with possible holders only"] if open_ones else []
    return f"{', '.join(words)}. {phrases.looked_at(report.counts)}"
