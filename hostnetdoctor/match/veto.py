"""Lines that speak of an error like ours and are none: the other side's, somebody else's, or a text about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hostnetdoctor.match import others, texts
from hostnetdoctor.match.expression import compiled_later
from hostnetdoctor.model import FailureKind

# Keys under which a program puts its own error.
_OWN_KEYS = frozenset(
    [
        "error",
        "err",
        "errors",
        "msg",
        "message",
        "reason",
        "cause",
        "code",
        "errno",
        "name",
        "os_error",
        "strerror",
        "detail",
        "details",
        "exception",
        "text",
        "log",
        "what",
        "status",
        "stack",
        "info",
        "failure",
        "error_message",
        "errmsg",
        "event",
        "body_text",
        "syscall_error",
        "why",
        "value",
    ]
)
_KEY = compiled_later(
    r"(?P<key>[\w.-]{1,60})\\?[\"']?\s?(?:[:=]|=~|=>)\s{0,20}\\?[\"'](?:\.\*)?(?:(?:bind|listen): ?)?$"
)
# What makes a line a look-alike, searched in what stands before the error ...
_BEFORE = (texts.ABOUT_ERRORS, texts.QUOTED, texts.QUOTING_KEY, others.GO_DIAL)
# ... and anywhere in it.
_ANYWHERE = (
    others.NO_SOCKET,
    others.RECOVERED,
    texts.SOURCE,
    others.ANY_ADDRESS,
    others.OUTGOING,
    texts.ERROR_LIST,
)


def _is_under_another_key(before: str) -> bool:
    """Say whether the words of an error are all of a value that stands under a key for something else."""
    found = _KEY.search(before[-120:])
    return found is not None and found["key"].lower().rpartition(".")[2] not in _OWN_KEYS


def _is_unfilled(text: str, error_at: int) -> bool:
    """Say whether near the error something is still to be filled in. A word that only begins near it is read to its end."""
    found = texts.TEMPLATE.search(text, max(0, error_at - 100))
    return found is not None and found.start() < error_at + 60


def is_copied(line: str, before: Sequence[str]) -> bool:
    """Say whether a line stands in a manual, in a diff or in the output of another tool; `before` is the nearest first.

    An indented line that explains the error which one of the two lines before it names is from a manual.
    """
    if line.startswith("     ") and any(texts.MANUAL.match(each) for each in before[:2]):
        return True
    in_diff = line.startswith(("-", "+")) and any(each.startswith("@@ ") for each in before)
    return in_diff or texts.COPIED.match(line) is not None


def is_outgoing(kind: FailureKind, before: Iterable[str], after: Iterable[str]) -> bool:
    """Say whether neighbours show that the address was the own end of a connection."""
    if kind not in (FailureKind.ADDRESS_IN_USE, FailureKind.ADDRESS_NOT_AVAILABLE):
        return False
    return any(others.NEIGHBOURS.search(line) for line in (*before, *after))


def is_look_alike(text: str, error_at: int) -> bool:
    """Say whether a line with error words is no failure of its own program; `error_at` is where those words begin."""
    before = text[:error_at]
    if texts.ERROR_NAME.fullmatch(text) or before.count("`") % 2:  # quoted as code
        return True
    if others.CONNECTING.search(before) and not others.BINDING.search(before):
        return True
    if others.OTHER_BINDING.search(text) and not others.PLACED.search(text):
        return True
    if _is_under_another_key(before) or _is_unfilled(text, error_at):
        return True
    return any(veto.search(before) for veto in _BEFORE) or any(veto.search(text) for veto in _ANYWHERE)
