"""Texts about errors: code, documentation, questions, quotations, and what other tools print."""

from __future__ import annotations

from hostnetdoctor.match.expression import any_of, any_word_of, compiled, compiled_later

# The names of errors that lists of errors give beside ours.
_ERRNO = r"(?-i:E(?:ADDR|ACC|PERM|AFNO|AGAIN|CONN|INVAL|BADF|NO|MFILE)[A-Z]*)"
_PLACE_IN_SOURCE = r"^\S{1,200}\.\w{1,5}:\d{1,5}:"

# Before the error in its own sentence: a condition, a purpose, an advice, a question.
_ABOUT = any_word_of(
    r"if",
    r"whether",
    r"when",
    r"unless",
    r"in case",
    r"so that",
    r"should",
    r"would",
    r"could(?! not\b)",
    r"might",
    r"may",
    r"will (?:fail|be|return|get)",
    r"avoid",
    r"prevent",
    r"means?",
    r"e\.g\.",
    r"for example",
    r"such as",
    r"documentation",
    r"searching",
    r"search",
    r"query",
    r"grep",
    r"ensure",
    r"make sure",
    r"check(?:ing)? (?:that|if|whether)",
    r"how to",
    r"asked",
    r"expected",
    r"(?:fails|rejects|throws|errors) with",
    r"fix(?:e[sd])?",
    r"handles?",
    r"avoids?",
    r"detects?",
    r"workaround",
    r"regression",
    r"patterns?",
    r"keywords?",
    r"troubleshooting",
    r"common errors?",
    r"known (?:issues?|errors?)",
    r"possible (?:causes?|reasons?)",
    r"symptoms?",
    r"why (?:do|does|did|am|is)",
)
_HEADINGS = r"\b(?:common errors?|known (?:issues?|errors?)|possible (?:causes?|reasons?)|troubleshooting|symptoms?)\b"
_COMMENT = any_of(
    # A program may print a comment of its own: "# warning: ..."
    r"#\s(?!(?:warning|error|creating|failed|could|can't|unable|fatal)\b)",
    r"//",
    r"\*\s",
    r";",
    r">\s",
    r"\$\s",
    r"--\s",
    r"usage:",
    r"note:",
    r"hint:",
    r"tip:",
    r"(?:\[[^\]]{1,80}\]:? ?)*perhaps\b",  # Minecraft: [WARN]: Perhaps a server is already running on that port?
    r"faq\b",
    r"q:",
    r"a:",
)
_STATEMENT = r"(?:const|let|var|import|from|case|return|if|elif|else|def|func|function|fn|#include|raise|throw|catch|except|match|enum)"
# What stands before the error in a text about errors.
ABOUT_ERRORS = compiled(
    r"^" + _COMMENT,
    _ABOUT + r"[^.:;\n]{0,120}$",
    r"^\s*" + _STATEMENT + r"\b(?! here)",
    r"^\s*[\w.-]{1,60}\s*[=:]\s*\S{1,100}\s+#",  # a setting with its comment
    _HEADINGS + r"[^\n]{0,200}$",
    r"=~\s?\\?[\"'][^\n]{0,200}$",  # a rule that searches logs
    r"^(?:PASS|(?:not )?ok \d+|--- (?:PASS|FAIL|SKIP)|it\(|test_\w+|INSERT INTO)\b",  # names of tests, SQL
)

# Somebody else's words, repeated: what stands before them.
_TOLD_BY = any_word_of(
    r"upstream",
    r"downstream",
    r"remote",
    r"peer",
    r"backend",
    r"replied",
    r"responded",
    r"reported",
    r"reports",
    r"returned by",
    r"received from",
    r"response (?:body|from(?! daemon))",  # Docker's command: Error response from daemon
    r"(?:stdout|stderr|output|logs?|message|error) (?:of|from) (?!bind|listen)",
    r"last log",
    r"exits with",
    r"forwarded",
    r"dropped",
    r"shipped",
    r"deduplicated",
    r"in the last (?:hour|day|minute|\d+)",
    r"incidents?",
    r"on-?call",
    r"pager",
    r"runbook",
    r"post-?mortem",
    r"page sent",
    r"excerpt",
    r"transcript",
    r"replay(?:ed|ing)",
    r"archived",
    r"pasted",
    r"attachment",
    r"similar (?:to|errors?)",
    r"(?:message|mail|alert|notification|summary) (?:sent|posted)",
    r"step output",
    r"matched (?:rule|pattern|line)",
    r"ticket",
    r"issue #?\d+",
    r"alertname",
    r"quoted?",
    r"previous(?:ly)?",
)
QUOTED = compiled(
    r"\[firing\]",  # Alertmanager
    r"\b(?:logs?|output|it|message) (?:says?|said|reads?|shows?|showed|contain\w*)\b.{0,400}$",
    _TOLD_BY + r"[^\n]{0,400}$",
    r"\bstd(?:err|out)\\?[\"']?\s?[:=][^\n]{0,400}$",
    r"(?<!\[)\balert\s?[:=][^\n]{0,400}$",
    r"\b(?:container|pod) \S{1,120} (?:\w+ ){0,3}(?:terminated|exited|crashed|failed|died)\b.{0,20}(?:with|:)",
    r"\b(?:status|program|script|command) failed \(-?\d{1,3}\) -- [^\n]{0,400}$",  # monit
    r"\b(?:GET|POST|PUT|HEAD|DELETE|PATCH) /[^\n]{0,400}$",  # an access log
)
# A key of structured text under which somebody else's words stand.
_QUOTING_KEYS = any_of(
    r"excerpt",
    r"snippet",
    r"quote",
    r"body",
    r"comment",
    r"description",
    r"summary",
    r"title",
    r"subject",
    r"sample",
    r"example",
    r"last_?(?:logs?|line)",
    r"log_?tail",
    r"logs",
    r"output",
    r"previous\w*",
    r"tail",
    r"query",
    r"question",
    r"answer",
    r"annotations?",
    r"content",
    r"prompt",
    r"payload",
    r"ticket",
    r"suggestion",
    r"advice",
    r"hint",
    r"help",
    r"rule",
    r"regex",
    r"pattern",
    r"match",
    r"expr",
)
QUOTING_KEY = compiled(r"\b" + _QUOTING_KEYS + r"\\?[\"']\s?[:=]\s?\\?[\"'\[][^\"]{0,400}$")

