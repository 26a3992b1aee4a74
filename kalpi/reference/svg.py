"""Charts as small SVG text: candles, lines, columns and marks over one axis of sessions.

Coordinates are whole tenths of a pixel and paths are relative, which keeps a chart of 120 bars well below 25 kB.
Colours follow the reader's light or dark scheme.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from html import escape
from itertools import count, pairwise
from math import floor, isfinite, log10
from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Kind = Literal["line", "rise", "fall", "columns", "marks"]

WIDTH, LEFT, RIGHT, GAP, FOOT = 7_600, 60, 700, 260, 200
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TICKS = 4  # about so many values are written beside a panel
_COLOURS = (
    *("2f7ed8", "e8743b", "945ecf", "13a4b4", "c99700", "e0457b"),
    *("19a979", "8a6d3b", "7f8c8d", "8fae3a", "b5651d", "5c6bc0"),
)
_STYLE = (
    "text{font:110px system-ui,sans-serif;fill:#454c56}.b{fill:#fff}"
    ".g{stroke:#e1e4e8;stroke-width:8}.z{stroke:#98a1ac;stroke-width:8;stroke-dasharray:40}"
    "path{fill:none;stroke-width:14;stroke-linejoin:round;stroke-linecap:round}"
    ".w,.c{stroke-linecap:butt}.w{stroke-width:8}.u{stroke:#2e9e6b}.d{stroke:#d1495b}.m.u{fill:#2e9e6b}.m.d{fill:#d1495b}"
    "@media(prefers-color-scheme:dark){text{fill:#c3c9d2}.b{fill:#14181e}.g{stroke:#2b313a}.z{stroke:#6b7480}}"
)


class Series(msgspec.Struct, frozen=True, eq=False):
    """Values of the bars shown, NaN where there is none.

    They are a line, one coloured as rising or falling, columns from zero, or marks: below a bar where the value is
    positive, above it where it is negative.
    """

    name: str
    values: Floats
    kind: Kind = "line"


class Panel(msgspec.Struct, frozen=True, eq=False):
    """One pane with its series, over candles or not."""

    series: tuple[Series, ...]
    height: int
    candles: bool = False


class Shown(msgspec.Struct, frozen=True, eq=False):
    """The bars shown, and whose they are."""

    name: str
    days: Sequence[date]
    open: Floats
    high: Floats
    low: Floats
    close: Floats


class _Scale(msgspec.Struct, frozen=True):
    """From a value to a height on the page."""

    low: float
    high: float
    top: int
    height: int

    def at(self, value: float) -> int:
        return round(self.top + self.height * (self.high - value) / (self.high - self.low))


def draw(title: str, shown: Shown, panels: Sequence[Panel]) -> str:
    """Return the chart as an SVG document."""
    height = sum(panel.height + GAP for panel in panels) + FOOT
    size = f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH // 10}" height="{height // 10}"'
    lines = (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">',
        f"<title>{escape(title)}</title><style>{_STYLE}</style>",
        f'<rect class="b" width="{WIDTH}" height="{height}"/>',
        *_months(shown.days, height),
        *_panels(shown, panels),
        "</svg>",
    )
    return "\n".join(lines) + "\n"


def _places(bars: int) -> list[int]:
    step = (WIDTH - LEFT - RIGHT) / bars
    return [round(LEFT + (bar + 0.5) * step) for bar in range(bars)]


def _months(days: Sequence[date], height: int) -> Iterator[str]:
    """Yield a line where a month begins, and its name; the first one and each January bear the year."""
    begun = [at for at in range(1, len(days)) if days[at].month != days[at - 1].month]
    places = _places(len(days))
    for at in begun:
        place, day = places[at], days[at]
        name = _MONTHS[day.month - 1] + (f" {day.year}" if at == begun[0] or day.month == 1 else "")
        yield f'<path class="g" d="M{place} {GAP}V{height - FOOT}"/>'
        yield f'<text x="{place}" y="{height - 60}" text-anchor="middle">{name}</text>'


def _panels(shown: Shown, panels: Sequence[Panel]) -> Iterator[str]:
    top, colours = 0, count()
    for panel in panels:
        top += GAP
        scale = _scale(panel, shown, top)
        yield from _ticks(scale)
        legend = [(shown.name, "")] if panel.candles else []
        if panel.candles:
            yield from _candles(shown, scale)
        for series in panel.series:
            colour = "" if series.kind in {"rise", "fall", "marks"} else f"#{_COLOURS[next(colours) % len(_COLOURS)]}"
            legend.append((series.name, colour))
            yield from _series(series, shown, scale, colour)
        yield _legend(legend, top - 70)
        top += panel.height


def _legend(names: Sequence[tuple[str, str]], height: int) -> str:
    words = (
        f'<tspan fill="{colour}">\u25cf {escape(name)}</tspan>' if colour else f"<tspan>{escape(name)}</tspan>"
        for name, colour in names
        if name
    )
    return f'<text x="{LEFT}" y="{height}">{"   ".join(words)}</text>'


def _scale(panel: Panel, shown: Shown, top: int) -> _Scale:
    """Return a scale that holds all that the panel shows, with a margin."""
    parts = [one.values for one in panel.series if one.kind != "marks"]
    parts += [shown.low, shown.high] if panel.candles else []
    parts += [np.zeros(1)] if any(one.kind == "columns" for one in panel.series) else []
    values = np.concatenate(parts)
    values = values[np.isfinite(values)]
    low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 1.0)
    margin = (high - low) * 0.06 or max(abs(high) * 0.01, 1e-9)
    return _Scale(low - margin, high + margin, top, panel.height)


def _ticks(scale: _Scale) -> Iterator[str]:
    """Yield lines at round values, and the values on the right; the one of zero is dashed."""
    rough = (scale.high - scale.low) / _TICKS
    power = 10.0 ** floor(log10(rough))
    step = next(one * power for one in (1, 2, 5, 10) if one * power >= rough)
    right = WIDTH - RIGHT
    for multiple in range(floor(scale.low / step) + 1, floor(scale.high / step) + 1):
        height = scale.at(multiple * step)
        yield f'<path class="{"g" if multiple else "z"}" d="M{LEFT} {height}H{right}"/>'
        yield f'<text x="{right + 50}" y="{height + 40}">{_number(multiple * step, step)}</text>'


def _number(value: float, step: float) -> str:
    """Write a value as exactly as the steps between two need it."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= size:
            unit = 1e3 if letter == "k" else size
            return f"{value / unit:g}{letter}"
    return f"{value:.{max(0, -floor(log10(step) + 1e-9))}f}"


