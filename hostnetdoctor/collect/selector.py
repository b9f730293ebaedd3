"""Label selectors, as `kubectl -l` takes them, for sources that do not filter by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from hostnetdoctor.errors import UsageError
from hostnetdoctor.model import LabelRequirement

_KEY = r"(?P<key>[A-Za-z0-9](?:[\w./-]*[A-Za-z0-9])?)"
_VALUE = r"(?P<value>[\w.-]*)"
_SET = re.compile(rf"{_KEY}\s+(?P<operator>in|notin)\s*\((?P<values>[^()]*)\)", re.ASCII)
_EQUALITY = re.compile(rf"{_KEY}\s*(?P<operator>==|=|!=)\s*{_VALUE}", re.ASCII)
_EXISTENCE = re.compile(rf"(?P<absent>!\s*)?{_KEY}", re.ASCII)
_COMMA_OUTSIDE_PARENTHESES = re.compile(r",(?![^()]*\))")
_OPERATORS = {"in": "In", "notin": "NotIn", "=": "In", "==": "In", "!=": "NotIn"}


def parse(text: str) -> tuple[LabelRequirement, ...]:
    """Return the requirements of a selector such as `app=web,tier!=db,env in (a,b),!canary`, all of which must hold.

    Raises `UsageError` for anything else.
    """
    parts = [part.strip() for part in _COMMA_OUTSIDE_PARENTHESES.split(text) if part.strip()]
    return tuple(_requirement(part, text) for part in parts)


def _requirement(part: str, whole: str) -> LabelRequirement:
    if found := _SET.fullmatch(part):
        values = tuple(value.strip() for value in found["values"].split(","))
        return LabelRequirement(key=found["key"], operator=_OPERATORS[found["operator"]], values=values)
    if found := _EQUALITY.fullmatch(part):
        return LabelRequirement(key=found["key"], operator=_OPERATORS[found["operator"]], values=(found["value"],))
    if found := _EXISTENCE.fullmatch(part):
        return LabelRequirement(key=found["key"], operator="DoesNotExist" if found["absent"] else "Exists")
    raise UsageError(
        f"The label selector '{whole}' cannot be understood at '{part}'.",
        fix="write it as for kubectl, for example: -l app=web,tier!=db or -l 'env in (test,prod)'",
    )


def matches(requirements: Iterable[LabelRequirement], labels: Mapping[str, str]) -> bool:
    """Return whether the labels satisfy every requirement; a label that is missing satisfies NotIn, as in the API."""
    return all(_holds(each, labels.get(each.key)) for each in requirements)


def _holds(requirement: LabelRequirement, value: str | None) -> bool:
    match requirement.operator:
        case "In":
            return value is not None and value in requirement.values
        case "NotIn":
            return value is None or value not in requirement.values
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
        case _:
            return False
