"""Every rule of redaction changes the lines that it must change, and no others."""

from __future__ import annotations

import re

import pytest

from hostnetdoctor.collect.redact import Redactor
from hostnetdoctor.collect.redact_rule import Rule
from hostnetdoctor.collect.redact_rules import RULES
from hostnetdoctor.model.redacted import numbered

CHANGES = [(rule, before, after) for rule in RULES for before, after in rule.changes]
KEEPS = [(rule, line) for rule in RULES for line in rule.keeps]


def _shown(text: str) -> str:
    return re.sub(r"<redacted:(\d+)>", r"<\1>", numbered(Redactor().text(text)))


@pytest.mark.parametrize(
    ("rule", "before", "after"), CHANGES, ids=[f"{rule.id}-{before[:30]}" for rule, before, _ in CHANGES]
)
def test_a_secret_is_taken_out_and_the_rest_stays(rule: Rule, before: str, after: str) -> None:
    """What a rule must change it changes, and equal secrets to the same words."""
    assert rule.changes
    assert after == _shown(before)


@pytest.mark.parametrize(("rule", "line"), KEEPS, ids=[f"{rule.id}-{line[:30]}" for rule, line in KEEPS])
def test_what_is_no_secret_stays(rule: Rule, line: str) -> None:
    """Addresses, ports, names and words about secrets are left alone."""
    assert rule.keeps
    assert line == _shown(line)
