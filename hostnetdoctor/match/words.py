"""The words of an error number, in the wordings of the C libraries and of the language runtimes.

Sources: glibc sysdeps/gnu/errlist.h, musl src/errno/__strerror.h, errno(3), Windows Sockets error codes.
"""

from __future__ import annotations

from ahocorasick_rs import AhoCorasick

from hostnetdoctor.match.expression import any_of, compiled
from hostnetdoctor.model import FailureKind


def _number(*numbers: int) -> str:
    """Return the expression of an error's number as programs print it, on Linux and on Windows."""
    introduced = any_of(
        r"\berrno[\s:=(\[]{0,3}-?",  # Python: [Errno 98]; C programs: errno=98, errno: 98
        r"\bos error ",  # Rust: (os error 98)
        r"\berror ",
        r"\berr[=:]\s?-?",
        r"\[-?",
        r"\(-?",  # nginx: (98: Address already in use)
    )
    ended = any_of(
        r"[\])]",
        r":\s",
        r"\b(?<=\w)(?:[,.;]|$)",
        r"(?<=(?:rror|rrno|rr)[\s:=]{1,2}-?\d{2,5})\s",  # a blank will do only where the word error stands before it
    )
    return f"{introduced}{any_of(*map(str, numbers))}(?={ended})"


_IS_TAKEN = (
    r"(?:is\s|are\s|was\s|were\s|appears to be\s|seems to be\s)?(?:currently\s)?(?:already\s)?(?:being\s)?"
    r"(?:in use|used|bound|taken|occupied|allocated|busy)\b(?!\s(?:for|to|as|in)\b)"
)

IN_USE = any_of(
    # Address already in use, Address in use, address 0.0.0.0:80 is already in use; gRPC runs the next sentence into it.
    r"\baddr(?:ess)?(?:es)?\b(?:/port|\(es\))?(?:\s(?!not\b|or\b|and\b)(?:[(\[]['\"][^()\[\]]{1,80}[)\]]|\S{1,90}))?\s(?:is\s|was\s)?(?:already\s)?"
    r"(?:in use|used|bound|taken)(?:\b|(?=(?-i:[A-Z])))",
    r"\b(?:WSA)?EADDRINUSE\b",
    r"\baddr(?:ess)?_?in_?use(?:\b|(?=(?-i:[A-Z])))",  # Rust's ErrorKind::AddrInUse, Erlang's addr_in_use
    _number(98, 10048),
    r"\bbinding fd \d+ .{1,60}\(-1 98\)",  # libwebsockets: what the call returned, and errno
    # Port 8080 is already in use, port 8080 (http) on host x is taken
    r"\bports?\b(?:\(s\))?[\s:#'\"`(]{0,3}\d{1,5}\S{0,20}\s(?:\([\w/ ]{1,20}\)\s)?(?:(?:on|for)\s\S{1,60}\s)?"
    + _IS_TAKEN,
    r"\bport(?:\(s\)|s)?\s(?:is|are|was|were)?\s?(?:already|currently|being)\s(?:in use|used|taken|occupied|allocated|bound|being used)\b",
    r":\d{2,5}['\"\])`]{0,2}\s" + _IS_TAKEN,
    # already listening on port 80, another instance seems to already listen on /run/x.sock
    r"\balready (?:running|listen(?:s|ing)?|using|bound)(?: on| at| to)? (?:\w+ ){0,3}(?:port\b|\S{0,60}:\d|/\S)",
    r"(?<=:\d{1,5}: )port (?:is )?in use\b",
    r"\bport \d{1,5} (?:is|was) (?:not available|unavailable)\b",  # Streamlit, Jupyter
    r"\bport \d{2,5} (?:occupied|already (?:allocated|assigned) to another)\b",
    r"^\W{0,3}\d{2,5} is already in use\b",
    r"\bonly one usage of each socket address\b",  # Windows
    r"\bconflicts with an existing registration\b",  # http.sys, as .NET's HttpListener reports it
    # glibc and the JDK in Japanese, Chinese, German, French and Spanish
    r"アドレスは(?:既|すで)に使用(?:中|されて)",
    r"地址已(?:经)?(?:在|被)?使用",
    r"\bAdresse wird bereits verwendet\b",
    r"\bAdresse déjà utilisée\b",
    r"\bdirección ya se está usando\b",
    r"\bsocket (?:name|address|path)?\s?(?:is )?already in use\b",
    # The bare words, where the same line speaks of binding.
    r"\bin use\b(?=.{0,40}\b(?:bind|listen)\b)",
    r"\b(?:already )?in use\b(?<=\b(?:bind|listen|open port)\b.{0,140})",
)
_NOT_AVAILABLE = any_of(
    r"(?:can(?:no|')t|could not|couldn't|failed to|unable to) assign requested address",  # glibc, the BSDs
    r"\b(?:WSA)?EADDRNOTAVAIL\b",
    r"\baddr_?not_?avail(?:able)?\b",  # Rust
    r"\baddress(?: is)? not available\b",  # musl
    r"\brequested address is not valid in its context\b",  # Windows
    _number(99, 10049),
)
_DENIED = any_of(
    r"\bpermission denied\b",
    r"\b(?:WSA)?EACCE?S\b",
    _number(13, 10013),
    r"\baccess permissions\b",  # Windows: forbidden by its access permissions
    r"\baccess denied\b",
)
_NOT_PERMITTED = any_of(
    r"\boperation not permitted\b",
    r"\bEPERM\b",
    r"(?:\[errno |os error |\berrno[=:]\s?-?|\()1(?=: |\]|\)$)",
)
_FAMILY = any_of(
    r"\baddress family (?:is )?(?:not supported|unsupported)\b(?: by protocol)?",
    r"\b(?:WSA)?EAFNOSUPPORT\b",
    r"\b(?:protocol|address) family (?:not supported|unavailable)\b",
    _number(97, 10047),
)
# The errors that bind() and listen() share with other calls.
ANY_ERROR = any_of(_NOT_AVAILABLE, _FAMILY, _DENIED, _NOT_PERMITTED)

