"""Stops that begin or turn by other rules."""

from typing import Annotated, Literal

import numpy as np

from indicators.bars import Array
from indicators.kernels import Columns, convention
from indicators.own.conventions import FirstBar, RangeAverage
from indicators.own.steps import average_true_range, range_lookback
from indicators.splitting import split


@split(warm_up=lambda _: 1, memory="anchored")
def sar(
    high: Array,
    low: Array,
    close: Array,
    *,
    acceleration: float,
    maximum: float,
    rule: Annotated[  # noqa: ARG001 - of two words, one is TA-Lib's
        Literal["wilder", "pine"],
        convention(
            "As Wilder and TA-Lib do, or as Pine's ta.sar: the first side by the second close, a turn looked for before"
            " the stop is kept out of the last two bars, and none where a bar only touches it."
        ),
    ] = "wilder",
) -> Array:
    """Return the stop as Pine's."""
    highs, lows = high.tolist(), low.tolist()
    below = bool(close[1] > close[0])
    stop, extreme = (lows[0], highs[1]) if below else (highs[0], lows[1])
    speed, stops = acceleration, np.full(len(high), np.nan)
    for at in range(1, len(high)):
        top, bottom = highs[at], lows[at]
        stop += speed * (extreme - stop)
        if stop > bottom if below else stop < top:
            below = not below
            stop, extreme = (min(bottom, extreme), top) if below else (max(top, extreme), bottom)
            speed = acceleration
        elif at > 1 and (top > extreme if below else bottom < extreme):
            extreme, speed = top if below else bottom, min(speed + acceleration, maximum)
        before = max(at - 2, 0)
        stop = min(stop, lows[at - 1], lows[before]) if below else max(stop, highs[at - 1], highs[before])
        stops[at] = stop
    return stops


@split(warm_up=lambda p: range_lookback(p.period, p.first_bar), memory="anchored")
def supertrend(
    high: Array,
    low: Array,
    close: Array,
    *,
    period: int,
    multiplier: float,
    atr_type: RangeAverage = "rma",
    first_bar: FirstBar = "skip",
    first_trend: Annotated[Literal["rising", "falling"], convention("The trend that it begins with.")] = "rising",
) -> Columns:
    """Return the stop and the trend; a band only moves towards the price until the close before has crossed it."""
    begin = range_lookback(period, first_bar)
    centre, reach = (
        (high + low) / 2,
        multiplier * average_true_range(high, low, close, period, kind=atr_type, first_bar=first_bar),
    )
    tops, bottoms = (centre + reach)[begin:].tolist(), (centre - reach)[begin:].tolist()
    closes = close[begin:].tolist()
    stops, trends = np.empty(len(close)), np.empty(len(close))
    rising, above, below, last = first_trend == "rising", tops[0], bottoms[0], None
    for at, (value, top, bottom) in enumerate(zip(closes, tops, bottoms, strict=True), begin):
        if last is not None:
            above = top if top < above or last > above else above
            below = bottom if bottom > below or last < below else below
            rising = value >= below if rising else value > above
        stops[at], trends[at], last = below if rising else above, 1.0 if rising else -1.0, value
    return stops, trends


SPLITS = (sar, supertrend)
