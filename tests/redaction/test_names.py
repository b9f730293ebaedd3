"""The names that stand for secrets, whoever asks for them at once."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from hostnetdoctor.collect.redact import Redactor

_THREADS = 8


@pytest.fixture
def restless() -> Iterator[None]:
    """Let Python go from thread to thread as often as it can."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("restless")
def test_several_threads_meet_the_same_secrets() -> None:
    """Each secret has one name and each name one secret, and what one thread has met every thread takes out."""
    redactor, begin = Redactor(), threading.Barrier(_THREADS)
    secrets = [f"Xk-{number:04d}-Zq!" for number in range(400)]

    def hidden(_: int) -> list[str]:
        begin.wait(timeout=20)
        return [redactor.text(f"password={secret}") for secret in secrets]

    with ThreadPoolExecutor(_THREADS) as threads:
        first, *others = threads.map(hidden, range(_THREADS))

    assert all(first == other for other in others)
    assert len(secrets) == len(set(first))
    assert not any(secret in redactor.text(f"it was {secret} there") for secret in secrets)


def test_a_text_is_looked_at_again_when_a_secret_of_it_is_known() -> None:
    """A text that seemed to hold nothing is not remembered as such once a secret that stands in it was met."""
    redactor, text = Redactor(), "it was Xk-0007-Zq! there"

    assert text == redactor.text(text)
    redactor.text("password=Xk-0007-Zq!")
    assert "Xk-0007-Zq!" not in redactor.text(text)
