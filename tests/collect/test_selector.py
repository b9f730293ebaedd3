"""Label selectors in kubectl's form."""

from __future__ import annotations

import pytest

from hostnetdoctor.collect.selector import matches, parse
from hostnetdoctor.errors import UsageError

LABELS = {"app": "web", "app.kubernetes.io/name": "nginx", "empty": ""}


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("", True),
        ("app=web", True),
        ("app==web", True),
        ("app = web", True),
        ("app!=web", False),
        ("tier!=db", True),
        ("app", True),
        ("!app", False),
        ("! tier", True),
        ("empty=", True),
        ("app in (web, api)", True),
        ("app in (api)", False),
        ("tier notin (db)", True),
        ("app=web,app.kubernetes.io/name=nginx", True),
        ("app in (web,api),tier", False),
    ],
)
def test_selectors_mean_what_they_mean_to_kubectl(selector: str, expected: bool) -> None:
    """Every form of kubectl's -l is understood."""
    assert expected == matches(parse(selector), LABELS)


@pytest.mark.parametrize("selector", ["a==b==c", "=b", "a in web", "a in (b", "a>3", "a b", "é=1"])
def test_anything_else_is_a_usage_error(selector: str) -> None:
    """A selector that cannot be understood selects nothing silently; it is refused."""
    with pytest.raises(UsageError, match="cannot be understood"):
        parse(selector)
