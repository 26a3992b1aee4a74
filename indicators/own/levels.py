"""Levels that the last months left behind: retracements of the swing, and the prices that most shares went by at."""

from typing import Annotated

import msgspec
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from indicators import library
from indicators.bars import Array
from indicators.formulas import Columns, bars, formula
from indicators.indicator import Output
from indicators.own.hindsight import CHIKOU
from indicators.own.steps import later

_middle = library.function("MIDPRICE")
_where_highest, _where_lowest = library.function("MAXINDEX"), library.function("MININDEX")
_SHARES = (0.236, 0.382, 0.5, 0.618, 0.786)


@formula(
    "Fibonacci Retracement",
    "Levels at Fibonacci's shares of the way back over the swing between the window's extremes.",
    rule="after a rise (the low came first): high - share * (high - low); after a fall: low + share * (high - low)",
    source="common practice",
    family="trend",
    memory="window",
    warm_up=lambda p: p.period - 1,
    outputs=(
        Output("high", "price", "Highest high of the window."),
        Output("low", "price", "Lowest low of the window."),
        Output("trend", "direction", "1 if the low came first, or with the high, else -1.", minimum=-1, maximum=1),
        *(Output(f"r{1_000 * share:.0f}", "price", f"Retracement of {100 * share:g} percent.") for share in _SHARES),
    ),
)
def fib(high: Array, low: Array, *, period: Annotated[int, bars("Bars looked at.")] = 120) -> Columns:
    """Return the extremes, which way they were gone, and the levels on the way back."""
    top, bottom = _where_highest(high, period), _where_lowest(low, period)
    trend = np.where(bottom <= top, 1.0, -1.0)
    highest, lowest = high[top], low[bottom]
    start = np.where(trend > 0, highest, lowest)
    return highest, lowest, trend, *(start - share * trend * (highest - lowest) for share in _SHARES)


@formula(
    "Volume Profile",
    "Where in the window's range most shares changed hands, each bar's counted at its typical price.",
    rule="bins of equal height from the lowest to the highest (high + low + close) / 3; volume added up in each",
    source="after J. Peter Steidlmayer, Market Profile, 1985",
    family="volume",
    memory="window",
    warm_up=lambda p: p.period - 1,
    outputs=(
        Output("price", "price", "Middle of the bin with the most volume, the lowest of equals."),
        Output("share", "ratio", "Share of the window's volume in that bin.", minimum=0, maximum=1),
    ),
    undefined_at_times=True,
)
def vp(
    high: Array,
    low: Array,
    close: Array,
    volume: Array,
    *,
    period: Annotated[int, bars("Bars looked at.")] = 120,
    bins: Annotated[int, msgspec.Meta(ge=2, le=100, description="Bins that the range is cut into.")] = 10,
) -> Columns:
    """Return the busiest price and its share of the volume."""
    prices = sliding_window_view((high + low + close) / 3, period)
    volumes = sliding_window_view(volume, period)
    bottom = prices.min(axis=1)
    height = (prices.max(axis=1) - bottom) / bins
    places = np.minimum(np.nan_to_num((prices - bottom[:, None]) / height[:, None]), bins - 1).astype(np.int16)
    amounts = np.stack([(volumes * (places == one)).sum(axis=1) for one in range(bins)])
    share = amounts.max(axis=0) / volumes.sum(axis=1)
    price = np.where(np.isnan(share), np.nan, bottom + (amounts.argmax(axis=0) + 0.5) * height)
    before = np.full(period - 1, np.nan)
    return np.concatenate((before, price)), np.concatenate((before, share))


@formula(
    "Ichimoku Cloud",
    "Middles of the range over three windows, two of them drawn ahead as a cloud.",
    rule="(highest high + lowest low) / 2 of each window; the cloud's edges as they are drawn, `displacement` later",
    source="Goichi Hosoda, 1969",
    family="trend",
    memory="window",
    warm_up=lambda p: p.senkou - 1 + p.displacement,
    outputs=(
        Output("tenkan", "price", "Conversion line: middle of the short window."),
        Output("kijun", "price", "Base line: middle of the medium window."),
        Output("senkou_a", "price", "Cloud's edge: mean of conversion and base line, `displacement` bars ago."),
        Output("senkou_b", "price", "Cloud's other edge: middle of the long window, `displacement` bars ago."),
    ),
    hindsight=CHIKOU,
    drawn={
        "senkou_a": lambda p: p.displacement,
        "senkou_b": lambda p: p.displacement,
        "chikou": lambda p: -p.displacement,
    },
    ascending=(("tenkan", "kijun", "senkou"),),
)
def ichimoku(
    high: Array,
    low: Array,
    *,
    tenkan: Annotated[int, bars("Bars of the short window.")] = 9,
    kijun: Annotated[int, bars("Bars of the medium window.")] = 26,
    senkou: Annotated[int, bars("Bars of the long window.")] = 52,
    displacement: Annotated[int, bars("Bars by which the cloud is drawn ahead.", least=1)] = 26,
) -> Columns:
    """Return the lines as known on their own day, all from the day of the last one to begin."""
    short, medium, long = (_middle(high, low, period) for period in (tenkan, kijun, senkou))
    return short, medium, later((short + medium) / 2, displacement), later(long, displacement)


FORMULAS = (ichimoku, fib, vp)
