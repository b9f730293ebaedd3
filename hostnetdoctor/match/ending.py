"""Whether a program ends after an error or goes on, as far as its log says so."""

from __future__ import annotations

from hostnetdoctor.match.expression import any_of, any_word_of, compiled, compiled_later
from hostnetdoctor.match.frames import FRAME, JAVA_FRAME, REACH
from hostnetdoctor.match.prefix import message
from hostnetdoctor.match.success import says_it_listens
from hostnetdoctor.match.window import Hit

_SOON = 24  # lines
_SECONDS = 2
_AFTER = 25  # lines: a stack trace that follows

_ENDS = compiled(
    any_word_of(
        r"fatal",
        r"panic(?:ked)?",
        r"exit(?:ing|s|ed)",
        r"abort(?:ing|ed)?",
        r"giving up",
        r"terminating",
        r"shutting down",
        r"(?:quitt|bail)ing",
        r"(?:cannot|can't|could not) continue",
        r"still could not",  # nginx
        r"early exit",
        r"unable to bind any inbound sockets",  # rsync
        r"error while loading config",
        r"unhandled",
        r"uncaught",
        r"crash(?:ed|ing)",
        r"startup failed",
        r"initiali[sz]ation ?failed",
        r"error initiali[sz]ing (?:the )?config\w*",  # Envoy
        # Not what fails to initialize a listener: that may be one of several.
        r"failed to (?:initiali[sz]e|configure)(?! (?:the )?(?:\w+ )?(?:listener|socket|message)|\w|[^?]{0,80}\?$)",
        r"(?:could not|cannot) be started",
        r"not starting",
        r"no listening sockets available",  # Apache httpd
        r"listen setup failed",
        r"cannot bind any address",
        r"(?:server|daemon|service) (?:closing|stopping)",
        r"stopping (?:the )?server",
        r"(?:run|process|server|service) (?:finished|ended|exited|stopped|terminated) (?:with (?:an )?error|abnormally)",
    )
    + r"(?! normally)",
    r"\bFTL\b",  # zerolog, Serilog
    r"\bFATA\b",  # logrus
    r"\"level\":\s?60\b",  # pino, bunyan
    r"\bexit\([1-9]",
    r"exit status [1-9]",
    r"exit code [1-9]",
    r"(?:--|[,;:]) exit[.!]?$",
    r"\bexit=\"",  # go-kit's run groups
    r"^no (?:listening |usable )?sockets[.!]?$",  # Heimdal
    r"^ERROR: .{1,400} at /\S{1,200} line \d+\.$",  # Perl's last words
    r"\b\d+ => Stopped$",  # Mumble
    r"\[critical {0,3}\]",
    r"(?:^|\d )CRITICAL: ",
    r"(?-i:\bEMERG\b)",
    r"\bExecution halted\b",  # R
    r"^while executing$",  # Tcl
    r"\bgood-?bye\b",
    r"[.,;] (?:dying|leaving|quit|bye)[.!]?$",
    r"\b(?:server|daemon|service) (?:is )?not (?:started|running)[.!]?$",
    r"^raised [A-Z_.]+ : ",  # Ada
    r"^Network exception: ",  # mosh's last words
    r"^stack traceback:$",  # Lua
    r"^For help, use ",  # ZConfig
    r"\bdone, rabbit done$",  # nutcracker
)
# An end that somebody asked for, or of a part of the program, or no end at all (Windows: normally permitted).
_OTHER_END = compiled(
    r"\bsignal\b",
    r"\bSIG(?:TERM|INT|QUIT)\b",
    r"\bnormally\b(?! permitted)",
    r"\bneighbours exited\b",  # one of Erlang's processes
)
# A program that could not start says so after the reason; before it, the words only begin the message.
_NOT_STARTED = compiled(
    r"\b(?:unable to|could ?n[o']t|can ?n[o']t|failed to) start (?:the )?(?!listen|\w+ listen)[\w.-]+(?: server| daemon| service| v?\d[\w.]*)?(?:[;.!]|:?$)"
)
_GOES_ON = compiled(
    any_word_of(
        r"skipp(?:ing|ed)",
        r"(?:will )?retry(?:ing)?",
        r"try(?:ing)? (?:again|another|next|port|\d{1,5})",
        r"using (?:the next|another|(?:port )?\d{2,5} instead)",
        r"continuing",
        r"(?:sleeping|waiting) (?:for )?\d+ ?(?:s|ms|sec\w*|min\w*)",
        r"ignor(?:ing|ed)",
        r"non-fatal",
        r"disabl(?:ing|ed)",
        r"fall(?:ing)? back",
        r"(?:is|are) off",
        r"re-?attempt\w*",
    ),
    r", again\.\.\.",  # coturn
)
_GIVES_UP = compiled(r"\b(?:giving up|gave up)\b")
_KLOG_FATAL = compiled_later(r"^F\d{4} \d\d:\d\d:\d\d\.\d+ ")
# What runtimes print before an error that nobody caught.
_THROWN = compiled_later(
    any_of(
        r"// Unhandled 'error' event",  # Node.js
        r"^Uncaught\b",
        r"\bthread '[^']{0,80}' (?:\(\d+\) )?panicked\b",  # Rust
        r"^Exception in thread \"main\"",  # Java
        r"^panic: ",  # Go
        r"^Fatal server error",
        r"^terminate called after throwing",  # C++
        r"^BOOT FAILED",  # RabbitMQ
        r"^APPLICATION FAILED TO START",  # Spring Boot
        r"^(?:Aborted|Segmentation fault)(?: \(core dumped\))?$",
        r"^[\w.]+@[\w./-]+\.d\(\d+\): ",  # D
        r"^Unhandled \S+ in thread",  # SBCL
        r"^ERROR: LoadError: ",  # Julia
        r"^Caught: [\w.]+Exception",  # Groovy
        r"^An unhandled exception occurred at ",  # Free Pascal
    )
)
# What a program says of itself before the trace of the error that ended it.
_APPLICATION_FAILED = "Application run failed"  # Spring, whose traces are long
_START_FAILED = compiled(
    r"\bFatal error during\b",  # Kafka
    r"\b(?:container|application|server|service) startup failed\b",
    r"\bhosting failed to start\b",  # .NET
    r"\bfailed to start (?:the )?(?:server|application)\b",
    r"\bunable to start kestrel\b",
)
# What Elixir and Rust print when the error ends the program, and nothing else does.
_LAST_WORDS = compiled_later(
    any_of(
        r"^\*\* \(\w+(?:\.\w+)*\) ",
        r"^(?:Fatal error: exception|Exception:) \w+\.\w+\(",  # OCaml
        # without a date: nothing else logs
        r"^(?:[\w.-]+\[\d+\]: )?(?:Failed to|Can ?not|Unable to|Could not) start \S+(?: server| bus| daemon)?: ",
        r"^[\w.-]+: Network\.Socket\.\w+: ",  # Haskell
        r"^Error: \([\w-]+\) ",  # CHICKEN
        r"^error: Addr(?:ess)?InUse$",  # Zig
        r"^In procedure \w+: ",  # Guile
    )
)
_RUST_CAUSE = compiled_later(r"^(?:Caused by:|Stack backtrace:)")
_EXCEPTION = compiled_later(
    r"^(?:error: |Uncaught |Unhandled )?(?:[A-Za-z_][\w.]{0,80})?(?:(?:Error|Exception)\b(?::|$)|(?<=^error: )\S)"
)
# A task's failure that a supervisor logs, with the next task's right after it.
_CAUGHT = compiled_later(r"^\[[^\]]{8,40}\] \S{1,60} \[ERROR {0,3}\] [\w ]{1,60} has failed: ")
_LISTENS = compiled(r"\b(?:bind|listen|start|open|creat|serve|socket|port|connector|address|endpoint|initiali[sz])")
_FAMILY = compiled(r"\bfamily not supported\b", r"\bEAFNOSUPPORT\b")
_CLOCK = compiled_later(r"(?<!\d)([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?!\d)")