# Code, headers, tables of errors, and pages of documentation.
SOURCE = compiled(
    r"\bOS error code\b",  # Perl's perldoc
    r"^E(?-i:(?:ADDR|ACC|PERM|AFN)[A-Z]*)\s+(?:\(|\d+\s|(?-i:[A-Z][a-z]))",  # the table of a manual
    r"#\s?define\b",
    r"(?<![:/'\"])/\*",
    r"\*/(?!\S)",
    r"^\s*-?\d{1,4}\s+" + _ERRNO + r"\b",
    r"^(?:Errno::)?" + _ERRNO + r" \d{1,3} (?-i:[A-Z])",  # a list that a program makes of the errors it knows
    r"\)\s{1,20}= -1 " + _ERRNO + r" \(",  # strace
    r"^[a-z_][\w:]{0,120}\{[^\n]{1,400}\} [\d.e+-]{1,24}(?: \d{1,16})?$",  # a sample of Prometheus
    r"\b" + _ERRNO + r"[\"']?\s*[:=]\s*(?:Errno\()?-?(?:0x)?\d{1,3}\b",  # EADDRINUSE = 98, EADDRINUSE = Errno(0x62)
    r"\berrno\s?[!=]=",
    r"[!=]==?\s?[\"']?(?:errno\.|syscall\.|unix\.|" + _ERRNO + r")",
    r"(?<!\bunix_error\()\b(?:errno|syscall|unix|os)\.EADDR",  # Unix_error(Unix.EADDRINUSE, ...) is OCaml's message
    r"\bunix_error\s?\((?![\w.]{1,30}, ?\")",
    r"</[a-z]+\s*>?",  # HTML
    r"<(?:p|li|ul|code|strong|a|em|b|i|br|pre|span|td|tr|h\d|tt)(?:\s[^>]*)?>",
    r"&(?:lt|gt|quot|amp);",
    _PLACE_IN_SOURCE + r"\s{2}",  # what grep prints of an indented line
    _PLACE_IN_SOURCE + r"\s*(?:#|//|\w+ ?=(?!=)|(?:if|raise|return|throw|case|const|def|log\w*[.( ]|print\w*[( ])\b)",
)
ERROR_LIST = compiled_later(  # names in capitals, not the fields of JSON
    any_of(
        r"\bEADDR\w+[\"']?\s*[,|]\s*[\"']?E(?!RROR)[A-Z]{3,}",
        r"\bE(?!RROR)[A-Z]{3,}[\"']?\s*[,|]\s*[\"']?EADDR",
    )
)
# A manual lists the names of errors on lines of their own.
ERROR_NAME = compiled_later(r"E[A-Z]{3,}")
MANUAL = compiled_later(r"^\s{3,}E[A-Z]{3,}\b")
# A text that is still to be filled in: Go, Python, C, shell, Ruby.
TEMPLATE = compiled_later(r"\{\{ ?[$.]|\{[A-Za-z_][\w.]*(?:![rsa])?\}|%[sdv](?!\w)|\$\{|#\{")
# Lines of other tools.
COPIED = compiled_later(
    any_of(
        r"^\s{2,}\d{1,7} \S",  # history, uniq -c
        r"^\s*\d+ \|\s",  # a numbered listing
        r"^\S{1,200}\.(?:log|txt|md|out|err|jsonl?)(?::\d+)?:",  # grep
        r"^[0-9a-f]{7,40} [A-Z][a-z]+ ",  # git log --oneline
        r"^[\u2502|]\s.*[\u2502|]\s*$",  # a table
        r"^\+[\w\s]",  # diff
        r"^#<",  # Ruby's inspect
        r"^\s*--?[a-z][\w-]*(?:[ =,]|$)",  # the help of an option
    )
)
