"""What could not be looked at, in words: few of them, however much it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from msgspec import Struct

from hostnetdoctor.model import NotLookedAt
from hostnetdoctor.report.phrases import listed, shown

_GAPS = 20  # more of them would bury the answer
_REASONS = 5  # of what could not be read and one thing would mend: further ones differ in a name only


class Gap(Struct, frozen=True, kw_only=True):
    """Things that could not be read, and what would mend it. `essential`: the answer may be wrong without them.

    `what` names the things alone; `sentences` say of each why it could not be read.
    """

    what: str
    sentences: tuple[str, ...]
    fix: str
    essential: bool


def gaps_of(missing: Iterable[NotLookedAt]) -> tuple[Gap, ...]:
    """Return what could not be read, what matters most first; what one thing would mend stands together."""

    def remedy(gap: NotLookedAt) -> tuple[bool, str, str]:
        # What matters, and what nothing mends, stands apart for each reason.
        return (not gap.essential, gap.fix or "", "" if gap.fix and not gap.essential else gap.why)

    together = [list(things) for _, things in groupby(sorted(missing, key=remedy), key=remedy)]
    return (*map(_gap, together[:_GAPS]), *_rest([gap for things in together[_GAPS:] for gap in things]))


def _rest(missing: Sequence[NotLookedAt]) -> Iterable[Gap]:
    if missing:
        what = f"{len(missing):,} more"
        sentence = f"{what} could not be read; the JSON report has each of them."
        yield Gap(what=what, sentences=(sentence,), fix="", essential=any(gap.essential for gap in missing))


def _gap(missing: list[NotLookedAt]) -> Gap:
    """Return what one thing would mend, or what has one reason."""
    reasons: dict[str, list[NotLookedAt]] = {}
    for each in missing:
        reasons.setdefault(each.why, []).append(each)
    told = list(reasons.items())[:_REASONS]
    sentences = [f"{_as_start(_things(things))}: {shown(why)}" for why, things in told]
    rest = len(missing) - sum(len(things) for _, things in told)
    if rest:
        sentences.append(f"And {rest:,} more, in the JSON report.")
    return Gap(
        what=_things(missing),
        sentences=tuple(sentences),
        fix=shown(missing[0].fix or ""),
        essential=missing[0].essential,
    )


def _as_start(words: str) -> str:
    return words[:1].upper() + words[1:]


def _things(missing: Iterable[NotLookedAt]) -> str:
    """Return what is missing, each kind of thing with its places: `log (default/a/main, default/b/main), nodes`."""
    places: dict[str, dict[str, None]] = {}
    for gap in missing:
        places.setdefault(gap.what, {}).setdefault(shown(_place(gap)))
    texts = ((shown(what), listed(list(filter(None, names)))) for what, names in places.items())
    return listed([f"{what} ({names})" if names else what for what, names in texts])


def _place(gap: NotLookedAt) -> str:
    """Return where a thing would be; nothing when `what` says so itself."""
    if gap.pod:
        place = f"{gap.namespace}/{gap.pod}" + (f"/{gap.container}" if gap.container else "")
    else:
        place = gap.node or (f"namespace {gap.namespace}" if gap.namespace else "")
    return "" if place in gap.what else place
