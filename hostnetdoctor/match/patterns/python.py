"""Python: asyncio, socketserver, gunicorn, uvicorn, Flask, Django, Twisted, CherryPy and others."""

from __future__ import annotations

from hostnetdoctor.match.pattern import Example, Pattern
from hostnetdoctor.model import FailureKind, Protocol

ASYNCIO = Pattern(
    id="python-asyncio",
    title="asyncio: loop.create_server (Lib/asyncio/base_events.py)",
    needles=("attempting to bind on address", "is already in use"),
    regex=r"(?P<ends>^ERROR: +\[Errno \d+\] )?\berror while attempting to bind on address (?P<address>\([^)]{1,120}\))|\bAddress (?P<quote>['\"])(?P<path>[^'\"]{1,200})(?P=quote) is already in use",
    protocol=Protocol.TCP,
    matches=(
        Example(
            text="OSError: [Errno 98] error while attempting to bind on address ('::1', 9000, 0, 0): address already in use",
            protocol=Protocol.TCP,
            address="::1",
            port=9000,
        ),
        Example(
            text="OSError: [Errno 98] Address '/run/aio.sock' is already in use",
            protocol=Protocol.UNIX,
            path="/run/aio.sock",
        ),
    ),
    ignores=("ConnectionRefusedError: [Errno 111] Connect call failed ('127.0.0.1', 9000)",),
)

GUNICORN = Pattern(
    id="gunicorn",
    title="gunicorn: create_sockets (gunicorn/sock.py)",
    needles=("onnection in use", "onnection to (", "onnection to /", "Invalid address: "),
    regex=r"\[ERROR\] (?:(?P<in_use>Connection in use: )|connection to (?=\S.{0,200} failed: \[Errno)|Invalid address: )(?:(?P<address>\([^)]{1,120}\))|(?P<path>/\S{1,200}))",
    otherwise=FailureKind.OTHER,
    protocol=Protocol.TCP,
    sure=True,
    matches=(
        Example(
            text="[2026-01-02 03:04:05 +0000] [7] [ERROR] Connection in use: ('0.0.0.0', 8000)",
            protocol=Protocol.TCP,
            address="0.0.0.0",
            port=8000,
        ),
        Example(
            text="[7] [ERROR] connection to ('0.0.0.0', 80) failed: [Errno 13] Permission denied",
            kind=FailureKind.PERMISSION_DENIED,
            protocol=Protocol.TCP,
            address="0.0.0.0",
            port=80,
        ),
        Example(
            text="[7] [ERROR] connection to /run/a.sock failed: [Errno 13] Permission denied: '/run/a.sock'",
            kind=FailureKind.PERMISSION_DENIED,
            protocol=Protocol.UNIX,
            path="/run/a.sock",
        ),
    ),
    ignores=("connection to ('10.0.0.5', 5432) failed: [Errno 111] Connection refused",),
)

GUNICORN_GIVES_UP = Pattern(
    id="gunicorn-gives-up",
    title="gunicorn: the end after five tries (gunicorn/sock.py)",
    needles=("Can't connect to ",),
    regex=r"\[ERROR\] Can't connect to (?:(?P<address>\([^)]{1,120}\))|(?P<path>/\S{1,200}))$",
    otherwise=FailureKind.OTHER,
    protocol=Protocol.TCP,
    fatal=True,
    sure=True,
    matches=(
        Example(
            text="[2026-01-02 03:04:05 +0000] [7] [ERROR] Can't connect to ('0.0.0.0', 8000)",
            kind=FailureKind.OTHER,
            protocol=Protocol.TCP,
            address="0.0.0.0",
            port=8000,
            fatal=True,
        ),
    ),
    ignores=("[ERROR] Can't connect to MySQL server on '10.0.0.5'",),
)

UVICORN = Pattern(
    id="uvicorn",
    title="uvicorn: bind_socket (uvicorn/config.py), which prints the bare error and exits",
    needles=("[Errno 98]", "[Errno 13]", "[Errno 99]"),
    regex=r"^ERROR:    \[Errno (?:98|13|99)\] [A-Z][a-z]+(?: [a-z]+){1,4}$",
    matches=(
        Example(text="ERROR:    [Errno 98] Address already in use"),
        Example(text="ERROR:    [Errno 13] Permission denied", kind=FailureKind.PERMISSION_DENIED),
    ),
    ignores=("ERROR:    [Errno 13] Permission denied: '/data/app.db'", "ERROR: [Errno 2] No such file or directory"),
)

WERKZEUG = Pattern(
    id="werkzeug",
    title="Flask and Werkzeug (werkzeug/serving.py)",
    needles=("is in use by another program", "Cannot assign requested address", "Permission denied"),
    regex=r"^Port (?P<port>\d{1,5}) is (?P<ends>in use by another program)\.|^Cannot assign requested address$|^Permission denied$",
    protocol=Protocol.TCP,
    after=r"^ \* (?:Debug mode|Serving Flask app)|^Address already in use$",
    matches=(
        Example(
            text=" * Debug mode: off\nAddress already in use\nPort 5000 is in use by another program. Either identify and stop that program, or start the server with a different port.",
            protocol=Protocol.TCP,
            port=5000,
            fatal=True,
        ),
    ),
    ignores=("Port 5 is in use by another program",),
)

