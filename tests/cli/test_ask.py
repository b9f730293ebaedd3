"""From flags to a question."""

from __future__ import annotations

import contextlib
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostnetdoctor.cli.ask import Scope, duration, logs_of
from hostnetdoctor.errors import UsageError


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("90s", timedelta(seconds=90)),
        ("1h", timedelta(hours=1)),
        ("1h30m", timedelta(hours=1, minutes=30)),
        ("2d", timedelta(days=2)),
        ("1.5h", timedelta(minutes=90)),
    ],
)
def test_duration(text: str, length: timedelta) -> None:
    """A length of time is written as kubectl and Prometheus write it."""
    assert length == duration(text, "--since")


@pytest.mark.parametrize("text", ["", "1", "h", "1w", "-1h", "1h ", "0s", "1h-1m", "99999999999d"])
def test_wrong_duration(text: str) -> None:
    """Anything else is refused with the name of the flag."""
    with pytest.raises(UsageError, match="--since"):
        duration(text, "--since")


@given(st.text())
def test_duration_of_any_text(text: str) -> None:
    """No text makes it fail in another way than by refusing it."""
    with contextlib.suppress(UsageError):
        assert duration(text, "--since") > timedelta(0)


@pytest.mark.parametrize(
    ("requests", "logs", "meant"), [(8, None, 5), (3, None, 3), (8, 8, 8), (1, 1, 1), (40, None, 5)]
)
def test_how_many_requests_may_be_for_logs(requests: int, logs: int | None, meant: int) -> None:
    """Five, fewer where there may be fewer requests in all, or what the user says."""
    assert meant == logs_of(requests, logs)


def test_more_logs_than_requests_are_refused() -> None:
    """Logs are requests too."""
    with pytest.raises(UsageError, match="--max-log-requests 20 is more than the 8 requests"):
        logs_of(8, 20)


def _scope(*, name: str | None = None, namespaces: tuple[str, ...] = (), everywhere: bool = False) -> Scope:
    return Scope(
        name=name,
        namespaces=namespaces,
        all_namespaces=everywhere,
        selector=None,
        examine_all=False,
        since=timedelta(hours=1),
    )


def test_the_contexts_namespace_is_meant_where_no_flag_says_otherwise() -> None:
    """Without -n and -A the source's own namespace is asked about."""
    question = _scope().question(own="web")

    assert (("web",), False) == (question.namespaces, question.all_namespaces)


def test_everything_is_meant_where_a_source_has_no_namespace_of_its_own() -> None:
    """Saved files are asked about as a whole."""
    question = _scope().question()

    assert ((), True) == (question.namespaces, question.all_namespaces)


def test_flags_win_over_the_context() -> None:
    """With -n, the context's namespace plays no role; with -A, none does."""
    assert ("a", "b") == _scope(namespaces=("a", "b")).question(own="web").namespaces
    assert ((), True) == (
        _scope(everywhere=True).question(own="web").namespaces,
        _scope(everywhere=True).question(own="web").all_namespaces,
    )


def test_a_scope_knows_whether_anything_was_said() -> None:
    """A recording's own question is repeated only where no flag narrows or widens it."""
    assert _scope().is_unset
    assert not _scope(name="web").is_unset
    assert not _scope(everywhere=True).is_unset