_KINDS = {
    FailureKind.ADDRESS_IN_USE: compiled(IN_USE),
    FailureKind.ADDRESS_NOT_AVAILABLE: compiled(_NOT_AVAILABLE),
    FailureKind.FAMILY_NOT_SUPPORTED: compiled(_FAMILY),
    FailureKind.PERMISSION_DENIED: compiled(_DENIED),
    FailureKind.OPERATION_NOT_PERMITTED: compiled(_NOT_PERMITTED),
}

IN_USE_NEEDLES = (
    "in use",
    "In use",
    "In Use",
    "IN USE",
    "EADDRINUSE",
    "eaddrinuse",
    "InUse",
    "-1 98",
    "used by another",
    "occupied",
    "addrinuse",
    "addr_in_use",
    "rrno 98",
    "(98",
    "[98",
    "error 98",
    "rrno=98",
    "rrno: ",
    "err=-98",
    "already used",
    "already bound",
    "already allocated",
    "already taken",
    "already listen",
    "ot available",
    "already running on",
    "already using",
    "being used",
    "is taken",
    "usage of each socket",
    "with an existing registration",
    "に使用",
    "地址已",
    "wird bereits verwendet",
    "déjà utilisée",
    "ya se está usando",
)
BIND_ERROR_NEEDLES = (
    "requested address",
    "ddress not available",
    "address is not available",
    "ddrNotAvail",
    "ermission denied",
    "ERMISSION DENIED",
    "ermissionDenied",
    "access permissions",
    "EADDRNOTAVAIL",
    "eaddrnotavail",
    "EACCES",
    "eacces",
    "peration not permitted",
    "EPERM",
    "eperm",
    "amily not supported",
    "EAFNOSUPPORT",
    "eafnosupport",
)

# Every text with the words of an error contains one of these.
ERROR_NEEDLES = (*IN_USE_NEEDLES, *BIND_ERROR_NEEDLES)

_NEEDLES = AhoCorasick(ERROR_NEEDLES)
_REACH = 200  # characters: what the words of an error span

# Words of a program that knows no errno, or keeps it for itself, and guesses right.
_GUESSED = compiled(
    r"\b(?:an)?other (?:\S+ ){0,5}?(?:is |are |may be |be )?(?:already |currently )?(?:running|listening|using)\b",
    r"\b(?:not )?already (?:running|started|listening|in use|using)\b",
    r"\bin use\b",
    r"\bsomething (?:else )?(?:is )?(?:already )?(?:running|listening|using)\b",
)


def guesses_taken(text: str) -> bool:
    """Say whether a text that names no errno guesses that another program has the address."""
    return _GUESSED.search(text) is not None


def errors_of(text: str, kind: FailureKind) -> list[tuple[int, int]]:
    """Return where the words of each error of one kind begin and end; nothing for a kind without words."""
    return [found.span() for found in _KINDS[kind].finditer(text)] if kind in _KINDS else []


def kind_of(text: str) -> tuple[FailureKind, int] | None:
    """Return the kind of failure that a text's error words name, and where they begin; None without such words."""
    found = _NEEDLES.find_matches_as_indexes(text)
    if not found:
        return None
    start, end = max(0, found[0][1] - _REACH), found[-1][2] + _REACH
    for kind, words in _KINDS.items():
        if error := words.search(text, start, end):
            return kind, error.start()
    return None
