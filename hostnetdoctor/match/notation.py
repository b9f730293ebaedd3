"""The notations in which programs write addresses and ports."""

from __future__ import annotations

import regex

from hostnetdoctor.match.expression import compiled_later

V4 = r"(?:\d{1,3}\.){3}\d{1,3}"
V6 = r"(?:[0-9a-f]{0,4}:){2,7}(?:[0-9a-f]{1,4}|" + V4 + r")?(?:%[\w.-]{1,15})?"
NAME = r"(?:[a-z_](?:[\w-]{0,62}\.){0,6}[\w-]{0,62})"
PORT = r"(?P<port>[1-9]\d{0,4})(?!\d|\.\d|\w)"
_BEFORE = r"(?<![\w.:/@%-])"
# `name:number` that is no host and port: a source file and its line, an error category and its number.
SOURCE_FILE = r"(?!(?:system|generic|errno|error|code|line|asio\.\w{1,20}):|\S{0,80}\.(?:go|py|js|ts|rb|java|rs|cc?|cpp|cxx|hh?|hpp|php|pl|pm|ex|exs|erl|lua|cs|fs|kt|scala|mjs|cjs|tsx|jsx|swift|ml|hs|zig|nim|d):\d)"
PROTOCOL = r"(?:tcp|udp|sctp|https?|wss?|grpcs?|tls|ssl|quic|dns|mqtts?|amqps?|redis|dtls|rtmp|rtsp|sip|ldaps?|ftps?|h2c?|h3|thrift|nats|unix|unixgram|unixpacket)[46]?"

