"""`hostnet-doctor scan`, from its words to its exit code."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest
import typer

from hostnetdoctor.cli.run import run
from hostnetdoctor.cli.scan import scan
from hostnetdoctor.report.scan_json import json_schema

TAKEN = b"listen tcp :9100: bind: address already in use\n"
DENIED = b"listen tcp :80: bind: permission denied\n"


def _run(*words: str, stdin: bytes = b"") -> tuple[int, str, str]:
    program = typer.Typer(pretty_exceptions_enable=False)
    program.command()(scan)
    out, error = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(error), _standard_input(stdin):
        code = run(lambda given: program(args=list(given)), words)
    return int(code), out.getvalue(), error.getvalue()


@contextlib.contextmanager
def _standard_input(content: bytes) -> Iterator[None]:
    usual, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(content))
    try:
        yield
    finally:
        sys.stdin = usual


def _log(directory: Path, content: bytes, name: str = "app.log") -> str:
    (directory / name).write_bytes(content)
    return str(directory / name)


def test_an_address_in_use_is_exit_code_1(tmp_path: Path) -> None:
    """The failure is told with its file, line, port and words."""
    code, out, error = _run(_log(tmp_path, b"start\n" + TAKEN))

    assert (1, "") == (code, error)
    assert f"{tmp_path}/app.log:2:" in out.replace("\n", "")
    assert "port 9100/TCP is already in use" in " ".join(out.split())
    assert "1 failure to listen in 1 file, 1 because the address was in use." in out


def test_other_failures_are_exit_code_0(tmp_path: Path) -> None:
    """Only an address in use is what scripts ask for."""
    code, out, _ = _run(_log(tmp_path, DENIED))

    assert 0 == code
    assert "permission denied" in out


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("listen tcp :80: bind: permission denied", "port 80/TCP may not be taken: permission denied"),
        (
            "listen tcp 192.168.0.10:53: bind: cannot assign requested address",
            "port 53/TCP on 192.168.0.10 cannot be taken: this machine has no such address",
        ),
        (
            "Failed to bind to address '135.148.73.34'",
            "a port on 135.148.73.34 cannot be taken, and the log does not say why",
        ),
        (
            "bind() to unix:/run/app.sock failed (98: Address already in use)",
            "socket /run/app.sock is already in use",
        ),
        ("Failed to bind socket: Address in use", "an address that the log does not name is already in use"),
    ],
)
def test_each_failure_is_one_sentence(tmp_path: Path, line: str, told: str) -> None:
    """The first line about a failure says what cannot be taken, and why where the log says it."""
    _, out, _ = _run(_log(tmp_path, f"{line}\n".encode()))
    assert told in " ".join(out.split())


def test_exit_zero_is_for_pipelines(tmp_path: Path) -> None:
    """With --exit-zero a finding is no failure of the command."""
    assert 0 == _run(_log(tmp_path, TAKEN), "--exit-zero")[0]


def test_json_follows_the_contract(tmp_path: Path) -> None:
    """The JSON is valid under its published schema and has every field of the contract."""
    code, out, _ = _run(_log(tmp_path, TAKEN + DENIED + TAKEN), "-o", "json")
    scanned = json.loads(out)
    jsonschema.validate(scanned, json.loads(json_schema()))

    assert 1 == code
    assert "hostnet-doctor.scan/v1" == scanned["schema"]
    assert {
        "file": str(tmp_path / "app.log"),
        "line": 1,
        "count": 2,
        "text": "listen tcp :9100: bind: address already in use",
        "pattern": "go-listen",
        "kind": "address-in-use",
        "protocol": "TCP",
        "address": None,
        "port": 9100,
        "path": None,
        "fatal": None,
    } == scanned["failures"][0]


def test_an_empty_json_is_valid_too(tmp_path: Path) -> None:
    """Nothing found is an empty list, not its absence."""
    code, out, _ = _run(_log(tmp_path, b"all is well\n"), "-o", "json")
    jsonschema.validate(json.loads(out), json.loads(json_schema()))

    assert (0, []) == (code, json.loads(out)["failures"])


def test_standard_input_is_read() -> None:
    """Without a file, and for -, the log comes through the pipe."""
    for words in ((), ("-",)):
        code, out, _ = _run(*words, "-o", "json", stdin=TAKEN)

        assert (1, "-") == (code, json.loads(out)["failures"][0]["file"])


def test_packed_files_and_several_files(tmp_path: Path) -> None:
    """Each file is told by its name."""
    first, second = _log(tmp_path, TAKEN), _log(tmp_path, gzip.compress(TAKEN), "old.gz")

    _, out, _ = _run(first, second, "-o", "json")

    assert [first, second] == [failure["file"] for failure in json.loads(out)["failures"]]


def test_a_missing_file_is_a_usage_error(tmp_path: Path) -> None:
    """A name that does not exist is told in one sentence, and nothing is read."""
    code, out, error = _run(_log(tmp_path, TAKEN), str(tmp_path / "none.log"))

    assert (2, "", f"Error: There is no file {tmp_path}/none.log.\n") == (code, out, error)


def test_a_directory_is_a_usage_error(tmp_path: Path) -> None:
    """A directory is told with what to type instead."""
    code, _, error = _run(str(tmp_path))

    assert 2 == code
    assert "is a directory" in error


def test_an_unknown_format_is_a_usage_error(tmp_path: Path) -> None:
    """The formats of scan are named where another one is wanted."""
    code, _, error = _run(_log(tmp_path, TAKEN), "-o", "xml")

    assert 2 == code
    assert "json" in error


def test_what_could_not_be_read_is_exit_code_3(tmp_path: Path) -> None:
    """A damaged file without a finding is not the same as a clean one."""
    code, out, _ = _run(_log(tmp_path, gzip.compress(bytes(range(256)) * 4_000)[:-200]))

    assert 3 == code
    assert "Not looked at" in out


def test_a_finding_beats_what_could_not_be_read(tmp_path: Path) -> None:
    """The exit code tells the finding, and the text tells both."""
    damaged = _log(tmp_path, gzip.compress(b"x")[:-4], "damaged.gz")

    code, out, _ = _run(damaged, _log(tmp_path, TAKEN))

    assert 1 == code
    assert "damaged.gz" in out.replace("\n", "")  # the text folds at 80 columns, also inside a long path


def test_the_result_can_go_to_a_file(tmp_path: Path) -> None:
    """With --output-file nothing is printed."""
    target = tmp_path / "scan.json"

    code, out, _ = _run(_log(tmp_path, TAKEN), "-o", "json", "--output-file", str(target))

    assert (1, "") == (code, out)
    assert 9100 == json.loads(target.read_text(encoding="utf-8"))["failures"][0]["port"]


def test_hostile_text_reaches_no_terminal(tmp_path: Path) -> None:
    """Control and bidirectional characters of a log are spelled out, in every format."""
    log = _log(
        tmp_path, b"\x1b]0;owned\x07bind \x1b[31m0.0.0.0:80\x9b: Address already in use \xe2\x80\xae\x08[bold]\n"
    )

    for words in ((), ("-o", "json")):
        _, out, _ = _run(log, *words)

        assert not {"\x1b", "\x07", "\x08", "\u202e", "\x9b"} & set(out)
        assert "[bold]" in out


def test_lines_fit_80_columns(tmp_path: Path) -> None:
    """In a pipe no line is longer than 80 columns."""
    _, out, _ = _run(_log(tmp_path, b"words of a long line " * 30 + TAKEN))

    assert max(map(len, out.splitlines())) <= 80
