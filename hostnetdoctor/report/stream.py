"""What the stream that a report is written to can show."""

from __future__ import annotations

import codecs
import json
import re
from typing import TextIO

from hostnetdoctor.model import HIDDEN

_IN_ASCII = {ord("\u2026"): "...", ord("\u2013"): "-", ord("\u2014"): "-", ord("\u2018"): "'", ord("\u2019"): "'"}

_PIECE = 4096  # characters
# What a terminal obeys or does not show. JSON itself spells out only what is below the blank.
_UNSEEN = re.compile(f"[\x7f-\x9f{''.join(sorted(HIDDEN))}]")


def spelled_out(text: str) -> str:
    r"""Return JSON that a terminal may show: what is invisible or controls it is written as `\u202e`, which means the same."""
    # Most pieces are of plain ASCII, which is found out much faster; a report of thousands of failures has a million lines.
    pieces = (text[start : start + _PIECE] for start in range(0, len(text), _PIECE))
    return text if _is_plain(text) else "".join(each if _is_plain(each) else _spelled(each) for each in pieces)


def _is_plain(text: str) -> bool:
    return text.isascii() and "\x7f" not in text


def _spelled(line: str) -> str:
    return _UNSEEN.sub(lambda match: json.dumps(match[0])[1:-1] if match[0] != "\x7f" else "\\u007f", line)


def speaks_unicode(out: TextIO) -> bool:
    """Return whether every character can be written to `out`; a stream in memory has no encoding and can."""
    encoding: str | None = getattr(out, "encoding", None)
    return encoding is None or codecs.lookup(encoding).name.startswith("utf")


def for_stream(text: str, out: TextIO) -> str:
    r"""Return the text as `out` can show it: where that is not UTF-8, other characters than ASCII are spelled `\u00e9`."""
    if speaks_unicode(out):
        return text
    return text.translate(_IN_ASCII).encode("ascii", "backslashreplace").decode("ascii")
