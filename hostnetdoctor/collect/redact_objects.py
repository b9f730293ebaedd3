"""Take secrets out of what the API says: where a place tells more than the text itself.

A variable, an annotation or a key of a ConfigMap is a secret by its name, the word after `--token` by the word before it.
Everything else is a text that the rules read. Objects are never changed, only replaced: files are kept in memory and read again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any

import msgspec
import regex

from hostnetdoctor.collect import wire
from hostnetdoctor.collect.redact import Redactor
from hostnetdoctor.collect.redact_rule import is_harmless
from hostnetdoctor.collect.secret_names import is_secret
from hostnetdoctor.model import SurveyRow

_ASSIGNED = regex.compile(r"(?P<head>[-/]{0,2}(?P<name>[A-Za-z_][\w.:-]{0,127}+)=)(?P<value>.+)", regex.DOTALL)
_FLAG = regex.compile(r"--?(?P<name>[A-Za-z][\w.-]{0,127}+)")
_LOGIN = regex.compile(r"(?P<head>[^\s:/=@,]{1,64}+:)(?P<value>[^\s].*)", regex.DOTALL)
_LOGIN_FLAGS = frozenset({"-u", "-U", "--user", "--proxy-user", "--basic-auth", "--userpass"})
_USER_FLAGS = frozenset({"-u", "-U", "--user", "--username", "--login"})
# Programs of which a short flag takes a password, and whether its value may stand in the same word.
_SHORT_FLAGS: Mapping[str, tuple[str, bool]] = {
    "mysql": ("-p", True),
    "mariadb": ("-p", True),
    "sshpass": ("-p", True),
    "mongo": ("-p", False),
    "redis-": ("-a", False),
    "ldap": ("-w", False),
}
# What follows `-p` where it is no password: a port, an address, a path, a mapping of ports.
_NO_PASSWORD = regex.compile(r"(?:[\d.:*\[\]]*:)?\d{1,5}(?::\d{1,5})?(?:/\w+)?|/.*|\.{1,2}/.*|tcp|udp|sctp|\$.*|-.*")
# Listings of a large cluster have very many of these. A name in them that makes its value a secret is found in their JSON too.
_MANY = frozenset({SurveyRow, wire.Node})
_AT_ONCE = 64
_FIELD_OF_TAINTS = b'"value":'  # would be taken for that of a variable
_COMMAND_LINE = frozenset({"command", "args"})


class Objects:
    """Takes secrets out of whole answers: structs of the API's JSON, dataclasses, lists and texts."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._special: Mapping[type, Callable[[Any], Any]] = {
            wire.Log: self._log,
            wire.Env: self._variable,
            wire.Expression: self._expression,
            wire.Container: self._container,
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
        """Return a struct or dataclass with those of its fields changed that hold a secret; itself if none does."""
        replaced, names = _parts(value.__class__)
        different = {}
        for name in names:
            part = getattr(value, name)
            if part is None or name in besides:
                continue
            # Most of what there is are texts: for them without another call.
            shown = self._redactor.text(part) if part.__class__ is str else self.answer(part)
            if shown is not part:
                different[name] = shown
        return replaced(value, **different) if different else value

    def _items(self, items: Sequence[Any]) -> Any:
        if len(items) > _AT_ONCE and type(items[0]) in _MANY:
            return self._many(items)
        shown = [self.answer(each) for each in items]
        for one, other in zip(shown, items, strict=True):
            if one is not other:
                return type(items)(shown)  # type: ignore[call-arg]  # a list or a tuple
        return items

    def _many(self, items: Sequence[Any]) -> Sequence[Any]:
        """Return the items of a long listing, which hardly ever hold anything: looked at in blocks first, as JSON.

        A backslash there stands for a sign that JSON spells out, behind which a secret could hide from the look.
        """
        shown: list[Any] = []
        for first in range(0, len(items), _AT_ONCE):
            block = items[first : first + _AT_ONCE]
            content = msgspec.json.encode(block).replace(_FIELD_OF_TAINTS, b"")
            clean = b"\\" not in content and self._redactor.is_clean(content)
            shown += block if clean else map(self._object, block)
        return type(items)(shown)  # type: ignore[call-arg]  # a list or a tuple

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
        shown = self.command_line(words)
        rest: wire.Container = self._object(container, besides=_COMMAND_LINE)
        if shown == words:
            return rest
        return msgspec.structs.replace(
            rest,
            command=shown[:first] if container.command is not None else None,
            args=shown[first:] if container.args is not None else None,
        )

    def command_line(self, words: Sequence[str]) -> list[str]:
        """Return the words of a command line without the secrets among them."""
        short = _short_flag(words)
        logged_in = not _USER_FLAGS.isdisjoint(words)
        return [
            self._word(word, words[number - 1] if number else "", short, logged_in=logged_in)
            for number, word in enumerate(words)
        ]

    def _word(self, word: str, before: str, short: tuple[str, bool] | None, *, logged_in: bool) -> str:
        if "=" in word and (assigned := _ASSIGNED.fullmatch(word)) and is_secret(assigned["name"]):
            value = assigned["value"]
            return word if is_harmless(value) else assigned["head"] + self._redactor.hide(value)
        if (
            before.startswith("-")
            and (flag := _FLAG.fullmatch(before))
            and is_secret(flag["name"])
            and not word.startswith("-")
        ):
            return word if is_harmless(word) else self._redactor.hide(word)
        if (short is not None and before == short[0]) or (logged_in and before == "-p"):
            if word and not _NO_PASSWORD.fullmatch(word):
                return self._redactor.hide(word)
        elif short is not None and short[1] and word.startswith(short[0]) and len(word) > len(short[0]):
            return short[0] + self._redactor.hide(word[len(short[0]) :])
        if before in _LOGIN_FLAGS and (login := _LOGIN.fullmatch(word)) and not login["value"].isdigit():
            return login["head"] + self._redactor.hide(login["value"])
        return self._redactor.text(word)

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
            return self.command_line(part)
        return self._entry(key, part) if isinstance(part, str) else self._part(part)


def _short_flag(words: Sequence[str]) -> tuple[str, bool] | None:
    programs = [word.rpartition("/")[2] for word in words]
    return next(
        (flag for program in programs for beginning, flag in _SHORT_FLAGS.items() if program.startswith(beginning)),
        None,
    )


@cache
def _parts(kind: type) -> tuple[Callable[..., Any], tuple[str, ...]]:
    """Return how to replace fields of a struct or dataclass, and which of them can hold a text: none, of anything else."""
    if issubclass(kind, msgspec.Struct):
        names = tuple(each.name for each in msgspec.structs.fields(kind) if _may_hold_text(each.type))
        return msgspec.structs.replace, names
    if is_dataclass(kind):
        return replace, tuple(each.name for each in fields(kind))
    return replace, ()


def _may_hold_text(kind: object) -> bool:
    return str(kind) not in {"int | None", "bool | None", "<class 'int'>", "<class 'bool'>"}
