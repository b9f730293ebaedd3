"""Take secrets out of what the API says: where a place tells more than the text itself.

A variable, an annotation or a key of a ConfigMap is a secret by its name, the word after `--token` by the word before it.
Everything else is a text that the rules read. Objects are never changed, only replaced: files are kept in memory and read again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import msgspec

from hostnetdoctor.collect import wire
from hostnetdoctor.collect.redact import Redactor
from hostnetdoctor.collect.redact_command_line import BEFORE_SECRETS, command_line
from hostnetdoctor.collect.redact_rule import is_harmless
from hostnetdoctor.collect.secret_names import is_secret
from hostnetdoctor.model import SurveyRow

# Listings of a large cluster have very many of these.
_MANY = frozenset({SurveyRow, wire.Node})
_AT_ONCE = 64
# What looks like the mark of a secret in the JSON of nearly every pod, and is none: fields of Kubernetes' own, the place of its
# token, and names of volumes in words. A name of a variable stays, as its value may be a secret.
_NO_MARKS = (
    b'"value":',
    b'"secret":{"secretName":',
    b'"secretKeyRef":',
    b"/var/run/secrets/kubernetes.io/serviceaccount",
)
_NAME_OF_VOLUME = re.compile(
    rb'"name":"[a-z-]{1,40}",(?="(?:mountPath|configMap|secret|hostPath|emptyDir|projected|persistentVolumeClaim)":)'
)
_COMMAND_LINE = frozenset({"command", "args"})


class Objects:
    """Takes secrets out of whole answers: structs, lists and texts."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._special: Mapping[type, Callable[[Any], Any]] = {
            wire.Log: self._log,
            wire.Env: self._variable,
            wire.Expression: self._expression,
            wire.Container: self._container,
            wire.Pod: self._pod,
            dict: self._mapping,
        }

    def answer(self, value: Any) -> Any:
        """Return the same answer without the secrets in it. Raises `TimeoutError` for a log that takes too long."""
        kind = type(value)
        if kind is str:  # most of what there is
            return self._redactor.text(value)
        if kind is list or kind is tuple:
            return self._items(value)
        special = self._special.get(kind)
        return self._object(value) if special is None else special(value)

    def _object(self, value: Any, besides: frozenset[str] = frozenset()) -> Any:
        """Return a struct with those of its fields changed that hold a secret; itself if none does."""
        different = {}
        for name in _texts(value.__class__):
            part = getattr(value, name)
            if part is None or name in besides:
                continue
            # Most of what there is are texts: for them without another call.
            shown = self._redactor.text(part) if part.__class__ is str else self.answer(part)
            if shown is not part:
                different[name] = shown
        return msgspec.structs.replace(value, **different) if different else value

    def _items(self, items: Sequence[Any]) -> Any:
        if len(items) > _AT_ONCE and type(items[0]) in _MANY:
            return self._many(items)
        shown = [self.answer(each) for each in items]
        for one, other in zip(shown, items, strict=True):
            if one is not other:
                return type(items)(shown)  # type: ignore[call-arg]  # a list or a tuple
        return items

    def _many(self, items: Sequence[Any]) -> Sequence[Any]:
        """Return the items of a long listing, which hardly ever hold anything: looked at in blocks first."""
        shown: list[Any] = []
        for first in range(0, len(items), _AT_ONCE):
            block = items[first : first + _AT_ONCE]
            shown += block if self._holds_nothing(block) else map(self._object, block)
        return type(items)(shown)  # type: ignore[call-arg]  # a list or a tuple

    def _pod(self, pod: wire.Pod) -> wire.Pod:
        shown: wire.Pod = pod if self._holds_nothing(pod) else self._object(pod)
        return shown

    def _holds_nothing(self, value: object) -> bool:
        """Say whether there is certainly no secret in something, by one look at its JSON.

        Names that make their value a secret are found there too. A backslash stands for a sign that JSON spells out, behind
        which a secret could hide from the look; a field of ours never has one before its quotes.
        """
        content = _NAME_OF_VOLUME.sub(b"", msgspec.json.encode(value))
        for mark in _NO_MARKS:
            content = content.replace(mark, b"")
        return b"\\" not in content and BEFORE_SECRETS.search(content) is None and self._redactor.is_clean(content)

    def _log(self, log: wire.Log) -> wire.Log:
        return msgspec.structs.replace(log, text=self._redactor.log(log.text))

    def _named(self, name: str, value: str) -> str:
        if is_secret(name):
            return value if is_harmless(value) else self._redactor.hide(value)
        return self._redactor.text(value)

    def _variable(self, variable: wire.Env) -> wire.Env:
        if not variable.value:
            return variable
        shown = self._named(variable.name or "", variable.value)
        return variable if shown is variable.value else msgspec.structs.replace(variable, value=shown)

    def _expression(self, expression: wire.Expression) -> wire.Expression:
        """Keep a selector in step with the labels that it selects."""
        values = [self._named(expression.key or "", each) for each in expression.values or ()]
        return expression if not values else msgspec.structs.replace(expression, values=values)

    def _container(self, container: wire.Container) -> wire.Container:
        """Return a container whose command and args are read as one command line, which they are."""
        first, words = len(container.command or ()), [*(container.command or ()), *(container.args or ())]
        shown = self._command_line(words)
        rest: wire.Container = self._object(container, besides=_COMMAND_LINE)
        if shown == words:
            return rest
        return msgspec.structs.replace(
            rest,
            command=shown[:first] if container.command is not None else None,
            args=shown[first:] if container.args is not None else None,
        )

    def _command_line(self, words: Sequence[str]) -> list[str]:
        return command_line(self._redactor, words)

    def _mapping(self, mapping: Mapping[Any, Any]) -> Mapping[Any, Any]:
        different = {}
        for key, each in mapping.items():
            if (shown := self._entry(key, each)) is not each:
                different[key] = shown
        return {**mapping, **different} if different else mapping

    def _entry(self, key: object, value: Any) -> Any:
        if not isinstance(key, str) or not isinstance(value, str):
            return self.answer(value)
        if not is_secret(key) and value[:1] in {"{", "["}:
            return self._json(value)
        return self._named(key, value)

    def _json(self, text: str) -> str:
        """Return JSON in an annotation, which often is a whole object, with its own variables and arguments read as such."""
        try:
            before = json.loads(text)
            after = self._part(before)
        except (ValueError, RecursionError):
            return self._redactor.text(text)
        return self._redactor.text(
            text if after == before else json.dumps(after, ensure_ascii=False, separators=(",", ":"))
        )

    def _part(self, part: Any) -> Any:
        match part:
            case {"name": str(name), "value": str(value)}:
                return {**part, "value": self._named(name, value)}
            case dict():
                return {key: self._part_named(key, each) for key, each in part.items()}
            case list():
                return [self._part(each) for each in part]
            case str():
                return self._redactor.text(part)
            case _:
                return part

    def _part_named(self, key: str, part: Any) -> Any:
        if key in {"command", "args"} and isinstance(part, list) and all(isinstance(each, str) for each in part):
            return self._command_line(part)
        return self._entry(key, part) if isinstance(part, str) else self._part(part)


@cache
def _texts(kind: type) -> tuple[str, ...]:
    """Return which fields of a struct can hold a text: none, of anything else."""
    if not issubclass(kind, msgspec.Struct):
        return ()
    return tuple(each.name for each in msgspec.structs.fields(kind) if _may_hold_text(each.type))


def _may_hold_text(kind: object) -> bool:
    return str(kind) not in {"int | None", "bool | None", "<class 'int'>", "<class 'bool'>"}
