"""`kubectl_complete-hostnet_doctor`: what kubectl asks when the user presses Tab behind `kubectl hostnet-doctor`.

kubectl runs this program with the words so far, the last of which may be empty, and reads one candidate a line, then
`:DIRECTIVE` (kubernetes/kubernetes#105867): 4 is "these, and no file names", 0 is "file names, if there are none". What only a
cluster knows is asked of kubectl's own completion, which speaks the same protocol and logs in as the user is used to.
"""

from __future__ import annotations

import contextlib
import itertools
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import typer

NO_FILES = 4
FILES = 0
_SECONDS = 2  # a user at a prompt does not wait longer
_OF_KUBECTL = {"-n": "--namespace", "--namespace": "--namespace", "--context": "--context"}
_PASSED_ON = ("--namespace", "--context", "--kubeconfig")
_SCAN_FORMATS = ("text", "json")
_FILE_NAMES = ("--from", "--save", "--output-file", "--kubeconfig")


class Candidates(NamedTuple):
    """What the last word may become, and kubectl's directive for it."""

    words: tuple[str, ...] = ()
    directive: int = NO_FILES


def main() -> None:
    """Print the candidates for the words of the command line. Whatever goes wrong, say nothing."""
    found = Candidates()
    with contextlib.suppress(Exception):
        found = complete(sys.argv[1:] or [""])
    sys.stdout.write("".join(f"{word}\n" for word in (*found.words, f":{found.directive}")))


def complete(words: Sequence[str]) -> Candidates:
    """Return what the last of these words may become."""
    from hostnetdoctor.cli.main import app

    *before, last = words
    root: Any = typer.main.get_command(app)
    command = next((root.commands[word] for word in before if word in root.commands), None)
    if command is None:
        return _starting_with(last, [*root.commands, *_flags(root)])
    options = {name: option for option in command.params for name in option.opts if name.startswith("-")}
    flag, equals, value = last.partition("=")
    if equals and flag.startswith("--"):
        return _prefixed(f"{flag}=", _values(command.name, flag, value, before))
    asked = before[-1]
    if asked in options and not options[asked].is_flag:
        return _values(command.name, asked, last, before)
    if last.startswith("-"):
        return _starting_with(last, options)
    return _names(command.name, last, before)


def _flags(command: Any) -> list[str]:
    return [name for option in command.params for name in option.opts if name.startswith("-")]


def _starting_with(word: str, known: Iterable[str]) -> Candidates:
    shown = [each for each in known if each.startswith(word) and (word.startswith("-") or not each.startswith("-"))]
    return Candidates(tuple(sorted(shown)))


def _prefixed(prefix: str, found: Candidates) -> Candidates:
    return Candidates(tuple(f"{prefix}{word}" for word in found.words), found.directive)


def _values(command: str, flag: str, word: str, before: Sequence[str]) -> Candidates:
    if flag in {"-o", "--output"}:
        from hostnetdoctor.report import FORMATS

        return _starting_with(word, _SCAN_FORMATS if command == "scan" else FORMATS)
    if flag == "--without":
        from hostnetdoctor.cli.rights import FEATURES

        return _starting_with(word, FEATURES)
    if flag in _OF_KUBECTL:
        return _from_kubectl("get", "pods", *_connection(before), _OF_KUBECTL[flag], word)
    return Candidates(directive=FILES if flag in _FILE_NAMES else NO_FILES)


def _names(command: str | None, word: str, before: Sequence[str]) -> Candidates:
    if command == "causes":
        from hostnetdoctor.causes import CAUSES

        return _starting_with(word, [cause.id for cause in CAUSES])
    if command == "diagnose":
        # `kubectl logs` takes what we take: a pod, or KIND/NAME.
        return _from_kubectl("logs", *_connection(before), word)
    return Candidates(directive=NO_FILES if command == "rbac" else FILES)


def _connection(before: Sequence[str]) -> list[str]:
    """Return the flags that say which cluster and namespace is meant, in the form `--flag=value`."""
    return [f"{flag}={value}" for flag, value in _given(before).items()]


def _given(before: Sequence[str]) -> Mapping[str, str]:
    given: dict[str, str] = {}
    for flag, value in itertools.pairwise(before):
        long = "--namespace" if flag == "-n" else flag
        if long in _PASSED_ON:
            given[long] = value
    for word in before:
        flag, equals, value = word.partition("=")
        if equals and flag in _PASSED_ON:
            given[flag] = value
    return given


def _from_kubectl(*words: str) -> Candidates:
    asked = ["kubectl", "__complete", *words]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=_SECONDS, check=True, stdin=subprocess.DEVNULL)  # noqa: S603 - fixed program, no shell
    *found, directive = done.stdout.splitlines()
    return Candidates(tuple(word.partition("\t")[0] for word in found), int(directive.removeprefix(":")))
