"""Check staged corpus entries and put each into open/ or held-out/.

    python tests/corpus/place.py [--replace] STAGING.jsonl...

The file that an entry goes to is FAMILY.jsonl, FAMILY being the name of the
staging file. The directory depends on nothing but the entry's round and id, so
nobody has to look at a held-out entry to put it where it belongs.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

CORPUS = Path(__file__).resolve().parent
SPLITS = ("open", "held-out")
ENTRY_KEYS = ("id", "program", "version", "libc", "how", "source", "text", "expect")
OPTIONAL_KEYS = ("note", "round")
ROUND = 2  # the round of the entries that are held out now; what was held out before has been used
EXPECT_KEYS = ("kind", "protocol", "address", "port", "path", "fatal")
LIBCS = ("glibc", "musl", None)
KINDS = (
    "address-in-use",
    "permission-denied",
    "address-not-available",
    "operation-not-permitted",
    "family-not-supported",
    "other",
)
PROTOCOLS = ("TCP", "UDP", "SCTP", "UNIX", None)
MAXIMUM_PORT = 65535

Object = dict[str, object]
"""A JSON object."""


def split_of(entry: Object) -> str:
    """Name the directory of an entry: of this round's entries half, drawn by the hash of the id, are held out.

    A quarter of the round's two thirds that were held out at first has been opened since.
    """
    if entry.get("round") != ROUND:
        return "open"
    number = int(hashlib.sha256(str(entry["id"]).encode()).hexdigest(), 16)
    return "held-out" if number % 3 and number % 4 else "open"


def key_problems(what: str, got: Object, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> Iterator[str]:
    """Name keys that are missing or that the format does not know."""
    for key in required:
        if key not in got:
            yield f"{what}: key {key!r} is missing"
    for key in got:
        if key not in required and key not in optional:
            yield f"{what}: unknown key {key!r}"


def is_text(value: object) -> bool:
    """Tell whether a value is a string that says something."""
    return isinstance(value, str) and bool(value.strip())


def text_problems(what: str, values: Object, keys: Iterable[str]) -> Iterator[str]:
    """Name values that have to be strings and are not."""
    for key in keys:
        if not is_text(values.get(key)):
            yield f"{what}{key} must be a non-empty string"


def text_or_null_problems(what: str, values: Object, keys: Iterable[str]) -> Iterator[str]:
    """Name values that have to be strings or null and are neither."""
    for key in keys:
        if values.get(key) is not None and not is_text(values[key]):
            yield f"{what}{key} must be a non-empty string or null"


def choice_problems(what: str, value: object, choices: tuple[str | None, ...]) -> Iterator[str]:
    """Name a value that is not among those the format knows."""
    if value not in choices:
        yield f"{what} {value!r} is not one of {choices}"


def port_problems(what: str, expectation: Object) -> Iterator[str]:
    """Name a port out of range, or beside a path."""
    port = expectation.get("port")
    if port is None:
        return
    if type(port) is not int or not 0 < port <= MAXIMUM_PORT:
        yield f"{what}: port must be an integer from 1 to {MAXIMUM_PORT} or null"
    if expectation.get("path") is not None:
        yield f"{what}: a path and a port exclude each other"


def expectation_problems(what: str, expectation: object) -> Iterator[str]:
    """Say what is wrong with one expected failure."""
    if not isinstance(expectation, dict):
        yield f"{what} must be an object"
        return
    yield from key_problems(what, expectation, EXPECT_KEYS)
    kind = expectation.get("kind")
    yield from choice_problems(f"{what}: kind", kind, KINDS)
    yield from choice_problems(f"{what}: protocol", expectation.get("protocol"), PROTOCOLS)
    yield from text_or_null_problems(f"{what}: ", expectation, ("address", "path"))
    yield from port_problems(what, expectation)
    if not isinstance(expectation.get("fatal"), bool | None):
        yield f"{what}: fatal must be true, false or null"


def expect_problems(expect: object) -> Iterator[str]:
    """Say what is wrong with an entry's list of expected failures."""
    if not isinstance(expect, list):
        yield "expect must be a list"
        return
    seen: list[tuple[object, ...]] = []
    for number, expectation in enumerate(expect):
        yield from expectation_problems(f"expect[{number}]", expectation)
        if not isinstance(expectation, dict):
            continue
        place = tuple(expectation.get(key) for key in ("protocol", "address", "port", "path"))
        if place in seen:
            yield f"expect[{number}] repeats protocol, address and port or path"
        seen.append(place)


