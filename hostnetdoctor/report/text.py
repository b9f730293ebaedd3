"""The report for a terminal, a pipe or a CI log.

Lines are `rich.text.Text` built from the words of the story, never markup, so no fact can style or move anything.
Commands keep their lines whatever the width, so that they can be copied.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import TextIO

from rich.console import Console
from rich.text import Text

from hostnetdoctor.model import Report
from hostnetdoctor.report.gaps import Gap
from hostnetdoctor.report.story import Account, Fix, Quote, Story, tell
from hostnetdoctor.report.stream import for_stream

_PIPE_WIDTH = 80
_TERMINAL_WIDTH = 100  # longer lines are harder to read, however wide the window
_NARROWEST = 20  # columns for words beside a label, even if the window is narrower than that
_LABEL = 13  # columns: two spaces, the longest label, a space
_FIXES_IN_FULL = 2  # whoever needs the answer now tries the first ones; the others would bury what follows
_OVERVIEW_FROM = 3  # with fewer failures the first page shows all answers anyway


def render(report: Report, out: TextIO) -> None:
    """Write the report as text: with colour on a terminal only, 80 columns wide where there is none."""
    terminal_width = Console(file=out).width
    write_story(tell(report), out, min(terminal_width, _TERMINAL_WIDTH) if out.isatty() else _PIPE_WIDTH)


def write_story(story: Story, out: TextIO, width: int) -> None:
    """Write a story in lines of at most `width` columns; only what is to be copied may be longer."""
    paper = _Paper(out, width)
    for sentence in story.opening:
        paper.paragraph("", sentence, style="bold")
    told = story.told
    many = len(told) >= _OVERVIEW_FROM
    leads = [f"{number}. " if many else "" for number in range(1, len(told) + 1)]
    if many:
        for lead, account in zip(leads, told, strict=True):
            paper.paragraph(lead, account.answer)
        _write_more(paper, story)
    for lead, account in zip(leads, told, strict=True):
        _write_account(paper, lead, account)
    if story.more:
        paper.leave_a_line()
        _write_more(paper, story)
    _write_gaps(paper, story.gaps)
    paper.leave_a_line()
    for sentence in story.closing:
        paper.paragraph("", sentence)


def write_account(account: Account, out: TextIO, width: int) -> None:
    """Write one failure alone, with every fix in full, for formats that quote it."""
    _write_account(_Paper(out, width), "", account, fixes_in_full=len(account.fixes))


def _write_more(paper: _Paper, story: Story) -> None:
    for sentence in story.more:
        paper.paragraph("", sentence)


class _Paper:
    """The stream, written line by line."""

    def __init__(self, out: TextIO, width: int) -> None:
        self._out = out
        # Colour is for terminals, whatever the environment wants: `| tee` and CI logs stay plain.
        self._console = Console(file=out, force_terminal=out.isatty(), highlight=False, markup=False, emoji=False)
        self._width = width
        self._empty = True

    def leave_a_line(self) -> None:
        """Write an empty line, except at the very start."""
        if not self._empty:
            self._write(Text())

    def paragraph(self, lead: str, words: str, style: str = "") -> None:
        """Write `lead` and then the words, whose further lines start below the first word."""
        width = max(self._width - len(lead), _NARROWEST)
        lines = Text(for_stream(words, self._out), style=style).wrap(self._console, width)
        for line in lines or [Text()]:
            self._write(Text().append(lead, style="dim").append_text(line))
            lead = " " * len(lead)

    def line(self, lead: str, words: str) -> None:
        """Write as much of the words as fits on one line."""
        words = for_stream(words, self._out)
        width = max(self._width - len(lead), _NARROWEST)
        self.paragraph(lead, textwrap.shorten(words, width, placeholder=" ..."))

    def row(self, label: str, paragraphs: Iterable[str], style: str = "") -> None:
        """Write a label and beside it each paragraph on lines of its own; nothing when there are none."""
        for paragraph in filter(None, paragraphs):
            self.paragraph(_beside(label), paragraph, style)
            label = ""

    def verbatim(self, lead: str, lines: Iterable[str]) -> None:
        """Write lines that are to be copied: never wrapped, never cut."""
        for line in lines:
            self._write(Text().append(lead, style="dim").append(for_stream(line, self._out), style="cyan"))
            lead = " " * len(lead)

    def _write(self, line: Text) -> None:
        line.rstrip()
        self._console.print(line, soft_wrap=True)
        self._empty = False


def _beside(label: str, mark: str = "") -> str:
    return f"  {label}".ljust(_LABEL) + mark


def _write_account(paper: _Paper, lead: str, account: Account, fixes_in_full: int = _FIXES_IN_FULL) -> None:
    paper.leave_a_line()
    paper.paragraph(lead, account.answer, style="bold")
    paper.leave_a_line()
    paper.row("Held by", _holders(account), style="bold")
    paper.row("Cause", [f"{account.cause}, {account.confidence}"])
    paper.row("Why", [account.why])
    paper.row("Victim", [account.history])
    paper.row("Also", account.others)
    _write_evidence(paper, account.evidence)
    for number, (time, what) in enumerate(account.timeline):
        paper.paragraph(_beside("" if number else "Timeline", f"{time}  "), what)
    _write_fixes(paper, account.fixes, fixes_in_full)
    paper.row("Ruled out", account.ruled_out)
    for number, lines in enumerate(account.next_steps):
        paper.verbatim(_beside("" if number else "Next steps"), lines)


def _holders(account: Account) -> Iterable[str]:
    if account.undecided:
        yield "one of these; the evidence does not decide between them:"
    yield from account.holders


def _write_evidence(paper: _Paper, evidence: Sequence[Quote]) -> None:
    width = max((len(quote.kind) for quote in evidence), default=0) + 2
    for number, quote in enumerate(evidence):
        lead = _beside("" if number else "Evidence", quote.kind.ljust(width))
        paper.paragraph(lead, f"{quote.where}: {quote.text}")


def _write_fixes(paper: _Paper, fixes: Sequence[Fix], in_full: int) -> None:
    for number, fix in enumerate(fixes, start=1):
        write = _write_fix if number <= in_full else _write_fix_in_short
        write(paper, fix, _beside("" if number > 1 else "Fix", f"{number}. "))
    if any(fix.why or fix.commands for fix in fixes[in_full:]):
        paper.paragraph(_beside(""), f"All {len(fixes)} with reasons, commands and patches: add -o markdown")


def _write_fix(paper: _Paper, fix: Fix, lead: str) -> None:
    below = " " * len(lead)
    paper.paragraph(lead, fix.title + (":" if fix.one_liners and not fix.why else ""))
    if fix.why:
        paper.paragraph(below, fix.why)
    for command in fix.one_liners:
        paper.verbatim(below, command)


def _write_fix_in_short(paper: _Paper, fix: Fix, lead: str) -> None:
    paper.paragraph(lead, fix.title)
    if fix.why:
        paper.line(" " * len(lead), fix.why)


def _write_gaps(paper: _Paper, gaps: Sequence[Gap]) -> None:
    if gaps:
        paper.leave_a_line()
        paper.paragraph("", "Not looked at", style="bold")
    for gap in gaps:
        needed = " This is needed for the answer." if gap.essential else ""
        paper.paragraph("  - ", " ".join(gap.sentences) + needed)
        if gap.fix:
            paper.paragraph("    ", f"To mend it: {gap.fix}")
