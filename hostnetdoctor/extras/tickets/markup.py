"""The Markdown of our reports in the markup of Jira and of Redmine's Textile, and as HTML.

Our Markdown has headings, paragraphs, flat lists, blocks of code, rules, strong words and code spans. Words that would
mean something in the other markup are escaped; both let some of their syntax live in code as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Protocol

from markdown_it import MarkdownIt
from markdown_it.token import Token


class Markup(Protocol):
    """How a markup writes the few things that our reports are made of."""

    def heading(self, level: int, inner: str) -> str:
        """Return a heading."""

    def fence(self, code: str) -> str:
        """Return a block of code; each of its lines ends with a line break."""

    def code(self, text: str) -> str:
        """Return code within a sentence."""

    def text(self, text: str) -> str:
        """Return words that mean nothing but themselves."""


def as_html(markdown: str) -> str:
    """Return the Markdown as HTML, in which everything from outside is escaped."""
    return str(MarkdownIt("commonmark", {"html": False}).render(markdown))


def converted(markdown: str, markup: Markup) -> str:
    """Return the Markdown in another markup."""
    blocks: list[str] = []
    items: list[str] | None = None
    inner = ""
    for token in MarkdownIt("commonmark", {"html": False}).parse(markdown):
        match token.type:
            case "inline":
                inner = _inline(token.children or [], markup)
            case "heading_close":
                blocks.append(markup.heading(int(token.tag[1:]), inner))
            case "paragraph_close":
                (blocks if items is None else items).append(inner)
            case "bullet_list_open":
                items = []
            case "bullet_list_close":
                blocks.append("\n".join(f"* {item}" for item in items or ()))
                items = None
            case "fence":
                blocks.append(markup.fence(token.content))
            case "hr":
                blocks.append(_RULE)
            case _:
                pass
    return "\n\n".join(blocks) + "\n"


_RULE = "----"


def _inline(tokens: Iterable[Token], markup: Markup) -> str:
    words = []
    for token in tokens:
        match token.type:
            case "strong_open" | "strong_close":
                words.append("*")
            case "code_inline":
                words.append(markup.code(token.content))
            case "softbreak" | "hardbreak":
                words.append("\n")
            case _:
                words.append(markup.text(token.content))
    return "".join(words)


class JiraWiki:
    """Jira's wiki markup, which Data Center keeps and Cloud turns into its own format.

    A backslash takes the meaning of the mark behind it, within `{{ }}` as well.
    """

    _MARKS = re.compile(r"[\\{}\[\]*_+^~!|#]|(?<!\w)-|-(?!\w)|\?(?=\?)")
    _SMILEYS = re.compile(r"\((?=(?:[xyni/!?+*-]|on|off|\*[rgby])\))|(?<=[:;])(?=[)(DP])")

    def heading(self, level: int, inner: str) -> str:
        """Return a heading."""
        return f"h{level}. {inner}"

    def fence(self, code: str) -> str:
        """Return a block in which nothing has a meaning but its own end."""
        return f"{{noformat}}\n{code.replace('{noformat', '{ noformat')}{{noformat}}"

    def code(self, text: str) -> str:
        """Return monospaced words."""
        return f"{{{{{self._MARKS.sub(_behind_backslash, text)}}}}}"

    def text(self, text: str) -> str:
        """Return words of which none is a picture."""
        safe = self._MARKS.sub(_behind_backslash, text)
        return self._SMILEYS.sub(lambda match: f"{match[0]}\\" if not match[0] else "\\(", safe)


class Textile:
    """Redmine's Textile. A number in place of a mark takes its meaning; in code, nothing has one but the end."""

    _RISKS = re.compile(
        r"(?<!\w)[-%](?=\S)"  # struck out, or a span
        r"|\"(?=[^\"]*\":)"  # a link
        r"|\((?=(?:c|r|tm)\))|(?<=[A-Z])\("  # signs, and the meaning of an acronym
        r"|\?(?=\?)|(?<=[a-z]):(?=[\w\"])"  # a quotation; a link such as source:file
        r"|(?<=\bp)\.(?= )|(?<=\bbq)\.(?= )|(?<=\bh\d)\.(?= )|(?<=\bfn\d)\.(?= )"  # kinds of paragraphs
        r"|[\\{}\[\]*_+^~!|#@]",
        re.IGNORECASE,
    )

    def heading(self, level: int, inner: str) -> str:
        """Return a heading."""
        return f"h{level}. {inner}"

    def fence(self, code: str) -> str:
        """Return a block of code."""
        return f"<pre>\n{re.sub('</(?=pre)', '< /', code, flags=re.IGNORECASE)}</pre>"

    def code(self, text: str) -> str:
        """Return code within a sentence."""
        return f"<code>{re.sub('</(?=code)', '< /', text, flags=re.IGNORECASE)}</code>"

    def text(self, text: str) -> str:
        """Return plain words."""
        return self._RISKS.sub(lambda match: f"&#{ord(match[0])};", text.replace("&", "&amp;").replace("<", "&lt;"))


def _behind_backslash(match: re.Match[str]) -> str:
    return f"\\{match[0]}"
