"""Reports as people see them: reviewers read the difference of these files."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from hostnetdoctor.report import FORMATS
from hostnetdoctor.report.story import tell
from hostnetdoctor.report.text import write_story
from tests.report.reports import REPORTS

_EXTENSIONS = {
    "text": "txt",
    "line": "txt",
    "json": "json",
    "markdown": "md",
    "html": "html",
    "sarif": "sarif",
    "junit": "xml",
}


def _in_files(format_name: str) -> type[SingleFileSnapshotExtension]:
    """Return the extension that keeps each report in a file which opens as what it is."""

    class InFiles(SingleFileSnapshotExtension):
        _write_mode = WriteMode.TEXT
        file_extension = _EXTENSIONS[format_name]

        def serialize(self, data: Any, **_: Any) -> str:
            return str(data)

    return InFiles


@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize("name", REPORTS)
def test_report(name: str, format_name: str, snapshot: SnapshotAssertion) -> None:
    """Each kind of answer, in each format, is as it was reviewed."""
    out = StringIO()
    FORMATS[format_name](REPORTS[name], out)
    assert snapshot(extension_class=_in_files(format_name)) == out.getvalue()


def test_narrow_text(snapshot: SnapshotAssertion) -> None:
    """In a narrow window the text still reads well."""
    out = StringIO()
    write_story(tell(REPORTS["origin"]), out, 60)
    assert snapshot(name="origin-60-columns", extension_class=_in_files("text")) == out.getvalue()
