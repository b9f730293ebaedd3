"""Tell a log from an error sentence that stands where a log should be.

The kubelet answers 200 and writes its error into the body (pkg/kubelet/kuberuntime/logs, `ReadLogs`), and
`kubectl cluster-info dump` writes the server's refusal into the file of logs.
"""

from __future__ import annotations

import re

from hostnetdoctor.model import Unreadable, UnreadableKind

_LONGEST = 2000  # bytes: these sentences hold a path and an id, never more
_SENTENCES = re.compile(
    rb"(?:unable to retrieve container logs for "
    rb"|failed to try resolving symlinks in path "
    rb"|failed to (?:open|watch|create fsnotify watcher|read any logs|tail|get) .*log"
    rb"|(?:Request log error|Create log request error): "
    rb'|unexpected stream type ")'
)


def refusal(text: bytes) -> Unreadable | None:
    """Return why this is no log, or None where it is one."""
    if len(text) > _LONGEST or not _SENTENCES.match(text):
        return None
    lines = text.strip().splitlines()
    if len(lines) > 1:
        return None
    return no_log(lines[0].decode(errors="replace"))


def no_log(words: str) -> Unreadable:
    """Return that the node has no such log, in the words in which it was said."""
    return Unreadable(kind=UnreadableKind.NO_LOG, why=f"There is no such log (any more): {words.rstrip('.')}.")
