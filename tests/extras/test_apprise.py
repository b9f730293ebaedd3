"""Chats and pagers by an Apprise URL: told once, and the address, which is a secret, in no output."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from hostnetdoctor.errors import DoctorError
from hostnetdoctor.extras.tickets import systems
from hostnetdoctor.extras.tickets.apprise import preview
from hostnetdoctor.extras.tickets.deliver import deliver
from hostnetdoctor.extras.tickets.draft import draft
from tests.collect.api_server import Answer, ApiServer, serving
from tests.report.origin import ORIGIN

SECRET = "hook-secret-0123456789"  # noqa: S105 - it is one for the tests to find


@pytest.fixture
def chat() -> Iterator[ApiServer]:
    with serving() as api:
        api.on(f"/{SECRET}", Answer())
        yield api


def address(chat: ApiServer) -> str:
    return f"{chat.url.replace('http', 'json')}/{SECRET}"


def tell(to: str, **environment: str) -> str:
    """Tell somebody; return what was said about it, an error with everything that belongs to it."""
    try:
        (addressee,) = systems.addressees([to], environment)
        return deliver(addressee, draft(ORIGIN), wait=lambda _: None)
    except DoctorError as error:
        return f"{error.exit_code:d} {error.sentence} {error.fix}"


def test_an_address(chat: ApiServer) -> None:
    """The message is the short form, and only the kind of the service is named."""
    assert "json://...: told 1." == tell(address(chat))
    (asked,) = chat.asked
    assert draft(ORIGIN).line in json.loads(asked.body)["message"]


def test_addresses_of_the_environment(chat: ApiServer) -> None:
    """`apprise:` tells everybody in APPRISE_URLS, as the program apprise does."""
    assert "apprise:: told 2." == tell("apprise:", APPRISE_URLS=f"{address(chat)}, {address(chat)}?format=text")
    assert 2 == len(chat.asked)


def test_a_tag_of_the_configuration(chat: ApiServer, tmp_path: Path) -> None:
    """`apprise:TAG` tells those with a tag in Apprise's own configuration."""
    path = tmp_path / "apprise.yml"
    path.write_text(f"urls:\n  - {address(chat)}:\n      - tag: oncall\n", encoding="utf-8")
    assert "apprise:oncall: told 1." == tell("apprise:oncall", APPRISE_CONFIG_PATH=str(path))
    assert "no address has this tag" in tell("apprise:nobody", APPRISE_CONFIG_PATH=str(path))


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (Answer(status=401), "does not accept the token or password in the address."),
        (Answer(status=404), "does not know this channel or receiver."),
        (Answer(status=429), "takes no more messages for a while."),
        (Answer(status=500, body=SECRET.encode()), "answered with status 500."),
        (Answer(refuse=True), "was not reached."),
    ],
)
def test_what_goes_wrong(chat: ApiServer, answer: Answer, sentence: str) -> None:
    """It is one sentence with exit code 3, without the address, and nobody is told twice."""
    chat.on(f"/{SECRET}", answer)
    said = tell(address(chat))
    assert said.startswith("3 json://...: 1 of 1 not told: ")
    assert sentence in said
    assert SECRET not in said
    assert 1 == len(chat.asked)


@pytest.mark.parametrize(
    "to", [f"nosuchservice://{SECRET}", f"slack://{SECRET}", "apprise:", f"json:/{SECRET}", SECRET]
)
def test_an_address_that_is_none(to: str) -> None:
    """What is wrong with an address is said without it."""
    said = tell(to)
    assert said.startswith("2 ")
    assert SECRET not in said


def test_nothing_calls_a_whole_channel() -> None:
    """Words of a report that a chat would take for a call are taken apart."""
    (one,) = ORIGIN.diagnoses
    shouting = replace(ORIGIN, diagnoses=(replace(one, summary="<!channel> @everyone <@U1> wake up"),))
    assert "< !channel> @ everyone < @ U1> wake up" in preview(draft(shouting)).text
