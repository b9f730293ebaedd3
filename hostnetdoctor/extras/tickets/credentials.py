"""Tokens, passwords and addresses of ticket systems: from the environment variables that their own clients read, or a keyring.

Nothing of it comes from the command line, where every user of the machine can read it. Whatever was read here as a
secret is taken out of every text that goes to the user.
"""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Mapping
from urllib.parse import quote, quote_plus, urlsplit

from hostnetdoctor.errors import UsageError

_SERVICE = "hostnet-doctor"  # keyring set hostnet-doctor GITHUB_TOKEN
_SHORTEST = 4  # what is shorter occurs in ordinary words


class Credentials:
    """What the environment and the keyring say. It remembers the secrets that it gave out."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._secrets: set[str] = set()

    def setting(self, *names: str) -> str | None:
        """Return the first of these variables that is set."""
        return next(filter(None, (self._environment.get(name, "").strip() for name in names)), None)

    def secret(self, *names: str) -> str | None:
        """Return the first of these variables that is set, in the environment or else in the keyring."""
        found = self.setting(*names) or next(filter(None, map(_in_keyring, names)), None)
        if found is None:
            return None
        self.hide(found)
        if not (found.isascii() and found.isprintable()):
            raise UsageError(
                f"{' or '.join(names)} holds characters that no such secret has, perhaps a line break.",
                fix="set it again, from the system that gave it out",
            )
        return found

    def hide(self, secret: str) -> None:
        """Keep a secret out of every text that `masked` returns."""
        self._secrets.update(form for form in _forms(secret) if len(form) >= _SHORTEST)

    def masked(self, text: str) -> str:
        """Return a text for the user, without any secret."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, "***")
        return text

    def needed(self, found: str | None, *, what: str, variables: str) -> str:
        """Return what was found. Raises `UsageError` that says which variables are missing."""
        if found is None:
            raise UsageError(f"{what} is not known.", fix=f"set {variables}; docs/tickets.md says more")
        return found

    def address(self, found: str | None, *, what: str, variables: str) -> str:
        """Return the address of a server without a slash at its end. Raises `UsageError`; what is wrong may be a secret."""
        address = self.needed(found, what=f"The address of {what}", variables=variables)
        with contextlib.suppress(ValueError):
            parts = urlsplit(address)
            if parts.scheme in {"http", "https"} and parts.hostname and not parts.username and parts.port != 0:
                return address.rstrip("/")
        raise UsageError(
            f"The address of {what} is not of the form https://HOST/PATH, without a name or password in it.",
            fix=f"set {variables}",
        )


def _in_keyring(name: str) -> str | None:
    """Return what the keyring holds under a variable's name; nothing where there is no keyring, or none that opens."""
    try:
        import keyring  # noqa: PLC0415 - loading it asks the desktop
    except ImportError:
        return None
    with contextlib.suppress(Exception):  # each backend has errors of its own
        return keyring.get_password(_SERVICE, name)
    return None


def _forms(secret: str) -> set[str]:
    """Return a secret as it may be found in an address, a header or a message."""
    return {secret, quote(secret, safe=""), quote_plus(secret), base64.b64encode(secret.encode()).decode()}
