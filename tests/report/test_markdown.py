"""The ticket body: its structure survives any text, and no text becomes structure."""

from __future__ import annotations

from io import StringIO
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from hostnetdoctor.model import Report
from hostnetdoctor.report.markdown import _fence, _words, render
from hostnetdoctor.report.phrases import shown
from tests.report.hostile import HOSTILE
from tests.report.origin import ORIGIN
from tests.report.reports import REPORTS
from tests.report.strategies import reports, texts

# What the ticket may consist of; anything else would be text that became structure.
_BLOCKS = frozenset(["heading", "paragraph", "bullet_list", "list_item", "fence", "inline", "hr"])
_SPANS = frozenset(["text", "code_inline", "strong"])


def _markdown(report: Report) -> str:
    out = StringIO()
    render(report, out)
    return out.getvalue()


def _parsed(text: str) -> list[Token]:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)


def _kind(token: Token) -> str:
    return token.type.removesuffix("_open").removesuffix("_close")


def _spans(tokens: list[Token]) -> list[Token]:
    return [span for token in tokens for span in token.children or []]


def plain(text: str) -> str:
    """Return what a reader of the rendered ticket sees."""
    tokens = _parsed(text)
    lines = ("".join(span.content for span in token.children or []) or token.content for token in tokens)
    return "\n".join(filter(None, lines))


@pytest.mark.parametrize("name", REPORTS)
def test_a_ticket_has_plain_structure_only(name: str) -> None:
    """Headings, paragraphs, flat lists and blocks of code: what GitHub and Jira read alike."""
    tokens = _parsed(_markdown(REPORTS[name]))
    assert {_kind(token) for token in tokens} <= _BLOCKS
    assert {_kind(span) for span in _spans(tokens)} <= _SPANS
    assert max(token.level for token in tokens) <= 3


def test_the_headings_of_a_ticket() -> None:
    """The answer is the heading, and the sections follow in the order of the text."""
    tokens = _parsed(_markdown(ORIGIN))
    headings = [after.content for token, after in pairwise(tokens) if token.type == "heading_open"]
    assert [ORIGIN.diagnoses[0].summary, "Evidence", "Timeline", "Fix", "Ruled out", "Not looked at"] == headings


@given(reports)
def test_no_report_becomes_structure(report: Report) -> None:
    """Whatever is in a report, it is shown as text or as code."""
    tokens = _parsed(_markdown(report))
    assert {_kind(token) for token in tokens} <= _BLOCKS
    assert {_kind(span) for span in _spans(tokens)} <= _SPANS


@given(st.text(st.sampled_from("ab1 -+*_`~#@:/.()[]<>&\\!|{}\"'=$^"), max_size=40) | texts)
def test_a_sentence_shows_exactly_its_words(text: str) -> None:
    """No character of a sentence is lost, changed or read as syntax."""
    sentence = " ".join(shown(text).split())
    tokens = _parsed(f"x {_words(sentence)} x")
    assert f"x {sentence} x".split() == "".join(span.content for span in _spans(tokens)).split()
    assert {_kind(span) for span in _spans(tokens)} <= {"text", "code_inline"}


@pytest.mark.parametrize(
    "hazard",
    [
        *("@everyone", "#12", "octo/repo#3", "https://evil.example", "www.evil.example", "a@b.example", "GH-7"),
        *(":100:", "[::]:100:", "deadbeef1", "$x$", "{code}", "<b>", "&lt;", "_x_", "*x*", "~x~", "|", "--", "![i](u)"),
    ],
)
def test_what_a_ticket_system_acts_on_is_code(hazard: str) -> None:
    """Mentions, numbers of issues, links, emoji and macros are looked for outside code only."""
    spans = _spans(_parsed(f"see {_words(f'before {hazard} after')}"))
    assert not [span for span in spans if span.type == "text" and hazard in span.content]
    assert [span for span in spans if span.type == "code_inline" and span.content in hazard]


def test_times_stay_readable() -> None:
    """A time has two colons as an emoji has, and is none."""
    assert "Ready since 08:46:51, on 2026-11-23" == _words("Ready since 08:46:51, on 2026-11-23")


@given(st.text(st.sampled_from("`~ab\n"), max_size=40))
def test_a_block_of_code_ends_where_it_should(text: str) -> None:
    """Backticks of any number within a block do not close it."""
    tokens = _parsed(f"{_fence(text.split(chr(10)))}\n\nafter")
    assert ["fence", "paragraph_open", "inline", "paragraph_close"] == [token.type for token in tokens]
    assert f"{text}\n" == tokens[0].content


def test_hostile_text_cannot_reach_the_page() -> None:
    """Neither HTML nor a link, an image, a mention or a heading comes out of hostile text."""
    page = MarkdownIt("commonmark").render(_markdown(HOSTILE))
    assert not [tag for tag in ("<script", "<a ", "<img", "<em>", "<h1>", "\x1b", "\u202e") if tag in page]
