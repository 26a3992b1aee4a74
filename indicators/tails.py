"""How little of a history an indicator's last values can be computed from, and still be what they are on the whole.

Most kernels carry sums from bar to bar, so where they begin shows in the last bits of all that follows.
"""

from typing import Literal

from indicators.indicator import Indicator

Way = Literal["whole", "window", "stretches"]
STRETCH = 512
"""Bars of a stretch, counted from a history's first bar."""

_WINDOWS = (
    *("alma", "aroon", "aroonosc", "avgdev", "avgprice", "bop", "donchian", "ichimoku", "imi", "log_return", "max"),
    *("median", "medprice", "midpoint", "midprice", "min", "mom", "percent_return", "percentrank", "pivots"),
    *("pivots_camarilla", "pivots_demark", "pivots_fibonacci", "pivots_woodie", "roc", "rocp", "rvgi", "trange"),
    *("typprice", "wclprice", "willr"),
)


def way(indicator: Indicator) -> Way:
    """Return how an indicator is computed on many symbols.

    `window`: a value comes of its window alone, by the same steps whatever bars came before. `stretches`: candle
    patterns, which compare bodies with running averages of bodies; these begin anew with every stretch, so that a
    history's end takes no more than its last stretch. `whole`: all others.
    """
    if indicator.family == "patterns":
        return "stretches"
    return "window" if indicator.id in _WINDOWS else "whole"
