"""Services of a Linux system: sshd, Kerberos, LDAP, mail, printing, logging, monitoring, RADIUS."""

from __future__ import annotations

from hostnetdoctor.match.pattern import Example, Pattern
from hostnetdoctor.model import FailureKind, Protocol

SSHD = Pattern(
    id="sshd",
    title="OpenSSH sshd: one listening address (sshd.c)",
    needles=("Bind to port ",),
    regex=r"\bBind to port (?P<port>\d{1,5}) on (?P<address>\S{1,60}) failed: ",
    protocol=Protocol.TCP,
    otherwise=FailureKind.OTHER,
    matches=(
        Example(
            text="error: Bind to port 22 on 0.0.0.0 failed: Address already in use.",
            protocol=Protocol.TCP,
            address="0.0.0.0",
            port=22,
        ),
    ),
    ignores=("Bind to port 22 done",),
)

SSH_FORWARD = Pattern(
    id="ssh-forward",
    title="OpenSSH: a forwarded port (channels.c)",
    needles=("cannot listen to port", "bind ["),
    regex=r"\bcannot listen to port: (?P<port>\d{1,5})|^(?:error: )?bind (?P<address>\[[\da-f.:]{2,45}\]:\d{1,5}): ",
    protocol=Protocol.TCP,
    otherwise=FailureKind.OTHER,
    fatal=False,
    matches=(
        Example(
            text="bind [127.0.0.1]:8080: Address already in use\nchannel_setup_fwd_listener_tcpip: cannot listen to port: 8080",
            protocol=Protocol.TCP,
            address="127.0.0.1",
            port=8080,
            fatal=False,
        ),
    ),
    ignores=("bind [a key]: done",),
)

KRB5 = Pattern(
    id="krb5kdc",
    title="MIT Kerberos: `address.port` (lib/apputils/net-server.c)",
    needles=("Cannot bind server socket on", "Failed setting up a "),
    regex=r"\bCannot bind server socket on (?P<address>\S{3,60})|\bFailed setting up a (?P<protocol>UDP|TCP) socket \(for (?P<address>[^\s)]{3,60})\)",
    otherwise=FailureKind.OTHER,
    matches=(
        Example(
            text="Address already in use - Cannot bind server socket on 127.0.0.1.88\nFailed setting up a UDP socket (for 127.0.0.1.88)",
            protocol=Protocol.UDP,
            address="127.0.0.1",
            port=88,
        ),
    ),
    ignores=("Failed setting up a socket",),
)

SLAPD = Pattern(
    id="slapd",
    title="OpenLDAP: slapd's daemon (servers/slapd/daemon.c)",
    needles=("daemon: bind(",),
    regex=r"\bdaemon: bind\(\d+\) failed errno=\d+ ",
    fatal=True,
    matches=(Example(text="6b04 0x7f daemon: bind(6) failed errno=98 (Address already in use)", fatal=True),),
    ignores=('conn=1000 op=0 BIND dn="cn=admin" method=128',),
)

RSYSLOG_LISTENER = Pattern(
    id="rsyslog-listener",
    title="rsyslog: imudp and imtcp, where this line names no error",
    needles=("Could not create udp listener", "Could not create tcp listener"),
    regex=r"\bCould not create (?P<protocol>tcp|udp) listener, ignoring port (?P<port>\d{1,5})",
    kind=FailureKind.OTHER,
    protocol=Protocol.UDP,
    fatal=False,
    matches=(
        Example(
            text="rsyslogd: imudp: Could not create udp listener, ignoring port 514 bind-address (null). [v8]",
            kind=FailureKind.OTHER,
            protocol=Protocol.UDP,
            port=514,
            fatal=False,
        ),
    ),
    ignores=("rsyslogd: imudp: no listeners could be started, input not activated.",),
)

