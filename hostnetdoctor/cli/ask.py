"""From flags to a `Question`: what the user wants to know, with the words that contradict each other refused."""

from __future__ import annotations

import re
from datetime import timedelta

from msgspec import Struct

from hostnetdoctor.errors import UsageError
from hostnetdoctor.model import Question

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_PART = re.compile(r"(\d+(?:\.\d+)?)([smhd])")
_EXAMPLES = "write it as 30s, 15m, 1h30m or 2d"
_LOGS = 5  # as `kubectl logs --max-log-requests` has it
_LONGEST = timedelta(days=36500)  # further back than any cluster, and still a date
_TIME = re.compile(rf"(?:{_PART.pattern})+")


class Scope(Struct, frozen=True, kw_only=True):
    """What the flags say about which pods are meant."""

    name: str | None
    namespaces: tuple[str, ...]
    all_namespaces: bool
    selector: str | None
    examine_all: bool
    since: timedelta

    @property
    def is_open(self) -> bool:
        """Whether the flags leave the choice of namespaces to the source."""
        return not self.namespaces and not self.all_namespaces

    @property
    def is_unset(self) -> bool:
        """Whether no flag says anything about which pods are meant."""
        return self.is_open and self.name is None and self.selector is None and not self.examine_all

    def question(self, *, own: str | None = None) -> Question:
        """Return the question; where the flags name no namespace, the source's `own` is meant, or all if it has none."""
        namespaces = self.namespaces or ((own,) if own is not None and not self.all_namespaces else ())
        return Question(
            namespaces=namespaces,
            all_namespaces=not namespaces,
            selector=self.selector,
            name=self.name,
            examine_all=self.examine_all,
            since=self.since,
        )


def duration(text: str, flag: str) -> timedelta:
    """Return the time that a text such as `90s`, `1h30m` or `2d` means. Raises `UsageError`."""
    if not _TIME.fullmatch(text):
        raise UsageError(f"{flag} '{text}' is no length of time.", fix=_EXAMPLES)
    try:
        found = timedelta(**_summed(_PART.findall(text)))
    except OverflowError:
        found = timedelta.max
    if not timedelta(0) < found <= _LONGEST:
        raise UsageError(f"{flag} must be more than nothing and at most {_LONGEST.days} days.", fix=_EXAMPLES)
    return found


def _summed(parts: list[tuple[str, str]]) -> dict[str, float]:
    amounts: dict[str, float] = {}
    for number, unit in parts:
        amounts[_UNITS[unit]] = amounts.get(_UNITS[unit], 0.0) + float(number)
    return amounts


def logs_of(requests: int, logs: int | None) -> int:
    """Return how many of so many requests may be for logs; None stands for the usual number. Raises `UsageError`."""
    if logs is not None and logs > requests:
        raise UsageError(
            f"--max-log-requests {logs} is more than the {requests} requests that there may be in all.",
            fix=f"add --max-requests {logs}, or more",
        )
    return min(_LOGS, requests) if logs is None else logs


def refuse_together(given: dict[str, bool], *pairs: tuple[str, str]) -> None:
    """Raise `UsageError` for the first pair of flags that are both given."""
    for first, second in pairs:
        if given[first] and given[second]:
            raise UsageError(f"{first} and {second} contradict each other.", fix="leave one of them out")
