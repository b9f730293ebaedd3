"""Take secrets out of a command line, where the word before tells more than the word itself."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import regex

from hostnetdoctor.collect.redact import Redactor
from hostnetdoctor.collect.redact_rule import is_harmless
from hostnetdoctor.collect.secret_names import is_secret

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
# How words of a command line begin behind which a secret may follow that nothing else marks, in JSON.
BEFORE_SECRETS = re.compile(
    b'"(?:%s)'
    % b"|".join(
        sorted(each.encode() for each in {flag for flag, _ in _SHORT_FLAGS.values()} | _LOGIN_FLAGS | _USER_FLAGS)
    )
)


def command_line(redactor: Redactor, words: Sequence[str]) -> list[str]:
    """Return the words of a command line without the secrets among them."""
    short = _short_flag(words)
    logged_in = not _USER_FLAGS.isdisjoint(words)
    return [
        _word(redactor, word, words[number - 1] if number else "", short, logged_in=logged_in)
        for number, word in enumerate(words)
    ]


def _word(redactor: Redactor, word: str, before: str, short: tuple[str, bool] | None, *, logged_in: bool) -> str:
    if "=" in word and (assigned := _ASSIGNED.fullmatch(word)) and is_secret(assigned["name"]):
        value = assigned["value"]
        return word if is_harmless(value) else assigned["head"] + redactor.hide(value)
    if (
        before.startswith("-")
        and (flag := _FLAG.fullmatch(before))
        and is_secret(flag["name"])
        and not word.startswith("-")
    ):
        return word if is_harmless(word) else redactor.hide(word)
    if (short is not None and before == short[0]) or (logged_in and before == "-p"):
        if word and not _NO_PASSWORD.fullmatch(word):
            return redactor.hide(word)
    elif short is not None and short[1] and word.startswith(short[0]) and len(word) > len(short[0]):
        return short[0] + redactor.hide(word[len(short[0]) :])
    if before in _LOGIN_FLAGS and (login := _LOGIN.fullmatch(word)) and not login["value"].isdigit():
        return login["head"] + redactor.hide(login["value"])
    return redactor.text(word)


def _short_flag(words: Sequence[str]) -> tuple[str, bool] | None:
    programs = [word.rpartition("/")[2] for word in words]
    return next(
        (flag for program in programs for beginning, flag in _SHORT_FLAGS.items() if program.startswith(beginning)),
        None,
    )