# Strongest notation first: the first that a text contains decides.
NOTATIONS = tuple(
    compiled_later(text, regex.IGNORECASE)
    for text in (
        # Python, Erlang: ('0.0.0.0', 8080), ('::1', 9000, 0, 0), {{0,0,0,0},8080}
        r"[(\[]\s?[bu]?(?P<quote>['\"])(?P<host>[^'\"]{0,60})(?P=quote),\s?" + PORT + r"(?:,\s?\d+,\s?\d+)?[)\]]",
        r"[{,]\s?\{(?P<numbers>\d+(?:,\s?\d+){3,7})\},\s?" + PORT + r"\}",
        # Lisp: #(0 0 0 0) 4005, (tcp-listen 4242 100 "127.0.0.1"), (bind #<input-output: socket 10> 2 2130706433 8081)
        r"#\((?P<numbers>\d+(?: \d+){3})\) " + PORT,
        r"\([\w-]*listen " + PORT + r'(?: \d+)? "(?P<host>[^"]{1,60})"\)',
        r"\(bind #<[^>]{1,60}> 2 (?P<integer>\d{1,10}) " + PORT,
        # A socket of the file system: unix:/run/x.sock, unix:///run/x.sock, unix:@abstract
        r"\bunix(?:gram|packet)?(?::(?://)?|\s)(?P<path>[/@][^\s'\",;)\]}]{1,200}?)(?=[:.,;]?(?:[\s'\",;)\]}]|$))",
        # [::]:443, [fe80::1%eth0]:80, [::1].80, [::1]#53
        r"(?:\b(?P<protocol>"
        + PROTOCOL
        + r")(?:://|[:\s]\s?))?/?\[(?P<host>"
        + V6
        + r"|"
        + V4
        + r")\](?::|#|@|,?\sport\s|\.)"
        + PORT,
        # Erlang's options: {ip,{0,0,0,0}},{port,8083}
        r"\{ip,\s?\{(?P<numbers>\d+(?:,\s?\d+){3,7})\}\},\s?\{port,\s?" + PORT + r"\}",
        # [0.0.0.0:80], [:::80], [*:80]
        r"\[(?P<host>" + V4 + r"|\*|::|" + V6 + r")?:" + PORT + r"\]",
        # Tomcat: [Connector["http-nio-8080"]], [Connector[HTTP/1.1-8080]], http-nio-127.0.0.1-8080
        r"\b(?P<protocol>https?|ajp)-\w{2,8}-(?:(?P<host>" + V4 + r")-)?" + PORT,
        r"\b(?P<protocol>http)/[12]\.\d-" + PORT + r"\]",
        # Twisted's endpoints: tcp:port=8000:interface=0.0.0.0
        r"\b(?P<protocol>tcp6?|udp|ssl):(?:port=)?" + PORT + r"(?::interface=(?P<host>[\da-f.\\:]{2,60}))?",
        # Arguments and tuples: listen(*, 143), {httpd_acceptor_sup,any,8080,default}
        r"(?<=[\w)]\(|[,{]|,\s)\s?(?P<host>\*|any|localhost|" + V4 + r"|" + V6 + r"),\s?" + PORT + r"(?=[,)}])",
        # 0.0.0.0:80, /0.0.0.0:80, tcp://0.0.0.0:80, 0.0.0.0/0.0.0.0:80, 127.0.0.1#53, 0.0.0.0 port 80, 10.0.0.1,80
        r"(?:\b(?P<protocol>"
        + PROTOCOL
        + r")(?:://|[:\s,]\s?|/))?(?<![\d.])(?P<host>"
        + V4
        + r")['\"]?(?::|#|@|\.(?=\d{2,5}(?:\s|$|\)))|(?:,|:|\s-)?\s\(?(?:tcp\s|udp\s|on\s)?port[:=\s]\s?['\"]?|,\s?)"
        + PORT,
        # :::80, 0:0:0:0:0:0:0:0:80, ::1#53, "::", port 5432, ::.80
        r"(?<![\w.:])(?P<host>::|(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|"
        + V6
        + r")['\"]?(?::|#|@|\.(?=\d)|(?:,|:|\s-)?\s\(?(?:tcp\s|udp\s|on\s)?port[:=\s]\s?['\"]?)"
        + PORT,
        # port 80 on 0.0.0.0, port 80 (0.0.0.0), port 80 of address ::
        r"\bport\s"
        + PORT
        + r"['\"]?,?\s(?:on|at|of|for|\()\s?(?:the\s)?(?:interface|address|host|ip)?\s?['\"\[]?(?P<host>"
        + V4
        + r"|"
        + V6
        + r")",
        r"\bport\s" + PORT + r" (?:is|was) \S[\w ]{1,30} on (?P<host>" + V4 + r"|" + V6 + r")",
        # The universal addresses of ONC RPC (RFC 5665): 127.0.0.1.0.111
        r"(?<![\d.])(?P<host>" + V4 + r")\.(?P<high>\d{1,3})\.(?P<port>\d{1,3})(?![\w.])",
        # Milters: inet:8893@127.0.0.1; Heimdal: IPv4:127.0.0.1/88; Python: host="localhost", port=7766
        r"\b(?P<protocol>inet6?):" + PORT[: -len(r"(?!\d|\.\d|\w)")] + r"@(?P<host>[\w.:-]{1,100}|\[[\da-f:]{2,40}\])",
        r"\bIPv[46]:(?P<host>" + V4 + r"|" + V6 + r")/" + PORT,
        r"\b(?:host|hostname|address|interface)\s?=\s?(?P<quote>['\"])(?P<host>[^'\"]{0,60})(?P=quote),\s?port\s?=\s?"
        + PORT,
        # *:80, any:80, localhost:80, http://name:80, name:port after "on" or "to"
        r"(?:\b(?P<protocol>" + PROTOCOL + r")(?:://|[:\s]\s?))" + SOURCE_FILE + r"(?P<host>\*|" + NAME + r")?:" + PORT,
        r"(?<![\w.:/@%*-])" + SOURCE_FILE + r"(?P<host>\*|any|localhost|0|<null>|null)(?::|#|\sport\s)" + PORT,
        r"\b(?:on|to|at|address|bind|binding|addr|listen)[\s=:]\s?['\"(\[`]?"
        + SOURCE_FILE
        + r"(?P<host>"
        + NAME
        + r"):"
        + PORT,
        # :8080 alone
        r"(?:^|(?<=[\s=(\[`,/{])|(?<=[\s=:(,\[][\"'`])|(?<=^[\"'`]))(?P<host>):" + PORT,
        # Failed to bind to [443]
        r"\b(?:on|to|at)\s\[" + PORT + r"\]",
        # Fields: port=80, "port":80, port: 80, port 80, port(s) 80, port '80'
        r"\b(?:(?P<protocol>tcp|udp|sctp|https?|grpc|tls)[\s_/-])?(?:\w{0,20}_)?port(?:\(s\)|s|\snumber|\sno\.?)?\\?['\"`]?\s?(?:[=:,]\s?|\sis\s|\s|\s#|\s?\()\s?\\?['\"`:\[(]{0,2}"
        + PORT
        + r"(?!: (?-i:[A-Z_]{4,}) to (?-i:[A-Z_]{4,}))",  # linuxptp's ports have states
        # Port already in use: 9010
        r"\bports?\s(?:is\s)?(?:already\s)?in use:?\s" + PORT,
        # 8080/tcp, 53/udp, tcp/8080, udp 53, port tcp/80
        r"(?<![\w./:])" + PORT[: -len(r"(?!\d|\.\d|\w)")] + r"/(?P<protocol>tcp|udp|sctp)\b",
        r"\b(?P<protocol>tcp|udp|sctp)[46]?(?:/|:|\s)" + PORT,
        # Binding of socket failed: 8082
        r"\b(?:bind|listen)\w* (?:of |on )?(?:\w+ )?failed: " + PORT + r"$",
        # listening on 5000, .:53
        r"\b(?:listen(?:ing|s)?|bind(?:ing)?|bound|serving|running|started) (?:on|at|to)\s['\"(]?" + PORT,
        r"(?:^|(?<=[\s/]))\.:" + PORT,
        # 8080 is already in use; socket -server accept 8080; gen_tcp:listen(5000
        r"^\W{0,3}" + PORT + r" is already in use\b",
        r"\bsocket -server \S+ (?:-myaddr (?P<host>\S+) )?" + PORT,
        r"\bgen_(?:tcp:listen|udp:open)\(" + PORT,
    )
)
