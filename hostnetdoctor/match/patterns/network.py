"""Routing, telephony, tunnels and network tools: FRR, BIRD, keepalived, OpenVPN, Kamailio, ISC dhcpd, ntpd, socat, iperf."""

from __future__ import annotations

from hostnetdoctor.match.pattern import Example, Pattern
from hostnetdoctor.model import FailureKind, Protocol

FRR = Pattern(
    id="frr-bgpd",
    title="FRR: bgp_socket (bgpd/bgp_network.c)",
    needles=("usage of specified port",),
    regex=r"\bbgp_socket: no usable addresses please check other programs usage of specified port (?P<port>\d{1,5})",
    protocol=Protocol.TCP,
    otherwise=FailureKind.OTHER,
    sure=True,
    matches=(
        Example(
            text="BGP: [B-2] bgp_socket: no usable addresses please check other programs usage of specified port 179",
            kind=FailureKind.OTHER,
            protocol=Protocol.TCP,
            port=179,
        ),
    ),
    ignores=("check usage of specified port",),
)

FRR_BIND = Pattern(
    id="frr-bind",
    title="FRR: bind() of a daemon (lib/sockunion.c)",
    needles=("] bind: ", "bind: A"),
    regex=r"^[A-Z]{2,8}: \[\w+-\w+\](?:\[EC \d+\])? bind: ",
    protocol=Protocol.TCP,
    matches=(
        Example(
            text="2026/01/02 03:04:05 BGP: [T83RR-8SM5G] bgpd 8.4.4 starting: vty@0, bgp@127.0.0.1:179\n2026/01/02 03:04:05 BGP: [WNS64-X9NY5][EC 100663299] bind: Address already in use",
            protocol=Protocol.TCP,
            address="127.0.0.1",
            port=179,
        ),
    ),
    ignores=("BGP: [T83RR-8SM5G] bgpd 8.4.4 starting",),
)

OPENVPN = Pattern(
    id="openvpn",
    title="OpenVPN: the tunnel and its management port (src/openvpn/socket.c)",
    needles=("Socket bind failed on local address", "bind failed on local address"),
    regex=r"(?:(?P<tcp>\bMANAGEMENT: |\bTCP(?:v[46])?(?:_SERVER)?: )|(?P<udp>\b(?:UDP(?:v[46])?|TCP/UDP): ))?Socket bind failed on local address (?:\[AF_INET6?\])(?P<address>\S{1,80}): ",
    matches=(
        Example(
            text="TCP/UDP: Socket bind failed on local address [AF_INET]127.0.0.1:1194: Address already in use (errno=98)",
            protocol=Protocol.UDP,
            address="127.0.0.1",
            port=1194,
        ),
        Example(
            text="MANAGEMENT: Socket bind failed on local address [AF_INET]127.0.0.1:7505: Address already in use (errno=98)",
            protocol=Protocol.TCP,
            address="127.0.0.1",
            port=7505,
        ),
    ),
    ignores=("TCP/UDP: Socket bind failed",),
)

KAMAILIO = Pattern(
    id="kamailio",
    title="Kamailio and OpenSIPS: tcp_init, udp_init",
    needles=("tcp_init(", "udp_init(", "sctp_init"),
    regex=r"\b(?P<protocol>tcp|udp|sctp)_init(?:_sock)?\w*\(?\)?: bind\([^)]{1,80}\) on (?P<address>\S{1,80}?) ?: ",
    matches=(
        Example(
            text=" 0(7) ERROR: <core> [core/tcp_main.c:3158]: tcp_init(): bind(3, 0x7fba93c31fe8, 16) on 192.0.2.6:5060 : Cannot assign requested address",
            kind=FailureKind.ADDRESS_NOT_AVAILABLE,
            protocol=Protocol.TCP,
            address="192.0.2.6",
            port=5060,
        ),
        Example(
            text="Listening on \n             udp: 127.0.0.1:5060\n ERROR: <core> [core/udp_server.c:402]: udp_init(): bind(3, 0x7fc1, 16) on 127.0.0.1: Address already in use",
            protocol=Protocol.UDP,
            address="127.0.0.1",
            port=5060,
        ),
    ),
    ignores=("tcp_init(): bind failed",),
)

DHCPD = Pattern(
    id="isc-dhcpd",
    title="ISC dhcpd (common/socket.c)",
    needles=("bind to dhcp address",),
    regex=r"\bCan't bind to dhcp address: ",
    protocol=Protocol.UDP,
    fatal=True,
    searches=False,
    matches=(Example(text="Can't bind to dhcp address: Address already in use", protocol=Protocol.UDP, fatal=True),),
    ignores=("bind to dhcp address 192.0.2.1",),
)

