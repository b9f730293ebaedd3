"""Expressions in parts: one alternative a line, each with what it serves."""

from __future__ import annotations

import regex


def any_of(*alternatives: str) -> str:
    """Return the expression that matches any of some others, in their order."""
    return "(?:" + "|".join(alternatives) + ")"


def any_word_of(*alternatives: str) -> str:
    """Return the expression that matches any of some others where a word begins and where one ends."""
    return rf"\b{any_of(*alternatives)}\b"


def compiled(*alternatives: str) -> regex.Pattern[str]:
    """Compile alternatives; upper and lower case are the same."""
    return regex.compile(any_of(*alternatives), regex.IGNORECASE)
