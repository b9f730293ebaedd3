"""`hostnet-doctor render`: a saved report in any format, of any version."""

from __future__ import annotations

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest

from hostnetdoctor.cli.complete import FILES, Candidates, complete
from hostnetdoctor.report import FORMATS
from hostnetdoctor.report.json import encode
from tests.cli.program import run_program
from tests.report.origin import ORIGIN
from tests.report.reports import REPORTS


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "report.json"
    path.write_bytes(encode(ORIGIN))
    return path


@pytest.mark.parametrize("format_name", FORMATS)
def test_a_saved_report_in_every_format(saved: Path, format_name: str) -> None:
    """It is what `diagnose` would have written, and the exit code is 0: nothing was looked for."""
    expected = StringIO()
    FORMATS[format_name](ORIGIN, expected)
    done = run_program("render", str(saved), "-o", format_name)
    assert (0, expected.getvalue(), "") == (done.code, done.stdout, done.stderr)


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_survives(tmp_path: Path, name: str) -> None:
    """Saved and rendered as JSON again, a report is the same to the byte."""
    path = tmp_path / "report.json"
    path.write_bytes(encode(REPORTS[name]))
    assert encode(REPORTS[name]).decode() == run_program("render", str(path), "-o", "json").stdout


def test_into_a_file(saved: Path, tmp_path: Path) -> None:
    """With --output-file nothing goes to stdout."""
    page = tmp_path / "page.html"
    done = run_program("render", str(saved), "-o", "html", "--output-file", str(page))
    assert (0, "") == (done.code, done.stdout)
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_from_standard_input(saved: Path) -> None:
    """A dash reads what another program writes."""
    done = subprocess.run(
        [sys.executable, "-m", "hostnetdoctor", "render", "-", "-o", "line"],
        input=saved.read_bytes(),
        capture_output=True,
        check=True,
    )
    assert done.stdout.decode().startswith("Cluster prod-fra: default/nginx-7c9b4-k4x")


def _without_added_fields(value: object) -> object:
    """Return a report as the first version wrote it, before fields were added."""
    added = {"why", "examineAll", "since", "state", "node", "essential", "nodes", "logs", "interrupted"}
    if isinstance(value, list):
        return [_without_added_fields(each) for each in value]
    if not isinstance(value, dict):
        return value
    kept = added if {"kind", "confidence"} <= set(value) else added - {"node", "state"}
    kept = kept - {"why"} if "fix" in value or "title" in value else kept
    kept = kept - {"nodes"} if "omitted" in value else kept
    return {name: _without_added_fields(inner) for name, inner in value.items() if name not in kept}


@pytest.mark.parametrize("format_name", FORMATS)
def test_a_report_of_an_older_version(tmp_path: Path, format_name: str) -> None:
    """Fields that were added later may be missing."""
    path = tmp_path / "old.json"
    path.write_text(json.dumps(_without_added_fields(json.loads(encode(ORIGIN)))), encoding="utf-8")
    done = run_program("render", str(path), "-o", format_name)
    assert (0, "") == (done.code, done.stderr)
    assert "nginx-7c9b4-x2p" in done.stdout


@pytest.mark.parametrize("format_name", FORMATS)
def test_a_report_of_a_newer_version(tmp_path: Path, format_name: str) -> None:
    """Fields and values that are not known yet are passed over."""
    newer = json.loads(encode(ORIGIN))
    newer["weather"] = "fine"
    newer["diagnoses"][0] |= {"protocol": "QUIC", "confidence": "sworn", "mood": 1}
    newer["diagnoses"][0]["evidence"][0]["kind"] = "dream"
    path = tmp_path / "new.json"
    path.write_text(json.dumps(newer), encoding="utf-8")
    done = run_program("render", str(path), "-o", format_name)
    assert (0, "") == (done.code, done.stderr)
    assert "nginx-7c9b4-x2p" in done.stdout


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"{}", b"\xff\xfe", b'{"schema":"hostnet-doctor.report/v1"}', b"null"]
)
def test_a_broken_file(tmp_path: Path, content: bytes) -> None:
    """It is one sentence with its fix, and exit code 3."""
    path = tmp_path / "broken.json"
    path.write_bytes(content)
    done = run_program("render", str(path))
    assert (3, "") == (done.code, done.stdout)
    assert ["Error:", "Fix:"] == [line.split()[0] for line in done.stderr.splitlines()]


def test_a_schema_of_the_future(tmp_path: Path) -> None:
    """A report of another major version is refused by name."""
    path = tmp_path / "v2.json"
    path.write_text('{"schema": "hostnet-doctor.report/v2"}', encoding="utf-8")
    done = run_program("render", str(path))
    assert 3 == done.code
    assert "'v2'" in done.stderr


def test_no_such_file(tmp_path: Path) -> None:
    """A file that is not there is one sentence, and exit code 3."""
    done = run_program("render", str(tmp_path / "missing.json"))
    assert 3 == done.code
    assert "cannot be read: No such file or directory." in done.stderr


def test_an_unknown_format_is_a_usage_error(saved: Path) -> None:
    """The nearest formats are named, and nothing is read or written."""
    done = run_program("render", str(saved), "-o", "htlm")
    assert (2, "") == (done.code, done.stdout)
    assert "did you mean html" in done.stderr


def test_a_reader_that_has_seen_enough(saved: Path) -> None:
    """`| head` ends the program without a complaint."""
    program = [sys.executable, "-m", "hostnetdoctor", "render", str(saved), "-o", "html"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        assert b"" == running.stderr.read()
    assert 0 == running.returncode


def test_the_shell_completes_a_file() -> None:
    """Behind `render` comes a file, and behind -o a format."""
    assert Candidates((), FILES) == complete(["render", ""])
    assert tuple(sorted(FORMATS)) == complete(["render", "report.json", "-o", ""]).words
