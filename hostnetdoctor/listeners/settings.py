"""Find the ports that a container's command line and environment name, and whether they mean to listen there.

A setting is one flag with its value, one bare word, or one variable. It counts as an address to listen on when its name
says so (`--web.listen-address`, `--port`, `PORT`), or when its value can be nothing else (`:9100`, `0.0.0.0:9100`).
Names that speak of another program (`--etcd-servers`, `DB_PORT`) are passed over. Everything else that has the form of an
address is a mention: a weak hint, good enough to look closer and never enough alone.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from msgspec import Struct

from hostnetdoctor.listeners.address import parse
from hostnetdoctor.model import ContainerSpec, EnvironmentVariable, Protocol

_LISTENS = re.compile(
    r"listen|bind|port|address|addr|serve(?!r)|^l$|^p$|http|metrics|health|probe|endpoint$", re.IGNORECASE
)
_REMOTE = re.compile(
    r"servers?$|upstream|target|advertise|announce|master|remote|connect|proxy-?to|backend|peers?$|join|seed|broker|nameserver"
    r"|kubeconfig|etcd-endpoints|\burl\b|external|discovery|collector|otlp|timeout|retries|interval|allow|deny|cluster-ip|destination",
    re.IGNORECASE,
)
# The variable's own words name what listens; any other X_PORT is just as often the port of a server that is called.
_OWN_PORT = re.compile(
    r"^((HTTPS?|SERVER|LISTEN|BIND|METRICS?|WEB|ADMIN|GRPC|HEALTH|HEALTHZ|APP|API|SERVICE|CONTAINER|NODE|MANAGEMENT)_)*(PORT|ADDR|ADDRESS|LISTEN)$"
    r"|LISTEN|BIND",
)
_URL = re.compile(r"^(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<rest>[^/?#]*)", re.IGNORECASE)
_HOST_PORT = re.compile(
    r"^(?P<host>\[[0-9A-Fa-f:.%\w]*\]|[A-Za-z0-9._*-]*):(?P<port>\d{1,5})(?:/(?P<protocol>tcp|udp|sctp))?$",
    re.IGNORECASE,
)
_PORT = re.compile(r"^(?P<port>\d{1,5})(?:/(?P<protocol>tcp|udp|sctp))?$", re.IGNORECASE)
_SOCAT = re.compile(r"^(?P<protocol>TCP|UDP|SCTP)[46]?-(?:LISTEN|RECV|RECVFROM):(?P<port>\d{1,5})", re.IGNORECASE)
_FLAG = re.compile(r"^--?(?P<name>[A-Za-z][\w.-]*?)(?:[=:](?P<value>.*))?$", re.DOTALL)
_HTTP_SERVER = "http.server"  # python -m http.server PORT: a word, not a flag, before the port
_REFERENCE = re.compile(r"(?<!\$)\$\((?P<name>[A-Za-z_][\w.-]*)\)")
_LONGEST_SCRIPT = 20_000  # characters of one argument that are looked at: settings, not programs, are wanted


class Setting(Struct, frozen=True):
    """One port that a setting names. `listens` is false for a mere mention; `text` quotes the setting."""

    port: int
    address: str | None
    protocol: Protocol | None
    listens: bool
    text: str


def argument_settings(container: ContainerSpec) -> tuple[Setting, ...]:
    """Return the ports that a container's command and arguments name, shell scripts among them included."""
    return _argument_settings((*container.command, *container.args), tuple(container.environment))


# The pods of a DaemonSet say the same on each node. Enough for what runs on the nodes of a batch.
@lru_cache(maxsize=512)
def _argument_settings(arguments: tuple[str, ...], environment: tuple[EnvironmentVariable, ...]) -> tuple[Setting, ...]:
    values = _values(environment)
    return tuple(_settings(_words(_expanded(word, values) for word in arguments)))


def _expanded(word: str, values: Mapping[str, str]) -> str:
    """Replace $(NAME) as the kubelet does (k8s.io/kubernetes/third_party/forked/golang/expansion); unknown names stay."""
    return _REFERENCE.sub(lambda match: values.get(match["name"], match[0]), word) if "$(" in word else word


def environment_settings(container: ContainerSpec) -> tuple[Setting, ...]:
    """Return the ports that a container's variables name."""
    return _environment_settings(tuple(container.environment))


@lru_cache(maxsize=512)
def _environment_settings(environment: tuple[EnvironmentVariable, ...]) -> tuple[Setting, ...]:
    values = _values(environment)
    return tuple(setting for name, value in values.items() for setting in _of_variable(name, value, values))


