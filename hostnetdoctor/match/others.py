"""What is taken or refused and is no address of a listener: the own end of a connection, and other things that are bound."""

from __future__ import annotations

from hostnetdoctor.match.expression import any_of, compiled, compiled_later

# Before the error: a call that concerns a connection.
CONNECTING = compiled(
    # Not: a level of that name before a place in the source, as owserver prints it.
    r"\b(?:dial(?:ing|ed)?|(?!(?-i:CONNECT): \w{1,40}\.c:)connect(?:ing|\(\)|\(2\))?(?: to)?|sendto|sendmsg|send(?:ing)?|ping|getpeername|http\.get)\b[^;]{0,160}$",
    r"\bconnect(?:ion)? (?:to|attempt|failed|error)\b[^;]{0,160}$",
    r"\bConnectException\b",
    r"\b(?:no route|refused)\b",
    r"\bas source\b",
    r"\blocal address for (?:outgoing|connect)",
    r"\boutgoing\b",
    r"\bupstream\b(?!.{0,40}\blisten)",
)
BINDING = compiled(r"\bbind\(", r"\bbind\b", r"\blisten")
# Go binds a connection's own end as well: `dial tcp 127.0.0.1:9999->10.0.0.5:80: bind: address already in use`.
GO_DIAL = compiled_later(r"\bdial (?:tcp|udp|unix)\w* \S{1,200}: ")
# Anywhere in the line: the own end of a connection.
OUTGOING = compiled(
    r"\bwhile connecting to upstream\b",  # nginx
    r"\bproxy_bind\b",
    r"\b(?:local )?source (?:ip|address|port)\b",
    r"^(?:\* |curl: \(\d+\) )?bind failed with errno",  # curl
    r"^curl: ",
    r"^wget: ",
    r"^\* ",
    r"\blocal connection end\b",
    r"\bfile_get_contents\(",  # PHP
    r"\bfsockopen\(",
    r"\bcouldn't open socket: cannot assign",
    r"^libnsock ",  # Nmap's Ncat opens only connections with it
    r"\bconnect EADDR",  # Node.js
    r"\b(?:unable|failed|can(?:no|')t|could ?n[o']t) (?:to )?connect(?:: | to \S{1,100} .{0,20})\bbind\b",  # Zabbix
    r"\bbind\(2\) for \S{1,100} port 0\b",  # Ruby: a listener takes a port of its own
    r" - connect\(2\) for ",
)
# Lines around the bind() of a connection's own end.
NEIGHBOURS = compiled(
    r"\bopening connection\b",
    r"\bError connecting\b",
    r"\bTrying \S+\.\.\.",
    r"\bconnect to host\b",
    r"\bFailed to connect to\b",
    r"\bcould not send mail\b",
    r"^PING \S",  # httping
    r"internalConnect",
    r"\.connect\(",
    r"connect0\(",
    r"\bcreate_connection\b",  # Python
)
# The error is over, or one that does not matter.
RECOVERED = compiled(
    r"\bFAILED! =>",  # Ansible
    r"\(connect failed\)",
    r"\bprovided (?:port|ip) is already allocated",  # a Service's NodePort, in the API server
    r"\bit is free\b",
    r"\berrors are ignored\b",
    r"\brecovered\b",
    r"\bnow (?:free|available)\b",
)
# Addresses of interfaces, of mail and of memory; and addresses that are not in use.
NO_SOCKET = compiled(
    r"\b(?:e-?mail|mail|mac|memory|virtual) address(?:es)?\b",
    r"\bnetlink(?:_\w{1,20})? sockets?\b",  # the kernel's own families
    r"\bmount error\b",
    r"\binvalid credentials\b",  # of a directory's bind
    r"\b(?:subnet|cidr|overlaps?|duplicate address|arp|dhcp lease|ipam)\b",
    r"\bip(?:v[46])? address \S{1,60} (?:is |was )?(?:already )?in use\b",
    r"\b(?:not|no longer|never|none|nothing)\b (?:\w+ ){0,2}(?:in use|used)\b",
    r"\bno (?:address|port)\b (?:\w+ )?in use\b",
    r"\bin use[\"']?\s?[:=]\s?(?:no|0|false|none)\b",
)
ANY_ADDRESS = compiled(r"\b(?:an|a|any) (?:\w+ )?(?:address|port|socket)\b[^.:\n]{0,12}\b(?:already )?in use\b")
# Other things that programs bind.
_BOUND = any_of(
    r"mounts?",
    r"users?",
    r"dn",
    r"keys?",
    r"param\w*",
    r"arguments?",
    r"variables?",
    r"volumes?",
    r"pods?",
    r"pvc",
    r"claims?",
    r"values?",
    r"columns?",
    r"methods?",
    r"functions?",
    r"programs?",
    r"events?",
    r"queues?",
    r"exchanges?",
)
_BOUND_TO = any_of(
    "service account",
    "queue",
    "exchange",
    "node",
    "device",
    "driver",
    "user",
    "keys?",
    "domain",
    "event",
    "role",
    "key",
)
OTHER_BINDING = compiled(
    r"\bldap",
    r"--bind\b",
    r"\b(?:cluster)?role-?bindings?\b",
    r"\bbind dn\b",
    r"\bFailed to bind properties\b",  # Spring
    r"\bbind[ -]" + _BOUND + r"\b",
    r"\bbind(?:ing)? (?:\S+ )?to (?:the )?" + _BOUND_TO + r"\b",
)
PLACED = compiled(r":\d{2,5}\b", r"\bports? \d", r"\.sock\b", r"#\d{2,5}\b")
