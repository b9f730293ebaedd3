"""The report for a chat or an alert: one line for each failure, whatever number of pods have it.

A line holds the answer, how sure it is, and what to do first; the other formats hold the proof. It is plain text: what
sends it to a chat has to escape it for that chat.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from hostnetdoctor.model import Report
from hostnetdoctor.report import phrases
from hostnetdoctor.report.phrases import counted, listed
from hostnetdoctor.report.story import Account, Story, tell
from hostnetdoctor.report.stream import for_stream

_HOLDERS = 3  # as many as anybody reads in a chat


def render(report: Report, out: TextIO) -> None:
    """Write a line for each failure; before them what is missing, and one line when nothing is found."""
    place = phrases.place(report.source)
    out.writelines(for_stream(f"{place}: {line}\n", out) for line in _lines(tell(report)))


def _lines(story: Story) -> Iterator[str]:
    *warnings, last = story.opening or ("",)
    yield from warnings
    if story.accounts:
        yield from filter(None, [last])
        yield from map(_line, story.accounts)
    else:
        yield f"{last} {story.closing[0]}"


def _line(account: Account) -> str:
    parts = [account.answer, _holders(account), _others(account), _first_fix(account)]
    return f"{' '.join(filter(None, parts))} ({account.cause}, {account.confidence})"


def _holders(account: Account) -> str:
    if not account.holders:
        return ""
    lead = "Possible holders" if account.undecided else "Held by"
    return f"{lead}: {listed(account.holders, _HOLDERS)}."


def _others(account: Account) -> str:
    others = len(account.diagnoses) - 1 + account.omitted
    return f"The same in {counted(others, 'other pod')}." if others else ""


def _first_fix(account: Account) -> str:
    if not account.fixes:
        return ""
    fix = account.fixes[0]
    # The lines of a script would mean something else behind each other.
    command = next((lines[0] for lines in fix.one_liners if len(lines) == 1), None)
    return f"Fix: {fix.title}: {command}" if command else f"Fix: {fix.title}."
