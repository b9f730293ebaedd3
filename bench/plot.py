"""Draws time and memory against the size of a cluster: python bench/plot.py FIGURES > docs/scale.svg.

FIGURES is what `bench/scale.py --kubectl --figures FIGURES` wrote, a line for each cluster. Both axes are logarithmic, so
that a straight line of slope one grows as the cluster does.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_WIDTH, _HEIGHT = 800, 300
_BOX = (52.0, 34.0, 240.0, 206.0)  # of a panel: left, top, width, height
_PANEL = 380.0  # from one panel to the next

Figures = Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a panel: its name, the field that it shows, and how it is drawn."""

    name: str
    field: str
    colour: str
    dashes: str = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One diagram."""

    title: str
    ticks: tuple[float, ...]
    lines: tuple[Line, ...]


_OURS, _THEIRS, _SERVER = "#0b6e4f", "#a63d40", "#6b7280"
_PANELS = (
    Panel(
        title="seconds",
        ticks=(0.01, 0.1, 1, 10, 100),
        lines=(
            Line(name="diagnose -A", field="seconds", colour=_OURS),
            Line(name="kubectl get pods -A", field="kubectl_seconds", colour=_THEIRS),
            Line(name="bare Table request", field="table", colour=_SERVER, dashes="4 3"),
        ),
    ),
    Panel(
        title="megabytes of memory",
        ticks=(10, 100, 1000, 10000),
        lines=(
            Line(name="diagnose -A", field="peak", colour=_OURS),
            Line(name="kubectl get pods -A", field="kubectl_peak", colour=_THEIRS),
        ),
    ),
)


def main(arguments: Sequence[str]) -> int:
    """Write the picture to standard output."""
    (path,) = arguments
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    sizes = sorted((json.loads(line) for line in lines), key=lambda each: float(each["pods"]))
    sys.stdout.write(picture(sizes))
    return 0


def picture(sizes: Sequence[Figures]) -> str:
    """Return the picture as SVG."""
    parts = [part for place, panel in enumerate(_PANELS) for part in _panel(panel, sizes, place * _PANEL)]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" font-size="11">'
    ground = f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>'
    return "\n".join((head, ground, *parts, "</svg>\n"))


def _panel(panel: Panel, sizes: Sequence[Figures], shift: float) -> Iterator[str]:
    left, top, width, height = _BOX[0] + shift, *_BOX[1:]
    pods = [each["pods"] for each in sizes]
    low, high = panel.ticks[0], panel.ticks[-1]

    def x(value: float) -> float:
        return left + width * _share(value, min(pods), max(pods))

    def y(value: float) -> float:
        return top + height * (1 - _share(value, low, high))

    yield f'<text x="{left:.0f}" y="20" font-weight="bold" font-size="13">{panel.title}</text>'
    for tick in panel.ticks:
        yield f'<path d="M{left:.0f} {y(tick):.1f}h{width:.0f}" stroke="#e5e7eb"/>'
        yield f'<text x="{left - 6:.0f}" y="{y(tick) + 4:.1f}" text-anchor="end">{tick:g}</text>'
    for number in pods:
        yield f'<text x="{x(number):.0f}" y="{top + height + 18:.0f}" text-anchor="middle">{number:,.0f}</text>'
    yield f'<text x="{left + width / 2:.0f}" y="{top + height + 38:.0f}" text-anchor="middle">pods in the cluster</text>'
    for line in panel.lines:
        known = [(x(each["pods"]), y(each[line.field])) for each in sizes if line.field in each]
        yield from _drawn(line, known)


def _drawn(line: Line, known: Sequence[tuple[float, float]]) -> Iterator[str]:
    places = " ".join(f"{across:.1f},{down:.1f}" for across, down in known)
    style = f'fill="none" stroke="{line.colour}" stroke-width="2" stroke-dasharray="{line.dashes}"'
    yield f'<polyline points="{places}" {style}/>'
    yield from (f'<circle cx="{across:.1f}" cy="{down:.1f}" r="3" fill="{line.colour}"/>' for across, down in known)
    across, down = known[-1]
    yield f'<text x="{across + 7:.1f}" y="{down + 4:.1f}" fill="{line.colour}">{line.name}</text>'


def _share(value: float, low: float, high: float) -> float:
    return (math.log(value) - math.log(low)) / (math.log(high) - math.log(low))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
