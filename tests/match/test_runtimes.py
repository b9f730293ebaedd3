"""Runtimes and programs that the corpus does not have: what a reader would report of each text, and look-alikes."""

from __future__ import annotations

import pytest

from hostnetdoctor.match.engine import find_failures

# The text, and its failure: kind, transport, address, port, and whether the program ends.
READ = (
    ("worker 3 got bind error 98 (Address already in use)", ("address-in-use", None, None, None, None)),
    ("Error: address [0.0.0.0]:8100 is taken by another program", ("address-in-use", None, "0.0.0.0", 8100, None)),
    ("Port 3000 is not available on 0.0.0.0", ("address-in-use", None, "0.0.0.0", 3000, None)),
    ("Port 3000 already taken", ("address-in-use", None, None, 3000, None)),
    ("Port 3000 occupied by pid 12", ("address-in-use", None, None, 3000, None)),
    ("fatal: could not open port 502: Permission denied", ("permission-denied", None, None, 502, True)),
    ("bind failed: No such file or directory: /run/x/y.sock", ("other", "UNIX", None, None, None)),
    ("failed to bind socket: Invalid argument", ("other", None, None, None, None)),
    ("Failed to start HTTP server on port 8080", ("other", "TCP", None, 8080, None)),
    ("unable to start web server on 127.0.0.1:8080", ("other", "TCP", "127.0.0.1", 8080, None)),
    ("Can't bind server socket: Address already in use", ("address-in-use", "TCP", None, None, None)),
    ("dhcpd[12]: Can't bind socket: Address already in use", ("address-in-use", "UDP", None, None, None)),
    ("snmpd[12]: bind failed: Address already in use", ("address-in-use", "UDP", None, None, None)),
    ("httpd2[12]: bind failed: Address already in use", ("address-in-use", "TCP", None, None, None)),
    ("Nov 26 07:39:11 host sshd2[4]: bind: Address already in use", ("address-in-use", "TCP", None, None, None)),
    ("bind UDP port 514 failed (98)", ("address-in-use", "UDP", None, 514, None)),
    ("Error: BindException: could not bind 0.0.0.0:1883", ("other", None, "0.0.0.0", 1883, None)),
    ("Got exception AddressInUse while binding 0.0.0.0 port 22", ("address-in-use", None, "0.0.0.0", 22, None)),
    (
        "exception: bind: Address already in use [system:98 at /usr/include/boost/asio/detail/reactive_socket_service.hpp:161 in function 'bind']",
        ("address-in-use", None, None, None, None),
    ),
    ("can't create acceptor on 0.0.0.0:9000", ("other", "TCP", "0.0.0.0", 9000, None)),
    ("error creating TCP acceptor: bind: Permission denied", ("permission-denied", "TCP", None, None, None)),
    ("no acceptor could be opened on port 7000", ("other", "TCP", None, 7000, None)),
    ("uv_tcp_bind: EADDRINUSE", ("address-in-use", "TCP", None, None, None)),
    ("uv_listen: address already in use", ("address-in-use", "TCP", None, None, None)),
    ("uv_udp_bind failed: address already in use", ("address-in-use", "UDP", None, None, None)),
    (
        "fatal error: Swift/ErrorType.swift:200: Fatal error: Error raised at top level: bind(descriptor:ptr:bytes:): Address already in use (errno: 98)",
        ("address-in-use", None, None, None, True),
    ),
    (
        "Exception: Failed to create server socket (OS Error: Address already in use, errno = 98), address = 0.0.0.0, port = 8080",
        ("address-in-use", "TCP", "0.0.0.0", 8080, None),
    ),
    (
        "Unhandled exception:\nSocketException: Failed to create server socket (OS Error: Address already in use, errno = 98), address = 0.0.0.0, port = 8080\n#0      _NativeSocket.bind (dart:io-patch/socket_patch.dart:1038:7)",
        ("address-in-use", "TCP", "0.0.0.0", 8080, True),
    ),
    (
        "Unhandled exception: Could not bind to '0.0.0.0:8080': Address already in use (Socket::BindError)\n  from /usr/lib/crystal/socket.cr:101:5 in 'bind'",
        ("address-in-use", None, "0.0.0.0", 8080, True),
    ),
    (
        "error: AddressInUse\n/usr/lib/zig/std/posix.zig:4000:21: 0x103 in bind (main)\n        .ADDRINUSE => return error.AddressInUse,",
        ("address-in-use", None, None, None, True),
    ),
    (
        "Error: unable to bind: [Errno 98] error while attempting to bind on address ('::1', 8765, 0, 0): address already in use",
        ("address-in-use", "TCP", "::1", 8765, None),
    ),
    (
        "Warning: stream_socket_server(): Unable to connect to tcp://0.0.0.0:8000 (Address already in use) in /srv/a.php on line 3",
        ("address-in-use", "TCP", "0.0.0.0", 8000, None),
    ),
    (
        'PHP Fatal error:  Uncaught RuntimeException: Failed to listen on "tcp://127.0.0.1:8080": Address already in use (EADDRINUSE) in /srv/x.php:5',
        ("address-in-use", "TCP", "127.0.0.1", 8080, True),
    ),
    (
        "lua: server.lua:3: address already in use\nstack traceback:\n\t[C]: in function 'assert'\n\tserver.lua:3: in main chunk",
        ("address-in-use", None, None, None, True),
    ),
    ("lua: s.lua:3: bind(0.0.0.0, 5555): address already in use", ("address-in-use", None, "0.0.0.0", 5555, None)),
    (
        "ERROR: LoadError: IOError: listen: address already in use (EADDRINUSE)\nStacktrace:\n [1] uv_error at ./libuv.jl:100",
        ("address-in-use", "TCP", None, None, True),
    ),
    ('Fatal error: exception Unix.Unix_error(Unix.EADDRINUSE, "bind", "")', ("address-in-use", None, None, None, True)),
    (
        "prog: Network.Socket.listen: resource busy (Address already in use)",
        ("address-in-use", "TCP", None, None, True),
    ),
    (
        "myserver: user error (bind 0.0.0.0:3000: Address already in use)",
        ("address-in-use", None, "0.0.0.0", 3000, None),
    ),
    (
        "tcp-listen: listen on 8080 failed\n  address already in use (Address already in use; errno=98)\n  context...:",
        ("address-in-use", "TCP", None, 8080, None),
    ),
    (
        "tcp-listen: listen on 8080 failed (Address already in use; errno=98)",
        ("address-in-use", "TCP", None, 8080, None),
    ),
    (
        "Execution error (BindException) at sun.nio.ch.Net/bind0 (Net.java:-2).\nAddress already in use",
        ("address-in-use", None, None, None, None),
    ),
    (
        "Failed to open socket on 10.1.2.3:123: Cannot assign requested address",
        ("address-not-available", None, "10.1.2.3", 123, None),
    ),
    (
        "Unable to use address 10.1.2.3 port 8000: Cannot assign requested address",
        ("address-not-available", None, "10.1.2.3", 8000, None),
    ),
    (
        "cannot bind [::1]:8000: cannot assign requested address; exiting",
        ("address-not-available", None, "::1", 8000, True),
    ),
    (
        "CRITICAL: Socket error: [Errno 98] Address already in use; host=0.0.0.0, port=7777",
        ("address-in-use", None, "0.0.0.0", 7777, True),
    ),
    (
        "CRIT server.bind host=0.0.0.0 port=7777 error='Address already in use'",
        ("address-in-use", None, "0.0.0.0", 7777, None),
    ),
    ("<2>myd[3]: cannot bind to port 99: Permission denied", ("permission-denied", None, None, 99, None)),
    ("daemon.emerg myd: cannot bind to port 99: Permission denied", ("permission-denied", None, None, 99, None)),
    ("Port 8080 in use, using 8081 instead.", ("address-in-use", None, None, 8080, False)),
    (
        "Port 5000 is used by another program. Either stop it or start the server with a different port.",
        ("address-in-use", None, None, 5000, None),
    ),
    ("8080 is already in use. Choose another port.", ("address-in-use", None, None, 8080, None)),
    ("The requested port (8080) is in use", ("address-in-use", None, None, 8080, None)),
    ("Unable to bind to port 5353, is another mDNS daemon running?", ("address-in-use", "UDP", None, 5353, None)),
    ("bind: 0.0.0.0:69: Address already in use (tftp)", ("address-in-use", "UDP", "0.0.0.0", 69, None)),
    ("NTP: bind 0.0.0.0:123 failed: Address already in use", ("address-in-use", "UDP", "0.0.0.0", 123, None)),
    ("SNMP trap receiver: bind 0.0.0.0:162: Permission denied", ("permission-denied", "UDP", "0.0.0.0", 162, None)),
    ("FTP server could not bind to 0.0.0.0:21: Address already in use", ("address-in-use", "TCP", "0.0.0.0", 21, None)),
    ("SMTP listener: bind 0.0.0.0:25: Permission denied", ("permission-denied", "TCP", "0.0.0.0", 25, None)),
    ("IRC server: error binding to *:6667: Address already in use", ("address-in-use", "TCP", None, 6667, None)),
    ("server.serve_forever failed: [Errno 98] Address already in use", ("address-in-use", None, None, None, None)),
    (
        'createTcpServer: address already in use\nError in startServer("0.0.0.0", 8000, app) : Failed to create server\nExecution halted',
        ("address-in-use", "TCP", "0.0.0.0", 8000, True),
    ),
    ("raised GNAT.SOCKETS.SOCKET_ERROR : [98] Address already in use", ("address-in-use", None, None, None, True)),
    (
        "An unhandled exception occurred at $0000000000401234:\nESocketError: Binding of socket failed: 8080",
        ("other", None, None, 8080, True),
    ),
    (
        "error: Uncaught (in promise) AddrInUse: Address already in use (os error 98)\n    at Object.listen (ext:deno_net/01_net.js:464:35)",
        ("address-in-use", "TCP", None, None, True),
    ),
    (
        "Caught: java.net.BindException: Address already in use (Bind failed)\njava.net.BindException: Address already in use (Bind failed)\n\tat java.net.PlainSocketImpl.socketBind(Native Method)\n\tat java.net.ServerSocket.bind(ServerSocket.java:390)",
        ("address-in-use", "TCP", None, None, True),
    ),
    ("Error: unhandled exception: Address already in use [OSError]", ("address-in-use", None, None, None, True)),
    (
        'net.nim(1234) bindAddr\nError: unhandled exception: Address already in use\nAdditional info: "Address already in use" [OSError]',
        ("address-in-use", None, None, None, True),
    ),
    ("V panic: net: bind: Address already in use; code: 98", ("address-in-use", None, None, None, True)),
    (
        "Unhandled exception: Could not bind to '127.0.0.1:8080': Address already in use (Socket::BindError)\n  from /usr/share/crystal/src/socket/tcp_server.cr:44:5 in 'initialize'",
        ("address-in-use", "TCP", "127.0.0.1", 8080, True),
    ),
    (
        "Warning: s.pl:3:\nWarning:    Goal (directive) failed: user: socket error: tcp_bind/2: Address already in use",
        ("address-in-use", "TCP", None, None, None),
    ),
    (
        "error: AddressInUse\n/usr/lib/zig/std/posix.zig:4000:21: 0x103 in bind (main)",
        ("address-in-use", None, None, None, True),
    ),
    (
        "goroutine 1 [running]:\npanic: listen udp 0.0.0.0:53: bind: address already in use",
        ("address-in-use", "UDP", "0.0.0.0", 53, True),
    ),
    (
        "INFO starting web interface on http://127.0.0.1:8384\nERROR bind 127.0.0.1:8384: Address already in use",
        ("address-in-use", "TCP", "127.0.0.1", 8384, None),
    ),
    (
        "Starting metrics HTTP server\nbind to 0.0.0.0:9100 failed: Address already in use",
        ("address-in-use", "TCP", "0.0.0.0", 9100, None),
    ),
    ("starting UDP echo service\nbind: Address already in use", ("address-in-use", "UDP", None, None, None)),
    (
        "[ERROR] cannot bind 0.0.0.0:5000 - Address already in use\n[INFO] Stopped.",
        ("address-in-use", None, "0.0.0.0", 5000, None),
    ),
    ("[EMERG] cannot bind 0.0.0.0:5000 - Address already in use", ("address-in-use", None, "0.0.0.0", 5000, True)),
    (
        "2026-01-01 10:00:00 EMERG cannot bind 0.0.0.0:5000 - Address already in use",
        ("address-in-use", None, "0.0.0.0", 5000, True),
    ),
    ("cannot bind 0.0.0.0:5000 - Address already in use\nGoodbye.", ("address-in-use", None, "0.0.0.0", 5000, True)),
    ("bind: Address already in use. Dying.", ("address-in-use", None, None, None, True)),
    (
        "cannot bind to port 5000: Address already in use\nserver not started",
        ("address-in-use", None, None, 5000, True),
    ),
    ("bind failed (98), leaving", ("address-in-use", None, None, None, True)),
    ("Port 8080 is in use, falling back to 8081", ("address-in-use", None, None, 8080, False)),
    (
        "bind on 0.0.0.0:5000: Address in use; will try again in 10 seconds",
        ("address-in-use", None, "0.0.0.0", 5000, False),
    ),
    ("bind on 0.0.0.0:5000: Address in use; sleeping 10s", ("address-in-use", None, "0.0.0.0", 5000, False)),
    ("bind on 0.0.0.0:5000: Address in use; waiting 10s", ("address-in-use", None, "0.0.0.0", 5000, False)),
    ("Cannot use port 8080: Address already in use", ("address-in-use", None, None, 8080, None)),
    ("couldn't allocate port 8000: Permission denied", ("permission-denied", None, None, 8000, None)),
    (
        "network error: 10.1.2.3:8000: Cannot assign requested address (bind)",
        ("address-not-available", None, "10.1.2.3", 8000, None),
    ),
    (
        "startup: EADDRNOTAVAIL while listening, host 10.1.2.3, port 8000",
        ("address-not-available", None, "10.1.2.3", 8000, None),
    ),
    (
        'msg="listener failed" addr=10.1.2.3:8000 proto=udp err="cannot assign requested address"',
        ("address-not-available", "UDP", "10.1.2.3", 8000, None),
    ),
    (
        'TcpListener::bind("0.0.0.0:8080"): Os { code: 98, kind: AddrInUse, message: "Address already in use" }',
        ("address-in-use", "TCP", "0.0.0.0", 8080, None),
    ),
    (
        "UdpSocket::bind 0.0.0.0:8080 failed: Address already in use (os error 98)",
        ("address-in-use", "UDP", "0.0.0.0", 8080, None),
    ),
    ("Cannot create UDP socket on port 5000: Address already in use", ("address-in-use", "UDP", None, 5000, None)),
    ("gen_udp:open(5000) -> {error,eaddrinuse}", ("address-in-use", "UDP", None, 5000, None)),
    ("{error,eaddrinuse} from gen_tcp:listen(5000)", ("address-in-use", "TCP", None, 5000, None)),
    ("[warn] port 4000 already allocated to another listener", ("address-in-use", None, None, 4000, None)),
    (
        "socket.gaierror / bind(('10.1.2.3', 8000)) -> [Errno 99] Cannot assign requested address",
        ("address-not-available", None, "10.1.2.3", 8000, None),
    ),
    (
        "Failed creating server on interface eth0, port 67: Address already in use",
        ("address-in-use", None, None, 67, None),
    ),
)
LOOK_ALIKES = (
    "could not allocate port group: Permission denied",
    "could not find a free port on switch 2",
    "cannot use address book: Permission denied",
    "failed to get a free port mapping from the router",
    "BindException: Failed to bind properties under 'server.port' to int",
    "acceptor thread 3 stopped",
    "no available port names in the profile",
    "mail address 'a@b' already in use",
    "table occupied: 98 of 100 slots",
    "seat 12 is unavailable",
    "Service unavailable: port 8080 refused connection",
    "upstream 10.0.0.1:8080 is unavailable",
    "port 443 of backend web is unavailable",
    "The product code 8080 is already in use",
    "the HBA has no free ports",
    "backend http server at port 8080 could not be reached",
    "Failed to start listener at 12 o'clock",
    "file used by another process",
    "The database is used by another program",
    "failed to open acceptor 5 of transaction",
    "bind failed: invalid credentials for cn=admin on port 389",
    "WARN upstream connect error: bind: No such file or directory",
    "mount bind failed: No such file or directory /mnt/data",
    "bind mount failed: invalid argument: /var/run/x.sock",
    "user 98 has a bind (-1 98)",
)


@pytest.mark.parametrize(("text", "expected"), READ)
def test_every_fact_of_an_unnamed_program_is_read(
    text: str, expected: tuple[str, str | None, str | None, int | None, bool | None]
) -> None:
    """One failure, with what the text tells and no more."""
    found = [
        (str(each.kind), str(each.protocol) if each.protocol else None, each.address, each.port, each.fatal)
        for each in find_failures(text.split("\n")).failures
    ]

    assert found == [expected]


@pytest.mark.parametrize("text", LOOK_ALIKES)
def test_the_new_wordings_mistake_nothing_else(text: str) -> None:
    """Ports of switches, mounts, directories, upstreams and tables are no listeners."""
    assert find_failures(text.split("\n")).failures == ()
