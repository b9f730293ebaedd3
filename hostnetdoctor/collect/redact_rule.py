"""What a rule of redaction is, and how it tells a secret from what only looks like one."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable

import regex
from msgspec import Struct

from hostnetdoctor.collect import secret_names
from hostnetdoctor.model.redacted import REDACTED

# A value after `name=`: between quotes, or up to a blank or to a separator with another name behind it.
VALUE = r"""(?P<quote>\\{0,3}["'`])(?P<secret>(?:(?!(?P=quote))(?:\\.|.))*+)
    |(?P<secret>(?:<redacted:\w{1,40}>|[^\s"'`,;&(){}\[\]<>\\]|\\(?!["'nrt])|[,;&](?!\s|$|\\{0,3}["'`]|[\w.-]{1,64}\s?[=:])
        |[(){}\[\]<>](?=[^\s,;.(){}\[\]<>"'`\\]))++)"""
# Values that nobody needs to hide: switches, references to where the secret is, what somebody else has hidden already.
_HARMLESS = regex.compile(
    r"""true|false|yes|no|on|off|null|none|nil|undefined|unset|empty|enabled|disabled|optional|required|bearer|basic|digest|negotiate|ntlm|apikey
    |aws4-hmac-sha256|hmac
    |\$\(?\{?[A-Z_][A-Z0-9_]*\}?\)?|\$\([\w.-]+\)|\$\{[\w.:-]+\}|\{\{.*\}\}|%\w+%
    |\**|x{3,}|\[?<?(?:redacted|hidden|masked|sanitized)>?\]?|[{\[|>][-+]?
    |(?:\*|localhost|\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:]*\])?:\d{1,5}
    |(?:file://)?/(?:app|bin|build|certs?|config|data|dev|etc|home|mnt|opt|proc|root|run|secrets?|srv|tmp|usr|var|vault|workspace)(?:/[\w.-]+)*/?""",
    regex.IGNORECASE | regex.VERBOSE,
)
# Words that follow the name of a secret in a sentence about it.
_SENTENCE = frozenset(
    secret_names.words(
        "a an and are at bind but by can cannot could did does error expired failed file for from had has have if "
        "in incorrect invalid is it listen malformed mismatch missing must needs no not of on only or permission "
        "rejected required requires sent should some that the to unable unknown unset was were will with wrong you "
        "your"
    )
)


def is_harmless(value: str) -> bool:
    """Say whether a value is certainly no secret, whatever its name."""
    bare = REDACTED.sub("", value).strip(" \t\"'`\\")
    return not bare or _HARMLESS.fullmatch(bare) is not None


def looks_secret(value: str) -> bool:
    """Say whether a word is of a kind that people do not write: long, with digits and letters, or with both cases inside."""
    if len(value) < 8 or _HARMLESS.fullmatch(value):
        return False
    kinds = (any(map(str.isdigit, value)), any(map(str.islower, value)), any(map(str.isupper, value[1:])))
    return sum(kinds) >= 2


Found = regex.Match[str]
_AT_END = regex.compile(r"\s*+(?:[,}].*)?$", regex.DOTALL)


def always(_: Found, value: Found) -> bool:  # noqa: ARG001 - one signature for all
    """Say yes: the expression alone decides."""
    return True


def named(head: Found, value: Found) -> bool:
    """Say whether the name is that of a secret, and the value may be one."""
    return secret_names.is_secret(head["name"]) and not is_harmless(value["secret"])


def setting(head: Found, value: Found) -> bool:
    """Tell `password: hunter2` from a sentence such as `token: listen tcp :80`."""
    if not named(head, value):
        return False
    in_a_sentence = head["separator"] == ": " and head["key"] is None and value["quote"] is None
    if not in_a_sentence or (head["indent"] is not None and _AT_END.match(value.string, value.end())):
        return True
    word = value["secret"]
    if word.lower().rstrip(".:!") in _SENTENCE:
        return False
    return secret_names.is_plainly_secret(head["name"]) or looks_secret(word)


def flag(head: Found, value: Found) -> bool:
    """Tell `--token abc` from `--token is required`."""
    word = value["secret"]
    return named(head, value) and word.lower().rstrip(".:,!") not in _SENTENCE and not word.startswith("-")


def wordy(_: Found, value: Found) -> bool:
    """Say whether the value is no word that people write."""
    return looks_secret(value["secret"])


def basic_login(_: Found, value: Found) -> bool:
    """Say whether the word after `Basic` is a login: a name and a password, with a colon between them, in base64."""
    word = value["secret"].rstrip("=")
    try:
        return b":" in base64.b64decode(word + "=" * (-len(word) % 4))
    except (binascii.Error, ValueError):
        return False


def password(_: Found, value: Found) -> bool:
    """Say whether there is something to hide that is not hidden yet."""
    return bool(REDACTED.sub("", value["secret"]))


class Rule(Struct, frozen=True, kw_only=True):
    """One kind of secret. `changes` are lines before and after, `keeps` are lines that stay as they are.

    The `expression` has a group `secret`, or a group `name` of which the value follows where it ends (`VALUE`).
    """

    id: str
    title: str
    needles: tuple[str, ...]
    within: str = ""  # what must be in the text as well as one of the needles
    expression: str
    applies: Callable[[Found, Found], bool] = always
    changes: tuple[tuple[str, str], ...]
    keeps: tuple[str, ...]