def fatal_near(hit: Hit, text: str) -> bool | None:
    """Return whether a program ends after an error (True), says that it goes on (False), or says neither (None)."""
    if _ends(text) or _ends_trace(hit) or _KLOG_FATAL.match(hit.text) or _is_last_word(hit):
        return True
    if _GOES_ON.search(text):
        return any(_GIVES_UP.search(line) for line in _soon_after(hit)[:1])
    if _tries_again(hit) or _other_family_listens(hit, text):
        return False
    if _is_thrown(hit) or _start_failed(hit):
        return True
    after = _soon_after(hit)
    if any(_ends(line) or _does_not_start(line) for line in after) or _trace_follows(hit):
        return True
    if any(map(says_it_listens, after)):
        return False
    return False if any(_GOES_ON.search(line) and "HINT:" not in line for line in after[:4]) else None


def _tries_again(hit: Hit) -> bool:
    """Say whether one of the next lines says the same again, a second later or more."""
    start, said = _second(hit.text), _CLOCK.sub("", hit.text)
    again = [_second(line) for _, line in hit.after(2) if _CLOCK.sub("", line) == said]
    return start is not None and any(second is not None and second > start for second in again)


def _other_family_listens(hit: Hit, text: str) -> bool:
    """Say whether a program that lacks one family has just begun to listen with the other."""
    return _FAMILY.search(text) is not None and any(says_it_listens(line) for _, line in hit.before(4))


