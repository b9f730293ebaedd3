"""Lines that speak of an error like ours and are none: the other side's, somebody else's, or a text about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import regex

from hostnetdoctor.model import FailureKind

_CONNECT = regex.compile(
    r"\b(?:dial(?:ing|ed)?|connect(?:ing|\(\)|\(2\))?(?: to)?|sendto|sendmsg|send(?:ing)?|ping|getpeername|http\.get)\b[^;]{0,160}$"
    r"|\bconnect(?:ion)? (?:to|attempt|failed|error)\b[^;]{0,160}$|\bConnectException\b|\b(?:no route|refused)\b"
    r"|\bas source\b|\blocal address for (?:outgoing|connect)|\boutgoing\b|\bupstream\b(?!.{0,40}\blisten)",
    regex.IGNORECASE,
)
# Go binds a connection's own end as well: `dial tcp 127.0.0.1:9999->10.0.0.5:80: bind: address already in use`.
_GO_DIAL = regex.compile(r"\bdial (?:tcp|udp|unix)\w* \S{1,200}: ")
_BIND_NEAR = regex.compile(r"\bbind\(|\bbind\b|\blisten", regex.IGNORECASE)
# A text about errors: code, documentation, a question, a configuration with its comment.
_TEXT = regex.compile(
    r"^(?:#\s(?!(?:warning|error|creating|failed|could|can't|unable|fatal)\b)|//|\*\s|;|>\s|\$\s|--\s|usage:|note:|hint:|tip:|(?:\[[^\]]{1,80}\]:? ?)*perhaps\b|faq\b|q:|a:)"
    r"|\b(?:if|whether|when|unless|in case|so that|should|would|could|might|may|will (?:fail|be|return|get)|avoid|prevent|means?|e\.g\.|for example|such as|"
    r"documentation|searching|search|query|grep|ensure|make sure|check(?:ing)? (?:that|if|whether)|how to|asked|expected|(?:fails|rejects|throws|errors) with|fix(?:e[sd])?|handles?|avoids?|detects?|workaround|regression|patterns?|keywords?|troubleshooting|common errors?|known (?:issues?|errors?)|possible (?:causes?|reasons?)|symptoms?|why (?:do|does|did|am|is))\b[^.:;\n]{0,120}$"
    r"|^\s*(?:const|let|var|import|from|case|return|if|elif|else|def|func|function|fn|#include|raise|throw|catch|except|match|enum)\b(?! here)"
    r"|^\s*[\w.-]{1,60}\s*[=:]\s*\S{1,100}\s+#|\b(?:common errors?|known (?:issues?|errors?)|possible (?:causes?|reasons?)|troubleshooting|symptoms?)\b[^\n]{0,200}$|=~\s?\\?[\"'][^\n]{0,200}$|^(?:PASS|(?:not )?ok \d+|--- (?:PASS|FAIL|SKIP)|it\(|test_\w+|INSERT INTO)\b",
    regex.IGNORECASE,
)
_ERROR_LIST = regex.compile(
    r"\bEADDR\w+[\"']?\s*[,|]\s*[\"']?E(?!RROR)[A-Z]{3,}|\bE(?!RROR)[A-Z]{3,}[\"']?\s*[,|]\s*[\"']?EADDR"
)
# Somebody else's words, repeated.
_QUOTED = regex.compile(
    r"\[firing\]|\b(?:logs?|output|it|message) (?:says?|said|reads?|shows?|showed|contain\w*)\b.{0,400}$|\b(?:upstream|downstream|remote|peer|backend|replied|responded|reported|reports|returned by|received from|response (?:body|from(?! daemon))|"
    r"(?:stdout|stderr|output|logs?|message|error) (?:of|from) (?!bind|listen)|last log|\[firing\]|exits with|forwarded|dropped|shipped|deduplicated|in the last (?:hour|day|minute|\d+)|incidents?|on-?call|pager|runbook|post-?mortem|page sent|excerpt|transcript|replay(?:ed|ing)|archived|pasted|attachment|similar (?:to|errors?)|(?:message|mail|alert|notification|summary) (?:sent|posted)|step output|matched (?:rule|pattern|line)|ticket|issue #?\d+|alertname|quoted?|previous(?:ly)?)\b[^\n]{0,400}$"
    r"|\bstd(?:err|out)\\?[\"']?\s?[:=][^\n]{0,400}$|(?<!\[)\balert\s?[:=][^\n]{0,400}$"
    r"|\b(?:container|pod) \S{1,120} (?:\w+ ){0,3}(?:terminated|exited|crashed|failed|died)\b.{0,20}(?:with|:)"
    r"|\b(?:GET|POST|PUT|HEAD|DELETE|PATCH) /[^\n]{0,400}$",
    regex.IGNORECASE,
)
_RECOVERED = regex.compile(
    r"\bFAILED! =>|\(connect failed\)|\bprovided (?:port|ip) is already allocated|\bit is free\b|\berrors are ignored\b|\brecovered\b|\bnow (?:free|available)\b",
    regex.IGNORECASE,
)
_NO_SOCKET = regex.compile(
    r"\b(?:e-?mail|mac|memory|virtual) address(?:es)?\b|\b(?:subnet|cidr|overlaps?|duplicate address|arp|dhcp lease|ipam)\b|\bip(?:v[46])? address \S{1,60} (?:is |was )?(?:already )?in use\b"
    r"|\b(?:not|no longer|never|none|nothing)\b (?:\w+ ){0,2}(?:in use|used)\b|\bno (?:address|port)\b (?:\w+ )?in use\b|\bin use[\"']?\s?[:=]\s?(?:no|0|false|none)\b",
    regex.IGNORECASE,
)
# A key of structured text under which somebody else's words stand.
_QUOTING_KEY = regex.compile(
    r"\b(?:excerpt|snippet|quote|body|comment|description|summary|title|subject|sample|example|last_?logs?|log_?tail|logs|output|previous\w*|tail|query|question|answer|"
    r"annotations?|content|prompt|payload|ticket|suggestion|advice|hint|help|rule|regex|pattern|match|expr)\\?[\"']\s?[:=]\s?\\?[\"'\[][^\"]{0,400}$",
    regex.IGNORECASE,
)
# Code, headers, tables of errors, and pages of documentation.
_SOURCE = regex.compile(
    r"\bOS error code\b|^E(?-i:(?:ADDR|ACC|PERM|AFN)[A-Z]*)\s+(?:\(|\d+\s|(?-i:[A-Z][a-z]))|#\s?define\b|(?<![:/'\"])/\*|\*/(?!\S)|^\s*\d{1,3}\s+(?-i:E(?:ADDR|ACC|PERM|AFNO|AGAIN|CONN|INVAL|BADF|NO|MFILE)[A-Z]*)\b|\b(?-i:E(?:ADDR|ACC|PERM|AFNO|AGAIN|CONN|INVAL|BADF|NO|MFILE)[A-Z]*)[\"']?\s*[:=]\s*(?:Errno\()?-?(?:0x)?\d{1,3}\b|\berrno\s?[!=]=|[!=]==?\s?[\"']?(?:errno\.|syscall\.|unix\.|(?-i:E(?:ADDR|ACC|PERM|AFNO|AGAIN|CONN|INVAL|BADF|NO|MFILE)[A-Z]*))|\b(?:errno|syscall|unix|os)\.EADDR"
    r"|</[a-z]+\s*>?|<(?:p|li|ul|code|strong|a|em|b|i|br|pre|span|td|tr|h\d|tt)(?:\s[^>]*)?>|&(?:lt|gt|quot|amp);"
    r"|^\S{1,200}\.\w{1,5}:\d{1,5}:\s{2}|^\S{1,200}\.\w{1,5}:\d{1,5}:\s*(?:#|//|\w+ ?=(?!=)|(?:if|raise|return|throw|case|const|def|log\w*[.( ]|print\w*[( ])\b)",
    regex.IGNORECASE,
)
# A manual lists the names of errors on lines of their own.
_ERROR_NAME = regex.compile(r"E[A-Z]{3,}")
_TEMPLATE = regex.compile(r"\{\{ ?[$.]|\{[A-Za-z_][\w.]*(?:![rsa])?\}|%[sdv](?!\w)|\$\{|#\{")
_ANY_ADDRESS = regex.compile(
    r"\b(?:an|a|any) (?:\w+ )?(?:address|port|socket)\b[^.:\n]{0,12}\b(?:already )?in use\b", regex.IGNORECASE
)
_OUTGOING = regex.compile(
    r"\bwhile connecting to upstream\b|\bproxy_bind\b|\b(?:local )?source (?:ip|address|port)\b|^(?:\* |curl: \(\d+\) )?bind failed with errno|^curl: |^\* |\blocal connection end\b|\bfile_get_contents\(|\bfsockopen\(|"
    r"\bcouldn't open socket: cannot assign|^libnsock |\bconnect EADDR",
    regex.IGNORECASE,
)
# Lines around the bind() of a connection's own end.
_CONNECTS = regex.compile(
    r"\bopening connection\b|\bError connecting\b|\bTrying \S+\.\.\.|\bconnect to host\b|\bFailed to connect to\b|\bcould not send mail\b|internalConnect|\.connect\(|connect0\(|create_connection",
    regex.IGNORECASE,
)
# Lines of other tools: a diff, a table, counted lines, the output of grep, a history, an option's help.
_COPIED = regex.compile(
    r"^\s{2,}\d{1,7} \S|^\s*\d+ \|\s|^\S{1,200}\.(?:log|txt|md|out|err|jsonl?)(?::\d+)?:|^[0-9a-f]{7,40} [A-Z][a-z]+ |^[\u2502|]\s.*[\u2502|]\s*$|^\+[\w\s]|^#<|^\s*--?[a-z][\w-]*(?:[ =,]|$)"
)

# Other things that programs bind.
_OTHER_BINDING = regex.compile(
    r"\bldap|--bind\b|\b(?:cluster)?role-?bindings?\b|\bbind dn\b|\bbind[ -](?:mounts?|users?|dn|keys?|param\w*|arguments?|variables?|volumes?|pods?|pvc|claims?|values?|columns?|methods?|functions?|programs?|events?|queues?|exchanges?)\b"
    r"|\bbind(?:ing)? (?:\S+ )?to (?:the )?(?:service account|queue|exchange|node|device|driver|user|keys?|domain|event|role|key)\b",
    regex.IGNORECASE,
)
_PLACED = regex.compile(r":\d{2,5}\b|\bports? \d|\.sock\b|#\d{2,5}\b")


# Keys under which a program puts its own error.
_OWN_KEYS = frozenset(
    [
        "error",
        "err",
        "errors",
        "msg",
        "message",
        "reason",
        "cause",
        "code",
        "errno",
        "name",
        "os_error",
        "strerror",
        "detail",
        "details",
        "exception",
        "text",
        "log",
        "what",
        "status",
        "stack",
        "info",
        "failure",
        "error_message",
        "errmsg",
        "event",
        "body_text",
        "syscall_error",
        "why",
        "value",
    ]
)
_KEY = regex.compile(
    r"(?P<key>[\w.-]{1,60})\\?[\"']?\s?(?:[:=]|=~|=>)\s{0,20}\\?[\"'](?:\.\*)?(?:(?:bind|listen): ?)?$"
)


def _is_under_another_key(before: str) -> bool:
    """Say whether the words of an error are all of a value that stands under a key for something else."""
    found = _KEY.search(before[-120:])
    return found is not None and found["key"].lower().rpartition(".")[2] not in _OWN_KEYS


_MANUAL = regex.compile(r"^\s{3,}E[A-Z]{3,}\b")


def is_copied(line: str, before: Sequence[str]) -> bool:
    """Say whether a line stands in a manual, in a diff or in the output of another tool; `before` is the nearest first.

    An indented line that explains the error which one of the two lines before it names is from a manual.
    """
    if line.startswith("     ") and any(_MANUAL.match(each) for each in before[:2]):
        return True
    return _COPIED.match(line) is not None or (line.startswith("-") and any(each.startswith("@@ ") for each in before))


def is_outgoing(kind: FailureKind, before: Iterable[str], after: Iterable[str]) -> bool:
    """Say whether neighbours show that the address was the own end of a connection."""
    if kind not in (FailureKind.ADDRESS_IN_USE, FailureKind.ADDRESS_NOT_AVAILABLE):
        return False
    return any(_CONNECTS.search(line) for line in (*before, *after))


def is_look_alike(text: str, error_at: int) -> bool:
    """Say whether a line with error words is no failure of its own program; `error_at` is where those words begin."""
    if _ERROR_NAME.fullmatch(text):
        return True
    before = text[:error_at]
    if before.count("`") % 2:
        return True  # quoted as code
    if _GO_DIAL.search(before):
        return True
    if _CONNECT.search(before) and not _BIND_NEAR.search(before):
        return True
    if _OTHER_BINDING.search(text) and not _PLACED.search(text):
        return True
    if _is_under_another_key(before):
        return True
    return any(
        found is not None
        for found in (
            _TEXT.search(before),
            _QUOTED.search(before),
            _NO_SOCKET.search(text),
            _RECOVERED.search(text),
            _QUOTING_KEY.search(before),
            _SOURCE.search(text),
            _TEMPLATE.search(text[max(0, error_at - 100) : error_at + 60]),
            _ANY_ADDRESS.search(text),
            _OUTGOING.search(text),
            _ERROR_LIST.search(text),
        )
    )
