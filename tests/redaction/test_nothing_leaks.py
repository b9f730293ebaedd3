"""A secret planted in every place of a saved cluster comes out nowhere, and changes no answer."""

from __future__ import annotations

import base64
import string
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hostnetdoctor.model import Report
from tests.redaction.planted import FIXTURES, Plant, everything_in, in_all_formats, plant, redacted, unredacted

ORIGIN = FIXTURES / "replica-on-same-node" / "found-origin"
WITH_CONFIG = FIXTURES / "other-host-network-pod" / "found-every-container-type"

# As people and generators choose them: letters, digits and signs, with a letter at the start. Drawn sign by sign, for
# text() also draws from the words in our code, and a secret that holds a word of the matcher does change an answer.
_tails = st.lists(st.sampled_from(string.ascii_letters + string.digits + "_.~+-!*%^"), min_size=7, max_size=30).map(
    "".join
)
_secrets = st.builds(
    lambda head, tail, last: f"{head}{tail}{last}", st.sampled_from("ghkqvwxz"), _tails, st.sampled_from("0123456789")
)

FORMS: dict[str, Callable[[str], str]] = {
    "setting": lambda secret: f"password={secret}",
    "yaml": lambda secret: f"db_password: {secret}",
    "token": lambda secret: f"using token: {secret}",
    "json": lambda secret: f'{{"user":"bob","apiKey":"{secret}"}}',
    "escaped-json": lambda secret: f'"{{\\"user\\":\\"bob\\",\\"client_secret\\":\\"{secret}\\"}}"',
    "variable-in-json": lambda secret: f'{{"name":"DB_PASSWORD","value":"{secret}"}}',
    "bearer": lambda secret: f"Authorization: Bearer {secret}",
    "basic": lambda secret: f"Authorization: Basic {_login(secret)}",
    "cookie": lambda secret: f"Cookie: sid={secret}; theme=dark",
    "address": lambda secret: f"postgres://app:{secret}@db.example:5432/shop",
    "driver-address": lambda secret: f"app:{secret}@tcp(db.example:3306)/shop",
    "query": lambda secret: f"GET /blob?sv=1&sig={secret}&se=2",
    "connection": lambda secret: f"Server=db;Uid=sa;Pwd={secret};Encrypt=true",
    "flag": lambda secret: f"run --auth-token {secret} --port 80",
    "flag-with-value": lambda secret: f"run --auth-token={secret} --port=80",
    "netrc": lambda secret: f"machine api.example login bob password {secret}",
    "kubeconfig": lambda secret: f"client-key-data: {secret}",
    # Without its end: the matcher takes a line with a closing tag for a quoted page, and no such line reaches a report.
    "xml": lambda secret: f"with <password>{secret}",
    "mysql": lambda secret: f"mysqladmin -uroot -p{secret} ping",
    "curl": lambda secret: f"curl -u bob:{secret} http://127.0.0.1:9200",
    "token-of-github": lambda secret: f"clone ghp_{_letters(secret)}",
    "token-of-slack": lambda secret: f"post xoxb-{_letters(secret)}",
    "jwt": lambda secret: f"sent eyJhbGciOiJIUzI1NiJ9.{_letters(secret)}.{_letters(secret)}",
    "pem": lambda secret: f"-----BEGIN PRIVATE KEY-----\\n{_letters(secret)}\\n-----END PRIVATE KEY-----",
}


def _login(secret: str) -> str:
    return base64.b64encode(f"bob:{secret}".encode()).decode()


def _letters(secret: str) -> str:
    return base64.b64encode(secret.encode() * 3).decode().rstrip("=").replace("+", "0").replace("/", "1")


def _shapes(secret: str) -> tuple[str, ...]:
    """Return the secret in the forms in which it is planted."""
    return (secret, _login(secret), _letters(secret))


def _decisive(report: Report) -> list[Any]:
    return [
        (
            each.cause,
            each.confidence,
            each.port,
            each.node,
            each.victim.pod,
            [(one.pod, one.container) for one in each.holders],
        )
        for each in report.diagnoses
    ]


def _leaks(secret: str, texts: dict[str, str]) -> list[str]:
    return [f"{name}: {shape}" for name, text in texts.items() for shape in _shapes(secret) if shape in text]


def _check(folder: Path, recording: Path, secret: str) -> None:
    report = redacted(folder, recording)

    assert [] == _leaks(secret, {**in_all_formats(report), "recording": everything_in(recording)})
    assert _decisive(unredacted(folder)) == _decisive(report)
    assert _decisive(report) == _decisive(redacted(recording))


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(secret=_secrets)
def test_no_secret_leaves(form: str, secret: str, tmp_path: Path) -> None:
    """Neither a format nor a recording shows it, and the diagnosis is the same as with nothing hidden."""
    folder = plant(ORIGIN, tmp_path / "planted", Plant(text=FORMS[form](secret)))

    _check(folder, tmp_path / "recording", secret)


@pytest.mark.parametrize("fixture", [ORIGIN, WITH_CONFIG], ids=lambda path: path.name)
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(secret=_secrets)
def test_no_variable_or_argument_leaves(fixture: Path, secret: str, tmp_path: Path) -> None:
    """A value that only its place marks as a secret is hidden like any other."""
    planted = Plant(
        environment={"DB_PASSWORD": secret, "apiToken": secret, "AWS_SECRET_ACCESS_KEY": secret, "SENTRY_DSN": secret},
        arguments=(
            "--token",
            secret,
            f"--db-password={secret}",
            "-u",
            "root",
            "-p",
            secret,
            f"-Dstore.password={secret}",
        ),
    )

    _check(plant(fixture, tmp_path / "planted", planted), tmp_path / "recording", secret)


@pytest.mark.parametrize("form", FORMS)
def test_the_secret_would_be_there(form: str, tmp_path: Path) -> None:
    """Without redaction the same places do reach a report: the property above can fail."""
    text = FORMS[form]("kqvSecret7secret")
    report = unredacted(plant(ORIGIN, tmp_path / "planted", Plant(text=text)))
    shown = in_all_formats(report)

    assert [] != _leaks("kqvSecret7secret", {"json": shown["json"], "markdown": shown["markdown"]})