def _ends(line: str) -> bool:
    return _ENDS.search(line) is not None and not _OTHER_END.search(line)


def _does_not_start(line: str) -> bool:
    return _NOT_STARTED.search(line) is not None and not _OTHER_END.search(line)


def _is_thrown(hit: Hit) -> bool:
    return any(_THROWN.search(line) for line in (hit.text, *(line for _, line in hit.before(6))))


def _start_failed(hit: Hit) -> bool:
    """Say whether the stack trace of an error began with the end of the application."""
    told = [line for _, line in hit.before(REACH) if not FRAME.match(line)][:16]
    return any(_APPLICATION_FAILED in line for line in told) or any(_START_FAILED.search(line) for line in told[:4])


def _trace_follows(hit: Hit) -> bool:
    """Say whether the next lines are a stack trace of an exception that names the failure to listen."""
    before = ""
    after = hit.after(_AFTER)
    for _, line in after:
        if _EXCEPTION.match(line) and before.startswith("  "):
            return _LISTENS.search(line) is not None and not _CAUGHT.match(next(after, (0, ""))[1])
        before = line
    return False


def _is_last_word(hit: Hit) -> bool:
    if _LAST_WORDS.match(hit.text):
        return True
    if hit.text.startswith("Error: ") and any(_RUST_CAUSE.match(line) for _, line in hit.after(3)):
        return True
    told = [line for _, line in hit.before(4)]
    return any(line.startswith("Error: ") for line in told) and any(_RUST_CAUSE.match(line) for line in told)


def _ends_trace(hit: Hit) -> bool:
    if not _EXCEPTION.match(hit.text):
        return False
    after = [line for _, line in hit.after(3)]
    if any(map(_CAUGHT.match, after[:1])):
        return False
    if any(map(says_it_listens, (line for _, line in hit.after(_AFTER)))):
        return False
    if any(JAVA_FRAME.match(line) for line in after):
        return False  # what Java prints of an exception that nobody caught begins with "Exception in thread"
    return any(FRAME.match(line) for line in (*after, *(line for _, line in hit.before(3))))


def _soon_after(hit: Hit) -> list[str]:
    """Return the messages that follow within two seconds; what a log without times tells next."""
    start, soon = _second(hit.text), []
    for _, line in hit.after(_SOON):
        second = _second(line)
        if start is not None and second is not None and not 0 <= second - start <= _SECONDS:
            break
        soon.append(message(line))
    return soon


def _second(line: str) -> int | None:
    found = _CLOCK.search(line)
    return int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3]) if found else None