def entry_problems(entry: object) -> Iterator[str]:
    """Say what is wrong with an entry."""
    if not isinstance(entry, dict):
        yield "an entry must be an object"
        return
    yield from key_problems("entry", entry, ENTRY_KEYS, OPTIONAL_KEYS)
    yield from text_problems("", entry, ("id", "program", "how", "source", "text"))
    yield from text_or_null_problems("", entry, ("version", "note"))
    yield from choice_problems("libc", entry.get("libc"), LIBCS)
    if entry.get("round", ROUND) != ROUND:
        yield f"round must be {ROUND} or missing"
    yield from expect_problems(entry.get("expect"))


def read_lines(path: Path) -> Iterator[tuple[int, object]]:
    """Read the JSON values of a file with the numbers of their lines."""
    # Not splitlines(), which would also split at characters that JSON leaves as they are, such as U+2028.
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if line.strip():
            yield number, json.loads(line)


def in_order(value: Object, keys: tuple[str, ...]) -> Object:
    """Bring the keys of an object into the order of the format."""
    return {key: value[key] for key in keys if key in value}


def encode(entry: Object) -> str:
    """Write the line of an entry that has no problems."""
    expect = cast("list[Object]", entry["expect"])
    ordered = in_order(entry, ENTRY_KEYS + OPTIONAL_KEYS)
    ordered["expect"] = [in_order(one, EXPECT_KEYS) for one in expect]
    return json.dumps(ordered, ensure_ascii=False)


@dataclass(slots=True)
class Corpus:
    """The placed entries: file, then id, then entry; and the files to be written again."""

    files: dict[Path, dict[str, Object]] = field(default_factory=dict)
    changed: set[Path] = field(default_factory=set)

    @classmethod
    def read(cls) -> Corpus:
        """Read everything that has been placed before."""
        corpus = cls()
        for path in (path for split in SPLITS for path in sorted((CORPUS / split).glob("*.jsonl"))):
            entries = [cast("Object", entry) for _, entry in read_lines(path)]
            corpus.files[path] = {str(entry["id"]): entry for entry in entries}
        return corpus

    def file_of(self, entry_id: str) -> Path | None:
        """Find the file that holds an entry, None where it is new."""
        return next((path for path, entries in self.files.items() if entry_id in entries), None)

    def place(self, family: str, entry: Object) -> None:
        """Put an entry into its file, in place of the one that has its id."""
        entry_id = str(entry["id"])
        old = self.file_of(entry_id)
        if old is not None:
            del self.files[old][entry_id]
            self.changed.add(old)
        path = CORPUS / split_of(entry) / f"{family}.jsonl"
        self.files.setdefault(path, {})[entry_id] = entry
        self.changed.add(path)

    def write(self) -> None:
        """Write the changed files, sorted by id."""
        for path in self.changed:
            lines = [encode(entry) for _, entry in sorted(self.files[path].items())]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def stage(corpus: Corpus, staging: Iterable[Path], *, replace: bool) -> tuple[list[str], int]:
    """Place all staged entries; the problems found, and the number of entries placed."""
    problems: list[str] = []
    staged: set[str] = set()
    for path, number, entry in ((file, *numbered) for file in staging for numbered in read_lines(file)):
        found = list(entry_problems(entry))
        if not found:
            checked = cast("Object", entry)
            entry_id = str(checked["id"])
            if entry_id in staged or (not replace and corpus.file_of(entry_id) is not None):
                found = [f"id {entry_id!r} is taken"]
            else:
                staged.add(entry_id)
                corpus.place(path.stem, checked)
        problems += [f"{path.name}:{number}: {problem}" for problem in found]
    return problems, len(staged)


def main() -> None:
    """Place the files named on the command line, or none of them where one has a problem."""
    parser = argparse.ArgumentParser(description="Check staged corpus entries and put each into open/ or held-out/.")
    parser.add_argument("staging", nargs="+", type=Path)
    parser.add_argument("--replace", action="store_true", help="let a staged entry replace the placed one of its id")
    options = parser.parse_args()
    corpus = Corpus.read()
    problems, placed = stage(corpus, options.staging, replace=options.replace)
    if problems:
        sys.exit("\n".join(problems))
    corpus.write()
    sys.stdout.write(f"{placed} entries placed\n")


if __name__ == "__main__":
    main()
