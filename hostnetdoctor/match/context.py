"""Where a program wanted to listen, where the error's own line does not say: what its neighbours name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import regex
from msgspec.structs import replace

from hostnetdoctor.match.expression import any_of, any_word_of, compiled, compiled_later
from hostnetdoctor.match.frames import CODE_FRAME, FRAME, REACH
from hostnetdoctor.match.pattern import Place
from hostnetdoctor.match.place import address_of, place_in, transport_in
from hostnetdoctor.match.prefix import message, unescape
from hostnetdoctor.match.window import Hit
from hostnetdoctor.match.words import kind_of
from hostnetdoctor.model import Protocol

_AFTER = 25  # lines
_FIELDS = 12  # lines that the fields of an error object take

# A neighbour that says that listening failed, and where.
_FAILED = compiled(
    any_word_of(
        r"fail(?:ed|ure|s)?",
        r"could ?n[o']t",
        r"can ?n[o']t",
        r"unable",
        r"error",
        r"not able",
        r"refused",
        r"problem",
        r"exception",
    )
    + r".{0,120}"
    + any_word_of(
        r"bind",
        r"binding",
        r"listen\w*",
        r"start\w*",
        r"open\w*",
        r"creat\w*",
        r"serve\w*",
        r"server",
        r"sockets?",
        r"ports?",
        r"connector",
        r"address",
        r"endpoint",
        r"acceptor",
        r"initiali[sz]\w*",
    )
)
# A neighbour that says what comes next.
_INTENDS = compiled(
    any_word_of(
        r"start(?:ing|s)?",
        r"bind(?:ing|s)?",
        r"open(?:ing|s)?",
        r"creat(?:ing|es|ed)",
        r"initiali[sz](?:ing|ed|es)",
        r"will listen",
        r"command line",
        r"going to",
        r"about to",
        r"attempting",
        r"trying",
        r"launching",
        r"running",
        r"serving",
        r"listen(?:ing|s)?",
        r"configuring",
        r"setting up",
        r"using",
    )
)
# What comes next, not what succeeded: a program may already listen on another address with the same port.
_ANNOUNCES = compiled(
    r"\b(?:addresses|listening on address|(?:binding|starting(?: \w+){1,4}|will listen) (?:on|at|to))\b"
)
_ACCEPTS = compiled(r"^accept(?:\(\))?: ")
_STARTS = compiled_later(
    r"(?:\[\d+\] )?(?:\w+:? ){0,2}(?:start|open|creat|launch)ing (?:\S+ ){1,3}?(?:server|listener|socket|acceptor|service)\b",
    regex.IGNORECASE,
)
# A field of an error object that is printed one field a line, as Node.js does.
_FIELD = compiled_later(r"^\s{1,8}['\"]?(?:port|address|path|syscall|hostname|host)['\"]?\s?[:=]", regex.IGNORECASE)
_NAMED_PORT = compiled_later(r"\bbind\(\((?P<quote>['\"])(?P<host>[^'\"]{1,60})(?P=quote), ?[A-Za-z_][\w.]*\)")
# Lists of addresses, which may be far from the error.
_LISTED = compiled_later(
    any_of(
        r"^\s+(?:udp|tcp|sctp|tls): \S{3,60}:\d{1,5}$",  # Kamailio: what it will listen on
        r"^\s+listening on \S{3,60}:\d{1,5}$",  # BZFlag
        r"\bmy address is (?:\d{1,3}\.){5}\d{1,3}$",  # rpcbind
        r"\bTomcat initialized with port",
        r"\bProtocolHandler \[",
        r"\(tcp-listen \d|\(bind #<|SOCKET-BIND\b",  # the traces of Lisps
        r"^\"socket -server ",  # Tcl
        # Erlang prints a term over many lines: {httpd_acceptor_sup,any,8080,default}, {port,8080}
        r"^\s*[\[{]+\w+,\s?(?:any|\"[\d.:a-f]+\"|\{\d+(?:,\s?\d+){3,7}\}),\s?\d{1,5}\b",
        r"^\s*[\[{]+port,\s?\d{1,5}\}",
    )
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
    before = [line for _, line in hit.before(REACH)]
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
        if distance <= 3 and CODE_FRAME.match(line) and (place := place_in(line, sockets=False)):
            yield place


def _told_before(before: Sequence[str]) -> Iterator[Place]:
    for line in before:
        if _tells(line) and (place := _told(unescape(message(line)))):
            yield place
        if CODE_FRAME.match(line) and (place := place_in(line, sockets=False) or _named_port(line)):
            yield place
    for line in [each for each in before if each.strip() and not FRAME.match(each) and not each.startswith("    ")][:5]:
        text = unescape(message(line))
        if _INTENDS.search(text) and (place := _told(text, sockets=False)):
            yield place


def _from_fields(hit: Hit) -> Place | None:
    """Read what Node.js prints after its error: the fields of the error object, one a line."""
    around = (*hit.before(4), *hit.after(_FIELDS))
    fields = "{" + " ".join(line.strip() for _, line in around if _FIELD.match(line)) + "}"
    place = place_in(fields)
    return replace(place, protocol=place.protocol or transport_in(fields)) if place else None


def address_beside(hit: Hit, port: int) -> str | None:
    """Return the address that the line before an error, or the one before that, announces with the error's port."""
    for _, line in hit.before(2):
        text = message(line)
        if kind_of(text) is None and _ANNOUNCES.search(text) and (place := place_in(text)) and place.port == port:
            return place.address
    return None


def protocol_beside(hit: Hit, port: int) -> Protocol | None:
    """Return the transport with which one of the lines right before an error names the error's port, as in a URL."""
    for _, line in hit.before(6):
        text = message(line)
        place = place_in(text, sockets=False) if kind_of(text) is None and _INTENDS.search(text) else None
        if place is not None and place.port == port and place.protocol:
            return place.protocol
    return None


def protocol_told(hit: Hit) -> Protocol | None:
    """Return the transport of what the nearest neighbours say that it failed, or that it was about to begin."""
    before = [line for _, line in hit.before(30) if line.strip() and not FRAME.match(line) and line[0] not in " \t"][:4]
    after = [line for _, line in hit.after(2)]
    if any(map(_ACCEPTS.search, after)):
        return Protocol.TCP
    for line in (*before, *after):
        text = unescape(message(line))
        if kind_of(text) is None and (_tells(text) or _STARTS.match(text)) and (told := transport_in(text)):
            return told
    return None
