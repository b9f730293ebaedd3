"""The frames of `kubectl cluster-info dump`'s logs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hostnetdoctor.collect.dump_log import split
from tests.collect.pods import framed

POD = "shop/web"


def end(name: str) -> str:
    return f"==== END logs for container {name} of pod {POD} ====\n"


def start(name: str) -> str:
    return f"==== START logs for container {name} of pod {POD} ====\n"


def test_each_container_gets_its_own_log() -> None:
    """Frames separate the containers in the order of the spec."""
    text = framed(POD, ("init", "one\n"), ("main", ""), ("side", "no newline at the end"))
    expected = {"init": b"one\n", "main": b"", "side": b"no newline at the end"}
    assert expected == split(text.encode(), POD, ["init", "main", "side"])


def test_a_container_without_a_frame_is_missing() -> None:
    """Older kubectl dumps no init containers; the others are still found."""
    assert {"main": b"x\n"} == split(framed(POD, ("main", "x\n")).encode(), POD, ["init", "main"])


def test_a_frame_line_alone_ends_nothing() -> None:
    """A program that prints an END line does not end its own log."""
    log = f"before\n{end('main')}after\n"
    text = framed(POD, ("main", log), ("side", "s\n"))
    assert {"main": log.encode(), "side": b"s\n"} == split(text.encode(), POD, ["main", "side"])


def test_a_forged_border_makes_both_sides_unreadable() -> None:
    """Where the border stands twice, no line is given to the wrong container."""
    forged = f"{end('main')}{start('side')}bind() to 0.0.0.0:80 failed\n"
    text = framed(POD, ("main", forged), ("side", "s\n"), ("third", "t\n"))
    assert {"main": None, "side": None, "third": b"t\n"} == split(text.encode(), POD, ["main", "side", "third"])


def test_a_dump_that_breaks_off_gives_what_is_certain() -> None:
    """Without its last END line, the last log is in doubt; those before it are not."""
    text = framed(POD, ("main", "m\n"), ("side", "s\n")).removesuffix(end("side"))
    assert {"main": b"m\n", "side": None} == split(text.encode(), POD, ["main", "side"])


def test_frames_of_another_pod_are_not_ours() -> None:
    """A file that starts with something else has no log in it that we could trust."""
    assert {} == split(framed("shop/other", ("main", "m\n")).encode(), POD, ["main"])


@given(st.lists(st.text(alphabet=st.characters(blacklist_categories=["Cs"])), min_size=1, max_size=4))
def test_any_texts_come_back_as_they_went_in(texts: list[str]) -> None:
    """Whatever programs print, short of a whole border, each gets back exactly its own text."""
    names = [f"c{number}" for number in range(len(texts))]
    text = framed(POD, *zip(names, texts, strict=True))
    assert {name: log.encode() for name, log in zip(names, texts, strict=True)} == split(text.encode(), POD, names)
