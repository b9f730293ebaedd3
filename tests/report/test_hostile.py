"""Hostile text in every field that reaches a format does nothing in any format."""

from __future__ import annotations

import io
import re
import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from enum import Enum
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt
from msgspec import Struct

from hostnetdoctor import model
from hostnetdoctor.model import Report
from hostnetdoctor.model.redacted import rewritten
from hostnetdoctor.report import FORMATS
from hostnetdoctor.report.json import decode, encode
from tests.report.hostile import HOSTILE
from tests.report.reports import REPORTS

ATTACKS = {
    "escape": "\x1b[2J\x1b]0;owned\x07\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "eight-bit-controls": "\x9b2J\x9d0;owned\x9c\x85\x90",
    "other-controls": "a\rb\x08\x08c\x0bd\x0ce\x00f\x7fg",
    "right-to-left": "\u202egnp.exe\u202c \u2066x\u2069 \u200fabc\u061c",
    "zero-width": "80\u200b80 \ufeffx \u2060y \u00ad \u034f \u180e \u2063 \ufff9z \U000e0041\U000e007f \u115f\u3164",
    "line-breaks": "one\ntwo\r\nthree\u2028four\u2029five\x85six",
    "html": "</pre></title><script>alert(1)</script><img src=x onerror=alert(1)><svg/onload=alert(1)>",
    "entities": "&lt;script&gt; &#x1b;[2J &#0; &amp;amp; &unknown;",
    "xml": "]]> <![CDATA[ <!-- --> <?xml version='1.0'?> <!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]> &e; \ufffe\uffff",
    "markdown": "\n# heading\n[a](javascript:alert(1)) ![i](http://evil.example/i.png) <http://evil.example> | cell |\n---\n> quote ```\n",
    "fences": "````` ~~~~~ ``` `` ` \\` \\\\``",
    "mentions": "@everyone @octo/team #1 octo/repo#2 GH-3 fix #4 https://evil.example www.evil.example a@b.example deadbeef1",
    "templates": "{{7*7}} {% raw %} ${7*7} #{7*7} <%= 7*7 %> {0} {name!r} %s %n",
    "terminal-markup": "[bold]x[/bold] [link=http://evil.example]y[/link] [/] :skull:",
    "links": "javascript:alert(1) data:text/html,<script>alert(1)</script> vbscript:x",
    "shell": "$(id) `id` ; rm -rf / # ' \" \\ && ||",
    "long-word": "W" * 20_000,
    "long-line": "word " * 4_000,
}
_WORKS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")


def _attacked(attack: str) -> Report:
    def attacked(_: str) -> str:
        return attack

    return rewritten(HOSTILE, attacked)


def _written(name: str, report: Report) -> str:
    out = io.StringIO()
    FORMATS[name](report, out)
    return out.getvalue()


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_works_on_a_terminal(name: str, attack: str) -> None:
    """No control character comes out, and none that is invisible or turns the text around it."""
    text = _written(name, _attacked(ATTACKS[attack]))

    assert None is _WORKS.search(text)
    assert [] == sorted(
        {f"U+{ord(each):04X}" for each in text if unicodedata.category(each) in {"Cf", "Cc"} and each != "\n"}
    )


class _Tags(HTMLParser):
    """The tags of a page, and where its attributes lead."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.links: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links |= {value or "" for name, value in attrs if name in {"href", "src", "action", "style"}}


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_works_on_a_page(attack: str) -> None:
    """Tags and attributes of the HTML are the template's, and every link stays on the page."""
    plain, attacked = (_Tags(_written("html", _attacked(words))) for words in ("x", ATTACKS[attack]))

    assert plain.names >= attacked.names
    assert plain.attributes >= attacked.attributes
    assert [] == [each for each in attacked.links - plain.links if not each.startswith("#")]


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_works_in_a_ticket(attack: str) -> None:
    """Neither a link, an image nor HTML comes out of Markdown."""
    page = MarkdownIt("commonmark").render(_written("markdown", _attacked(ATTACKS[attack])))

    assert [] == [each for each in ("<script", "<a ", "<img", "<svg", "<h1") if each in page]


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_works_in_a_pipeline(attack: str) -> None:
    """JUnit stays XML with as many cases, one-line output has as many lines, and JSON gives the facts back."""
    plain, attacked = _attacked("x"), _attacked(ATTACKS[attack])
    cases = [len(list(ET.fromstring(_written("junit", each)).iter("testcase"))) for each in (plain, attacked)]  # noqa: S314 - this program wrote it

    assert cases[0] == cases[1]
    assert _written("line", plain).count("\n") == _written("line", attacked).count("\n")
    assert attacked == decode(encode(attacked))


def _texts(value: object) -> Iterator[tuple[str, str, str]]:
    """Yield every text of a value with the struct and field that hold it."""
    if isinstance(value, tuple):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, Struct):
        for name in value.__struct_fields__:
            part = getattr(value, name)
            for each in part if isinstance(part, tuple) else (part,):
                if isinstance(each, str) and not isinstance(each, Enum):
                    yield type(value).__name__, name, each
            yield from _texts(part)


def test_every_field_is_attacked() -> None:
    """The hostile report has an attack in each field in which any report of the tests has a text."""
    attacked = {(kind, field) for kind, field, text in _texts(HOSTILE) if "\x1b" in text or "\\x1b" in text}
    there = {(kind, field) for report in REPORTS.values() for kind, field, _ in _texts(report)}
    # Words of this program, which no text from outside can become.
    ours = {
        ("Source", "kind"),
        ("Diagnosis", "network"),
        ("Diagnosis", "id"),
        ("Group", "id"),
        ("Patch", "type"),
        ("Remedy", "id"),
    }

    assert set() == there - attacked - ours
    assert set() == {kind for kind, _ in there} - set(model.__all__)
