"""Services whose messages name no transport: mail, printing, music, games and others."""

from __future__ import annotations

from hostnetdoctor.match.expression import any_of
from hostnetdoctor.match.pattern import Example, Pattern
from hostnetdoctor.model import FailureKind, Protocol

TCP_SERVICES = Pattern(
    id="tcp-service",
    title="CUPS, ngIRCd, OpenSMTPD, Exim, Postfix, Dovecot, Pure-FTPd, Samba: TCP services that do not say so",
    needles=(
        "open listen socket for address",
        "bind socket to address",
        "smtpd: bind: ",
        "socket bind() to port",
        "fatal: bind ",
        "cannot listen on ",
        "Failed listening on",
        "address-family ",
        "listen(*, ",
        "start a standalone server",
        "smbd_open_one_socket",
        "server_setup: ",
        "Failed to bind socket: ",
        "gpsd:ERROR: ",
        "Cannot start Glances server",
        "create server socket on '",
        "Bind problem [",
        "trying to bind: ",
        ": ERR=",
        "bind to ",
    ),
    regex=any_of(
        r"\bUnable to open listen socket for address ",  # CUPS
        r"\bCan't bind socket to address ",  # ngIRCd
        r"\bsmtpd: bind: ",  # OpenSMTPD
        r"\bsocket bind\(\) to port \d+ for address ",  # Exim
        r"\bfatal: bind \S{1,80} port \d+: ",  # Postfix
        r"\bcannot listen on \S{1,100}: bind\(\): ",
        r"\blisten\([^\s()]{1,60}, \d{1,5}\) failed: ",  # Dovecot
        r"^Unable to start a standalone server: ",  # Pure-FTPd
        r"\bsmbd_open_one_socket: open_socket_in failed: ",  # Samba
        r"^server_setup: ",  # microsocks
        r"\bFailed to bind to '[^']{1,200}'; Failed to bind socket: ",  # MPD
        r"\bgpsd:ERROR: can't bind to IPv[46] port ",
        r"^Cannot start Glances server: ",
        r"^trying to bind: ",  # Weborf
        r"\bCannot bind port \d{1,5}: ERR=",  # Bacula
        r"\bcannot create server socket on '",  # Radicale
        r"\bow_net_server\.c:\(\d+\) \[[\w ]{1,60}\] Bind problem ",  # owserver
        r"^(?:civetweb: )?cannot bind to \S{1,80}: \d{1,3} \(",  # CivetWeb
        r"\bFailed listening on '(?P<port>\d{1,5})': ",
        r"\bbind\(\) failed: .{5,60} \(address-family \d+\)",  # rsync
    ),
    protocol=Protocol.TCP,
    matches=(
        Example(
            text="E [02/Jan/2026:03:04:05 +0000] Unable to open listen socket for address 127.0.0.1:631 - Address already in use.",
            protocol=Protocol.TCP,
            address="127.0.0.1",
            port=631,
        ),
        Example(text="pony express: smtpd: bind: Address already in use", protocol=Protocol.TCP),
    ),
    ignores=("Unable to open listen socket",),
)

N2N = Pattern(
    id="n2n-supernode",
    title="n2n: the supernode (src/n2n.c)",
    needles=("ERROR: Bind error [",),
    regex=r"\bn2n\.c: {0,3}\d{1,5}\] ERROR: Bind error \[",
    protocol=Protocol.UDP,
    matches=(Example(text="[      n2n.c: 234] ERROR: Bind error [Address already in use]", protocol=Protocol.UDP),),
    ignores=("[      n2n.c: 234] ERROR: Bind error",),
)

TRANSMISSION = Pattern(
    id="transmission-rpc",
    title="Transmission: the port of its web pages (libtransmission/rpc-server.c)",
    needles=("RPC Server Unable to bind to ",),
    regex=r"\bRPC Server Unable to bind to (?P<address>\S{1,100}), (?P<goes_on>retrying)\b",
    kind=FailureKind.OTHER,
    protocol=Protocol.TCP,
    matches=(
        Example(
            text="RPC Server Unable to bind to 0.0.0.0:9091, retrying in 5 seconds",
            kind=FailureKind.OTHER,
            protocol=Protocol.TCP,
            address="0.0.0.0",
            port=9091,
            fatal=False,
        ),
    ),
    ignores=("RPC Server Unable to bind to 0.0.0.0:9091 after 10 attempts",),
)

