"""The report as the body of a ticket, in the Markdown that GitHub, GitLab and Jira read alike.

Only headings, paragraphs, flat bullet lists and fenced blocks: Jira's import breaks tables, HTML and blocks within
lists. Text from outside stands as it is where it is plain words; any word that could be read as syntax, a link, a
mention, an issue number or an emoji becomes a code span. Escaping with backslashes would not do: GitHub looks for
mentions and issue numbers after the escapes are gone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, groupby
from typing import TextIO

from hostnetdoctor.model import Report
from hostnetdoctor.report.gaps import Gap
from hostnetdoctor.report.phrases import counted
from hostnetdoctor.report.story import Account, Fix, Quote, Story, tell
from hostnetdoctor.report.stream import for_stream

# A word that no renderer gives a meaning: letters and digits, and marks that are no syntax within a line.
_PLAIN = re.compile(r"(?:[^\W_]|[.,:;()/'\"%?!-])*")
_MEANINGFUL = re.compile(
    r"://|www\.|GH-\d|--"  # links, and the dash that Jira makes of two
    r"|:(?:100|1234|[\w+-]*[a-z_+-][\w+-]*):"  # an emoji: `:100:`, but not the time 08:46:51
    r"|(?<![0-9a-z])[0-9a-f]{7,40}(?![0-9a-z])",  # a commit on GitHub
    re.IGNORECASE,
)
# At the start of a line: a list, or a command to the issue tracker (GitLab's /close).
_LIST_MARK = re.compile(r"(-|\d+[.)]|/\w+)(?= |$)")
_CODE_EDGE = re.compile(r"^(\(*)(.*?)([.,;:)]*)$")


def render(report: Report, out: TextIO) -> None:
    """Write the report as Markdown."""
    text = "\n\n".join(_blocks(tell(report)))
    out.write(for_stream(text + "\n", out))


def within(report: Report, limit: int, *, rest: str) -> str:
    """Return as much of the report as `limit` characters hold; where that is not all, it ends with the sentence `rest`."""
    return "\n\n".join(_fitting(list(_blocks(tell(report))), limit, rest))


def summary(report: Report, limit: int) -> str:
    """Return the report's short form within `limit` characters: for each failure the answer, the proof, the first fix."""
    story = tell(report)
    answers = _fitting(["\n\n".join(_short(account)) for account in story.accounts], limit // 2, _MORE)
    return "\n\n".join([*map(_words, story.opening), *answers, "---", *map(_words, story.closing)])


_MORE = "More failures are in the whole report."
_PROOF = 6  # lines of evidence that a comment shows


def _fitting(blocks: Sequence[str], limit: int, rest: str) -> list[str]:
    lengths = accumulate(len(block) + 2 for block in blocks)
    fitting = [block for block, end in zip(blocks, lengths, strict=True) if end <= limit]
    return fitting if len(fitting) == len(blocks) else [*fitting, rest]


def _short(account: Account) -> Iterator[str]:
    yield f"### {_words(account.answer)}"
    yield _bullets(_facts(account))
    # A list, because a ticket system shows long lines of a block of code only to who scrolls.
    proof = [f"{quote.kind}, {_words(quote.where)}: {_code(quote.text)}" for quote in account.evidence[:_PROOF]]
    yield from ["Evidence:", _bullets(proof)] if proof else []
    for fix in account.fixes[:1]:
        yield f"**Fix:** {_words(fix.title)}"
        yield from map(_fence, fix.one_liners)
    more = len(account.fixes) - 1
    if more > 0:
        yield f"{counted(more, 'other fix', 'other fixes')} in the whole report."


def _blocks(story: Story) -> Iterator[str]:
    for sentence in story.opening:
        yield _words(sentence)
    for account in story.told:
        yield from _account(account)
    yield from map(_words, story.more)
    if story.gaps:
        yield "### Not looked at"
        yield _bullets(map(_gap, story.gaps))
    yield "---"
    for sentence in story.closing:
        yield _words(sentence)


def _account(account: Account) -> Iterator[str]:
    yield f"## {_words(account.answer)}"
    yield _bullets(_facts(account))
    yield from _section("Evidence", [_fence(_aligned(account.evidence))] if account.evidence else [])
    timeline = [f"{time}  {what}" for time, what in account.timeline]
    yield from _section("Timeline", [_fence(timeline)] if timeline else [])
    yield from _section("Fix", [block for number, fix in enumerate(account.fixes, 1) for block in _fix(number, fix)])
    yield from _section("Ruled out", [_bullets(map(_words, account.ruled_out))] if account.ruled_out else [])
    yield from _section("Next steps", map(_fence, account.next_steps))


def _section(heading: str, blocks: Iterable[str]) -> Iterator[str]:
    """Yield a heading and its blocks, or nothing when there are none."""
    below = list(blocks)
    if below:
        yield f"### {heading}"
        yield from below


def _facts(account: Account) -> Iterator[str]:
    if account.undecided:
        yield "Held by one of the following; the evidence does not decide between them."
    yield from (f"Held by: {_words(holder)}" for holder in account.holders)
    yield f"Cause: {_code(account.cause)}, {account.confidence}"
    labelled = [("Why", account.why), ("Victim", account.history), *(("Also", other) for other in account.others)]
    yield from (f"{label}: {_words(text)}" for label, text in labelled if text)


def _aligned(evidence: Sequence[Quote]) -> list[str]:
    width = max(len(quote.kind) for quote in evidence)
    return [f"{quote.kind.ljust(width)}  {quote.where}: {quote.text}" for quote in evidence]


def _fix(number: int, fix: Fix) -> Iterator[str]:
    # "Fix 1:" and not a numbered list: a block of code between its items would start the numbers again.
    yield f"**Fix {number}:** {_words(fix.title)}{':' if fix.commands and not fix.why else ''}"
    if fix.why:
        yield _words(fix.why)
    yield from map(_fence, fix.commands)


def _gap(gap: Gap) -> str:
    needed = " This is needed for the answer." if gap.essential else ""
    fix = f" To mend it: {gap.fix}" if gap.fix else ""
    return _words(f"{' '.join(gap.sentences)}{needed}{fix}")


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _fence(lines: Sequence[str]) -> str:
    """Return the lines as a block of code, fenced by more backticks than any of them has in a row."""
    fence = "`" * max(3, _longest_run("\n".join(lines)) + 1)
    return "\n".join([fence, *lines, fence])


def _words(text: str) -> str:
    """Return a sentence as Markdown that shows exactly its words."""
    mark = _LIST_MARK.match(text)
    if mark:
        return f"{_code(mark[0])}{_words(text[mark.end() :])}"
    runs = groupby(text.split(" "), key=_is_plain)
    return " ".join(" ".join(words) if plain else _edged_code(" ".join(words)) for plain, words in runs)


def _is_plain(word: str) -> bool:
    return _PLAIN.fullmatch(word) is not None and _MEANINGFUL.search(word) is None


def _edged_code(text: str) -> str:
    """Return a code span that leaves the sentence's own parentheses and stops outside."""
    match = _CODE_EDGE.fullmatch(text)
    before, inner, after = match.groups() if match and match[2] else ("", text, "")
    return f"{before}{_code(inner)}{after}"


def _code(text: str) -> str:
    """Return a code span with delimiters longer than any run of backticks in it."""
    ticks = "`" * (_longest_run(text) + 1)
    padding = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{padding}{text}{padding}{ticks}"


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)
