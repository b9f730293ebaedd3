"""What stands before and around a program's own words: wrappers of runtimes and collectors, dates, colours.

`message` takes them off, so that a pattern sees the same words whether they come from `docker logs`, a CRI file, the
journal or a JSON logger.
"""

from __future__ import annotations

import regex

from hostnetdoctor.match.expression import compiled_later

_ANSI = compiled_later(
    r"\x1b(?:\[[0-9;:?]{0,30}[A-Za-z]|\][^\x07\x1b]{0,200}(?:\x07|\x1b\\)|[@-Z\\-_])|\\u001b\[[0-9;]{0,20}m|\\x1b\[[0-9;]{0,20}m|\\e\[[0-9;]{0,20}m|\\033\[[0-9;]{0,20}m"
)
_CARRIED = compiled_later(
    # kubernetes/design-proposals-archive, kubelet-cri-logging.md: time, stream, P(artial) or F(ull), text.
    r"^(?:\d{4}-\d\d-\d\dT\S{1,40} (?:stdout|stderr) [PF](?::\w+)? "
    # kubectl logs --timestamps, kubectl logs --prefix, docker compose logs
    r"|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z |\[pod/[\w.-]{1,253}/[\w.-]{1,63}\] |[\w.-]{1,80} +\| "
    # The journal and syslog: <11>1 time host program[123]: or with "program 123 ID - " (RFC 3164, RFC 5424)
    r"|(?P<priority><\d{1,3}>)?[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,9})? [\w.:-]{1,64} [\w./@-]{1,64}(?:\[\d{1,10}\]: |(?(priority): |(?!)))"
    r"|(?:<\d{1,3}>1 )?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d) [\w.:-]{1,64} [\w./@-]{1,64}(?:\[\d{1,10}\]: | [\w-]{1,20} [\w-]{1,32} (?:-|\[[^\]]{0,200}\]) ))"
)
# docker's json-file driver: {"log":"...","stream":"stderr","time":"..."}
_DOCKER = compiled_later(r'^\{"log":\s?"(?P<text>(?:[^"\\]|\\.)*)')
_ESCAPES = {"\\n": " ", "\\r": " ", "\\t": " ", '\\"': '"', "\\'": "'", "\\\\": "\\", "\\/": "/"}
_ESCAPE = compiled_later(r"\\(?:[nrt\"'\\/]|u[0-9a-fA-F]{4})")
_DATE = (
    r"\d{4}[-/]\d\d[-/]\d\d[T ]?\s?\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|\s?[+-]\d\d:?\d\d)?(?: UTC| GMT)?"
    r"|(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]?\d,?(?: \d{4})? \d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: [AP]M)?(?: \d{4})?"
    r"|\d\d?[-/ .](?:\w{3}|\d\d)[-/ .]\d{2,4}[: ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: [+-]\d{4})?"
    r"|\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?![\d.:])"
    r"|[IWEF]\d{4} \d\d:\d\d:\d\d\.\d{6} +\d+ [\w.-]+:\d+\]"
)
_STAMP = compiled_later(r"^(?:[\[(<]?(?:" + _DATE + r")[\])>]?[\s:,|-]{0,4})+")
# <14>1 host, "host name[123]:" of syslog and the journal
_SYSLOG = compiled_later(r"^(?:<\d{1,3}>1? ?)?(?:[\w.:-]{1,64} )?[\w./@-]{1,64}\[\d{1,10}\]: ")


def unwrapped(line: str) -> str:
    """Return a line as its program wrote it: without colours and without what runtimes and collectors put around it."""
    text = line.rstrip("\r\n")
    if "\x1b" in text or "[" in text:
        text = _ANSI.sub("", text)
    if docker := _DOCKER.match(text):
        text = _ANSI.sub("", unescape(docker["text"].removesuffix("\\n")))
    return _CARRIED.sub("", text)


def message(text: str) -> str:
    """Return what an unwrapped line says, without the date before it."""
    text = _STAMP.sub("", text.lstrip())
    return _STAMP.sub("", _SYSLOG.sub("", text)).strip() or text.strip()


def unescape(text: str) -> str:
    """Return the text of a JSON or logfmt string: its quotes and line breaks as they were, at most two levels deep."""
    for _ in range(2):
        if "\\" not in text:
            break
        text = _ESCAPE.sub(_plain, text)
    return text


def _plain(found: regex.Match[str]) -> str:
    escape = found[0]
    if escape.startswith("\\u"):
        return chr(int(f"0x{escape[2:]}", 0))
    return _ESCAPES[escape]