COLLECTD_STATSD = Pattern(
    id="collectd-statsd",
    title="collectd: the statsd plugin",
    needles=("statsd plugin: ",),
    regex=r"\bstatsd plugin: (?:bind\(2\) to|Unable to create listening socket for) (?P<address>\S{3,60}?)(?:\.$| failed)",
    protocol=Protocol.UDP,
    otherwise=FailureKind.OTHER,
    fatal=False,
    searches=False,
    sure=True,
    matches=(
        Example(
            text="statsd plugin: bind(2) to [127.0.0.1]:8125 failed: Address already in use",
            protocol=Protocol.UDP,
            address="127.0.0.1",
            port=8125,
            fatal=False,
        ),
    ),
    ignores=("statsd plugin: Unable to open listening sockets.",),
)

COLLECTD_NETWORK = Pattern(
    id="collectd-network",
    title="collectd: the network plugin, which names no address (src/network.c)",
    needles=("network_config_add_listen",),
    regex=r"\bnetwork plugin: network_config_add_listen: \w+ failed",
    kind=FailureKind.OTHER,
    protocol=Protocol.UDP,
    fatal=False,
    searches=False,
    alone=True,
    matches=(
        Example(
            text="network plugin: network_config_add_listen: sockent_server_listen failed.",
            kind=FailureKind.OTHER,
            protocol=Protocol.UDP,
            fatal=False,
        ),
    ),
    ignores=("network plugin: network_config_add_listen: done",),
)

PROSODY = Pattern(
    id="prosody",
    title="Prosody: portmanager (core/portmanager.lua)",
    needles=("Failed to open server port",),
    regex=r"\bFailed to open server port (?P<port>\d{1,5}) on (?P<address>[^\s,]{1,60}), ",
    otherwise=FailureKind.OTHER,
    protocol=Protocol.TCP,
    fatal=False,
    sure=True,
    matches=(
        Example(
            text="portmanager  error  Failed to open server port 5222 on 127.0.0.1, check that Prosody or another XMPP server is not already running and using this port",
            protocol=Protocol.TCP,
            address="127.0.0.1",
            port=5222,
            fatal=False,
        ),
    ),
    ignores=("Failed to open server port",),
)

UWSGI = Pattern(
    id="uwsgi",
    title="uWSGI: the hint before bind() fails (core/socket.c)",
    needles=("another instance of uWSGI",),
    regex=r"\bprobably another instance of uWSGI is running on the same address \((?:(?P<path>/[^)]{1,200})|(?P<address>[^)]{1,100}))\)",
    kind=FailureKind.ADDRESS_IN_USE,
    protocol=Protocol.TCP,
    matches=(
        Example(
            text="probably another instance of uWSGI is running on the same address (:3031).\nbind(): Address already in use [core/socket.c line 769]",
            protocol=Protocol.TCP,
            port=3031,
        ),
    ),
    ignores=("another instance of uWSGI was stopped",),
)

LLDPD = Pattern(
    id="lldpd",
    title="lldpd: the control socket of another instance (src/daemon/lldpd.c)",
    needles=("unable to create control socket because",),
    regex=r"\bunable to create control socket because it already exists",
    kind=FailureKind.ADDRESS_IN_USE,
    protocol=Protocol.UNIX,
    matches=(
        Example(
            text="[INFO/main] unable to create control socket because it already exists\n[CRIT/main] giving up",
            protocol=Protocol.UNIX,
            fatal=True,
        ),
    ),
    ignores=("unable to create file because it already exists",),
)

RADIUS = Pattern(
    id="freeradius",
    title="FreeRADIUS: src/main/listen.c",
    needles=("Failed binding to ",),
    regex=r"\bFailed binding to (?:auth|acct|proxy|control|coa|status|vmps|dhcp)\w* address (?P<address>\S{1,60} port \d{1,5})",
    protocol=Protocol.UDP,
    otherwise=FailureKind.OTHER,
    matches=(
        Example(
            text="Failed binding to auth address * port 1812 bound to server default: Address already in use",
            protocol=Protocol.UDP,
            port=1812,
        ),
    ),
    ignores=("Failed binding to the database",),
)

