"""The failures that `scan` finds, for a terminal, a pipe or a CI log.

Text from a log has been made visible before it comes here; lines are `rich.text.Text`, never markup.
"""

from __future__ import annotations

from typing import TextIO

from rich.console import Console
from rich.text import Text

from hostnetdoctor.model import FailureKind, ScannedFailure, ScanResult
from hostnetdoctor.report.stream import for_stream

_PIPE_WIDTH = 80
_TERMINAL_WIDTH = 120
_NARROWEST = 20

_SENTENCES = {
    FailureKind.ADDRESS_IN_USE: "is already in use",
    FailureKind.PERMISSION_DENIED: "may not be taken: permission denied",
    FailureKind.ADDRESS_NOT_AVAILABLE: "cannot be taken: this machine has no such address",
    FailureKind.OPERATION_NOT_PERMITTED: "may not be taken: operation not permitted",
    FailureKind.FAMILY_NOT_SUPPORTED: "is of a family that this machine does not support",
}


def render(result: ScanResult, out: TextIO) -> None:
    """Write the failures as text: with colour on a terminal only, 80 columns wide where there is none."""
    console = Console(file=out, force_terminal=out.isatty(), highlight=False, markup=False, emoji=False)
    paper = _Paper(console, out, min(console.width, _TERMINAL_WIDTH) if out.isatty() else _PIPE_WIDTH)
    for failure in result.failures:
        paper.line("", f"{failure.file}:{failure.line}: {_sentence(failure)}", style="bold")
        paper.line("    ", failure.text)
        if facts := _facts(failure):
            paper.line("    ", facts, style="dim")
    for gap in result.not_looked_at:
        where = gap.file if gap.line is None else f"{gap.file}:{gap.line}"
        paper.line("", f"Not looked at: {where}: {gap.why}")
    if result.failures or result.not_looked_at:
        paper.line("", "")
    paper.line("", _total(result))


class _Paper:
    """The stream, written line by line."""

    def __init__(self, console: Console, out: TextIO, width: int) -> None:
        self._console, self._out, self._width = console, out, width

    def line(self, lead: str, words: str, style: str = "") -> None:
        """Write words, broken into lines that all begin with `lead`."""
        text = Text(for_stream(words, self._out), style=style)
        for part in text.wrap(self._console, max(self._width - len(lead), _NARROWEST)) or [Text()]:
            self._console.print(Text(lead).append_text(part), soft_wrap=True)


def _sentence(failure: ScannedFailure) -> str:
    return f"{_place(failure)} {_SENTENCES.get(failure.kind, 'cannot be taken, and the log does not say why')}"


def _place(failure: ScannedFailure) -> str:
    if failure.path is not None:
        return f"socket {failure.path}"
    at = f" on {failure.address}" if failure.address else ""
    if failure.port is not None:
        return f"port {failure.port}{f'/{failure.protocol}' if failure.protocol else ''}{at}"
    if failure.address:
        return f"a port{f' ({failure.protocol})' if failure.protocol else ''}{at}"
    return f"an address{f' ({failure.protocol})' if failure.protocol else ''} that the log does not name"


def _facts(failure: ScannedFailure) -> str:
    facts = []
    if failure.count > 1:
        facts.append(f"said {failure.count} times")
    if failure.fatal is not None:
        facts.append("the program gives up" if failure.fatal else "the program goes on")
    return ", ".join(facts)


def _total(result: ScanResult) -> str:
    files = f"{result.files} file{'' if result.files == 1 else 's'}"
    if not result.failures:
        return f"No failure to listen in {files}."
    taken = sum(failure.kind is FailureKind.ADDRESS_IN_USE for failure in result.failures)
    number = len(result.failures)
    return f"{number} failure{'' if number == 1 else 's'} to listen in {files}, {taken} because the address was in use."
