"""What stands in the place of a secret, and how every text of a value is changed at once.

While a run lasts, each secret has a name of letters (`<redacted:kqzvfwb>`): digits behind a colon could be taken for a port.
In the finished report the names become numbers, in the order in which they first appear there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

Value = TypeVar("Value")

REDACTED = re.compile(r"<redacted:([a-z]{1,40}|\d{1,9})>")
_NAMED = re.compile(r"<redacted:([a-z]{1,40})>")


def redacted(name: str) -> str:
    """Return what is shown instead of a secret of this name."""
    return f"<redacted:{name}>"


def hides_something(value: object) -> bool:
    """Say whether a secret was taken out of any text of this value: what was a whole is then no whole any more."""
    found: list[str] = []

    def look(text: str) -> str:
        if REDACTED.search(text):
            found.append(text)
        return text

    rewritten(value, look)
    return bool(found)


def numbered(value: Value) -> Value:
    """Return the same value with its secrets numbered by their first appearance, from 1."""
    numbers: dict[str, str] = {}

    def number(match: re.Match[str]) -> str:
        return redacted(numbers.setdefault(match[1], str(len(numbers) + 1)))

    return rewritten(value, lambda text: _NAMED.sub(number, text) if "<redacted:" in text else text)


def rewritten(value: Value, change: Callable[[str], str]) -> Value:
    """Return the value with every text in it changed, whatever structs, lists and mappings hold it.

    Members of enumerations and the keys of mappings are no texts from outside and stay as they are.
    """
    changed: Any = value
    if isinstance(value, Enum):
        pass
    elif isinstance(value, str):
        changed = change(value)
    elif isinstance(value, Struct):
        parts = {name: getattr(value, name) for name in value.__struct_fields__}
        new = {name: rewritten(part, change) for name, part in parts.items()}
        different = {name: part for name, part in new.items() if part is not parts[name]}
        changed = replace(value, **different) if different else value
    elif isinstance(value, tuple | list):
        items = [rewritten(each, change) for each in value]
        changed = type(value)(items) if any(map(_differs, items, value)) else value
    elif isinstance(value, Mapping):
        changed = {key: rewritten(each, change) for key, each in value.items()}
    return changed  # type: ignore[no-any-return]  # of the type that came in, by construction


def _differs(one: object, other: object) -> bool:
    return one is not other
