"""What the lines around an error say: where the program wanted to listen, and whether it goes on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

import regex

from hostnetdoctor.match.pattern import Place
from hostnetdoctor.match.place import address_of, place_in, transport_in
from hostnetdoctor.match.prefix import message, unescape
from hostnetdoctor.match.window import Hit
from hostnetdoctor.match.words import kind_of
from hostnetdoctor.model import Protocol

_BEFORE, _AFTER = 150, 25  # lines: what a stack trace takes
_FIELDS = 12  # lines that the fields of an error object take

# A neighbour that says that listening failed, and where.
_FAILED = regex.compile(
    r"\b(?:fail(?:ed|ure|s)?|could ?n[o']t|can ?n[o']t|unable|error|not able|refused|problem|exception)\b.{0,120}"
    r"\b(?:bind|binding|listen\w*|start\w*|open\w*|creat\w*|serve\w*|server|sockets?|ports?|connector|address|endpoint|acceptor|initiali[sz]\w*)\b",
    regex.IGNORECASE,
)
# A neighbour that says what comes next.
_INTENDS = regex.compile(
    r"\b(?:start(?:ing|s)?|bind(?:ing|s)?|open(?:ing|s)?|creat(?:ing|es|ed)|initiali[sz](?:ing|ed|es)|will listen|going to|about to|attempting|trying|launching|running|serving|listen(?:ing|s)?|configuring|setting up|using)\b.{0,80}",
    regex.IGNORECASE,
)
_STARTS = regex.compile(r"(?:start|open|creat|launch)ing \S+ (?:server|listener|socket)\b", regex.IGNORECASE)
_FIELD = regex.compile(r"^\s{1,8}['\"]?(?:port|address|path|syscall|hostname|host)['\"]?\s?[:=]", regex.IGNORECASE)
_FRAME = regex.compile(r"^(?:\[[^\]]{0,60}\])?\s*(?:File \"|at |from |\^|~|\.\.\.|\d{1,3}: |#\d+|in `|goroutine |\t)")
_JAVA_FRAME = regex.compile(r"^\s*at [\w.$/<>]{3,200}\((?:[\w$]+\.\w+(?::\d+)?|Native Method|Unknown Source)\)")
# What Elixir and Rust print when the error ends the program, and nothing else does.
_LAST_WORDS = regex.compile(r"^\*\* \(\w+(?:\.\w+)*\) ")
_RUST_CAUSE = regex.compile(r"^(?:Caused by:|Stack backtrace:)")
_CODE_FRAME = regex.compile(
    r"^(?:\s{4,}.{0,60}?\b|.{0,40}\w\.)(?:serve|listen|bind|run|start|\w{0,30}Server)\w*\(", regex.IGNORECASE
)
# A program that could not start says so after the reason; before it, the words only begin the message.
_NOT_STARTED = regex.compile(
    r"\b(?:unable to|could ?n[o']t|can ?n[o']t|failed to) start (?:the )?(?!listen|\w+ listen)[\w.-]+(?: server| daemon| service)?(?:[;.!]|$)",
    regex.IGNORECASE,
)
_NAMED_PORT = regex.compile(r"\bbind\(\((?P<quote>['\"])(?P<host>[^'\"]{1,60})(?P=quote), ?[A-Za-z_][\w.]*\)")
_UDP_FRAME = regex.compile(
    r"/udp\.py|DatagramSocket|DatagramChannel|dgram\.js|node:dgram|listenDatagram|listenUDP|UDPServer|create_datagram_endpoint|UdpSocket|bindUDP"
)
_TCP_FRAME = regex.compile(
    r"TCPServer|TcpServer|tcp_server|http/server\.py|HTTPServer|start_server|create_server|ServerSocket|net\.js|node:net|01_net\.js|SocketAcceptor|ServerConnector|\bTcp[A-Z]|Http\w{0,10}Server|TCPSocket|TcpListener|tcp\.py|bind_sockets|web_runner|WSGIServer|wsgi|site-packages/(?:grpc|sanic|flask|werkzeug|uvicorn|gunicorn|aiohttp|tornado|starlette|waitress|cheroot|bottle|django|daphne|granian)/"
)
_UNIX_FRAME = regex.compile(
    r"create_unix_server|start_unix_server|UnixListener|UnixDomainSocket|UNIXServer|UnixStreamServer|UnixDatagramServer|unix_server"
)

_SOON = 24
_CLOCK = regex.compile(r"(?<!\d)([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?!\d)")
_ENDS = regex.compile(
    r"\b(?:fatal|panic(?:ked)?|exiting|exits|exited|abort(?:ing|ed)?|giving up|terminating|shutting down|quitting|bailing|"
    r"(?:cannot|can't|could not) continue|still could not|early exit|unable to bind any inbound sockets|error while loading config|unhandled|uncaught|crash(?:ed|ing)|startup failed|"
    r"initiali[sz]ation ?failed|error initiali[sz]ing (?:the )?config\w*|failed to (?:initiali[sz]e|configure)(?! (?:the )?(?:\w+ )?(?:listener|socket|message)|\w)|could not be started|not starting|no listening sockets available|cannot bind any address|listen setup failed|(?:server|daemon|service) (?:closing|stopping)|stopping (?:the )?server|cannot be started|(?:run|process|server|service) (?:finished|ended|exited|stopped|terminated) (?:with (?:an )?error|abnormally))\b(?! normally)|\bFTL\b|\bFATA\b|\"level\":\s?60\b|\bexit\([1-9]|exit status [1-9]|exit code [1-9]",
    regex.IGNORECASE,
)
_GOES_ON = regex.compile(
    r"\b(?:skipp(?:ing|ed)|(?:will )?retry(?:ing)?|try(?:ing)? (?:again|another|next|port)|using (?:the next|another)|continuing|ignor(?:ing|ed)|non-fatal|disabl(?:ing|ed)|"
    r"falling back|fall back|(?:is|are) off|re-?attempt\w*)\b|, again\.\.\.",
    regex.IGNORECASE,
)
_KLOG_FATAL = regex.compile(r"^F\d{4} \d\d:\d\d:\d\d\.\d+ ")
# An end that somebody asked for, or of a part of the program.
_OTHER_END = regex.compile(
    r"\bsignal\b|\bSIG(?:TERM|INT|QUIT)\b|\bnormally\b(?! permitted)|\bneighbours exited\b", regex.IGNORECASE
)
# What runtimes print before an error that nobody caught.
_THROWN = regex.compile(
    r"// Unhandled 'error' event|^Uncaught\b|\bthread '[^']{0,80}' (?:\(\d+\) )?panicked\b|^Exception in thread \"main\"|^panic: |^Fatal server error|^terminate called after throwing|^BOOT FAILED|^APPLICATION FAILED TO START"
)
# What a program says of itself before the trace of the error that ended it.
_START_FAILED = regex.compile(
    r"\bFatal error during\b|\b(?:container|application|server|service) startup failed\b|\bhosting failed to start\b"
    r"|\bfailed to start (?:the )?(?:server|application)\b|\bunable to start kestrel\b",
    regex.IGNORECASE,
)
_NEGATIVE = regex.compile(r"\b(?:already|perhaps|not|isn't|no|never|fail\w*|error|unable)\b", regex.IGNORECASE)
_TRACEBACK_END = regex.compile(
    r"^(?:error: |Uncaught |Unhandled )?(?:[A-Za-z_][\w.]{0,80})?(?:(?:Error|Exception)\b(?::|$)|(?<=^error: )\S)"
)
_SUCCESS = regex.compile(
    r"\b(?:listening (?:on|at)|running on|started on|serving (?:on|at)|server startup in|is now running|now running as)\b",
    regex.IGNORECASE,
)


def place_near(hit: Hit, address: str | None = None, protocol: Protocol | None = None) -> Place | None:
    """Return the address that the neighbours of an error without one name; None where none does.

    With an `address`, only its port is missing: a neighbour that names another IP of the same family is no help. Nor is one
    that names another transport than the error's `protocol`.
    """
    places = (
        place for place in _told_around(hit) if protocol is None or place.protocol is None or place.protocol is protocol
    )
    first = next((place for place in places if address is None or place.path is None), None)
    if first is None or first.address is not None or first.port is None:
        return first
    # A hint may name only the port, and a line before it the address as well.
    return next((place for place in islice(places, 8) if place.port == first.port and place.address is not None), first)


def _tells(line: str) -> bool:
    """Say whether a neighbour names what failed and no error: one that does is a failure of its own."""
    return _FAILED.search(line) is not None and kind_of(line) is None


def _told_around(hit: Hit) -> Iterator[Place]:
    """Yield the addresses that neighbours name, the best first."""
    yield from _told_after(hit)
    before = [line for _, line in hit.before(_BEFORE)]
    yield from _told_before(before)
    for line in (*before, *(line for _, line in hit.after(_AFTER))):
        if _LISTED.search(line) and (place := place_in(line, sockets=False)):
            yield place


def _named_port(line: str) -> Place | None:
    """Return the address of a line of code that gives the port by a name: bind(("0.0.0.0", PORT))."""
    found = _NAMED_PORT.search(line)
    return Place(address=address_of(found["host"])) if found else None


def _told(text: str, *, sockets: bool = True) -> Place | None:
    """Return the address that a neighbour names, with the transport that its words tell."""
    place = place_in(text, sockets=sockets)
    return replace(place, protocol=place.protocol or transport_in(text)) if place else None


def _told_after(hit: Hit) -> Iterator[Place]:
    for number, line in hit.after(_AFTER):
        distance = number - hit.number
        if _FIELD.match(line) and distance <= _FIELDS:
            yield from filter(None, (_from_fields(hit),))
            return
        text = unescape(message(line))
        hint = "HINT:" in text
        if kind_of(text) and not hint:
            return  # the next failure begins
        if (hint or _tells(text)) and (place := _told(text)):
            yield place
        if distance <= 3 and _CODE_FRAME.match(line) and (place := place_in(line, sockets=False)):
            yield place


def _told_before(before: Sequence[str]) -> Iterator[Place]:
    for line in before:
        if _tells(line) and (place := _told(unescape(message(line)))):
            yield place
        if _CODE_FRAME.match(line) and (place := place_in(line, sockets=False) or _named_port(line)):
            yield place
    for line in [each for each in before if each.strip() and not _FRAME.match(each) and not each.startswith("    ")][
        :5
    ]:
        text = unescape(message(line))
        if _INTENDS.search(text) and (place := _told(text, sockets=False)):
            yield place


# Kamailio lists what it will listen on before it tries: "   udp: 127.0.0.1:5060"; Tomcat's lines may be far from its error.
_LISTED = regex.compile(
    r"^\s+(?:udp|tcp|sctp|tls): \S{3,60}:\d{1,5}$|\bTomcat initialized with port|\bProtocolHandler \["
    # Erlang prints a term over many lines: {httpd_acceptor_sup,any,8080,default}, {port,8080}
    r"|^\s*[\[{]+\w+,\s?(?:any|\"[\d.:a-f]+\"|\{\d+(?:,\s?\d+){3,7}\}),\s?\d{1,5}\b|^\s*[\[{]+port,\s?\d{1,5}\}"
)


def _from_fields(hit: Hit) -> Place | None:
    """Read what Node.js prints after its error: the fields of the error object, one a line."""
    around = (*hit.before(4), *hit.after(_FIELDS))
    fields = "{" + " ".join(line.strip() for _, line in around if _FIELD.match(line)) + "}"
    place = place_in(fields)
    return replace(place, protocol=place.protocol or transport_in(fields)) if place else None


def protocol_near(hit: Hit) -> Protocol | None:
    """Return the transport that the lines before an error tell by the functions of a stack trace."""
    for _, line in (*hit.before(_BEFORE), *hit.after(6)):
        if not line.startswith((" ", "\t", "at ")) and not _FRAME.match(message(line)):
            continue
        if _UDP_FRAME.search(line):
            return Protocol.UDP
        if _UNIX_FRAME.search(line):
            return Protocol.UNIX
        if _TCP_FRAME.search(line):
            return Protocol.TCP
    return None


def protocol_told(hit: Hit) -> Protocol | None:
    """Return the transport of what the nearest neighbours say that it failed, or that it was about to begin."""
    before = [line for _, line in hit.before(30) if line.strip() and not _FRAME.match(line) and line[0] not in " \t"][
        :4
    ]
    for line in (*before, *(line for _, line in hit.after(2))):
        text = unescape(message(line))
        if kind_of(text) is None and (_tells(text) or _STARTS.match(text)) and (told := transport_in(text)):
            return told
    return None


_BIND_FRAME = regex.compile(
    r"\bcreate_(?:unix_)?server\b|\bstart_(?:unix_)?server\b|\bcreate_datagram_endpoint\b|\.(?:bind|listen)\(|\b(?:bind|listen)0?\(|setupListenHandle|server_bind|startListening|_?bind_?[Ss]ocket|"
    r"syscall[\"']?: [\"'](?:bind|listen)|\bin `(?:bind|listen|initialize)'|\bin '[\w:#]*(?:bind|listen|initialize)'|\.Socket\.bind\b|Socket\.(?:Bind|Listen)\(|\.(?:Bind|Listen)\("
)


def is_bind_trace(hit: Hit) -> bool:
    """Say whether the frames right before an error, or right after it, are in bind() or listen()."""
    before = [line for _, line in hit.before(6) if line.strip(" ^~|")]
    after = [line for _, line in hit.after(5)]
    return any(_BIND_FRAME.search(line) for line in (*before[:4], *after))


def fatal_near(hit: Hit, text: str) -> bool | None:
    """Return whether a program ends after an error (True), says that it goes on (False), or says neither (None)."""
    if (
        (_ENDS.search(text) and not _OTHER_END.search(text))
        or _ends_trace(hit)
        or _KLOG_FATAL.match(hit.text)
        or _is_last_word(hit)
    ):
        return True
    if _GOES_ON.search(text):
        return False
    if any(_THROWN.search(line) for line in (hit.text, *(line for _, line in hit.before(6)))) or _application_failed(
        hit
    ):
        return True
    after = _soon_after(hit)
    if any((_ENDS.search(line) or _NOT_STARTED.search(line)) and not _OTHER_END.search(line) for line in after):
        return True
    if _trace_follows(hit):
        return True
    if any(_SUCCESS.search(line) and not _NEGATIVE.search(line) for line in after):
        return False
    return False if any(_GOES_ON.search(line) and "HINT:" not in line for line in after[:4]) else None


def _trace_follows(hit: Hit) -> bool:
    """Say whether the next lines are a stack trace of an exception that names the failure to listen."""
    before = ""
    for _, line in hit.after(_AFTER):
        if _TRACEBACK_END.match(line) and before.startswith("  "):
            return _FAILED.search(line) is not None
        before = line
    return False


def _is_last_word(hit: Hit) -> bool:
    if _LAST_WORDS.match(hit.text):
        return True
    if hit.text.startswith("Error: ") and any(_RUST_CAUSE.match(line) for _, line in hit.after(3)):
        return True
    told = [line for _, line in hit.before(4) if line.strip()]
    return any(line.startswith("Error: ") for line in told) and any(_RUST_CAUSE.match(line) for line in told)


def _application_failed(hit: Hit) -> bool:
    """Say whether a long stack trace of Spring began with the end of the application."""
    told = [line for _, line in hit.before(_BEFORE) if not _FRAME.match(line)][:16]
    return any("Application run failed" in line for line in told) or any(
        _START_FAILED.search(line) for line in told[:4]
    )


def _soon_after(hit: Hit) -> list[str]:
    """Return the messages that follow within two seconds; what a log without times tells next."""
    start, soon = _second(hit.text), []
    for _, line in hit.after(_SOON):
        second = _second(line)
        if start is not None and second is not None and not 0 <= second - start <= 2:
            break
        soon.append(message(line))
    return soon


def _second(line: str) -> int | None:
    found = _CLOCK.search(line)
    return int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3]) if found else None


def _ends_trace(hit: Hit) -> bool:
    if not _TRACEBACK_END.match(hit.text):
        return False
    after = [line for _, line in hit.after(3)]
    if any(_JAVA_FRAME.match(line) for line in after):
        return False  # what Java prints of an exception that nobody caught begins with "Exception in thread"
    return any(_FRAME.match(line) for line in (*after, *(line for _, line in hit.before(3))))