TOR = Pattern(
    id="tor",
    title="Tor: one of its listeners (src/core/mainloop/connection.c)",
    needles=("Could not bind to ",),
    regex=r"\[warn\] Could not bind to (?P<address>\S{1,100}): ",
    protocol=Protocol.TCP,
    fatal=True,
    matches=(
        Example(
            text="[warn] Could not bind to 127.0.0.1:9050: Address already in use. Is Tor already running?",
            protocol=Protocol.TCP,
            address="127.0.0.1",
            port=9050,
            fatal=True,
        ),
    ),
    ignores=("Is Tor already running?",),
)

STUNNEL = Pattern(
    id="stunnel",
    title="stunnel: one of its services (src/stunnel.c)",
    needles=("Binding service",),
    regex=r"\bBinding service \[\w[^\]]{0,60}\] to (?P<address>\S{1,100}): ",
    protocol=Protocol.TCP,
    fatal=True,
    matches=(
        Example(
            text="[.] Binding service [imaps] to 192.0.2.7:993: Address already in use (98)",
            protocol=Protocol.TCP,
            address="192.0.2.7",
            port=993,
            fatal=True,
        ),
    ),
    ignores=("[!] Binding service [imaps] failed",),
)

SNMPD = Pattern(
    id="net-snmp",
    title="Net-SNMP: an endpoint, for a reason that it keeps (agent/snmp_agent.c)",
    needles=("Error opening specified endpoint",),
    regex=r"\bError opening specified endpoint \"(?:(?P<protocol>tcp|udp)6?:)?(?:(?P<port>\d{1,5})|(?P<address>[^\"]{1,100}))\"",
    kind=FailureKind.OTHER,
    fatal=True,
    matches=(
        Example(
            text='Error opening specified endpoint "tcp:127.0.0.1:1161"',
            kind=FailureKind.OTHER,
            protocol=Protocol.TCP,
            address="127.0.0.1",
            port=1161,
            fatal=True,
        ),
    ),
    ignores=('Error opening specified file "tcp:127.0.0.1:1161"',),
)

RSYSLOG_TCP = Pattern(
    id="rsyslog-imtcp",
    title="rsyslog: imtcp, with the port on a line below (runtime/nsd_ptcp.c)",
    needles=("while binding tcp socket",),
    regex=r"\bError while binding tcp socket: ",
    protocol=Protocol.TCP,
    fatal=False,
    searches=False,
    matches=(
        Example(
            text="rsyslogd: Error while binding tcp socket: Address already in use [v8]",
            protocol=Protocol.TCP,
            fatal=False,
        ),
    ),
    ignores=("rsyslogd: Error while binding tcp socket",),
)

INSPIRCD = Pattern(
    id="inspircd",
    title="InspIRCd: the listeners that it does without (src/inspircd.cpp)",
    needles=(": Address already in use", ": Permission denied", ": Cannot assign requested address"),
    regex=r"^(?P<address>\S{1,80}:\d{1,5}): [A-Z][a-z]+(?: [a-z]+){1,4}\.?$",
    after=r"\blisteners failed to bind:",
    protocol=Protocol.TCP,
    matches=(
        Example(
            text="Warning! Some of your listeners failed to bind:\n\n  192.0.2.6:6668: Address already in use.",
            protocol=Protocol.TCP,
            address="192.0.2.6",
            port=6668,
        ),
    ),
    ignores=("192.0.2.6:6668: Permission denied",),
)

PATTERNS = (
    SSHD,
    INSPIRCD,
    SSH_FORWARD,
    KRB5,
    SLAPD,
    RSYSLOG_LISTENER,
    COLLECTD_STATSD,
    COLLECTD_NETWORK,
    PROSODY,
    UWSGI,
    LLDPD,
    RADIUS,
    TOR,
    STUNNEL,
    SNMPD,
    RSYSLOG_TCP,
)
