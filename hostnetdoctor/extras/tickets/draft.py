"""What a report says to a ticket: a comment with the summary, files with all of it, and a mark to find it again."""

from __future__ import annotations

import re
from hashlib import sha256
from io import StringIO
from typing import Self
from urllib.parse import quote, unquote

from msgspec import Struct

from hostnetdoctor.model import Report
from hostnetdoctor.report import html, line, markdown
from hostnetdoctor.report.json import encode

_MARK = re.compile(r"hostnetdoctor\.mark cluster=(\S*) ids=(\S*) report=(\w+) answer=(\w+)")
_IDS = 100  # more would make the mark longer than the comment
_COMMENT = 30_000  # characters: Jira, the strictest, takes 32,767


class Attachment(Struct, frozen=True, kw_only=True):
    """A file for a ticket."""

    name: str
    kind: str
    content: bytes


class Mark(Struct, frozen=True, kw_only=True):
    """What a comment is about, hidden in it: the cluster, the failures by id, the report, and what it answers.

    `report` differs for every report, `answer` only where another cause or another holder is named.
    """

    cluster: str
    ids: tuple[str, ...]
    report: str
    answer: str

    def __str__(self) -> str:
        """Return the mark in letters, digits and marks that no markup gives a meaning."""
        ids = ",".join(map(_plain, self.ids))
        return f"hostnetdoctor.mark cluster={_plain(self.cluster)} ids={ids} report={self.report} answer={self.answer}"

    @classmethod
    def found_in(cls, text: str) -> Self | None:
        """Return the mark in the text of a comment, if there is any; a ticket system may have put backslashes into it."""
        match = _MARK.search(text.replace("\\", ""))
        if match is None:
            return None
        cluster, ids, report, answer = match.groups()
        return cls(
            cluster=unquote(cluster),
            ids=tuple(map(unquote, filter(None, ids.split(",")))),
            report=report,
            answer=answer,
        )

    def is_about_the_same(self, other: Mark) -> bool:
        """Return whether both are about one incident: a failure of theirs is the same, or neither has any."""
        shared = set(self.ids) & set(other.ids)
        return self.cluster == other.cluster and (bool(shared) or not (self.ids or other.ids))

    def file_name(self, ending: str) -> str:
        """Return the name of a file of this report: `hostnet-doctor-prod-20261123T091504Z1a2b3c.html`."""
        cluster = re.sub(r"[^A-Za-z0-9.]+", "-", self.cluster.rstrip("/").rpartition("/")[2]).strip("-.")[:40]
        return "-".join(filter(None, ["hostnet-doctor", cluster, f"{self.report}.{ending}"]))

    @property
    def file_names(self) -> tuple[str, str]:
        """Return the names of the files that go with the comment."""
        return self.file_name("html"), self.file_name("json")


class Draft(Struct, frozen=True, kw_only=True):
    """A report, told to a ticket, before a system puts it into its own markup.

    `summary` is Markdown, `line` one line for each failure, `title` one line for all.
    """

    mark: Mark
    title: str
    summary: str
    line: str
    files: tuple[Attachment, ...]
    report: Report

    def whole(self, limit: int) -> str:
        """Return all of the report as Markdown, or as much as fits."""
        return markdown.within(
            self.report, limit, rest="The rest does not fit into this comment; `-o markdown` shows all of it."
        )


def draft(report: Report) -> Draft:
    """Return what this report says to a ticket."""
    content = encode(report)
    mark = _mark(report, content)
    text, page = StringIO(), StringIO()
    line.render(report, text)
    html.render(report, page)
    return Draft(
        mark=mark,
        title=f"hostnet-doctor: {_title(report)}",
        summary=markdown.summary(report, _COMMENT),
        line=text.getvalue().strip(),
        files=(
            Attachment(name=mark.file_name("html"), kind="text/html", content=page.getvalue().encode()),
            Attachment(name=mark.file_name("json"), kind="application/json", content=content),
        ),
        report=report,
    )


def _title(report: Report) -> str:
    failures = len(report.diagnoses)
    return f"{failures} {'failure' if failures == 1 else 'failures'} to take an address" if failures else "no failure"


def _mark(report: Report, content: bytes) -> Mark:
    source = report.source
    return Mark(
        cluster=(source.context or source.server if source.kind == "cluster" else source.path) or "",
        ids=tuple(sorted({each.id for each in report.diagnoses})[:_IDS]),
        report=f"{report.generated_at:%Y%m%dT%H%M%S}Z{sha256(content).hexdigest()[:6]}",
        answer=sha256(repr(_answer(report)).encode()).hexdigest()[:12],
    )


def _answer(report: Report) -> list[tuple[str, ...]]:
    """Return what makes one answer differ from another; times, counts and evidence do not."""
    return sorted(
        {
            (
                each.id,
                each.cause,
                each.confidence.value,
                *(f"{held.kind} {held.namespace} {held.pod} {held.container} {held.service}" for held in each.holders),
            )
            for each in report.diagnoses
        }
    )


def _plain(text: str) -> str:
    return quote(text, safe="").replace("-", "%2D").replace("_", "%5F").replace("~", "%7E")
