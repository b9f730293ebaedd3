"""PEM blocks: keys and certificates between `-----BEGIN` and `-----END`, on one line or on many, whole or cut off.

Of a block on many lines every line keeps what a log writer has put before it, so that lines keep their number and time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import regex

NEEDLE = "-----"
_BEGIN, _END = "-----BEGIN ", "-----END "
_LONGEST = 500  # lines of one block; a certificate has 30
_TIMEOUT = 1.0
_WHOLE = regex.compile(r"-----BEGIN [A-Z0-9 ]{2,40}+-----.*?-----END [A-Z0-9 ]{2,40}+-----", regex.DOTALL)
_HEAD = regex.compile(r"-----BEGIN .*$", regex.DOTALL)
_FOOT = regex.compile(r"(?:[A-Za-z0-9+/=]++)?-----END [A-Z0-9 ]{2,40}+-----")
# A line of base64, after whatever a log writer puts before it; and the lines that an encrypted key begins with.
_BODY = regex.compile(
    r"(?:(?<![\w/+.-])[A-Za-z0-9+/]{16,}+={0,2}|(?:Proc-Type|DEK-Info): .{1,100}+)(?=[\"'\\,]{0,3}\s*$)"
)
_SHORT = regex.compile(r"(?<![\w/+.-])[A-Za-z0-9+/]{1,15}+={0,2}(?=[\"'\\,]{0,3}\s*$)")
_CUT = regex.compile(r"(?<![\w/+.-])[A-Za-z0-9+/]{40,}+={0,2}(?=[\"'\\,]{0,3}\s*$)")

Hide = Callable[[str], str]


def without_blocks(lines: Sequence[str], hide: Hide) -> list[str]:
    """Return the lines without their PEM blocks; `hide` returns what stands for one. Raises `TimeoutError`."""
    kept = [
        _WHOLE.sub(lambda match: hide(_unescaped(match[0])), line, timeout=_TIMEOUT) if _BEGIN in line else line
        for line in lines
    ]
    for number, line in enumerate(kept):
        if _BEGIN in line:
            _hide_block(kept, [(number, _HEAD), *_below(kept, number)], hide)
        elif _END in line:
            _hide_block(kept, [*reversed(list(_above(kept, number))), (number, _FOOT)], hide)
    return kept


def _unescaped(block: str) -> str:
    """Return a block as it is in its file, so that it is the same secret wherever it stands."""
    return block.replace("\\n", "\n")


def _hide_block(lines: list[str], parts: Iterable[tuple[int, regex.Pattern[str]]], hide: Hide) -> None:
    found = [(number, match) for number, part in parts if (match := part.search(lines[number], timeout=_TIMEOUT))]
    shown = hide("\n".join(match[0].strip() for _, match in found))
    for number, match in found:
        lines[number] = f"{lines[number][: match.start()]}{shown}{lines[number][match.end() :]}"


def _below(lines: list[str], begin: int) -> Iterator[tuple[int, regex.Pattern[str]]]:
    """Yield the lines of the block that begins here: to its end, or to where its text ends."""
    for number in range(begin + 1, min(len(lines), begin + _LONGEST)):
        if _END in lines[number]:
            yield number, _FOOT
            return
        if _BODY.search(lines[number], timeout=_TIMEOUT):
            yield number, _BODY
        elif number + 1 < len(lines) and _END in lines[number + 1]:
            yield number, _SHORT
        elif lines[number].strip():
            return


def _above(lines: list[str], end: int) -> Iterator[tuple[int, regex.Pattern[str]]]:
    """Yield, from the last to the first, the lines of a block whose beginning is cut off."""
    for number in range(end - 1, max(-1, end - _LONGEST), -1):
        if _CUT.search(lines[number], timeout=_TIMEOUT):
            yield number, _CUT
        elif number == end - 1:
            yield number, _SHORT
        else:
            return