NTP = Pattern(
    id="ntpd-wildcard",
    title="ntpd and NTPsec: the wildcard sockets of port 123 (ntpd/ntp_io.c)",
    needles=("bind to wildcard address",),
    regex=r"\bunable to bind to wildcard address (?P<address>\S{2,60}) ",
    protocol=Protocol.UDP,
    fatal=True,
    matches=(
        Example(
            text="ntpd[7]: IO: Listen and drop on 0 v6wildcard [::]:123\nntpd[7]: IO: unable to bind to wildcard address 0.0.0.0 - another process may be running: Address already in use; EXITING",
            protocol=Protocol.UDP,
            address="0.0.0.0",
            port=123,
            fatal=True,
        ),
    ),
    ignores=("unable to bind to wildcard address",),
)

CHRONY = Pattern(
    id="chrony",
    title="chrony: a socket that it does without (sys_linux.c, ntp_io.c, cmdmon.c), for a reason that it keeps",
    needles=("Could not open command socket", "Could not open NTP socket"),
    regex=r"\bCould not open (?:command|NTP) socket on (?P<address>\S{1,80})",
    kind=FailureKind.OTHER,
    protocol=Protocol.UDP,
    fatal=False,
    matches=(
        Example(
            text="2026-01-02T03:04:05Z Could not open NTP socket on 127.0.0.1:123",
            kind=FailureKind.OTHER,
            protocol=Protocol.UDP,
            address="127.0.0.1",
            port=123,
            fatal=False,
        ),
    ),
    ignores=("Could not open command socket",),
)

KEA = Pattern(
    id="kea",
    title="Kea: one interface's socket, for a reason that it keeps (src/lib/dhcp)",
    needles=("OPEN_SOCKET_FAIL",),
    regex=r"\bDHCPSRV_OPEN_SOCKET_FAIL\b.{0,200}\bFailed to bind socket \d+ to (?P<address>[\da-f.:]{2,45})/port=(?P<port>\d{1,5})",
    kind=FailureKind.OTHER,
    protocol=Protocol.UDP,
    fatal=False,
    matches=(
        Example(
            text="DHCPSRV_OPEN_SOCKET_FAIL failed to open socket: Failed to open socket on interface lo, reason: Failed to bind socket 3 to 127.0.0.1/port=67",
            kind=FailureKind.OTHER,
            protocol=Protocol.UDP,
            address="127.0.0.1",
            port=67,
            fatal=False,
        ),
    ),
    ignores=("DHCPSRV_OPEN_SOCKET_FAIL failed to open socket: the interface lo is not up",),
)

SOCAT = Pattern(
    id="socat",
    title="socat: the arguments of bind() as numbers (xio-socket.c)",
    needles=("{AF=",),
    regex=r'\bbind\(\d+, \{AF=(?:1 "(?:\\0(?P<abstract>[^"]{1,110})|(?P<path>[^"]{1,110}))"|\d+ (?P<address>[^}]{3,60}))\}, \d+\): ',
    matches=(
        Example(
            text='socat[7] E bind(5, {AF=1 "/run/x.sock"}, 13): Address already in use',
            protocol=Protocol.UNIX,
            path="/run/x.sock",
        ),
        Example(
            text='socat[7] E bind(5, {AF=1 "\\0foo"}, 6): Address already in use', protocol=Protocol.UNIX, path="@foo"
        ),
        Example(text="socat[7] E bind(5, {AF=2 0.0.0.0:80}, 16): Address already in use", address="0.0.0.0", port=80),
        Example(
            text="socat[7] E bind(5, {AF=2 192.0.2.1:0}, 16): Cannot assign requested address",
            kind=FailureKind.ADDRESS_NOT_AVAILABLE,
            address="192.0.2.1",
        ),
    ),
    ignores=("socat[7] E connect(5, {AF=2 127.0.0.1:80}, 16): Connection refused",),
)

TOOLS = Pattern(
    id="network-tool-tcp",
    title="iperf3, TigerVNC and other tools that speak TCP and do not say so",
    needles=("unable to start listener for connections", "vncExtInit"),
    regex=r"\bunable to start listener for connections: |\bvncExtInit: failed to bind socket: ",
    protocol=Protocol.TCP,
    fatal=True,
    matches=(
        Example(
            text="iperf3: error - unable to start listener for connections: Address already in use",
            protocol=Protocol.TCP,
            fatal=True,
        ),
    ),
    ignores=("iperf3: error - unable to connect to server: Connection refused",),
)

UDP_TOOLS = Pattern(
    id="network-tool-udp",
    title="iodine, strongSwan and other tools that speak UDP and do not say so",
    needles=("iodined: bind: ", "unable to bind socket: "),
    regex=r"^iodined: bind: |^\d\d\[NET\] (?P<goes_on>unable to bind socket: )",
    protocol=Protocol.UDP,
    searches=False,
    matches=(
        Example(text="iodined: bind: Address already in use", protocol=Protocol.UDP),
        Example(text="00[NET] unable to bind socket: Address already in use", protocol=Protocol.UDP, fatal=False),
    ),
    ignores=("iodined: binding done",),
)

PATTERNS = (
    FRR,
    FRR_BIND,
    OPENVPN,
    KAMAILIO,
    DHCPD,
    NTP,
    CHRONY,
    KEA,
    SOCAT,
    TOOLS,
    UDP_TOOLS,
)
