"""Find the ports that a configuration file names to listen on, in the forms that common programs use.

One line at a time: a directive (`listen 80;`, `bind *:8443`, `port 6379`), a key with a value (`server.port=8080`,
`http_port: 9000`, `address = "0.0.0.0:8086"`). A file is not understood as a whole, so this is as good as an argument, no better.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from hostnetdoctor.listeners.settings import Setting, setting_of

_LINE = re.compile(
    r"""^\s*(?:-\s+)?["']?(?P<name>[A-Za-z][\w.-]*)["']?   # a directive or a key, also in a list
        \s*(?:[:=]\s*|\s)\s*                                # what separates it from its value
        ["']?(?P<value>[^\s"',;{}]+)""",
    re.VERBOSE,
)
# Only these names speak of listening in a file; others name ports of programs that are called.
_LISTENS = re.compile(
    r"(^|[._-])(listen|bind|port|https?_?port|listen_?addr(ess)?|bind_?addr(ess)?|http_addr|address)$", re.IGNORECASE
)
_COMMENT = re.compile(r"^\s*(#|//|;|--)")
_LONGEST = 100_000  # characters of a file that are looked at


def ports_in(text: str) -> tuple[Setting, ...]:
    """Return the ports that a configuration file names to listen on; each port and address once, in order."""
    found: dict[tuple[int, str | None], Setting] = {}
    for setting in _settings(text[:_LONGEST]):
        if setting.listens:
            found.setdefault((setting.port, setting.address), setting)
    return tuple(found.values())


def _settings(text: str) -> Iterator[Setting]:
    for line in text.splitlines():
        match = None if _COMMENT.match(line) else _LINE.match(line)
        if match is not None and _LISTENS.search(match["name"]):
            yield from setting_of(match["name"], match["value"], line.strip())
