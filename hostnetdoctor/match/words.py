"""The words of an error number, in both libc wordings and in those of the language runtimes."""

from __future__ import annotations

import regex
from ahocorasick_rs import AhoCorasick

from hostnetdoctor.model import FailureKind

# One alternative for each errno: its name, its number as runtimes print it, and the sentences of glibc, musl, the BSDs,
# Windows, Java, Go and Erlang. Sources: glibc sysdeps/gnu/errlist.h, musl src/errno/__strerror.h, errno(3).
_NUMBERED = r"(?:\berrno[\s:=(\[]{0,3}-?|\bos error |\berror |\berr[=:]\s?-?|\[-?|\(-?)"
_ENDED = r"(?=[\])]|:\s|\b(?<=\w)(?:[,.;]|$)|(?<=(?:rror|rrno|rr)[\s:=]{1,2}-?\d{2,5})\s)"
_TAKEN_VERB = r"(?:is\s|are\s|was\s|were\s|appears to be\s|seems to be\s)?(?:currently\s)?(?:already\s)?(?:being\s)?(?:in use|used|bound|taken|occupied|allocated|busy)\b(?!\s(?:for|to|as|in)\b)"
IN_USE = (
    r"\baddr(?:ess)?(?:es)?\b(?:/port|\(es\))?(?:\s(?!not\b|or\b|and\b)\S{1,90})?\s(?:is\s|was\s)?(?:already\s)?(?:in use|used|bound|taken)(?:\b|(?=(?-i:[A-Z])))"
    r"|\b(?:WSA)?EADDRINUSE\b|\baddr_?in_?use\b"
    r"|"
    + _NUMBERED
    + r"(?:98|10048)"
    + _ENDED
    + r"|\bports?\b(?:\(s\))?[\s:#'\"`(]{0,3}\d{1,5}\S{0,20}\s(?:\([\w/ ]{1,20}\)\s)?(?:(?:on|for)\s\S{1,60}\s)?"
    + _TAKEN_VERB
    + r""
    r"|\bport(?:\(s\)|s)?\s(?:is|are|was|were)?\s?(?:already|currently|being)\s(?:in use|used|taken|occupied|allocated|bound|being used)\b"
    r"|:\d{2,5}['\"\])`]{0,2}\s" + _TAKEN_VERB + r""
    r"|\balready (?:running|listen(?:s|ing)?|using|bound)(?: on| at| to)? (?:\w+ ){0,3}(?:port\b|\S{0,60}:\d|/\S)"
    r"|\bport \d{1,5} (?:is|was) (?:not available|unavailable|not free)\b"
    # http.sys, as .NET's HttpListener reports it
    r"|\bconflicts with an existing registration\b"
    # glibc and the JDK in other languages: ja, zh, de, fr, es
    r"|アドレスは(?:既|すで)に使用(?:中|されて)|地址已(?:经)?(?:在|被)?使用|\bAdresse wird bereits verwendet\b|\bAdresse déjà utilisée\b"
    r"|\bdirección ya se está usando\b"
    r"|\bonly one usage of each socket address\b"
    r"|\bsocket (?:name|address|path)?\s?(?:is )?already in use\b"
    r"|\bin use\b(?=.{0,40}\b(?:bind|listen)\b)|\b(?:already )?in use\b(?<=\b(?:bind|listen|open port)\b.{0,140})"
)
_NOT_AVAILABLE = (
    r"(?:can(?:no|')t|could not|couldn't|failed to|unable to) assign requested address"
    r"|\b(?:WSA)?EADDRNOTAVAIL\b|\baddr_?not_?avail(?:able)?\b|\baddress(?: is)? not available\b"
    r"|\brequested address is not valid in its context\b"
    r"|" + _NUMBERED + r"(?:99|10049)" + _ENDED
)
_DENIED = (
    r"\bpermission denied\b|\b(?:WSA)?EACCE?S\b|"
    + _NUMBERED
    + r"(?:13|10013)"
    + _ENDED
    + r"|\baccess permissions\b|\baccess denied\b"
)
_NOT_PERMITTED = r"\boperation not permitted\b|\bEPERM\b|(?:\[errno |os error |\berrno[=:]\s?-?|\()1(?=: |\]|\)$)"
_FAMILY = (
    r"\baddress family (?:is )?(?:not supported|unsupported)\b(?: by protocol)?"
    r"|\b(?:WSA)?EAFNOSUPPORT\b|\b(?:protocol|address) family (?:not supported|unavailable)\b"
    r"|" + _NUMBERED + r"(?:97|10047)" + _ENDED
)

_KINDS = tuple(
    (kind, regex.compile(text, regex.IGNORECASE))
    for kind, text in (
        (FailureKind.ADDRESS_IN_USE, IN_USE),
        (FailureKind.ADDRESS_NOT_AVAILABLE, _NOT_AVAILABLE),
        (FailureKind.FAMILY_NOT_SUPPORTED, _FAMILY),
        (FailureKind.PERMISSION_DENIED, _DENIED),
        (FailureKind.OPERATION_NOT_PERMITTED, _NOT_PERMITTED),
    )
)

