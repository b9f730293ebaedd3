"""Databases, caches and message brokers: PostgreSQL, MariaDB, Redis, Memcached, Mosquitto, RabbitMQ, beanstalkd."""

from __future__ import annotations

from hostnetdoctor.match.pattern import Example, Pattern
from hostnetdoctor.model import FailureKind, Protocol

POSTGRESQL = Pattern(
    id="postgresql",
    title="PostgreSQL: one address, with the port in the hint below (src/backend/libpq/pqcomm.c)",
    needles=("could not bind IP", "could not bind Unix"),
    regex=r"\bcould not bind (?:IPv[46] address \"(?P<lone>[^\"]{1,60})\"|Unix address \"(?P<path>[^\"]{1,110})\"): ",
    protocol=Protocol.TCP,
    matches=(
        Example(
            text='LOG:  could not bind IPv4 address "127.0.0.1": Address already in use\nHINT:  Is another postmaster already running on port 5432? If not, wait a few seconds and retry.',
            protocol=Protocol.TCP,
            address="127.0.0.1",
            port=5432,
        ),
        Example(
            text='LOG:  could not bind IPv4 address "192.0.2.3": Cannot assign requested address',
            kind=FailureKind.ADDRESS_NOT_AVAILABLE,
            protocol=Protocol.TCP,
            address="192.0.2.3",
        ),
        Example(
            text='LOG:  could not bind Unix address "/run/postgresql/.s.PGSQL.5432": Address already in use',
            protocol=Protocol.UNIX,
            path="/run/postgresql/.s.PGSQL.5432",
        ),
    ),
    ignores=('could not bind IPv4 address "127.0.0.1"',),
)

POSTGRESQL_LOCK = Pattern(
    id="postgresql-lock",
    title="PostgreSQL: the lock file of another server on the port's Unix socket (src/backend/utils/init/miscinit.c)",
    needles=(".s.PGSQL.",),
    regex=r"\block file \"(?P<path>[^\"]{1,100}/\.s\.PGSQL\.\d{1,5})\.lock\" (?P<in_use>already exists)",
    fatal=True,
    matches=(
        Example(
            text='FATAL:  lock file "/run/postgresql/.s.PGSQL.5432.lock" already exists',
            protocol=Protocol.UNIX,
            path="/run/postgresql/.s.PGSQL.5432",
            fatal=True,
        ),
    ),
    ignores=('connection to server on socket "/run/postgresql/.s.PGSQL.5432" failed: No such file or directory',),
)

MYSQL = Pattern(
    id="mysql",
    title="MariaDB and MySQL: the port is on a neighbouring line (sql/mysqld.cc)",
    needles=("Bind on TCP/IP port", "Bind on unix socket"),
    regex=r"\bCan't start server ?: ?Bind on (?:TCP/IP port|unix socket)",
    protocol=Protocol.TCP,
    fatal=True,
    sure=True,
    matches=(
        Example(
            text="[ERROR] Can't start server: Bind on TCP/IP port. Got error: 98: Address already in use\n[ERROR] Do you already have another server running on port: 3306 ?",
            protocol=Protocol.TCP,
            port=3306,
            fatal=True,
        ),
    ),
    ignores=("[ERROR] Can't start server : can't create PID file: Permission denied",),
)

MYSQL_HINT = Pattern(
    id="mysql-hint",
    title="MariaDB and MySQL: the hint that names the port, after every error (sql/mysqld.cc)",
    needles=("another server running on", "another mysqld server running on"),
    regex=r"\bDo you already have another (?:mysqld )?server running on (?:port: (?P<port>\d{1,5})|socket: (?P<path>/\S{1,200}))",
    kind=FailureKind.OTHER,
    protocol=Protocol.TCP,
    fatal=True,
    sure=True,
    matches=(
        Example(
            text="[ERROR] Do you already have another mysqld server running on port: 3306 ?",
            kind=FailureKind.OTHER,
            protocol=Protocol.TCP,
            port=3306,
            fatal=True,
        ),
    ),
    ignores=("Do you already have another server?",),
)

REDIS = Pattern(
    id="redis",
    title="Redis and Valkey (src/server.c, src/anet.c)",
    needles=("Could not create server TCP", "TCP listening socket"),
    regex=r"\bCould not create server (?:TCP|TLS) listening socket (?P<address>\S{1,100}): |\bCreating Server TCP listening socket (?P<address>\S{1,100}): ",
    protocol=Protocol.TCP,
    sure=True,
    matches=(
        Example(
            text="1:M 02 Jan 2026 03:04:05.678 # Warning: Could not create server TCP listening socket *:6379: bind: Address already in use",
            protocol=Protocol.TCP,
            port=6379,
        ),
    ),
    ignores=("Failed listening on port 6379 (TCP), aborting.",),
)