DJANGO = Pattern(
    id="django-runserver",
    title="Django's runserver (django/core/management/commands/runserver.py)",
    needles=(
        "That port is already in use",
        "have permission to access that port",
        "That IP address can't be assigned to",
    ),
    regex=r"^Error: (?:That port is already in use|(?P<denied>You don't have permission to access that port)|(?P<not_available>That IP address can't be assigned to))",
    protocol=Protocol.TCP,
    matches=(
        Example(text="Error: That port is already in use.", protocol=Protocol.TCP),
        Example(
            text="Error: You don't have permission to access that port.",
            kind=FailureKind.PERMISSION_DENIED,
            protocol=Protocol.TCP,
        ),
        Example(
            text="Error: That IP address can't be assigned to.",
            kind=FailureKind.ADDRESS_NOT_AVAILABLE,
            protocol=Protocol.TCP,
        ),
    ),
    ignores=("That port is free.",),
)

TWISTED = Pattern(
    id="twisted",
    title="Twisted and what is built on it (twisted/internet/error.py), Daphne",
    needles=("Couldn't listen on",),
    regex=r"(?P<ends>\bCannotListenError: )?(?P<tcp>\bListen failure: )?\bCouldn't listen on (?P<address>\S{1,120}): \[Errno",
    matches=(
        Example(
            text="twisted.internet.error.CannotListenError: Couldn't listen on any:8080: [Errno 98] Address already in use.",
            port=8080,
            fatal=True,
        ),
        Example(
            text="Listen failure: Couldn't listen on 0.0.0.0:8000: [Errno 98] Address already in use.",
            protocol=Protocol.TCP,
            address="0.0.0.0",
            port=8000,
        ),
    ),
    ignores=("Couldn't listen on all the songs",),
)

CHERRYPY = Pattern(
    id="cherrypy",
    title="CherryPy and portend: a port that does not become free",
    needles=(" not free on ",),
    regex=r"\bPort (?P<port>\d{1,5}) not free on (?P<address>[^\s'\")]{1,100}?)\.?(?=['\")\s]|$)",
    kind=FailureKind.ADDRESS_IN_USE,
    protocol=Protocol.TCP,
    fatal=True,
    matches=(
        Example(
            text="cherrypy.process.wspbus.ChannelFailures: Timeout('Port 8080 not free on 127.0.0.1.')",
            protocol=Protocol.TCP,
            address="127.0.0.1",
            port=8080,
            fatal=True,
        ),
    ),
    ignores=("Port 8080 not free",),
)

SUPERVISOR = Pattern(
    id="supervisor",
    title="supervisord: the port of its own HTTP server (supervisor/options.py)",
    needles=("Another program is already listening",),
    regex=r"^Error: Another program is already listening on a port",
    kind=FailureKind.ADDRESS_IN_USE,
    protocol=Protocol.TCP,
    fatal=True,
    searches=False,
    matches=(
        Example(
            text="Error: Another program is already listening on a port that one of our HTTP servers is configured to use.  Shut this program down first before starting supervisord.",
            protocol=Protocol.TCP,
            fatal=True,
        ),
    ),
    ignores=("Another program is already listening to you",),
)

SUPERVISOR_SOCKET = Pattern(
    id="supervisor-socket",
    title="supervisord: its HTTP server, on a port or on a Unix socket (supervisor/options.py)",
    needles=("Cannot open an HTTP server",),
    regex=r"^Error: Cannot open an HTTP server: ",
    otherwise=FailureKind.OTHER,
    fatal=True,
    searches=False,
    sure=True,
    matches=(
        Example(
            text="Error: Cannot open an HTTP server: socket.error reported errno.EACCES (13)",
            kind=FailureKind.PERMISSION_DENIED,
            fatal=True,
        ),
    ),
    ignores=("Error: Cannot open an HTTP connection",),
)

PORT_TAKEN = Pattern(
    id="python-next-port",
    title="Jupyter, Dask and others that say which port they would have liked",
    needles=("is already in use, trying another port", "UserWarning: Port "),
    regex=r"\b[Pp]ort (?P<port>\d{1,5}) is already in use(?:, trying another port|\.$)",
    kind=FailureKind.ADDRESS_IN_USE,
    protocol=Protocol.TCP,
    fatal=False,
    matches=(
        Example(
            text="[I ServerApp] The port 8888 is already in use, trying another port.",
            protocol=Protocol.TCP,
            port=8888,
            fatal=False,
        ),
        Example(
            text="/a/distributed/node.py:195: UserWarning: Port 8787 is already in use.",
            protocol=Protocol.TCP,
            port=8787,
            fatal=False,
        ),
    ),
    ignores=("The port 8888 is free, trying another port",),
)

PYFTPDLIB = Pattern(
    id="python-trace",
    title="Python libraries whose trace names no transport: pyftpdlib, Granian",
    needles=("rrno 98] Address already in use", "RuntimeError: Address already in use"),
    regex=r"^(?:OSError: \[Errno 98\]|RuntimeError:) Address already in use(?: \(os error 98\))?$",
    kind=FailureKind.ADDRESS_IN_USE,
    protocol=Protocol.TCP,
    fatal=True,
    after=r"bind_af_unspecified|granian",
    matches=(
        Example(
            text='  File "/a/pyftpdlib/ioloop.py", line 1068, in bind_af_unspecified\n    raise OSError(err)\nOSError: [Errno 98] Address already in use',
            protocol=Protocol.TCP,
            fatal=True,
        ),
    ),
    ignores=("OSError: [Errno 28] No space left on device",),
)

PATTERNS = (
    ASYNCIO,
    GUNICORN,
    GUNICORN_GIVES_UP,
    UVICORN,
    WERKZEUG,
    DJANGO,
    TWISTED,
    CHERRYPY,
    SUPERVISOR,
    SUPERVISOR_SOCKET,
    PORT_TAKEN,
    PYFTPDLIB,
)