# What a text says of listening, beside the error itself.
BIND = (
    r"\bbind(?:ing|s|ed|v6)?\b|\bbind(?=(?-i:[A-Z])|\()|(?<=[a-z_])[Bb]ind(?:ing|Exception)?\b|\bbound to\b"
    r"|(?<![/.])\blisten(?:er|ers|ing)?\b(?![./_]\w)(?! for (?!connection|incoming|http|tcp|udp|request)| to (?!port|address|socket|\S{0,60}:\d|\d))|\b(?<![/.])listen(?=(?-i:[A-Z])|\()|(?<=[a-z_])[Ll]isten(?:er|ing)?\b|\bmake_sock\b|\bServerSocket\b"
    r"|\b(?:creat|open|start|initiali[sz]|setup|set up|acquir|reserv|allocat)\w{0,6}\b.{0,60}\b(?:sockets?|server|endpoint)\b(?!/)|\bsocket\(\d?\) (?:for|to|on)?\s?\S{0,60}:\d{1,5} |\bsocket\(\d?\) failed for "
)
ANY_ERROR = rf"{_NOT_AVAILABLE}|{_FAMILY}|{_DENIED}|{_NOT_PERMITTED}"

_NOT = r"(?:fail(?:ed|s|ure|ing)?(?: to|:| in| at)?|can ?not|can(?:'|\u2019)?t|could ?n[o'\u2019]t|could not|unable to|error(?: in| while| when)?|not able to|did not|didn't|problem|trouble|couldnt|cant|refus(?:ed|es|ing) to|impossible to|exception (?:while|when|during)?)"
_SOCKET_NOUN = (
    r"(?:sockets?|listeners?|ports?|address(?:es)?|interfaces?|endpoints?|server|acceptor|connector|service|daemon)"
)
NO_ERROR = (
    # Much can be bound, and listened to, that is no address.
    r"(?s)\A(?=.{0,4000}?(?:\bsockets?\b|\bports?\b|\baddress|\binterface|:\d{2,5}\b|\.sock\b|(?:\d{1,3}\.){3}\d|#\d|\[\d{2,5}[\]-])).{0,4000}?(?:"
    + _NOT
    + r"\b[\s:]{0,3}(?:\w+\s){0,4}?(?:bind(?:ing)?|bound|listen(?:ing)?(?!er)|listened)\b"
    r"|"
    + _NOT
    + r"\b[\s:]{0,3}(?:\w+\s){0,2}?(?:open|creat|acquir|reserv|allocat|get|start|set ?up|establish|mak|initiali[sz])\w{0,6}\s(?:\S+\s){0,4}?(?:listen\w*|server|bind\w*|master|accept\w*)\s(?:\S+\s){0,2}?"
    + _SOCKET_NOUN
    + r"\b"
    r"|"
    + _NOT
    + r"\b[\s:]{0,3}(?:open|creat|start|us|acquir|reserv|claim|get)\w{0,6}\s(?:\S+\s){0,5}?(?:sockets?|server|listener|port) (?:(?:on|for|at) )?(?:(?:tcp|udp|port|address) )?(?:\S{0,60}[:#@])?\d{1,5}\b"
    r"|\b(?:bind|listen|binding|listening)(?:\(\d?\))?\s(?:\S+\s){0,6}?fail(?:ed|ure|s)?\b|\b(?:bind|listen)_?(?:error|failed|failure)\b)"
)
NO_ERROR_NEEDLES = (
    "ot bind",
    "'t bind",
    "to bind",
    "bind fail",
    "bind() fail",
    "bind to ",
    "ot listen",
    "'t listen",
    "to listen",
    "rror binding",
    "ailed binding",
    "inding failed",
    "listening socket",
    "socket on ",
    "open port",
    "open server port",
    "open TCP port",
    "open UDP port",
    "use port",
    "acquire port",
    "reserve port",
    "server on port",
    "server on :",
    "socket for ",
    "listen socket",
    "create listen",
    "start listen",
    "tarting listen",
    "open listen",
    "istener fail",
    "isteners fail",
    "server socket",
    "not be listened",
    "not bound",
    "isten failed",
)

IN_USE_NEEDLES = (
    "in use",
    "In use",
    "In Use",
    "IN USE",
    "EADDRINUSE",
    "eaddrinuse",
    "AddrInUse",
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
    "already occupied",
    "already listen",
    "is not available",
    "is unavailable",
    "is not free",
    "already running on",
    "already using",
    "being used",
    "is taken",
    "is occupied",
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
_TAKEN = regex.compile(
    r"\b(?:an)?other (?:\S+ ){0,5}?(?:is |are |may be |be )?(?:already |currently )?(?:running|listening|using)\b"
    r"|\b(?:not )?already (?:running|started|listening|in use|using)\b|\bin use\b|\bsomething (?:else )?(?:is )?(?:already )?(?:running|listening|using)\b",
    regex.IGNORECASE,
)


def says_taken(text: str) -> bool:
    """Say whether a text that names no errno guesses that another program has the address."""
    return _TAKEN.search(text) is not None


def errors_of(text: str, kind: FailureKind) -> list[tuple[int, int]]:
    """Return where the words of each error of one kind begin and end."""
    return [found.span() for words in (dict(_KINDS).get(kind),) if words for found in words.finditer(text)]


def kind_of(text: str) -> tuple[FailureKind, int] | None:
    """Return the kind of failure that a text's error words name, and where they begin; None without such words."""
    found = _NEEDLES.find_matches_as_indexes(text)
    if not found:
        return None
    start, end = max(0, found[0][1] - _REACH), found[-1][2] + _REACH
    for kind, words in _KINDS:
        if error := words.search(text, start, end):
            return kind, error.start()
    return None
