"""The words for binding and listening, and those with which programs say that it failed and not why."""

from __future__ import annotations

from hostnetdoctor.match.expression import any_of, any_word_of

# What a text says of listening, beside the error itself.
BIND = any_of(
    r"\bbind(?:ing|s|ed|v6)?\b",
    r"\bbind(?=(?-i:[A-Z])|\()",  # bindSocket, bind(
    r"(?<=[a-z_])[Bb]ind(?:ing|Exception)?\b",  # socket_bind, BindException
    r"\bbound to\b",
    # Not: listeners of events, `listen for changes`, `listen to the song`, listener.go
    r"(?<![/.])\blisten(?:er|ers|ing)?\b(?![./_]\w)(?! for (?!connection|incoming|http|tcp|udp|request)| to (?!port|address|socket|\S{0,60}:\d|\d))",
    r"\b(?<![/.])listen(?=(?-i:[A-Z])|\()",
    r"(?<=[a-z_])[Ll]isten(?:er|ing)?\b",
    r"\bmake_sock\b",  # Apache httpd
    r"\bServerSocket\b",  # Java
    r"\b(?:creat|open|start|initiali[sz]|setup|set up|acquir|reserv|allocat)\w{0,6}\b.{0,60}\b(?:\w{0,12}sockets?|server|endpoint)\b(?!/)",
    r"\bsocket\(\d?\) (?:for|to|on)?\s?\S{0,60}:\d{1,5} ",
    r"\bsocket\(\d?\) failed for ",
    r"\b(?:use|allocate) (?:the )?(?:address|port) \S{0,45}\d",
    r"\bopen(?:ing)? (?:tcp|udp)6?[: ]",  # Net-SNMP
)

_NOT = any_of(
    r"fail(?:ed|s|ure|ing)?(?: to|:| in| at)?",
    r"can ?not",
    r"can(?:'|\u2019)?t",
    r"could ?n[o'\u2019]t",
    r"could not",
    r"unable to",
    r"error(?: in| while| when)?",
    r"not able to",
    r"did not",
    r"didn't",
    r"problem",
    r"trouble",
    r"couldnt",
    r"cant",
    r"refus(?:ed|es|ing) to",
    r"impossible to",
    r"exception (?:while|when|during)?",
)
_SOCKET = any_word_of(
    r"sockets?",
    r"listeners?",
    r"ports?",
    r"address(?:es)?",
    r"interfaces?",
    r"endpoints?",
    r"server",
    r"acceptor",
    r"connector",
    r"service",
    r"daemon",
)
# Much can be bound, and listened to, that is no address: a text must also name one, or a socket.
_ABOUT_SOCKETS = any_of(
    r"\bsockets?\b",
    r"\bports?\b",
    r"\baddress",
    r"\binterface",
    r":\d{2,5}\b",
    r"\.sock\b",
    r"(?:\d{1,3}\.){3}\d",
    r"#\d",
    r"\buds\b",
    r"\[\d{2,5}[\]-]",  # Elasticsearch: Failed to bind to [9200-9300]
)
_NOT_LISTENING = any_of(
    # could not bind to x, failed to start listening on x
    _NOT + r"\b[\s:]{0,3}(?:\w+\s){0,4}?(?:bind(?:ing)?|bound|listen(?:ing)?(?!er)|listened|serve on)\b",
    # cannot create a listening socket, unable to open the master socket
    _NOT
    + r"\b[\s:]{0,3}(?:\w+\s){0,2}?(?:open|creat|acquir|reserv|allocat|get|start|set ?up|establish|mak|initiali[sz])\w{0,6}\s(?:\S+\s){0,4}?"
    + r"(?:listen\w*|server|bind\w*|master|accept\w*)\s(?:\S+\s){0,2}?"
    + _SOCKET,
    # failed to open socket on tcp 0.0.0.0:80, unable to use port 80
    _NOT
    + r"\b[\s:]{0,3}(?:open|creat|start|us|acquir|reserv|claim|get)\w{0,6}\s(?:\S+\s){0,5}?(?:sockets?|server|listener|port) "
    + r"(?:(?:on|for|at) )?(?:(?:tcp|udp|port|address) )?(?:\S{0,60}[:#@])?\d{1,5}\b",
    # cannot start the web server on 127.0.0.1:8080, can't create acceptor on port 80
    _NOT
    + r"\b[\s:]{0,3}(?:start|creat|open|initiali[sz])\w{0,6}\s(?:\S+\s){0,3}?(?:web ?server|(?:https?|tcp) (?:server|listener|socket|endpoint|interface)|acceptor|listener) "
    + r"(?:on|for|at) (?:port )?(?:\S{0,60}[:#@])?\d{1,5}\b",
    # no acceptor could be opened on port 7000
    r"\bno acceptor\b.{0,40}\bport\b",
    # bind failed: an error that has no kind of its own
    r"\b(?:bind|listen)\b(?:\(\))?:? (?:failed|error)?:? ?(?:no such file or directory|not a directory|bad file descriptor|invalid argument)\b",
    # bind() to x failed, listening on x failed
    r"\b(?:bind|listen|binding|listening)(?:\(\d?\))?\s(?:\S+\s){0,6}?fail(?:ed|ure|s)?\b",
    r"\b(?:bind|listen)_?(?:error|failed|failure)\b",
)
NO_ERROR = r"(?s)\A(?=.{0,4000}?" + _ABOUT_SOCKETS + r").{0,4000}?" + _NOT_LISTENING

NO_ERROR_NEEDLES = (
    "t bind",
    "to bind",
    "bind fail",
    "bind to ",
    "t listen",
    "to listen",
    "rror binding",
    "ailed binding",
    "inding failed",
    "listening socket",
    "socket on ",
    "open port",
    "open server port",
    "open TCP port",
    "open UDP port",
    "use port",
    "acquire port",
    "reserve port",
    "server on ",
    "socket for ",
    "listen socket",
    "create listen",
    "of socket failed",
    "tarting listen",
    "open listen",
    "istener fail",
    "isteners fail",
    "server socket",
    "not be listened",
    "not bound",
    "isten failed",
    "acceptor ",
)
