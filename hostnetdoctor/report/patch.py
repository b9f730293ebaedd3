"""A patch as a `kubectl patch` command that can be pasted into a shell, even with spaces before each line."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence

from hostnetdoctor.model import Patch, WorkloadRef
from hostnetdoctor.report.phrases import shown

_WIDTH = 64  # fits 80 columns behind the indentation of a report
# API groups of Kubernetes itself: their kinds have short names that kubectl cannot confuse with those of an operator.
_OWN_GROUPS = frozenset({"", "apps", "batch", "autoscaling", "policy", "networking.k8s.io"})


def patch_command(patch: Patch) -> tuple[str, ...]:
    """Return the command, in as many lines as a reader needs to see what it changes.

    The body is JSON in single quotes. Quotes and characters outside ASCII are spelled as JSON escapes, so that no
    shell, terminal or ticket can change them.
    """
    start = _start(patch)
    body = _compact(patch.body)
    if len(start) + len(body) + 2 <= _WIDTH:
        return (f"{start}'{body}'",)
    *lines, last = _lines(patch.body, "")
    return (f"{start}'", *lines, f"{last}'")


def patch_line(patch: Patch) -> str:
    """Return the same command on one line, for places where it is copied and not read."""
    return f"{_start(patch)}'{_compact(patch.body, separators=(',', ':'))}'"


def _start(patch: Patch) -> str:
    target = patch.target
    namespace = f" -n {_word(target.namespace)}" if target.namespace else ""
    return f"kubectl{namespace} patch {_type_name(target)} {_word(target.name)} --type={_word(patch.type)} -p "


def _word(name: str) -> str:
    return shlex.quote(shown(name))


def _type_name(target: WorkloadRef) -> str:
    group, _, version = target.api_version.rpartition("/")
    kind = target.kind.lower()
    return _word(kind if group in _OWN_GROUPS else f"{kind}.{version}.{group}")


def _compact(value: object, separators: tuple[str, str] = (", ", ": ")) -> str:
    return json.dumps(value, default=dict, separators=separators).replace("'", "\\u0027").replace("\x7f", "\\u007f")


def _lines(value: object, indent: str, before: str = "", after: str = "") -> list[str]:
    """Return the JSON of `value`, breaking only what does not fit and never a chain of objects with one key each."""
    whole = f"{indent}{before}{_compact(value)}{after}"
    if len(whole) <= _WIDTH or not isinstance(value, (Mapping, list, tuple)) or not value:
        return [whole]
    opening, closing = ("{", "}") if isinstance(value, Mapping) else ("[", "]")
    items = list(_items(value))
    if len(items) == 1:
        key, item = items[0]
        return _lines(item, indent, f"{before}{opening}{key}", f"{closing}{after}")
    lines = [f"{indent}{before}{opening}"]
    for number, (key, item) in enumerate(items, start=1):
        lines += _lines(item, indent + "  ", key, "" if number == len(items) else ",")
    return [*lines, f"{indent}{closing}{after}"]


def _items(value: Mapping[str, object] | Sequence[object]) -> Iterator[tuple[str, object]]:
    """Yield what a container holds, each with what JSON writes before it."""
    if isinstance(value, Mapping):
        yield from ((f"{_compact(key)}: ", item) for key, item in value.items())
    else:
        yield from (("", item) for item in value)
