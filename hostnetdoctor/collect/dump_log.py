"""Split the `logs.txt` of `kubectl cluster-info dump`, which holds the logs of all containers of a pod in frames.

A program may print a frame line itself, so a frame line alone proves nothing. kubectl writes the containers in the
order of the pod's spec (init containers first, since 1.17), so the border between two of them is the END line of one
followed by the START line of the next. Where that pair stands more than once, nobody can say which one is the border.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_NEWLINE = b"\n"


def split(text: bytes, path: str, containers: Sequence[str]) -> Mapping[str, bytes | None]:
    """Return each container's log, or None for a log whose border is in doubt.

    `path` is the pod's `namespace/name`; `containers` are its init and regular containers in order. A container
    whose frame is not in the text is missing from the answer.
    """
    framed = [name for name in containers if _start(name, path) in text]
    logs: dict[str, bytes | None] = dict.fromkeys(framed)
    certain, position = True, 0
    for place, name in enumerate(framed):
        following = framed[place + 1] if place + 1 < len(framed) else None
        begin = position + len(_start(name, path))
        end, only = _border(text, begin, name, following, path)
        if end < 0 or (place == 0 and not text.startswith(_start(name, path))):
            break
        if certain and only:
            logs[name] = text[begin:end]
        certain = only
        position = end + len(_end(name, path))
    return logs


def _start(container: str, path: str) -> bytes:
    return f"==== START logs for container {container} of pod {path} ====\n".encode()


def _end(container: str, path: str) -> bytes:
    return f"==== END logs for container {container} of pod {path} ====\n".encode()


def _border(text: bytes, begin: int, name: str, following: str | None, path: str) -> tuple[int, bool]:
    """Return where the log ends (-1: nowhere), and whether that is the only place that it may end at."""
    end = _end(name, path)
    if following is None:
        return (len(text) - len(end), True) if text.endswith(end) and len(text) - len(end) >= begin else (-1, False)
    pair = end + _start(following, path)
    first = text.find(pair, begin)
    return first, first >= 0 and text.find(pair, first + 1) < 0
