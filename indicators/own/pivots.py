"""Pivot points: levels of a bar worked out from the bar before it, so known as it opens."""

from indicators.bars import Array
from indicators.formulas import Columns, formula
from indicators.indicator import Output
from indicators.own.steps import later

PIVOT = Output("pivot", "price", "The pivot, a mean of the previous bar.")
FLOOR = "floor traders' practice"


def _levels(count: int) -> tuple[Output, ...]:
    resistance = [Output(f"r{i}", "price", f"Resistance {i}.") for i in range(1, count + 1)]
    return (PIVOT, *resistance, *(Output(f"s{i}", "price", f"Support {i}.") for i in range(1, count + 1)))


def _around(pivot: Array, distances: tuple[Array, ...]) -> Columns:
    return (pivot, *(pivot + distance for distance in distances), *(pivot - distance for distance in distances))


def _bar_before(*arrays: Array) -> tuple[Array, ...]:
    return tuple(later(array, 1) for array in arrays)


@formula(
    "Pivot Points, Classic",
    "Support and resistance worked out from the previous bar, as floor traders do.",
    rule="P = (H + L + C) / 3; R1, S1 = 2 P - L, 2 P - H; R2, S2 = P +- (H - L); R3, S3 = H + 2 (P - L), L - 2 (H - P)",
    source=FLOOR,
    family="trend",
    memory="window",
    warm_up=lambda _: 1,
    outputs=_levels(3),
)
def pivots(high: Array, low: Array, close: Array) -> Columns:
    """Return the pivot, the resistances and the supports."""
    h, low_, c = _bar_before(high, low, close)
    p = (h + low_ + c) / 3
    return (
        p,
        2 * p - low_,
        p + h - low_,
        h + 2 * (p - low_),
        2 * p - h,
        p - h + low_,
        low_ - 2 * (h - p),
    )


@formula(
    "Pivot Points, Fibonacci",
    "Support and resistance at Fibonacci's shares of the previous bar's range.",
    rule="P = (H + L + C) / 3; R, S = P +- 0.382, 0.618 and 1 times (H - L)",
    source=FLOOR,
    family="trend",
    memory="window",
    warm_up=lambda _: 1,
    outputs=_levels(3),
)
def pivots_fibonacci(high: Array, low: Array, close: Array) -> Columns:
    """Return the pivot, the resistances and the supports."""
    h, low_, c = _bar_before(high, low, close)
    reach = h - low_
    return _around((h + low_ + c) / 3, (0.382 * reach, 0.618 * reach, reach))


@formula(
    "Pivot Points, Woodie",
    "Support and resistance worked out from the previous bar with its close counted twice.",
    rule="P = (H + L + 2 C) / 4; R1, S1 = 2 P - L, 2 P - H; R2, S2 = P +- (H - L)",
    source="Ken Wood, Woodie's CCI Club",
    family="trend",
    memory="window",
    warm_up=lambda _: 1,
    outputs=_levels(2),
)
def pivots_woodie(high: Array, low: Array, close: Array) -> Columns:
    """Return the pivot, the resistances and the supports."""
    h, low_, c = _bar_before(high, low, close)
    p = (h + low_ + 2 * c) / 4
    return p, 2 * p - low_, p + h - low_, 2 * p - h, p - h + low_


@formula(
    "Pivot Points, Camarilla",
    "Support and resistance at shares of the previous bar's range around its close.",
    rule="P = (H + L + C) / 3; R, S 1 to 4 = C +- 1.1 (H - L) / 12, / 6, / 4 and / 2",
    source="Nick Stott, 1989",
    family="trend",
    memory="window",
    warm_up=lambda _: 1,
    outputs=_levels(4),
)
def pivots_camarilla(high: Array, low: Array, close: Array) -> Columns:
    """Return the pivot, the resistances and the supports."""
    h, low_, c = _bar_before(high, low, close)
    _, *levels = _around(c, tuple(1.1 * (h - low_) / part for part in (12, 6, 4, 2)))
    return ((h + low_ + c) / 3, *levels)


@formula(
    "Pivot Points, DeMark",
    "Support and resistance that depend on whether the previous bar rose or fell.",
    rule="X = H + 2 L + C if C < O, 2 H + L + C if C > O, else H + L + 2 C; P = X / 4, R1 = X / 2 - L, S1 = X / 2 - H",
    source="Tom DeMark, The New Science of Technical Analysis, 1994",
    family="trend",
    memory="window",
    warm_up=lambda _: 1,
    outputs=_levels(1),
)
def pivots_demark(open: Array, high: Array, low: Array, close: Array) -> Columns:  # noqa: A002 - the series' name
    """Return the pivot, the resistance and the support."""
    o, h, low_, c = _bar_before(open, high, low, close)
    x = h + low_ + c + low_ * (c < o) + h * (c > o) + c * (c == o)
    return x / 4, x / 2 - low_, x / 2 - h


FORMULAS = (pivots, pivots_fibonacci, pivots_woodie, pivots_camarilla, pivots_demark)
