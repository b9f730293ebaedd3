"""Writes the documents that are made from the code; `make docs` runs it, and `make check` fails where it would change one.

python docs/generate.py            write them
python docs/generate.py --check    say which are out of date, and fail if any is
"""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer

from hostnetdoctor.causes import CAUSES
from hostnetdoctor.cli.main import app
from hostnetdoctor.collect.redact_pages import redaction_page
from hostnetdoctor.match.pages import patterns_page
from hostnetdoctor.report import scan_json
from hostnetdoctor.report.json import json_schema

ROOT = Path(__file__).parent.parent
_MADE = "<!-- Made from the code by `make docs`; change it there. -->\n\n"


def documents() -> Mapping[Path, str]:
    """Return every generated document: where it lies, and its text."""
    pages = {Path(f"docs/causes/{cause.id}.md"): cause_page(cause.id, cause.page) for cause in CAUSES}
    return {
        **pages,
        Path("docs/causes/README.md"): catalogue(),
        Path("docs/commands.md"): commands(),
        Path("docs/patterns.md"): patterns_page(),
        Path("docs/redaction.md"): redaction_page(),
        Path("docs/schemas/report-v1.json"): json_schema(),
        Path("docs/schemas/scan-v1.json"): scan_json.json_schema(),
    }


def cause_page(name: str, page: str) -> str:
    """Return a cause's page: its docstring under its id."""
    return f"{_MADE}# {name}\n\n{page.strip()}\n"


def catalogue() -> str:
    """Return the list of all causes, in order of precedence."""
    rows = "".join(f"| [{cause.id}]({cause.id}.md) | {cause.title} |\n" for cause in CAUSES)
    head = "Where two explain a failure equally well, the first one is told.\n\n| id | in one sentence |\n|---|---|\n"
    return f"{_MADE}# Root causes\n\n{head}{rows}"


def commands() -> str:
    """Return what every command says to --help."""
    root: Any = typer.main.get_command(app)
    parts = [f"## {name}\n\n```\n{_help(name)}```\n" for name in root.commands]
    return f"{_MADE}# Commands\n\n```\n{_help()}```\n\n" + "\n".join(parts)


def _help(*words: str) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.suppress(SystemExit):
        app(args=[*words, "--help"], prog_name="hostnet-doctor", terminal_width=80)
    return out.getvalue()


def main(arguments: list[str]) -> int:
    """Write or check the documents; return 1 when one was out of date."""
    stale = {path: text for path, text in documents().items() if _now(path) != text}
    for path, text in stale.items():
        if "--check" in arguments:
            sys.stderr.write(f"{path} is out of date: run  make docs\n")
        else:
            (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / path).write_text(text, encoding="utf-8")
    return 1 if stale and "--check" in arguments else 0


def _now(path: Path) -> str | None:
    there = ROOT / path
    return there.read_text(encoding="utf-8") if there.is_file() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
