"""How servers and networks say no, in one vocabulary for all clients: each of them has exceptions of its own."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

import requests
from requests import exceptions as failures

TIMEOUT = 30  # seconds without a word from the server


class Refused(Exception):
    """The server answered, and did not do it. `said` are its own words, `wait` the seconds after which to ask again."""

    def __init__(self, status: int, *, writing: bool, said: str = "", wait: float | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.writing = writing
        self.said = said
        self.wait = wait


class FilesRefused(Exception):
    """The comment is on the ticket; the server did not take a file. `size` is in bytes, `said` are the server's words."""

    def __init__(self, size: int, *, status: int, said: str) -> None:
        super().__init__(size)
        self.size = size
        self.status = status
        self.said = said


class Lost(Exception):
    """There was no answer. `why` says what happened; `under_way`: the server may still be at work on the request."""

    def __init__(self, why: str, *, under_way: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.under_way = under_way


class Unusable(Exception):
    """The request cannot even be sent: an address or a credential has a form that no request can have."""


def session(**headers: str) -> requests.Session:
    """Return a session that sends these headers and raises `Refused` for every answer but a success."""
    opened = requests.Session()
    opened.headers.update(headers)
    opened.hooks["response"].append(refuse)
    return opened


def refuse(response: requests.Response, *_: object, **__: object) -> None:
    """Raise `Refused` unless the answer is a success. A redirect is none: it would take the credentials elsewhere."""
    if not 200 <= response.status_code < 300:
        raise Refused(
            response.status_code,
            writing=response.request.method != "GET",
            said=words_of(response.text),
            wait=wait_of(response.headers),
        )


def wait_of(headers: Mapping[str, str]) -> float | None:
    """Return the seconds of a Retry-After header; a date there, or anything else, is none."""
    found = {name.lower(): value for name, value in headers.items()}.get("retry-after", "")
    return float(found) if found.strip().isdigit() else None


def words_of(body: str) -> str:
    """Return what a server says in a JSON error; nothing when it is a page for people."""
    try:
        return "; ".join(_texts(json.loads(body)))
    except (ValueError, RecursionError):
        return ""


def _texts(said: Any) -> Iterator[str]:
    match said:
        case str():
            yield said
        case list():
            for each in said:
                yield from _texts(each)
        case dict():
            for name in ("message", "error", "errors", "errorMessages", "errorMessage"):
                yield from _texts(said.get(name))
        case _:
            pass


@contextlib.contextmanager
def attaching(size: int) -> Iterator[None]:
    """Raise `FilesRefused` where the server does not take a file of this size, whatever it has against it."""
    try:
        yield
    except Refused as refused:
        if refused.status in {401, 429} or not 400 <= refused.status < 500:
            raise
        raise FilesRefused(size, status=refused.status, said=refused.said) from None


@contextlib.contextmanager
def asking() -> Iterator[None]:
    """Turn the exceptions of the transport into `Lost` and `Unusable`; they may hold addresses, so none is kept."""
    try:
        yield
    except (failures.InvalidHeader, failures.InvalidURL, failures.MissingSchema, failures.InvalidSchema, UnicodeError):
        raise Unusable from None
    except failures.SSLError:
        raise Lost("its certificate cannot be trusted") from None
    except failures.ProxyError:
        raise Lost("the proxy does not connect to it") from None
    except failures.ConnectTimeout:
        raise Lost("it cannot be reached") from None
    except failures.Timeout:
        raise Lost(f"it did not answer within {TIMEOUT} seconds", under_way=True) from None
    except failures.ConnectionError as error:
        raise Lost(_why(error)) from None
    except failures.RequestException:
        raise Lost("its answer broke off or makes no sense") from None


def _why(error: failures.ConnectionError) -> str:
    reason = getattr(error.args[0], "reason", None) if error.args else None
    match type(reason).__name__:
        case "NameResolutionError":
            return "its name is not known to the network"
        case "NewConnectionError":
            return "it cannot be reached"
        case _:
            return "the connection was lost"