REDIS_ABORTS = Pattern(
    id="redis-aborts",
    title="Redis and Valkey: the end (src/server.c)",
    needles=("Failed listening on port",),
    regex=r"\bFailed listening on port (?P<port>\d{1,5}) \((?P<protocol>TCP|TLS)\), aborting",
    otherwise=FailureKind.OTHER,
    fatal=True,
    matches=(
        Example(
            text="1:M 02 Jan 2026 03:04:05.678 # Failed listening on port 6379 (TCP), aborting.",
            kind=FailureKind.OTHER,
            protocol=Protocol.TCP,
            port=6379,
            fatal=True,
        ),
    ),
    ignores=("Failed listening on port 6379",),
)

MOSQUITTO = Pattern(
    id="mosquitto",
    title="Mosquitto: the bare error after the socket that it opens (src/net.c)",
    needles=("Error: ", "Warning: Address"),
    regex=r"^(?:\d+: )?(?:Error|Warning): [A-Z][a-z]+(?: [a-z]+){1,6}$",
    protocol=Protocol.TCP,
    after=r"\bOpening ipv[46] listen socket on port \d",
    within=1,
    sure=True,
    matches=(
        Example(
            text="1795468828: Opening ipv4 listen socket on port 1883.\n1795468828: Error: Address already in use",
            protocol=Protocol.TCP,
            port=1883,
        ),
    ),
    ignores=("1795468828: Error: Permission denied",),
)

RABBITMQ = Pattern(
    id="rabbitmq",
    title="RabbitMQ: a Ranch listener, and the port of Erlang's distribution",
    needles=("start Ranch listener", "distribution port"),
    regex=r"\bFailed to start Ranch listener .{0,2000}\be(?:addrinuse|addrnotavail|acces|perm)\b|\bcould not bind to distribution port (?P<port>\d{1,5}) on host (?P<address>[\w.-]{1,100})\. It could be (?P<in_use>in use)",
    protocol=Protocol.TCP,
    sure=True,
    matches=(
        Example(
            text="Failed to start Ranch listener {acceptor,{127,0,0,1},5672} in ranch_tcp:listen(#{x => y}) for reason eaddrinuse (address already in use)",
            protocol=Protocol.TCP,
            address="127.0.0.1",
            port=5672,
        ),
        Example(
            text="ERROR: could not bind to distribution port 25672 on host localhost. It could be in use by another process or cannot be bound to (e.g. due to a security policy)",
            protocol=Protocol.TCP,
            address="localhost",
            port=25672,
        ),
    ),
    ignores=("Failed to start Ranch listener",),
)

GEARMAN = Pattern(
    id="gearmand",
    title="gearmand: its retries, and their end (libgearman-server/gearmand.cc)",
    needles=("Retrying bind(", "Timeout occurred when calling bind()"),
    regex=r"\bRetrying bind\((?P<goes_on>[^)]{5,60})\) on (?P<address>\S{1,100})|\bTimeout occurred when (?P<ends>calling bind\(\)) for (?P<address>\S{1,100})",
    otherwise=FailureKind.OTHER,
    protocol=Protocol.TCP,
    matches=(
        Example(
            text="Retrying bind(Address already in use) on 127.0.0.1:4730 0 + 1 >= 20\nTimeout occurred when calling bind() for 127.0.0.1:4730",
            protocol=Protocol.TCP,
            address="127.0.0.1",
            port=4730,
            fatal=True,
        ),
    ),
    ignores=("Timeout occurred when calling connect() for 127.0.0.1:4730",),
)

TCP_STORES = Pattern(
    id="tcp-store",
    title="beanstalkd, Memcached: TCP servers that do not say so",
    needles=("make_inet_socket", "failed to listen on TCP port"),
    regex=r"\bmake_inet_socket: bind\(\): |\bfailed to listen on TCP port (?P<port>\d{1,5}): ",
    protocol=Protocol.TCP,
    matches=(
        Example(
            text="beanstalkd: net.c:104 in make_inet_socket: bind(): Address already in use", protocol=Protocol.TCP
        ),
        Example(text="failed to listen on TCP port 11211: Address already in use", protocol=Protocol.TCP, port=11211),
    ),
    ignores=("make_inet_socket: listen",),
)

PATTERNS = (
    POSTGRESQL,
    POSTGRESQL_LOCK,
    MYSQL,
    MYSQL_HINT,
    REDIS,
    REDIS_ABORTS,
    MOSQUITTO,
    RABBITMQ,
    GEARMAN,
    TCP_STORES,
)
