"""Name servers: BIND 9, Unbound, Knot, NSD, PowerDNS, dnsmasq, CoreDNS."""

from __future__ import annotations

from hostnetdoctor.match.pattern import Example, Pattern
from hostnetdoctor.model import FailureKind, Protocol

BIND_CHANNEL = Pattern(
    id="named-control",
    title="BIND 9: the control channel of rndc (bin/named/controlconf.c)",
    needles=("add command channel",),
    regex=r"\bcouldn't add command channel (?P<address>\S{1,80}): ",
    protocol=Protocol.TCP,
    fatal=False,
    matches=(
        Example(
            text="/etc/named.conf:2: couldn't add command channel 127.0.0.1#953: address in use",
            protocol=Protocol.TCP,
            address="127.0.0.1",
            port=953,
            fatal=False,
        ),
    ),
    ignores=("couldn't add command channel: no key",),
)

BIND_INTERFACE = Pattern(
    id="named-interface",
    title="BIND 9: an interface that cannot be listened on (lib/ns/interfacemgr.c), which names no error",
    needles=("failed; interface ignored",),
    regex=r"\bcreating IPv[46] interface \S{1,40} failed; interface ignored",
    otherwise=FailureKind.OTHER,
    sure=True,
    matches=(
        Example(
            text="listening on IPv4 interface lo, 127.0.0.1#53\ncreating IPv4 interface lo failed; interface ignored",
            kind=FailureKind.OTHER,
            address="127.0.0.1",
            port=53,
            fatal=False,
        ),
    ),
    ignores=("interface ignored: down",),
)

BIND_TCP = Pattern(
    id="named-tcp",
    title="BIND 9: the TCP half of an interface (lib/ns/interfacemgr.c)",
    needles=("creating TCP socket: ", "creating UDP socket: "),
    regex=r"\bcreating (?P<protocol>TCP|UDP) socket: ",
    matches=(
        Example(
            text="listening on IPv4 interface lo, 127.0.0.1#53\ncreating TCP socket: address in use",
            protocol=Protocol.TCP,
            address="127.0.0.1",
            port=53,
        ),
    ),
    ignores=("creating TCP socket",),
)

COREDNS = Pattern(
    id="coredns-metrics",
    title="CoreDNS: a port of a plugin, which it does without",
    needles=("] plugin/",),
    regex=r"\[ERROR\] plugin/\w+: Failed to start .{1,60}\blisten (?P<protocol>tcp|udp)[46]? (?P<address>\S{1,100}): bind: ",
    fatal=False,
    matches=(
        Example(
            text="[ERROR] plugin/prometheus: Failed to start metrics handler: listen tcp 127.0.0.1:9153: bind: address already in use",
            protocol=Protocol.TCP,
            address="127.0.0.1",
            port=9153,
            fatal=False,
        ),
    ),
    ignores=("[ERROR] plugin/errors: 2 example.org. A: read udp 10.0.0.1:40000->10.0.0.2:53: i/o timeout",),
)

UNBOUND = Pattern(
    id="unbound",
    title="Unbound: services/listen_dnsport.c, where UDP failures name no address",
    needles=("can't bind socket: ", "error: bind: address"),
    regex=r"\bcan't bind socket: (?:(?P<tcp>Address already in use)|[^:]{3,60}) for (?P<address>\S{1,80} port \d{1,5})|\berror: bind: (?P<udp>address already in use)",
    fatal=True,
    matches=(
        Example(
            text="[1795467397] unbound[7:0] error: can't bind socket: Address already in use for 0.0.0.0 port 53",
            protocol=Protocol.TCP,
            address="0.0.0.0",
            port=53,
            fatal=True,
        ),
        Example(
            text="[1795467397] unbound[7:0] error: bind: address already in use", protocol=Protocol.UDP, fatal=True
        ),
    ),
    ignores=("can't bind socket: too many",),
)

DNSMASQ_DHCP = Pattern(
    id="dnsmasq-dhcp",
    title="dnsmasq: the DHCP socket (src/dhcp.c)",
    needles=("DHCP server socket",),
    regex=r"\bfailed to bind DHCP(?:v6)? server socket: ",
    protocol=Protocol.UDP,
    searches=False,
    matches=(
        Example(text="dnsmasq: failed to bind DHCP server socket: Address already in use", protocol=Protocol.UDP),
    ),
    ignores=("failed to create DHCP server socket: Too many open files",),
)

POWERDNS = Pattern(
    id="powerdns",
    title="PowerDNS: binding to one address",
    needles=("nable to bind ", "binding socket to", "Failed to bind to"),
    regex=r"\bUnable to bind (?:to )?(?P<protocol>UDP|TCP)?(?: server)? socket (?:to )?'?(?P<address>[\d.:\[\]a-f]{2,60})'?: ",
    matches=(
        Example(
            text="Unable to bind to TCP socket 127.0.0.1:5300: Address already in use",
            protocol=Protocol.TCP,
            address="127.0.0.1",
            port=5300,
        ),
        Example(
            text="Unable to bind UDP socket to '0.0.0.0:53': Address already in use",
            protocol=Protocol.UDP,
            address="0.0.0.0",
            port=53,
        ),
    ),
    ignores=("Unable to bind TCP socket",),
)

KNOT_FAILS = Pattern(
    id="knot",
    title="Knot DNS and Knot Resolver: `address@port`",
    needles=("cannot bind address", "bind to "),
    regex=r"\b(?:cannot bind address (?P<address>\S{2,80}@\d{1,5}) (?P<protocol>UDP|TCP)|bind to '(?P<address>[^']{2,80})' \((?P<protocol>UDP|TCP|TLS|DOH2?)\)) ?:? ",
    matches=(
        Example(
            text="error: cannot bind address 0.0.0.0@53 UDP (address already in use)",
            protocol=Protocol.UDP,
            address="0.0.0.0",
            port=53,
        ),
        Example(
            text="[net   ] bind to '127.0.0.1@5353' (UDP): Address already in use",
            protocol=Protocol.UDP,
            address="127.0.0.1",
            port=5353,
        ),
    ),
    ignores=("cannot bind address user@example.org",),
)

PATTERNS = (BIND_CHANNEL, BIND_INTERFACE, BIND_TCP, COREDNS, UNBOUND, DNSMASQ_DHCP, POWERDNS, KNOT_FAILS)
