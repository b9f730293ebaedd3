"""Lines with which a program says, after an error, that it listens all the same."""

from __future__ import annotations

from hostnetdoctor.match.expression import any_word_of, compiled

_SUCCESS = compiled(
    any_word_of(
        r"listening (?:on|at)(?! address:)",
        r"running on",
        r"started on",
        r"serving (?:on|at)",
        r"server startup in",
        r"is now running",
        r"now running as",
        r"\w+ on https?",
        r"starting (?:\w+ ){1,3}(?:at|on) \S{0,60}:\d+",
        r"started, ",
        r"ready to (?:serve|accept)",
    ),
    r"^Ready\.?$",  # tincd
    r"\bendpoint: https?://",
)
_NEGATIVE = compiled(any_word_of("already", "perhaps", "not", "isn't", "no", "never", r"fail\w*", "error", "unable"))


def says_it_listens(line: str) -> bool:
    """Say whether a line tells of success, and of nothing that failed."""
    return _SUCCESS.search(line) is not None and not _NEGATIVE.search(line)
