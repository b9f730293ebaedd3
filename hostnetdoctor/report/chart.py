"""The picture of a network's ports: who has each of them, and who cannot listen on it.

This file decides what is drawn and where; the units are those of the SVG, 360 across, so that the words are readable on
a phone without zooming. `html.jinja` draws it. Names are shortened here: the account beside the picture has them whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from hostnetdoctor.model import Confidence, Diagnosis, Holder, HolderKind, NetworkListener, Protocol, Report
from hostnetdoctor.report.phrases import counted, shown

WIDTH = 360
_BOX_HEIGHT = 52
_BOX_GAP = 8
_PORT_GAP = 16
_MOST_CLAIMS = 6  # of one port, and
_MOST_OTHERS = 4  # ports beside those that somebody cannot take: more would be a map and no answer
_NAME_LENGTH = 33
_DETAIL_LENGTH = 40
_PORT_LENGTH = 11
_HAS_IT = {
    Confidence.PROVEN: "has it",
    Confidence.CERTAIN: "has it",
    Confidence.LIKELY: "probably has it",
    Confidence.POSSIBLE: "may have it",
}
_CANNOT_SEE = "holder-not-visible"


class Claim(Struct, frozen=True, kw_only=True):
    """Somebody and a port. `role` is holder, victim, unknown or other; `top` is where its box begins."""

    role: str
    verb: str
    name: str
    detail: str
    top: int = 0

    @property
    def middle(self) -> int:
        """Where the line from the port arrives."""
        return self.top + _BOX_HEIGHT // 2


class Port(Struct, frozen=True, kw_only=True):
    """A port, or the path of a socket, and all who claim it; `more` of them are not drawn."""

    label: str
    claims: tuple[Claim, ...]
    more: int

    @property
    def middle(self) -> int:
        """Where its lines begin."""
        return self.claims[0].middle


class Picture(Struct, frozen=True, kw_only=True):
    """The ports of one network. `words` say what is drawn to those who cannot see it."""

    title: str
    ports: tuple[Port, ...]
    height: int
    more: str
    words: str


_Key = tuple[Protocol | None, int | None, str | None]


def pictures(report: Report) -> dict[str, Picture]:
    """Return the picture of every network that a failure is about, by its title."""
    failures: dict[str, list[Diagnosis]] = {}
    for diagnosis in report.diagnoses:
        for title in titles(diagnosis):
            failures.setdefault(title, []).append(diagnosis)
    listeners = {_of_node(network.node): network.listeners for network in report.networks}
    return {
        title: _picture(title, _claims(title, found), listeners.get(title, ()))
        for title, found in failures.items()
        if any(each.holders or each.cause == _CANNOT_SEE for each in found)
    }


def titles(diagnosis: Diagnosis) -> tuple[str, ...]:
    """Return whose ports tell of a failure: the node's, the pod's own, or those of each node that has no room."""
    if diagnosis.network == "pod":
        return (f"Ports of pod {shown(diagnosis.victim.pod)}",)
    nodes = [diagnosis.node] if diagnosis.node else [held.node for held in diagnosis.holders]
    return tuple(dict.fromkeys(_of_node(node) for node in nodes if node))


def _of_node(node: str) -> str:
    return f"Ports of node {shown(node)}"


def _claims(title: str, diagnoses: Iterable[Diagnosis]) -> dict[_Key, list[Claim]]:
    """Return who has each port and who cannot take it, in this order, each once and as sure as the surest says."""
    told = list(diagnoses)
    claims: dict[_Key, dict[tuple[str, str, str], Claim]] = {_key(each): {} for each in told}
    for diagnosis in sorted(told, key=lambda each: each.confidence.rank):
        for claim in _of_failure(title, diagnosis):
            claims[_key(diagnosis)].setdefault((claim.role, claim.name, claim.detail), claim)
    return {key: sorted(found.values(), key=_by_role) for key, found in claims.items()}


def _key(diagnosis: Diagnosis) -> _Key:
    return diagnosis.protocol, diagnosis.port, diagnosis.path


def _of_failure(title: str, diagnosis: Diagnosis) -> Iterator[Claim]:
    for held in diagnosis.holders:
        if diagnosis.network == "pod" or held.node is None or _of_node(held.node) == title:
            yield _holder(held)
    if diagnosis.cause == _CANNOT_SEE:
        yield Claim(role="unknown", verb="has it", name="somebody who is not visible", detail="")
    yield _victim(diagnosis)


def _by_role(claim: Claim) -> int:
    return ["holder", "unknown", "victim", "other"].index(claim.role)


def _holder(held: Holder) -> Claim:
    name, detail = _named(held)
    return Claim(role="holder", verb=_HAS_IT[held.confidence], name=_cut(name, _NAME_LENGTH), detail=_detail(detail))


def _named(held: Holder) -> tuple[str | None, str | None]:
    match held.kind:
        case HolderKind.POD:
            return held.pod, _place(held.namespace, held.container)
        case HolderKind.CONTAINER:
            return f"container {held.container}", f"of the same pod, {held.pod}"
        case HolderKind.SERVICE:
            return f"Service {held.service}", held.namespace
        case HolderKind.PROCESS:
            process = held.process
            return f"process {process.name if process and process.name else 'of unknown name'}", held.pod
        case HolderKind.CONNECTION:
            return "an outgoing connection", held.pod
        case HolderKind.FILE:
            return "a file", held.address


def _victim(diagnosis: Diagnosis) -> Claim:
    victim = diagnosis.victim
    return Claim(
        role="victim",
        verb="cannot listen" if diagnosis.node else "waits for it",
        name=_cut(victim.pod, _NAME_LENGTH),
        detail=_detail(_place(victim.namespace, victim.container)),
    )


def _other(listener: NetworkListener) -> Claim:
    namespace, _, pod = listener.pod.rpartition("/")
    return Claim(
        role="other",
        verb="listens" if listener.basis == "listening-log" else "may listen",
        name=_cut(pod, _NAME_LENGTH),
        detail=_detail(_place(namespace, listener.container)),
    )


def _place(namespace: str | None, container: str | None) -> str:
    for label in ("container ", ""):
        place = ", ".join(filter(None, [namespace, f"{label}{container}" if container else ""]))
        if len(place) <= _DETAIL_LENGTH:
            break
    return place


def _picture(title: str, claims: dict[_Key, list[Claim]], listeners: Sequence[NetworkListener]) -> Picture:
    others = _unclaimed(claims, listeners)
    hidden = max(len(others) - _MOST_OTHERS, 0)
    drawn = [*claims.items(), *list(others.items())[:_MOST_OTHERS]]
    ports = tuple(_placed(drawn))
    bottom = ports[-1].claims[-1].top + _BOX_HEIGHT + (_PORT_GAP if ports[-1].more else 0)
    return Picture(
        title=title,
        ports=ports,
        height=bottom + (2 * _PORT_GAP if hidden else 2),
        more=f"and {counted(hidden, 'other port')}" if hidden else "",
        words=" ".join(map(_in_words, ports)),
    )


def _unclaimed(claims: dict[_Key, list[Claim]], listeners: Sequence[NetworkListener]) -> dict[_Key, list[Claim]]:
    """Return the ports that nobody misses. Whoever else names a missed port is added to it, once."""
    others: dict[_Key, list[Claim]] = {}
    for listener in listeners:
        claim = _other(listener)
        missed = [found for key, found in claims.items() if _may_be(key, listener)]
        for found in missed or [others.setdefault((listener.protocol, listener.port, None), [])]:
            if (claim.name, claim.detail) not in {(each.name, each.detail) for each in found}:
                found.append(claim)
    return others


def _may_be(key: _Key, listener: NetworkListener) -> bool:
    protocol, port, path = key
    return (
        path is None and port == listener.port and (listener.protocol is None or protocol in {None, listener.protocol})
    )


def _placed(drawn: Iterable[tuple[_Key, list[Claim]]]) -> Iterator[Port]:
    """Yield the ports with their boxes one below the other."""
    top = 2
    for key, claims in drawn:
        boxes = []
        for claim in claims[:_MOST_CLAIMS]:
            boxes.append(replace(claim, top=top))
            top += _BOX_HEIGHT + _BOX_GAP
        more = len(claims) - len(boxes)
        yield Port(label=_label(key), claims=tuple(boxes), more=more)
        top += _PORT_GAP - _BOX_GAP + (_PORT_GAP if more else 0)


def _label(key: _Key) -> str:
    protocol, port, path = key
    if path is not None:
        return _cut(path, _PORT_LENGTH)
    number = "port ?" if port is None else str(port)
    return f"{number}/{protocol.value}" if protocol else number


def _in_words(port: Port) -> str:
    claims = "; ".join(f"{claim.name} {claim.verb}" for claim in port.claims)
    return f"{port.label}: {claims}{f'; and {port.more} more' if port.more else ''}."


def _detail(text: str | None) -> str:
    return _cut(text, _DETAIL_LENGTH)


def _cut(text: str | None, length: int) -> str:
    """Return text that fits, without its middle if need be: names differ at their ends."""
    whole = shown(text or "")
    if len(whole) <= length:
        return whole
    end = length // 3
    return f"{whole[: length - end - 1]}\u2026{whole[-end:]}"
