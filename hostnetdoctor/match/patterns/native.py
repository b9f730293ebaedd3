"""C, C++, Rust, PHP, Perl, Erlang and Elixir: what their libraries and runtimes print."""

from __future__ import annotations

from hostnetdoctor.match.expression import any_of
from hostnetdoctor.match.pattern import Example, Pattern
from hostnetdoctor.model import FailureKind, Protocol

PHP = Pattern(
    id="php",
    title="PHP: the built-in server, PHP-FPM and stream_socket_server()",
    needles=("Failed to listen on", "unable to bind listening socket", "stream_socket_server()"),
    regex=any_of(
        r"\bFailed to listen on (?P<address>\S{1,100}) \(reason: ",  # the built-in server
        r"\bunable to bind listening socket for address '(?:(?P<path>/[^']{1,200})|(?P<address>[^']{1,100}))': ",  # PHP-FPM
        r"\bstream_socket_server\(\): [Uu]nable to connect to (?:unix://(?P<path>/\S{1,200})|(?P<address>\S{1,100})) \(",
    ),
    protocol=Protocol.TCP,
    sure=True,
    matches=(
        Example(
            text="[Fri Jan  2 03:04:05 2026] Failed to listen on 0.0.0.0:8000 (reason: Address already in use)",
            protocol=Protocol.TCP,
            address="0.0.0.0",
            port=8000,
        ),
        Example(
            text="ERROR: unable to bind listening socket for address '/run/php.sock': Permission denied (13)",
            kind=FailureKind.PERMISSION_DENIED,
            protocol=Protocol.UNIX,
            path="/run/php.sock",
        ),
        Example(
            text="PHP Warning:  stream_socket_server(): Unable to connect to tcp://127.0.0.1:9001 (Address already in use) in /a.php on line 2",
            protocol=Protocol.TCP,
            address="127.0.0.1",
            port=9001,
        ),
    ),
    ignores=("stream_socket_client(): Unable to connect to tcp://127.0.0.1:9001 (Connection refused)",),
)

ERLANG = Pattern(
    id="erlang-badmatch",
    title="Erlang: a gen_tcp:listen() whose result matches nothing",
    needles=("{error,eperm}", "{error,eaddrnotavail}", "{error,eafnosupport}"),
    regex=r"\bbadmatch,\{error,(?:eperm|eaddrnotavail|eafnosupport)\}",
    fatal=True,
    sure=True,
    matches=(
        Example(
            text='{"init terminating in do_boot",{{badmatch,{error,eaddrnotavail}},[{erl_eval,expr,6,[]}]}}',
            kind=FailureKind.ADDRESS_NOT_AVAILABLE,
            fatal=True,
        ),
    ),
    ignores=("{badmatch,{error,enoent}}",),
)

YAWS = Pattern(
    id="yaws",
    title="Yaws: one of its servers (src/yaws_server.erl)",
    needles=("Yaws: Failed to listen",),
    regex=r"\bYaws: Failed to listen (?P<address>\S{1,100}) ",
    protocol=Protocol.TCP,
    fatal=True,
    matches=(
        Example(
            text="Yaws: Failed to listen 127.0.0.1:8000  : {error,eaddrinuse}",
            protocol=Protocol.TCP,
            address="127.0.0.1",
            port=8000,
            fatal=True,
        ),
    ),
    ignores=("Yaws: Listening to 127.0.0.1:8000 for <1> virtual servers:",),
)

RUST_MAIN = Pattern(
    id="rust-main",
    title="Rust: main() returns an io::Error that names only the address's absence",
    needles=("(os error 99)",),
    regex=r"^Error: (?:Cannot assign requested address|Address not available) \(os error 99\)$",
    fatal=True,
    sure=True,
    matches=(
        Example(
            text="Error: Cannot assign requested address (os error 99)",
            kind=FailureKind.ADDRESS_NOT_AVAILABLE,
            fatal=True,
        ),
    ),
    ignores=("Error: error trying to connect: tcp connect error: Cannot assign requested address (os error 99)",),
)

ERLANG_LISTEN = Pattern(
    id="erlang-listen",
    title="Erlang: the reason of a child that could not listen, as inets and others hand it on",
    needles=("{listen,e",),
    regex=r"\{listen,\s?(?:eaddrinuse|eacces|eaddrnotavail|eperm|eafnosupport)\}",
    protocol=Protocol.TCP,
    matches=(
        Example(
            text="{failed_to_start_child,{httpd_acceptor_sup,any,8080,default},{listen,eaddrinuse}}",
            protocol=Protocol.TCP,
            port=8080,
        ),
    ),
    ignores=("{listen,enoent}",),
)

PHP_FPM_RUNS = Pattern(
    id="php-fpm-runs",
    title="PHP-FPM: the Unix socket of another instance (sapi/fpm/fpm/fpm_sockets.c)",
    needles=("Another FPM instance",),
    regex=r"\bAnother FPM instance seems to already listen on (?P<path>/\S{1,200})",
    kind=FailureKind.ADDRESS_IN_USE,
    fatal=True,
    matches=(
        Example(
            text="ERROR: Another FPM instance seems to already listen on /run/fpm.sock",
            protocol=Protocol.UNIX,
            path="/run/fpm.sock",
            fatal=True,
        ),
    ),
    ignores=("Another FPM instance was stopped",),
)

PERL_NET_SERVER = Pattern(
    id="perl-net-server",
    title="Perl's Net::Server, and with it Munin, Postgrey, Starman (Net/Server/Proto/TCP.pm)",
    needles=("Can't connect to TCP port", "Can't connect to UDP port", "Can't connect to SSL"),
    regex=r"\bCan't connect to (?P<protocol>TCP|UDP|SSL(?:EAY)?) port (?P<port>\d{1,5}) on (?P<address>\S{1,80}) \[",
    sure=True,
    matches=(
        Example(
            text="Can't connect to TCP port 4949 on 127.0.0.1 [Address already in use]",
            protocol=Protocol.TCP,
            address="127.0.0.1",
            port=4949,
        ),
    ),
    ignores=("Can't connect to TCP port 4949 on 127.0.0.1 [Connection refused]",),
)

PATTERNS = (PHP, PHP_FPM_RUNS, ERLANG, ERLANG_LISTEN, YAWS, RUST_MAIN, PERL_NET_SERVER)
