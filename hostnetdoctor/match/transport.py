"""The transport that goes without saying: of the protocol that a text names, and of the program that writes it."""

from __future__ import annotations

import regex

from hostnetdoctor.match.expression import any_of, any_word_of, compiled_later
from hostnetdoctor.model import Protocol

# Protocols that are spoken over datagrams, and as a rule over nothing else.
_DATAGRAMS = compiled_later(
    any_word_of(r"ntp", r"snmp(?:trap)?", r"l2tp", r"tftp", r"dhcpv?[46]?", r"stun", r"wireguard"), regex.IGNORECASE
)
# Protocols of streams, and words that only a listener of streams has.
_STREAMS = compiled_later(
    any_of(
        any_word_of(
            r"ftps?",
            r"e?smtps?",
            r"imaps?4?",
            r"pop3s?",
            r"nntps?",
            r"ssh",
            r"telnet",
            r"irc",
            r"vnc",
            r"xmpp",
            r"rtmp",
            r"mqtts?",
            r"amqps?",
            r"(?:json|xml)-?rpc",
            r"https?d?",
            r"websockets?",
            r"wsgi",
            r"acceptor",
            r"(?:bind|open|create|creating) (?:the )?server socket",
            r"\w{0,20}inet_socket",
            r"uv_listen",
            r"tcp-listen",
            r"createTcpServer",
            r"httpuv",
            r"IOError: listen",
            r"set up listening socket",
            r"Network\.Socket\.listen",
        ),
        r"\bhttp(?=listener|server)",
        r"^\[saned\] |^do_bindings: ",
        r"\bbind on p \d+ to addr\b",  # nutcracker
        r"\bbinding fd \d+ to port \d",  # libwebsockets
    ),
    regex.IGNORECASE,
)
# How programs sign their lines.
_BEFORE, _AFTER = r"(?:^|[\s/])(?:in\.)?", r"(?:\[\d+\])?: "
# Programs that serve with one transport only.
_DATAGRAM_PROGRAMS = compiled_later(
    _BEFORE
    + any_of(
        r"[au]?tftpd(?:-hpa)?",
        r"u?dhcpd\d?",
        r"dhcrelay",
        r"(?:open)?ntpd",
        r"chronyd",
        r"snmp(?:trap)?d",
        r"x?l2tpd",
        r"mosh-server",
        r"avahi-daemon",
        r"statsd",
    )
    + _AFTER
)
_STREAM_PROGRAMS = compiled_later(
    _BEFORE
    + any_of(
        r"\w{0,12}sshd\d?",
        r"dropbear",
        r"(?:v?s|pure-|pro)?ftpd",
        r"\w{0,12}telnetd",
        r"\w{1,12}httpd|httpd\d",
        r"\w{0,12}(?:smtpd|imapd|pop3d|ircd)",
        r"svnserve",
        r"git-daemon",
        r"rsyncd?",
        r"dbus-daemon",
        r"nbd-server",
        r"\w?identd",
        r"pen",
        r"qemu-[\w-]+: -vnc [^:]+:\d+",
    )
    + _AFTER
)
# What a program prints that does not sign its lines: Mercurial's, pen's and ZEO's last words, mosh's first.
_STREAM_WORDS = compiled_later(
    any_of(r"^abort: cannot start server at ", r"^can't bind local address$", r"^Error: address \(")
)
_DATAGRAM_WORDS = compiled_later(r"^Error binding to (?:IP \S+|any interface): bind: ")


def transport_of_words(text: str) -> Protocol | None:
    """Return the transport of the protocol that a text names."""
    if _DATAGRAMS.search(text) or _DATAGRAM_WORDS.match(text):
        return Protocol.UDP
    return Protocol.TCP if _STREAMS.search(text) or _STREAM_WORDS.match(text) else None


def transport_of_program(line: str) -> Protocol | None:
    """Return the transport of the program that signs a line, where it serves with one only."""
    if _DATAGRAM_PROGRAMS.search(line):
        return Protocol.UDP
    return Protocol.TCP if _STREAM_PROGRAMS.search(line) else None