def _values(environment: Iterable[EnvironmentVariable]) -> dict[str, str]:
    return {variable.name: variable.value for variable in environment if variable.value is not None}


def setting_of(name: str, value: str, text: str) -> tuple[Setting, ...]:
    """Return the ports that one named value names; `text` quotes it."""
    return tuple(_of_value(name, value, text))


def _words(arguments: Iterable[str]) -> Iterator[str]:
    for argument in arguments:
        if any(space in argument for space in " \t\n"):
            yield from _split(argument[:_LONGEST_SCRIPT])
        else:
            yield argument


def _split(script: str) -> list[str]:
    try:
        words = shlex.split(script.replace(";", " ; "), comments=True)
    except ValueError:  # an open quote: not a script, or not one for a POSIX shell
        words = script.split()
    # A script in a script (sh -c "sh -c '...'") keeps its inner words together; one level more is enough.
    return [inner for word in words for inner in (word.split() if " " in word else [word])]


def _settings(words: Iterable[str]) -> Iterator[Setting]:
    pending: str | None = None  # a flag whose value is the next word
    for word in words:
        flag = _FLAG.match(word)
        if flag and not _HOST_PORT.match(word):
            pending = None if flag["value"] is not None else flag["name"]
            if flag["value"] is not None:
                yield from _of_value(flag["name"], flag["value"], word)
            continue
        yield from _of_value(pending or "", word, f"{_dashes(pending)} {word}".strip())
        pending = _HTTP_SERVER if word == _HTTP_SERVER else None


def _dashes(flag: str | None) -> str:
    if flag is None or flag == _HTTP_SERVER:
        return flag or ""
    return f"{'-' if len(flag) == 1 else '--'}{flag}"


def _of_value(name: str, value: str, text: str) -> Iterator[Setting]:
    for part in value.split(","):
        if (socat := _SOCAT.match(part)) is not None:
            yield Setting(int(socat["port"]), None, Protocol(socat["protocol"].upper()), listens=True, text=text)
        elif (found := _address(part, bare_ports=bool(name))) is not None:
            address, port, protocol = found
            yield Setting(port, address, protocol, listens=_means_to_listen(name, part, address), text=text)


def _address(value: str, *, bare_ports: bool) -> tuple[str | None, int, Protocol | None] | None:
    url = _URL.match(value)
    rest = url["rest"] if url else value
    match = _HOST_PORT.match(rest) or (_PORT.match(rest) if bare_ports and not url else None)
    if match is None or not 0 < int(match["port"]) < 65_536:
        return None
    groups = match.groupdict()
    host = (groups.get("host") or "").strip("[]")
    protocol = (
        Protocol(groups["protocol"].upper()) if groups["protocol"] else _scheme_protocol(url["scheme"] if url else "")
    )
    return ("0.0.0.0" if host == "*" else host or None), int(match["port"]), protocol


def _scheme_protocol(scheme: str) -> Protocol | None:
    return next(
        (protocol for protocol in (Protocol.TCP, Protocol.UDP) if scheme.lower().startswith(protocol.lower())), None
    )


def _means_to_listen(name: str, value: str, address: str | None) -> bool:
    if name == _HTTP_SERVER:
        return True
    if _REMOTE.search(name):
        return False
    ip = parse(address)
    if address is not None and ip is None:
        return False  # a host name: an address to call
    if value.startswith(":") or (ip is not None and ip.is_unspecified):
        return True
    return bool(_LISTENS.search(name))


def _of_variable(name: str, value: str, values: Mapping[str, str]) -> Iterator[Setting]:
    text = f"{name}={value}"
    for setting in _of_value(name, value, text):
        own = bool(_OWN_PORT.search(name.upper())) and not _calls_another(name, values)
        wildcard = value.startswith(":") or ((ip := parse(setting.address)) is not None and ip.is_unspecified)
        if own or wildcard or name.upper().endswith(("_PORT", "_ADDR", "_ADDRESS")):
            yield Setting(
                setting.port,
                setting.address,
                setting.protocol,
                listens=(own and setting.listens) or wildcard,
                text=text,
            )


def _calls_another(name: str, values: Mapping[str, str]) -> bool:
    """Say whether X_PORT stands beside an X_HOST that names some other machine."""
    stem = name.upper().removesuffix("PORT")
    hosts = (
        value for other, value in values.items() if other.upper() in {f"{stem}HOST", f"{stem}SERVER", f"{stem}HOSTNAME"}
    )
    return any(host and ((ip := parse(host)) is None or not (ip.is_unspecified or ip.is_loopback)) for host in hosts)
