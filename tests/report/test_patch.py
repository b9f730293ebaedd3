"""The printed patch command is what the remedy means, whatever is in it."""

from __future__ import annotations

import json
import shlex

from hypothesis import given

from hostnetdoctor.model import Patch, WorkloadRef
from hostnetdoctor.report.patch import patch_command, patch_line
from tests.report.origin import NGINX, ORIGIN
from tests.report.strategies import patches


@given(patches)
def test_a_shell_reads_the_same_body(patch: Patch) -> None:
    """The command, pasted with or without an indentation, hands exactly the JSON of the patch to kubectl."""
    lines = patch_command(patch)
    for indent in ("", " " * 16):
        words = shlex.split("\n".join(indent + line for line in lines))
        assert "patch" == words[3 if patch.target.namespace else 1]
        assert json.loads(json.dumps(patch.body)) == json.loads(words[-1])


@given(patches)
def test_one_line_is_the_same_command(patch: Patch) -> None:
    """The short form, which is copied and not read, hands kubectl the same words."""
    line = patch_line(patch)
    *start, body = shlex.split(line)
    *same, long_body = shlex.split("\n".join(patch_command(patch)))
    assert same == start
    assert json.loads(long_body) == json.loads(body)
    assert "\n" not in line


@given(patches)
def test_a_patch_is_plain_ascii_without_surprises(patch: Patch) -> None:
    """No line can break the screen, and no quote within the body can end the shell's."""
    lines = patch_command(Patch(target=NGINX, type="merge", body=patch.body))
    assert all(line.isascii() and line.isprintable() for line in lines)
    assert 2 == "\n".join(lines).count("'")


def test_a_short_patch_is_one_line() -> None:
    """What fits beside its command needs no lines of its own."""
    target = WorkloadRef(api_version="v1", kind="Node", namespace="", name="n1")
    patch = Patch(target=target, type="merge", body={"x": "it's"})
    assert ('kubectl patch node n1 --type=merge -p \'{"x": "it\\u0027s"}\'',) == patch_command(patch)


def test_a_custom_resource_is_named_in_full() -> None:
    """An operator's kind may have the name of another one, so its version and group are said."""
    target = WorkloadRef(api_version="example.com/v1beta1", kind="Deployment", namespace="ns", name="x")
    first, last = patch_command(Patch(target=target, type="merge", body={}))
    assert "kubectl -n ns patch deployment.v1beta1.example.com x --type=merge -p '" == first
    assert "{}'" == last


def test_lines_of_a_patch_fit_into_80_columns() -> None:
    """A patch of ordinary size is not folded by the terminal."""
    patch = ORIGIN.diagnoses[0].remedies[1].patch
    assert patch is not None
    assert all(len(line) <= 64 for line in patch_command(patch))