BZFLAG = Pattern(
    id="bzfs",
    title="BZFlag: the server, which keeps the error for itself (src/bzfs/bzfs.cxx)",
    needles=("perhaps one is already running",),
    regex=r"\bUnable to start the server, perhaps one is already running\b",
    kind=FailureKind.OTHER,
    protocol=Protocol.TCP,
    fatal=True,
    matches=(
        Example(
            text="ERROR: Unable to start the server, perhaps one is already running?",
            kind=FailureKind.OTHER,
            protocol=Protocol.TCP,
            fatal=True,
        ),
    ),
    ignores=("perhaps one is already running",),
)

WEBORF = Pattern(
    id="weborf-any-error",
    title="Weborf: takes every error for a taken port (utils.c)",
    needles=(" already in use",),
    regex=r"^(?:[\w.-]{1,64} weborf: )?Port (?P<port>\d{1,5}) already in use$",
    after=r"\btrying to bind: (?!Address (?:already )?in use)",
    kind=FailureKind.OTHER,
    protocol=Protocol.TCP,
    matches=(
        Example(
            text="trying to bind: Invalid argument\nNov 26 08:01:52 host weborf: Port 80 already in use",
            kind=FailureKind.OTHER,
            protocol=Protocol.TCP,
            port=80,
        ),
    ),
    ignores=("Port 80 already in use",),
)

QEMU_VNC = Pattern(
    id="qemu-vnc",
    title="QEMU's VNC server, which names its display and not its port (ui/vnc.c)",
    needles=(": Failed to find an available port: ",),
    regex=r"-vnc (?P<address>[^:]{1,60}):\d+(?:,\S+)?: Failed to find an available port: ",
    protocol=Protocol.TCP,
    searches=False,
    matches=(
        Example(
            text="qemu-system-x86_64: -vnc 127.0.0.1:1: Failed to find an available port: Address already in use",
            protocol=Protocol.TCP,
            address="127.0.0.1",
        ),
    ),
    ignores=("qemu-system-x86_64: -vnc 127.0.0.1:1: ready",),
)

SNAPSERVER = Pattern(
    id="snapserver",
    title="Snapcast's server, which goes on with the ports that are left",
    needles=("error creating TCP acceptor: ",),
    regex=r"\(\w+Server\) error creating TCP acceptor: ",
    protocol=Protocol.TCP,
    fatal=False,
    matches=(
        Example(
            text="(ControlServer) error creating TCP acceptor: bind: Address already in use, code: system:98",
            protocol=Protocol.TCP,
            fatal=False,
        ),
    ),
    ignores=("(ControlServer) Creating TCP acceptor for address: 0.0.0.0, port: 1705",),
)

MONIT = Pattern(
    id="monit",
    title="Monit's HTTP server, without which Monit goes on",
    needles=("HTTP server -- Cannot bind: ",),
    regex=r"^HTTP server -- Cannot bind: ",
    protocol=Protocol.TCP,
    fatal=False,
    matches=(Example(text="HTTP server -- Cannot bind: Address already in use", protocol=Protocol.TCP, fatal=False),),
    ignores=("HTTP server -- bound",),
)

LINUXPTP_SOCKET = Pattern(
    id="linuxptp-socket",
    title="linuxptp: the socket of its management (uds.c)",
    needles=("uds: bind failed: ",),
    regex=r"\buds: bind failed: ",
    protocol=Protocol.UNIX,
    fatal=False,
    otherwise=FailureKind.OTHER,
    searches=False,
    matches=(
        Example(
            text="ptp4l[10242.056]: uds: bind failed: No such file or directory",
            kind=FailureKind.OTHER,
            protocol=Protocol.UNIX,
            fatal=False,
        ),
    ),
    ignores=("uds: bind done",),
)

PATTERNS = (QEMU_VNC, SNAPSERVER, MONIT, LINUXPTP_SOCKET, TCP_SERVICES, N2N, TRANSMISSION, BZFLAG, WEBORF)
