"""House rules that no linter knows."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from hostnetdoctor.causes import CAUSES

ROOT = Path(__file__).parent.parent
PROGRAM = sorted((ROOT / "hostnetdoctor").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINES_OF_A_FILE = 350
# Longer ones, and what makes each still one idea.
LONG = {
    "hostnetdoctor/model/cluster.py": "Kubernetes' words, one struct after another",
}


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _tests() -> Iterator[ast.FunctionDef]:
    for path in TESTS:
        if path.name.startswith("test_"):
            yield from (
                each for each in _tree(path).body if isinstance(each, ast.FunctionDef) and each.name.startswith("test_")
            )


def test_every_test_says_what_it_shows() -> None:
    """A test's docstring is a sentence about the program's behaviour."""
    silent = [each.name for each in _tests() if not (ast.get_docstring(each) or "").partition("\n")[0].endswith(".")]

    assert [] == silent


@pytest.mark.parametrize("path", TESTS, ids=_name)
def test_tests_do_not_cheat(path: Path) -> None:
    """No test is switched off, replaces our own code, or waits for time to pass."""
    names = {ast.unparse(each) for each in ast.walk(_tree(path)) if isinstance(each, ast.Attribute | ast.Name)}
    forbidden = {
        "pytest.mark.skip",
        "pytest.mark.skipif",
        "pytest.mark.xfail",
        "pytest.skip",
        "monkeypatch.setattr",
        "mock",
    }
    waits = {"time.sleep"} - ({"time.sleep"} if "e2e" in path.parts else set())

    assert set() == names & (forbidden | waits)


def test_a_file_is_one_idea() -> None:
    """No file of the program is so long that it must hold more than one idea, apart from those that say why."""
    long = {_name(path) for path in PROGRAM if len(path.read_text(encoding="utf-8").splitlines()) > LINES_OF_A_FILE}

    assert set(LONG) == long


@pytest.mark.parametrize("path", [path for path in (*PROGRAM, *TESTS) if path != Path(__file__)], ids=_name)
def test_nothing_is_unfinished(path: Path) -> None:
    """No file holds a note about work that is left to do."""
    words = ("TODO", "FIXME", "XXX", "NotImplementedError", "pragma: no cover")

    assert [] == [word for word in words if word in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("path", [path for path in PROGRAM if path.parts[-2] == "model"], ids=_name)
def test_what_travels_between_stages_cannot_change(path: Path) -> None:
    """Every dataclass of the model is frozen, slotted, and made by naming its fields."""
    decorators = [
        ast.unparse(decorator)
        for each in ast.walk(_tree(path))
        if isinstance(each, ast.ClassDef)
        for decorator in each.decorator_list
        if "dataclass" in ast.unparse(decorator)
    ]

    assert [] == [each for each in decorators if not each.startswith("dataclass(frozen=True, slots=True, kw_only=True")]


@pytest.mark.parametrize("path", [path for path in PROGRAM if "cli" not in path.parts], ids=_name)
def test_only_the_command_line_asks_what_time_it_is(path: Path) -> None:
    """What is concluded from a source depends on the source alone: `now` is passed in."""
    calls = {ast.unparse(each.func) for each in ast.walk(_tree(path)) if isinstance(each, ast.Call)}

    assert set() == calls & {"datetime.now", "datetime.utcnow", "datetime.today", "time.time", "date.today"}


def test_a_cause_is_one_file_of_its_name() -> None:
    """A cause's id, with underscores, is the name of its module."""
    modules = {path.stem for path in (ROOT / "hostnetdoctor" / "causes").glob("*.py")} - {"__init__", "cause"}

    assert modules >= {cause.id.replace("-", "_") for cause in CAUSES}


def test_dependencies_have_an_upper_bound() -> None:
    """No new major version of a library arrives unasked."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = [each for group in project["dependency-groups"].values() for each in group if isinstance(each, str)]

    assert [] == [each for each in (*project["project"]["dependencies"], *groups) if ",<" not in each]


@pytest.mark.parametrize("name", ["run.txt", "dev.txt"])
def test_locks_are_hashed_and_name_no_index(name: str) -> None:
    """Every locked version has hashes, and the lock says nothing about where packages come from."""
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", text.strip())

    assert [] == [entry.partition("\n")[0] for entry in entries if "--hash=sha256:" not in entry]
    assert "://" not in text
    assert "index" not in text


def test_the_lock_covers_what_is_asked_for() -> None:
    """Every dependency of the project is in both locks."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = {re.split(r"[<>=]", each)[0] for each in project["project"]["dependencies"]}

    for name in ("run.txt", "dev.txt"):
        locked = set(
            re.findall(r"^([\w.-]+)==", (ROOT / "requirements" / name).read_text(encoding="utf-8"), re.MULTILINE)
        )
        assert set() == wanted - locked


@pytest.mark.parametrize("path", DOCUMENTS, ids=_name)
def test_documents_point_to_what_is_there(path: Path) -> None:
    """Every relative link of a document leads to a file, and every make target that it names exists."""
    text = path.read_text(encoding="utf-8")
    links = [each for each in re.findall(r"\]\(([^)#:]+)\)", text) if not (path.parent / each).exists()]
    targets = set(re.findall(r"^([a-z0-9]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))

    assert [] == links
    assert set() == set(re.findall(r"`make ([a-z0-9]+)", text)) - targets


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_documents_name_files_that_are_there(name: str) -> None:
    """Every path of this repository that a document names in code type exists."""
    text = (ROOT / name).read_text(encoding="utf-8")
    named = re.findall(r"`((?:hostnetdoctor|tests|docs|fixtures|requirements|\.ci)/[\w./-]*[\w/])`", text)

    assert [] == [each for each in named if not (ROOT / each).exists()]
