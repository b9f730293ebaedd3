"""Expressions in parts, one alternative a line, each with what it serves; and compiled when they are first used."""

from __future__ import annotations

from typing import Any, cast

import regex


class Uncompiled:
    """Behaves as the compiled expression, which is made when something is first asked of it.

    The matcher has some two hundred expressions. Compiling them all takes longer than anything else at the start of the
    program, and a log without a failure needs hardly any.
    """

    def __init__(self, text: str, flags: int) -> None:
        self._made_of = text, flags

    def __getattr__(self, name: str) -> Any:
        text, flags = self._made_of
        found = getattr(regex.compile(text, flags), name)
        setattr(self, name, found)  # a method that is found in the object itself costs nothing more
        return found


def compiled_later(text: str, flags: int = 0) -> regex.Pattern[str]:
    """Return an expression that is compiled when it is first used."""
    return cast("regex.Pattern[str]", Uncompiled(text, flags))


def any_of(*alternatives: str) -> str:
    """Return the expression that matches any of some others, in their order."""
    return "(?:" + "|".join(alternatives) + ")"


def any_word_of(*alternatives: str) -> str:
    """Return the expression that matches any of some others where a word begins and where one ends."""
    return rf"\b{any_of(*alternatives)}\b"


def compiled(*alternatives: str) -> regex.Pattern[str]:
    """Return the expression that matches any of some others; upper and lower case are the same."""
    return compiled_later(any_of(*alternatives), regex.IGNORECASE)
