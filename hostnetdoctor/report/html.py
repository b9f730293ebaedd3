"""The report as one file that opens anywhere: from a mail, in a ticket, on a phone, on paper.

It needs nothing beside itself, runs no script and fetches nothing; its Content-Security-Policy lets a browser hold it to
that, whatever a log line tries. The words are those of the story, the picture is `chart.py`'s, and every text reaches the
page through Jinja's autoescape.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import TextIO

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup
from msgspec import Struct

from hostnetdoctor.model import Diagnosis, Report
from hostnetdoctor.report import chart
from hostnetdoctor.report.phrases import shown
from hostnetdoctor.report.story import Account, tell
from hostnetdoctor.report.stream import speaks_unicode

_OPEN_FIXES = 2  # the others are folded: whoever reads this at night tries the first ones
_MOST_PICTURES = 3  # of one failure; on the other nodes it looks alike
_TITLE_LENGTH = 120  # characters of a browser's tab that anybody sees


class Happening(Struct, frozen=True, kw_only=True):
    """A line of the timeline. `after` is the time since the line before; `whose` is holder, victim or nobody."""

    time: str
    after: str
    whose: str
    what: str


class Section(Struct, frozen=True, kw_only=True):
    """A failure with what the page adds to its words.

    Each picture is on the page once: `elsewhere` has the titles of those that stand with an earlier failure, and the
    number of that one. `more_nodes` have a picture that is not shown.
    """

    account: Account
    pictures: tuple[chart.Picture, ...]
    elsewhere: tuple[tuple[str, int], ...]
    more_nodes: int
    happenings: tuple[Happening, ...]


def render(report: Report, out: TextIO) -> None:
    """Write the report as HTML; a stream that is not UTF-8 gets the same page in ASCII."""
    story = tell(report)
    style = _file("html.css")
    page = _template().render(
        title=(story.accounts[0].answer if len(story.accounts) == 1 else story.closing[0])[:_TITLE_LENGTH],
        generator=shown(f"{report.tool.name} {report.tool.version}"),
        policy=_policy(style),
        style=Markup(style),  # noqa: S704 - our own file
        story=story,
        sections=tuple(_sections(report, story.told)),
        open_fixes=_OPEN_FIXES,
        width=chart.WIDTH,
    )
    out.write(page if speaks_unicode(out) else page.encode("ascii", "xmlcharrefreplace").decode())


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(_file("html.jinja"))


def _file(name: str) -> str:
    return files("hostnetdoctor.report").joinpath(name).read_text(encoding="utf-8")


def _policy(style: str) -> str:
    """Return what a browser may do with the page: show it with this style, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _sections(report: Report, accounts: tuple[Account, ...]) -> Iterator[Section]:
    """Yield the failures, each picture with the first that it tells of."""
    pictures = chart.pictures(report)
    where: dict[str, int] = {}
    for number, account in enumerate(accounts, start=1):
        titles = dict.fromkeys(title for each in account.diagnoses for title in chart.titles(each) if title in pictures)
        fresh = [title for title in titles if title not in where]
        where |= dict.fromkeys(fresh[:_MOST_PICTURES], number)
        yield Section(
            account=account,
            pictures=tuple(pictures[title] for title in fresh[:_MOST_PICTURES]),
            elsewhere=tuple((title, where[title]) for title in titles if where.get(title, number) < number),
            more_nodes=len(fresh[_MOST_PICTURES:]),
            happenings=tuple(_happenings(account)),
        )


def _happenings(account: Account) -> Iterator[Happening]:
    told = account.diagnoses[0]
    before: datetime | None = None
    for entry, (time, what) in zip(told.timeline, account.timeline, strict=True):
        at = entry.at.replace(microsecond=0)  # as it is shown, so that the reader's sum is right
        after = _span(at - before) if before and before != at else ""
        yield Happening(time=time, after=after, whose=_whose(entry.what, told), what=what)
        before = at


def _whose(what: str, diagnosis: Diagnosis) -> str:
    """Return whom a line of the timeline is about, by the pod that it names, or the container of the victim's pod."""
    own = diagnosis.victim.pod
    for held in diagnosis.holders:
        if held.pod and held.pod in what and (held.pod != own or f"({held.container})" in what):
            return "holder"
    return "victim" if own in what else "nobody"


def _span(time: timedelta) -> str:
    """Return a length of time in its two largest units: `+1 min 40 s`; a report's timeline is in order."""
    minutes, seconds = divmod(int(abs(time.total_seconds())), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    numbers = {"d": days, "h": hours, "min": minutes, "s": seconds}
    parts = [f"{number} {unit}" for unit, number in numbers.items() if number]
    return f"+{' '.join(parts[:2])}"
