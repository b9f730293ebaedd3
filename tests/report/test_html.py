"""The page for tickets, mails and phones: it stands alone, runs nothing, and no text becomes structure."""

from __future__ import annotations

import base64
import hashlib
import itertools
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from io import BytesIO, StringIO, TextIOWrapper

import pytest
from hypothesis import given

from hostnetdoctor.model import Report
from hostnetdoctor.report.html import render
from hostnetdoctor.report.phrases import shown
from tests.report.answers import GROUP_OF_FIVE
from tests.report.hostile import HOSTILE
from tests.report.origin import ORIGIN
from tests.report.reports import MANY, NOTHING, NOTHING_BUT_FORBIDDEN, REPORTS
from tests.report.strategies import reports

_TAGS = frozenset(
    [
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "main",
        "footer",
        "article",
        "h1",
        "h2",
        "h3",
        "p",
        "dl",
        "dt",
        "dd",
        "ol",
        "ul",
        "li",
        "pre",
        "code",
        "details",
        "summary",
        "figure",
        "figcaption",
        "svg",
        "g",
        "rect",
        "path",
        "text",
        "div",
        "span",
        "strong",
        "br",
        "q",
        "a",
    ]
)
_VOID = frozenset(["meta", "br"])
_HEADING = re.compile(r"h[1-6]")


@dataclass
class _Tag:
    name: str
    attributes: dict[str, str]
    words: list[str] = field(default_factory=list)


