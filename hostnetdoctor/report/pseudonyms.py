"""Other names for names: always the same one for the same name, in a field as in the middle of a text.

Documentation addresses stand for addresses (RFC 5737, RFC 3849), `host-1.example` for a host (RFC 2606), `pod-1` for a pod.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping

# Words that name nobody: what every cluster has, and what this program's own sentences and commands are made of.
_PUBLIC = frozenset(
    """default anti-affinity kube-system kube-public kube-node-lease localhost kubernetes kubectl hostnet-doctor
    a all also an and another any apps apply args as at attempt be because been before bind both but by can cause certain cluster
    command config configmap connection container containers cronjob daemonset delete deployment describe does each edit env event
    failed failure fix for from get has have held holder host hostnetwork hostport how if image in init is it its job kind label
    labels last limit line listen listening log logs merge more n name names namespace namespaces network no node nodes none not of
    off on one only or other p patch pending pod pods port ports possible process program rolling rollout running same scale see
    service services since spec start started state stateful statefulset status strategic system template that the then they
    this time to two type unix up v1 version wait was what when which who why with work you http https tcp udp sctp ns""".split()  # noqa: SIM905 - readable
)
_PUBLIC_HOSTS = ("kubernetes.io", "k8s.io", "example", "example.com", "example.org", "example.net", "cluster.local")
_PUBLIC_FOLDERS = frozenset(
    [
        "bin",
        "boot",
        "cni",
        "dev",
        "docker",
        "etc",
        "home",
        "kubelet",
        "kubernetes",
        "lib",
        "lib64",
        "lock",
        "log",
        "mnt",
        "nginx",
        "opt",
        "proc",
        "root",
        "run",
        "sbin",
        "srv",
        "sys",
        "tmp",
        "usr",
        "var",
        "share",
        "local",
        "conf.d",
        "nginx.conf",
        "conf",
        "config",
        "fd",
        "net",
        "self",
        "docker.sock",
        "containerd.sock",
        "sh",
        "bash",
        "manifests",
        "pods",
        "secrets",
        "serviceaccount",
    ]
)
_ENDINGS = frozenset(
    [
        "com",
        "net",
        "org",
        "io",
        "info",
        "biz",
        "edu",
        "gov",
        "mil",
        "local",
        "localdomain",
        "internal",
        "intranet",
        "corp",
        "lan",
        "home",
        "svc",
        "cloud",
        "app",
        "dev",
        "ai",
        "co",
        "uk",
        "de",
        "fr",
        "nl",
        "ch",
        "es",
        "se",
        "no",
        "fi",
        "dk",
        "cz",
        "ru",
        "ua",
        "cn",
        "jp",
        "kr",
        "tw",
        "hk",
        "sg",
        "au",
        "nz",
        "ca",
        "us",
        "br",
        "mx",
        "ar",
        "eu",
        "za",
        "ie",
        "pt",
        "gr",
        "hu",
        "ro",
        "tr",
        "il",
        "ae",
        "sa",
    ]
)
_BEGINNINGS = frozenset({"com", "org", "net", "io", "de"})
_CODE = ("org.apache", "org.springframework", "org.eclipse", "com.sun", "io.netty", "java.net", "system.net", "node.js")

_SCANNED = re.compile(
    r"""(?P<keep><redacted:\w+>|\\(?:[nrt]|x[0-9a-f]{2}|u[0-9a-f]{4})|\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?Z?|\b\d\d:\d\d:\d\d\b)
    |(?P<user>[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?<=\bUser\ ")[^"]+)
    |(?P<uid>\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b|\b[0-9a-f]{32,64}\b)
    |(?P<image>(?<![\w./-])(?!(?:[\w.-]+\.)?(?:kubernetes|k8s)\.io/)(?:[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d+)?/[\w./-]+(?::[\w.-]+)?(?:@sha256:[0-9a-f]{64})?
        |[a-z][\w.-]*/[\w./-]+:(?:v?\d+\.\d[\w.-]*|latest)(?![\w.])))
    |(?P<six>(?<![\w:.])(?:[0-9a-fA-F]{0,4}:){2,}[0-9a-fA-F:.]*(?:%\w+)?)
    |(?P<four>(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?!\.?\w))
    |(?P<path>(?<![\w.:/"'-])/(?:[\w.@+-]+/)*[\w.@+-]+|(?<=["'])/(?:[\w.@+-]+/)*[\w.@+-]+)
    |(?P<token>[^\W_](?:[\w.-]*[^\W_])?)""",
    re.VERBOSE,
)
_BOUNDARY = re.compile(r"[-._]+")
_PLAIN = re.compile(r"[^\W_](?:[\w.-]*[^\W_])?")
_NETWORKS = tuple(map(ipaddress.ip_network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "198.18.0.0/15")))
_SIX = ipaddress.ip_network("2001:db8::/64")


class Pseudonyms:
    """The names that were met, with what stands for each: the same over all reports that share a mapping."""

    def __init__(self, names: Mapping[str, str] | None = None) -> None:
        """Start with the names of earlier reports."""
        self.names: dict[str, str] = dict(names or {})
        self._given = set(self.names.values())
        self._odd: list[str] = [name for name in self.names if not _PLAIN.fullmatch(name)]
        self._counts: dict[str, int] = {}
        self._protected: frozenset[str] = frozenset()

    def protect(self, words: Iterable[str]) -> None:
        """Leave these words alone, which are the program's own."""
        self._protected = frozenset(words)

    def learn(self, kind: str, name: str | None) -> None:
        """Note that this is the name of something of that kind, wherever it stands."""
        if name and not self._is_public(name):
            self.of(kind, name)

    def of(self, kind: str, name: str) -> str:
        """Return what stands for a name."""
        if name not in self.names:
            self.names[name] = self._next(kind)
            self._given.add(self.names[name])
            if not _PLAIN.fullmatch(name):
                self._odd = sorted([*self._odd, name], key=len, reverse=True)
        return self.names[name]

    def text(self, text: str) -> str:
        """Return a text with every name in it replaced."""
        if text in self.names:
            return self.names[text]
        for name in self._odd:
            if name in text and not name.startswith("/"):
                return self.names[name].join(map(self.text, text.split(name)))
        return _SCANNED.sub(self._replaced, text)

    def _is_public(self, name: str) -> bool:
        return name.lower() in _PUBLIC or name in self._protected or (name.isdigit() and len(name) < 6)

    def _replaced(self, match: re.Match[str]) -> str:
        word = match[0]
        match match.lastgroup:
            case "user" | "uid" | "image" as kind:
                return self.of(kind, word)
            case "four" | "six":
                return self._address(word)
            case "path":
                return "/".join(self._folder(each) for each in word.split("/"))
            case "token":
                return self._token(word)
            case _:
                return word

    def _address(self, word: str) -> str:
        try:
            address = ipaddress.ip_address(word.partition("%")[0])
        except ValueError:
            return word
        if address.is_unspecified or address.is_loopback:
            return word
        return self.of("four" if address.version == 4 else "six", word)

    def _folder(self, name: str) -> str:
        if not name or name in _PUBLIC_FOLDERS or name.isdigit():
            return name
        return self.of("file", name)

    def _token(self, word: str) -> str:
        if self._is_public(word):
            return word
        known = self.names.get(word) or self.names.get(word.lower())
        if known is not None:
            return known
        if _is_host(word):
            return self.of("host", word)
        return self.of("name", word) if self._holds_a_name(word.lower()) else word

    def _holds_a_name(self, word: str) -> bool:
        """Say whether a name is a part of this word: `shop` of `shop-7c9b4-x2p` and of `shop_port`."""
        ends = [(match.start(), match.end()) for match in _BOUNDARY.finditer(word)]
        starts, stops = [0, *(end for _, end in ends)], [*(start for start, _ in ends), len(word)]
        return any(
            word[first:last] in self.names and not self._is_public(word[first:last])
            for first in starts
            for last in stops
            if first < last
        )

    def _next(self, kind: str) -> str:
        while True:
            self._counts[kind] = number = self._counts.get(kind, 0) + 1
            if (made := _made(kind, number)) not in self._given and made not in self.names:
                return made


def _is_host(word: str) -> bool:
    lower = word.lower()
    labels = lower.split(".")
    if len(labels) < 2 or not labels[-1].isalpha():
        return False
    if any(lower == each or lower.endswith(f".{each}") for each in _PUBLIC_HOSTS) or lower.startswith(_CODE):
        return False
    return labels[-1] in _ENDINGS or (labels[0] in _BEGINNINGS and len(labels) > 2)


def _made(kind: str, number: int) -> str:
    """Return the name with this number for something of a kind."""
    match kind:
        case "host":
            return f"host-{number}.example"
        case "user":
            return f"user-{number}@example.com"
        case "uid":
            return f"00000000-0000-4000-8000-{number:012}"
        case "id":
            return f"{number:012x}"
        case "four":
            return _four(number)
        case "six":
            return str(_SIX[number])
        case _:
            return f"{kind}-{number}"


def _four(number: int) -> str:
    for network in _NETWORKS:
        usable = network.num_addresses - 2
        if number <= usable:
            return str(network[number])
        number -= usable
    return f"address-{number}"
