"""What the user may have meant by a word that nothing has as its name."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import TypeVar

from hostnetdoctor.errors import UsageError

Named = TypeVar("Named")


def the_one_named(word: str, known: Mapping[str, Named], *, what: str) -> Named:
    """Return what has this name. Raises `UsageError` that names the nearest ones, or else all of them."""
    if word in known:
        return known[word]
    near = difflib.get_close_matches(word, known, n=3)
    fix = f"did you mean {' or '.join(near)}?" if near else f"choose one of {', '.join(known)}"
    raise UsageError(f"There is no {what} '{word}'.", fix=fix)
