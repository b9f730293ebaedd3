"""The output formats: each is one file with `render(report, out)`, and one name in `FORMATS`.

A format's module is imported when it is used, so that `--help` does not wait for libraries that it does not need.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TextIO

from hostnetdoctor.model import Report

Render = Callable[[Report, TextIO], None]


def _format(name: str) -> Render:
    def render(report: Report, out: TextIO) -> None:
        import_module(f"hostnetdoctor.report.{name}").render(report, out)

    return render


# The names that `--output` takes; each is a module beside this file.
_NAMES = ("text", "line", "markdown", "html", "json", "sarif", "junit")
FORMATS: Mapping[str, Render] = {name: _format(name) for name in _NAMES}
