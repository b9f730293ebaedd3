"""Our Markdown in the markup of Jira and Redmine: words from outside mean nothing but themselves there."""

from __future__ import annotations

import pytest

from hostnetdoctor.extras.tickets.markup import JiraWiki, Textile, as_html, converted

MARKDOWN = "### A `b` c\n\n- one: `x*y`\n- two\n\n```\nkubectl {noformat} </pre> *\n```\n\n**Fix:** do it\n\n---\n"


def test_the_parts_of_a_report() -> None:
    """Headings, lists, code, strong words and rules have their own form in each; code cannot end its block."""
    jira = "h3. A {{b}} c\n\n* one: {{x\\*y}}\n* two\n\n{noformat}\nkubectl { noformat} </pre> *\n{noformat}\n\n*Fix:* do it\n\n----\n"
    textile = (
        "h3. A <code>b</code> c\n\n* one: <code>x*y</code>\n* two\n\n<pre>\nkubectl {noformat} < /pre> *\n</pre>\n\n"
        "*Fix:* do it\n\n----\n"
    )
    assert jira == converted(MARKDOWN, JiraWiki())
    assert textile == converted(MARKDOWN, Textile())


@pytest.mark.parametrize(
    ("words", "jira", "textile"),
    [
        ("a -b- c", "a \\-b\\- c", "a &#45;b- c"),
        ("[~admin] {color}", "\\[\\~admin\\] \\{color\\}", "&#91;&#126;admin&#93; &#123;color&#125;"),
        ('"a":b and (c)', '"a":b and (c)', '&#34;a":b and &#40;c)'),
        ("(x) is :)", "\\(x) is :\\)", "(x) is :)"),
        ("see #1 and !a!", "see \\#1 and \\!a\\!", "see &#35;1 and &#33;a&#33;"),
        ("<b> & source:x", "<b> & source:x", "&lt;b> &amp; source&#58;x"),
        ("8:46 50% a-b", "8:46 50% a-b", "8:46 50% a-b"),
    ],
)
def test_words_from_outside(words: str, jira: str, textile: str) -> None:
    """What would be syntax is escaped, and what would not is left as it is."""
    assert jira == JiraWiki().text(words)
    assert textile == Textile().text(words)


def test_html() -> None:
    """In HTML nothing from outside is a tag."""
    assert "<p>&lt;img src=x&gt; a</p>\n" == as_html("<img src=x> a")
