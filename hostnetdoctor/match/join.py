"""Put together what several lines say about one failure: repeats, and an error and its address on different lines."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, field

from hostnetdoctor.match.pattern import BindMatch, Place
from hostnetdoctor.model import FailureKind, Protocol

_NEAR = 60  # lines: what a stack trace takes
_MOST = 10_000  # distinct addresses in one log; a hostile log may invent more

_Key = tuple[FailureKind, Protocol | None, str | None, int | None, str | None]


class Sign(Struct, frozen=True):
    """What one line says of a failure."""

    number: int
    kind: FailureKind
    place: Place
    fatal: bool | None
    text: str
    pattern: str
    alone: bool = False


class _Group(Struct):
    """All signs of one address so far."""

    kind: FailureKind
    place: Place
    fatal: bool | None
    first: int
    last: int
    text: str
    pattern: str
    alone: bool = False
    count: int = 1

    @property
    def placed(self) -> bool:
        return self.place.port is not None or self.place.path is not None

    def near(self, number: int) -> bool:
        return self.first - _NEAR <= number <= self.last + _NEAR

    def is_like(self, other: _Group) -> bool:
        """Say whether two groups may be one failure, told with more and with fewer facts."""
        return (
            _agree(self.place.protocol, other.place.protocol)
            and _agree(self.place.address, other.place.address)
            and (self.kind is other.kind or FailureKind.OTHER in (self.kind, other.kind))
        )

    def take(self, other: _Group) -> None:
        """Add another group's facts and repeats to this one."""
        if other.kind is not FailureKind.OTHER and self.kind is FailureKind.OTHER:
            self.kind, self.pattern = other.kind, other.pattern
        mine, its = self.place, other.place
        address = mine.address or its.address if mine.port or not its.port else its.address or mine.address
        self.place = Place(address, mine.port or its.port, mine.path or its.path, mine.protocol or its.protocol)
        later, earlier = (other, self) if other.last >= self.last else (self, other)
        self.fatal = later.fatal if later.fatal is not None else earlier.fatal
        if other.first < self.first:
            self.text = other.text
        self.first, self.last = min(self.first, other.first), max(self.last, other.last)
        self.count += other.count
        self.alone = self.alone or other.alone


def _agree(one: object, other: object) -> bool:
    return one is None or other is None or one == other


class Joiner(Struct):
    """Collects signs in the order of their lines and yields one failure for each address."""

    _groups: dict[_Key, _Group] = field(default_factory=dict)
    _pending: list[_Group] = field(default_factory=list)
    _recent: list[_Group] = field(default_factory=list)

    def add(self, sign: Sign) -> None:
        """Take the next sign. One without a port waits for a neighbour that names it."""
        self._settle(sign.number)
        group = _Group(sign.kind, sign.place, sign.fatal, sign.number, sign.number, sign.text, sign.pattern, sign.alone)
        if group.placed:
            self._keep(group)
        elif self._pending and self._pending[-1].is_like(group):
            self._pending[-1].take(group)
        else:
            self._pending.append(group)

    def _keep(self, group: _Group) -> None:
        place = group.place
        key = (group.kind, place.protocol, place.address, place.port, place.path)
        if known := self._groups.get(key):
            known.take(group)
        elif len(self._groups) < _MOST:
            self._groups[key] = group
        kept = self._groups.get(key, group)
        self._recent = [*(each for each in self._recent if each is not kept), kept][-16:]

    def _settle(self, number: int | None) -> None:
        """Decide on the signs without a port for which no neighbour can come any more."""
        waiting = []
        for group in self._pending:
            if number is not None and number - group.last <= _NEAR:
                waiting.append(group)
            elif not group.alone and (neighbour := self._neighbour(group)):
                count = neighbour.count
                neighbour.take(group)
                neighbour.count = count
            else:
                self._keep(group)
        self._pending = waiting

    def _neighbour(self, group: _Group) -> _Group | None:
        """Return the closest failure around a sign that may name the port of it."""
        near = [
            each
            for each in self._recent
            if each.placed and (each.near(group.first) or each.near(group.last)) and _agree_kind(each, group)
        ]
        return min(near, key=lambda each: min(abs(each.first - group.first), abs(each.last - group.last)), default=None)

    def failures(self) -> tuple[BindMatch, ...]:
        """Return one failure for each address, in the order of their first lines."""
        self._settle(None)
        groups = sorted(
            _folded(self._groups.values()), key=lambda group: (group.first, group.place.port or 0, group.text)
        )
        return tuple(_match(group) for group in groups)


def _agree_kind(one: _Group, other: _Group) -> bool:
    if not _agree(one.place.address, other.place.address):
        return False
    # A stack trace tells a stream from datagrams, and rarely TCP from a Unix socket.
    streams = {one.place.protocol, other.place.protocol} == {Protocol.TCP, Protocol.UNIX}
    return (streams or _agree(one.place.protocol, other.place.protocol)) and (
        one.kind is other.kind or FailureKind.OTHER in (one.kind, other.kind)
    )


def _folded(groups: Iterable[_Group]) -> list[_Group]:
    """Put together what says the same of one port with fewer facts: no errno, no transport, no address."""
    by_port: dict[tuple[int | None, str | None], list[_Group]] = {}
    for group in sorted(groups, key=lambda each: (_facts(each), each.first)):
        same = by_port.setdefault((group.place.port, group.place.path), [])
        if like := next((each for each in same if each.is_like(group)), None):
            like.take(group)
        else:
            same.append(group)
    return [group for same in by_port.values() for group in same]


def _facts(group: _Group) -> int:
    """Return how little a group says: those that say most come first."""
    told = (group.place.protocol, group.place.address, None if group.kind is FailureKind.OTHER else group.kind)
    return sum(fact is None for fact in told)


def _match(group: _Group) -> BindMatch:
    return BindMatch(
        kind=group.kind,
        protocol=group.place.protocol,
        address=group.place.address,
        port=group.place.port,
        path=group.place.path,
        fatal=group.fatal,
        line=group.first,
        count=group.count,
        text=group.text,
        pattern=group.pattern,
        lines=(group.first,) if group.first == group.last else (group.first, group.last),
    )