def _candles(shown: Shown, scale: _Scale) -> Iterator[str]:
    """Yield wicks and bodies of the rising and of the falling bars, each kind as one path."""
    width = max(12, round((WIDTH - LEFT - RIGHT) / len(shown.close) * 0.62))
    rises = shown.close >= shown.open
    for name, chosen in (("u", rises), ("d", ~rises)):
        wicks, bodies = [], []
        for at in np.flatnonzero(chosen).tolist():
            place = _places(len(rises))[at]
            wicks.append(f"M{place} {scale.at(shown.high[at])}V{scale.at(shown.low[at])}")
            ends = scale.at(shown.open[at]), scale.at(shown.close[at])
            bodies.append(f"M{place} {min(ends)}V{max(*ends, min(ends) + 8)}")
        yield f'<path class="w {name}" d="{"".join(wicks)}"/>'
        yield f'<path class="c {name}" style="stroke-width:{width}" d="{"".join(bodies)}"/>'


def _series(series: Series, shown: Shown, scale: _Scale, colour: str) -> Iterator[str]:
    places = _places(len(series.values))
    points = [(place, value) for place, value in zip(places, series.values.tolist(), strict=True) if isfinite(value)]
    match series.kind:
        case "marks":
            yield from _marks(series, shown, scale)
        case "columns":
            width = max(10, round((WIDTH - LEFT - RIGHT) / len(places) * 0.6))
            path = "".join(f"M{place} {scale.at(0)}V{scale.at(value)}" for place, value in points if value)
            yield f'<path class="c" style="stroke-width:{width}" stroke="{colour}" d="{path}"/>'
        case "line":
            yield f'<path stroke="{colour}" d="{_line(points, places, scale)}"/>'
        case "rise" | "fall":
            yield f'<path class="{"u" if series.kind == "rise" else "d"}" d="{_line(points, places, scale)}"/>'


def _line(points: Sequence[tuple[int, float]], places: Sequence[int], scale: _Scale) -> str:
    """Return a path through the points, begun anew after a bar without one; a point alone is a dot."""
    after = dict(pairwise(places))
    path: list[str] = []
    expected, before, last = None, 0, 0
    for place, value in points:
        height = scale.at(value)
        step = f"{place - before} {height - last}".replace(" -", "-")
        path.append(f"l{step}" if place == expected else f"M{place} {height}h0")
        before, last, expected = place, height, after.get(place)
    return "".join(path)


def _marks(series: Series, shown: Shown, scale: _Scale) -> Iterator[str]:
    """Yield triangles: upwards below a bar with a positive value, downwards above one with a negative."""
    places = _places(len(series.values))
    for at in np.flatnonzero(np.nan_to_num(series.values)).tolist():
        if series.values[at] > 0:
            yield f'<path class="m u" d="M{places[at]} {scale.at(shown.low[at]) + 40}l50 90h-100z"/>'
        else:
            yield f'<path class="m d" d="M{places[at]} {scale.at(shown.high[at]) - 40}l50-90h-100z"/>'
