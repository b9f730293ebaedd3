"""The report as JUnit XML, for the page of a pipeline that shows tests.

A failure, told once for all its pods, is a test case that fails; what could not be read is one that is skipped, or in
error where the answer needs it; nothing found is one that passes and says what was looked at. The XML keeps to the
schema of Jenkins' xUnit plugin (junit-10.xsd), the narrowest in common use.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from io import StringIO
from typing import TextIO

from hostnetdoctor.model import Report
from hostnetdoctor.report import phrases
from hostnetdoctor.report.gaps import Gap
from hostnetdoctor.report.phrases import shown
from hostnetdoctor.report.story import Account, Story, tell
from hostnetdoctor.report.stream import speaks_unicode
from hostnetdoctor.report.text import write_account

_SUITE = "hostnet-doctor"
_WIDTH = 100
# What XML 1.0 has no place for, not even escaped (section 2.2).
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(report: Report, out: TextIO) -> None:
    """Write the report as one test suite; a stream that is not UTF-8 gets the same suite in ASCII."""
    suite = _suite(report, tell(report))
    ET.indent(suite)
    text = ET.tostring(suite, encoding="unicode") if speaks_unicode(out) else ET.tostring(suite, "us-ascii").decode()
    out.write(f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n')


def _suite(report: Report, story: Story) -> ET.Element:
    cases = list(_cases(story))
    suite = _element(
        "testsuite",
        name=_SUITE,
        tests=str(len(cases)),
        failures=str(_having(cases, "failure")),
        errors=str(_having(cases, "error")),
        skipped=str(_having(cases, "skipped")),
        time=f"{report.counts.seconds:.3f}",
        timestamp=f"{report.generated_at:%Y-%m-%dT%H:%M:%S}",
    )
    properties = ET.SubElement(suite, "properties")
    for name, value in (
        ("tool", f"{report.tool.name} {report.tool.version}"),
        ("source", phrases.place(report.source)),
    ):
        properties.append(_element("property", name=name, value=shown(value)))
    suite.extend(cases)
    suite.append(_element("system-out", "\n".join(story.closing)))
    return suite


def _having(cases: list[ET.Element], tag: str) -> int:
    return sum(case.find(tag) is not None for case in cases)


def _cases(story: Story) -> Iterator[ET.Element]:
    found_nothing = story.opening[-1:] if not story.accounts else ()
    warnings = story.opening[: len(story.opening) - len(found_nothing)]
    for sentence in warnings:
        yield _case("complete", sentence, _element("error", type="incomplete", message=sentence))
    for sentence in found_nothing:
        # What is no all-clear must not look like one.
        outcome = _element("skipped", message=sentence) if warnings else _element("system-out", story.closing[0])
        yield _case("diagnose", sentence, outcome)
    yield from map(_failed, story.accounts)
    yield from map(_not_looked_at, story.gaps)


def _failed(account: Account) -> ET.Element:
    told = account.diagnoses[0]
    details = StringIO()
    write_account(account, details, _WIDTH)
    failure = _element("failure", f"\n{details.getvalue()}", type=account.cause, message=account.answer)
    # The name stays the same from run to run, as the history of a pipeline needs it: no pod's name is in it.
    victim = told.victim
    owner = phrases.owner(victim.workload) if victim.workload else f"Pod {victim.pod}"
    container = f" (container {victim.container})" if victim.container else ""
    name = f"{owner}{container} listens on {phrases.address(told)}"
    return _case(f"diagnose.{shown(victim.namespace)}", shown(name), failure)


def _not_looked_at(gap: Gap) -> ET.Element:
    mended = f" To mend it: {gap.fix}" if gap.fix else ""
    message = f"{' '.join(gap.sentences)}{mended}"
    tag, kind = ("error", "needed for the answer") if gap.essential else ("skipped", "not looked at")
    return _case("not looked at", gap.what, _element(tag, type=kind, message=message))


def _case(group: str, name: str, outcome: ET.Element) -> ET.Element:
    case = _element("testcase", classname=f"{_SUITE}.{group}", name=name)
    case.append(outcome)
    return case


def _element(tag: str, text: str = "", /, **attributes: str) -> ET.Element:
    element = ET.Element(tag, {name: _legal(value) for name, value in attributes.items()})
    element.text = _legal(text) or None
    return element


def _legal(text: str) -> str:
    return _ILLEGAL.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
