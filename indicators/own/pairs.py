"""A symbol beside another: crossings, and the place in a relative rotation graph."""

from typing import Annotated

import numpy as np

from indicators.bars import Array
from indicators.formulas import Columns, bars, formula
from indicators.indicator import Output
from indicators.own.steps import later

TULIP = "Lewis Van Winkle, Tulip Indicators, 2016"


def _crossings(on: Array, against: Array) -> tuple[Array, Array]:
    """Return 1 where the value comes to be above the other's, and where below, else 0."""
    before, after = later(on - against, 1), on - against
    up, down = (after > 0) & (before <= 0), (after < 0) & (before >= 0)
    return up.astype(np.float64), down.astype(np.float64)


@formula(
    "Cross Any",
    "Whether the value crosses the other symbol's on this bar, either way.",
    rule="1 if x > y and x[1] <= y[1], or x < y and x[1] >= y[1]; else 0",
    source=TULIP,
    family="math",
    memory="window",
    warm_up=lambda _: 1,
    outputs=(Output("crossany", "flag", "1 on the bar of a crossing, else 0.", minimum=0, maximum=1),),
)
def crossany(on: Array, against: Array) -> Array:
    """Return the flag."""
    up, down = _crossings(on, against)
    return up + down


@formula(
    "Crossover",
    "Whether the value crosses the other symbol's from below on this bar.",
    rule="1 if x > y and x[1] <= y[1]; else 0",
    source=TULIP,
    family="math",
    memory="window",
    warm_up=lambda _: 1,
    outputs=(Output("crossover", "flag", "1 on the bar of a crossing from below, else 0.", minimum=0, maximum=1),),
)
def crossover(on: Array, against: Array) -> Array:
    """Return the flag."""
    return _crossings(on, against)[0]


@formula(
    "Relative Rotation",
    "Strength against another symbol, and that strength's momentum: the axes of a relative rotation graph.",
    rule="ratio = 100 * x / y; momentum = ln(ratio[short] / ratio[long])",
    source="after Julius de Kempenaer, Relative Rotation Graphs, 2004; as OpenBB computes them before it scales them"
    " by the whole sample, which looks ahead",
    family="momentum",
    memory="window",
    warm_up=lambda p: p.long,
    outputs=(
        Output("ratio", "percent", "Value in percent of the other's; null where that is zero."),
        Output("momentum", "ratio", "Growth of the ratio, as a logarithm; null if it is not positive."),
    ),
    ascending=(("short", "long"),),
    undefined_at_times=True,
)
def rrg(
    on: Array,
    against: Array,
    *,
    long: Annotated[int, bars("Bars back to where the growth begins.")] = 252,
    short: Annotated[int, bars("Bars back to where it ends.", least=1)] = 21,
) -> Columns:
    """Return the ratio and its momentum."""
    ratio = 100 * on / against
    return ratio, np.log(later(ratio, short) / later(ratio, long))


FORMULAS = (crossany, crossover, rrg)
