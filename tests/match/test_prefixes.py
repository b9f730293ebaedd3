"""What runtimes and collectors put around a line changes nothing of what it says."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from hostnetdoctor.match.engine import find_failures

WRAPPERS: dict[str, Callable[[str], str]] = {
    "cri": lambda line: f"2026-01-02T03:04:05.123456789Z stderr F {line}",
    "docker": lambda line: json.dumps({"log": f"{line}\n", "stream": "stderr", "time": "2026-01-02T03:04:05.1Z"}),
    "kubectl timestamps": lambda line: f"2026-01-02T03:04:05.123456789Z {line}",
    "kubectl prefix": lambda line: f"[pod/nginx-7c9b4-k4x/nginx] {line}",
    "compose": lambda line: f"web-1  | {line}",
    "klog": lambda line: f"E0102 03:04:05.123456       1 main.go:87] {line}",
    "journal": lambda line: f"Jan 02 03:04:05 node-3 app[123]: {line}",
    "journal iso": lambda line: f"2026-01-02T03:04:05+0000 node-3 app[123]: {line}",
    "rfc 5424": lambda line: f"<11>1 2026-01-02T03:04:05.003Z node-3 app 123 ID47 - {line}",
    "rfc 3164": lambda line: f"<11>Jan  2 03:04:05 node-3 app: {line}",
    "level": lambda line: f"2026-01-02 03:04:05,123 ERROR {line}",
    "brackets": lambda line: f"[2026-01-02T03:04:05.123Z] [error] {line}",
    "colour": lambda line: f"\x1b[2m2026-01-02T03:04:05Z\x1b[0m \x1b[31mERROR\x1b[0m {line}",
    "json": lambda line: json.dumps({"level": "error", "ts": 1.5, "msg": line}),
    "json in json": lambda line: json.dumps({"@timestamp": "2026", "log": json.dumps({"level": "error", "msg": line})}),
    "logfmt": lambda line: f'time="2026-01-02T03:04:05Z" level=error msg={json.dumps(line)}',
    "windows": lambda line: f"{line}\r",
}
TEXTS = {
    "nginx": ("bind() to 0.0.0.0:80 failed (98: Address already in use)", "0.0.0.0", 80, None),
    "go": ("listen tcp [::1]:9100: bind: address already in use", "::1", 9100, None),
    "quotes": ('could not bind "127.0.0.1:5000" ("edge"): Address already in use', "127.0.0.1", 5000, None),
    "python": (
        "OSError: [Errno 98] error while attempting to bind on address ('::', 8000, 0, 0): address already in use",
        "::",
        8000,
        None,
    ),
    "path": ("bind() to unix:/run/n.sock failed (98: Address already in use)", None, None, "/run/n.sock"),
    "two lines": (
        'SEVERE: Failed to initialize component [Connector["http-nio-8080"]]\n\tCaused by: java.net.BindException: Address already in use',
        None,
        8080,
        None,
    ),
}


@pytest.mark.parametrize("wrapper", WRAPPERS.values(), ids=list(WRAPPERS))
@pytest.mark.parametrize(("text", "address", "port", "path"), TEXTS.values(), ids=list(TEXTS))
def test_prefixes_are_transparent(
    wrapper: Callable[[str], str], text: str, address: str | None, port: int | None, path: str | None
) -> None:
    """The same failure is read from the bare text and from the wrapped one."""
    (failure,) = find_failures([wrapper(line) for line in text.split("\n")]).failures

    assert (address, port, path) == (failure.address, failure.port, failure.path)


def test_the_text_of_a_failure_has_no_prefixes() -> None:
    """The text that is shown is what the program said."""
    line = "2026-01-02T03:04:05.123456789Z stderr F 2026/01/02 03:04:05 listen tcp :80: bind: address already in use"

    (failure,) = find_failures([line]).failures

    assert "listen tcp :80: bind: address already in use" == failure.text