class _Page(HTMLParser):
    """A page as a browser reads it: its tags in order, each with its own words. A tag that is not closed is an error."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[_Tag] = []
        self._open: list[_Tag] = []
        self.feed(text)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(_Tag(tag, {name: value or "" for name, value in attrs}))
        if tag not in _VOID:
            self._open.append(self.tags[-1])

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(_Tag(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert tag == self._open.pop().name

    def handle_data(self, data: str) -> None:
        if self._open:
            self._open[-1].words.append(data)

    def named(self, *names: str) -> list[_Tag]:
        return [tag for tag in self.tags if tag.name in names]

    @property
    def words(self) -> str:
        # In the order of the page: an element's own words may go on behind those of an element within it.
        return "\n".join("".join(tag.words) for tag in self.tags if tag.name != "style")


def _html(report: Report) -> str:
    out = StringIO()
    render(report, out)
    return out.getvalue()


def words_of_page(text: str) -> str:
    """Return what a reader of the page sees once everything is unfolded."""
    return _Page(text).words


@pytest.mark.parametrize("name", REPORTS)
def test_a_page_stands_alone(name: str) -> None:
    """It loads nothing and runs nothing: no script, no style beside its own, no link but to itself."""
    page = _Page(_html(REPORTS[name]))
    assert {tag.name for tag in page.tags} <= _TAGS
    targets = {f"#{tag.attributes['id']}" for tag in page.tags if "id" in tag.attributes}
    assert {tag.attributes["href"] for tag in page.tags if "href" in tag.attributes} <= targets
    names = {name for tag in page.tags for name in tag.attributes}
    assert not [name for name in names if name.startswith("on") or name in {"src", "style", "srcset", "action"}]


def test_the_policy_allows_the_pages_own_style_only() -> None:
    """A browser that keeps to the policy of the page shows its style, and fetches and runs nothing."""
    page = _Page(_html(ORIGIN))
    (style,) = page.named("style")
    digest = base64.b64encode(hashlib.sha256("".join(style.words).encode()).digest()).decode()
    (policy,) = (tag for tag in page.named("meta") if tag.attributes.get("http-equiv") == "Content-Security-Policy")
    expected = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert expected == policy.attributes["content"]


@given(reports)
def test_no_report_becomes_structure(report: Report) -> None:
    """Whatever is in a report, the tags of the page are those of its template, each closed."""
    page = _Page(_html(report))
    assert {tag.name for tag in page.tags} <= _TAGS
    assert 1 == len(page.named("h1"))


def test_hostile_text_is_shown_as_text() -> None:
    """An attack stands on the page in its own words, and none of its characters works."""
    text = _html(HOSTILE)
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;" in text
    assert not [bad for bad in ("<script", "<img", 'javascript:alert(1)"', "\x1b", "\u202e") if bad in text]


@pytest.mark.parametrize("name", REPORTS)
def test_headings_are_an_outline(name: str) -> None:
    """One first heading, and no level is left out on the way down: a screen reader walks the page by them."""
    levels = [int(tag.name[1]) for tag in _Page(_html(REPORTS[name])).tags if _HEADING.fullmatch(tag.name)]
    assert 1 == levels[0]
    assert 1 == levels.count(1)
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_the_answer_comes_first() -> None:
    """The heading of the page is the answer; with several failures, it is how many, and all answers follow."""
    assert [[ORIGIN.diagnoses[0].summary]] == [tag.words for tag in _Page(_html(ORIGIN)).named("h1")]
    page = _Page(_html(MANY))
    assert page.named("h1")[0].words[0].startswith("6 failures, 6 holders named")
    assert ["#failure-1", "#failure-2", "#failure-3", "#failure-4"] == [
        tag.attributes["href"] for tag in page.named("a")
    ][:4]


def test_a_picture_has_words() -> None:
    """Who cannot see the picture reads who has the port and who cannot listen on it."""
    (picture,) = _Page(_html(ORIGIN)).named("svg")
    assert "img" == picture.attributes["role"]
    assert picture.attributes["aria-label"].startswith(
        "Ports of node node-3. 80/TCP: nginx-7c9b4-x2p has it; nginx-7c9b4-k4x cannot listen."
    )


def test_each_picture_stands_on_the_page_once() -> None:
    """A second failure on the same node leads to the picture that is there already."""
    page = _Page(_html(MANY))
    titles = [tag.words[0] for tag in page.named("figcaption")]
    assert sorted(set(titles)) == sorted(titles)
    assert "Ports of node node-1: see failure" in _Page(_html(MANY)).words


def test_equal_nodes_are_not_all_drawn() -> None:
    """Of one failure on five nodes, three are drawn and the others are counted."""
    page = _Page(_html(GROUP_OF_FIVE))
    assert 3 == len(page.named("svg"))
    assert "2 more nodes look alike." in page.words


def test_the_timeline_says_how_long_it_took() -> None:
    """Each time comes with what passed since the one before, and with whose it is."""
    items = [tag for tag in _Page(_html(ORIGIN)).named("li") if tag.attributes.get("class")]
    assert ["holder", "victim", "victim"] == [tag.attributes["class"] for tag in items]
    assert "+12 s" in _html(ORIGIN)
    assert "+25 min 28 s" in _html(ORIGIN)


def test_nothing_found_is_said_in_the_heading() -> None:
    """An all-clear is one sentence, and what is no all-clear says so first."""
    assert "No container in namespace default fails to take an address." in _Page(_html(NOTHING)).named("h1")[0].words
    page = _Page(_html(NOTHING_BUT_FORBIDDEN))
    assert page.named("h1")[0].words[0].endswith("This is no all-clear.")
    assert [tag for tag in page.named("p") if tag.attributes.get("class") == "warning"]
    assert [tag for tag in page.named("details") if "open" in tag.attributes]


def test_a_stream_that_is_not_utf_8_gets_the_same_page() -> None:
    """Letters from anywhere become references, which every browser shows as the letters."""
    written = BytesIO()
    out = TextIOWrapper(written, encoding="ascii")
    render(HOSTILE, out)
    out.flush()
    assert _Page(_html(HOSTILE)).words == _Page(written.getvalue().decode("ascii")).words


def _luminance(colour: str) -> float:
    """Return how bright a colour is to the eye (WCAG 2.2, relative luminance)."""
    channels = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", [0, 1, 2], ids=["light", "dark", "print"])
@pytest.mark.parametrize(
    ("ink", "field"),
    [
        *((ink, field) for ink in ("ink", "quiet") for field in ("paper", "field", "holder-field", "victim-field")),
        *(("holder", "paper"), ("holder", "holder-field"), ("victim", "victim-field"), ("warn", "warn-field")),
    ],
)
def test_words_stand_out_from_their_ground(theme: int, ink: str, field: str) -> None:
    """In each theme, text has at least the contrast that WCAG asks for at level AA: 4.5 to 1."""
    style = "".join(_Page(_html(ORIGIN)).named("style")[0].words)
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", re.findall(r":root \{(.*?)\}", style, re.DOTALL)[theme]))
    dark, bright = sorted([_luminance(colours[ink]), _luminance(colours[field])])
    assert (bright + 0.05) / (dark + 0.05) >= 4.5


def test_sections_of_a_failure() -> None:
    """What to do stands before the proof, and what was not looked at comes last."""
    summaries = ["".join(tag.words).strip() for tag in _Page(_html(REPORTS["origin"])).named("h2")]
    assert ["Fix", "Timeline", "Evidence", "Ruled out", "Not looked at"] == summaries
    assert shown(ORIGIN.not_looked_at[0].why) in _Page(_html(ORIGIN)).words
