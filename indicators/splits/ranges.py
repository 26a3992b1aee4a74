"""Ranges averaged in other ways, and the bands and stops that are made of them."""

from typing import Annotated, Literal

from indicators import library
from indicators.bars import Array
from indicators.kernels import Columns, convention
from indicators.memories import longest, of_average, of_ranges
from indicators.own.conventions import Ddof, FirstBar, RangeAverage, Seed
from indicators.own.steps import average, average_lookback, average_true_range, later, patched, range_lookback, total
from indicators.splitting import split

_bands = library.function("BBANDS")
Middle = Literal["ema", "sma", "wma", "rma"]


@split(warm_up=lambda p: range_lookback(p.period, p.first_bar), memory=lambda p: of_ranges(p.type, p.first_bar))
def atr(
    high: Array,
    low: Array,
    close: Array,
    *,
    period: int,
    type: RangeAverage = "rma",  # noqa: A002 - the parameter's name
    first_bar: FirstBar = "skip",
) -> Array:
    """Return the average true range."""
    return average_true_range(high, low, close, period, kind=type, first_bar=first_bar)


@split(warm_up=atr.warm_up, memory=atr.memory)
def natr(
    high: Array,
    low: Array,
    close: Array,
    *,
    period: int,
    type: RangeAverage = "rma",  # noqa: A002 - the parameter's name
    first_bar: FirstBar = "skip",
) -> Array:
    """Return the average true range in percent of the close, 0 where that is nil."""
    reach = 100 * average_true_range(high, low, close, period, kind=type, first_bar=first_bar) / close
    return patched(reach, range_lookback(period, first_bar))


@split(
    warm_up=lambda p: max(
        average_lookback(p.type, p.period, p.seed),
        range_lookback(p.atr, "range" if p.range == "high_low" else p.first_bar),
    ),
    memory=lambda p: longest(of_average(p.type), of_ranges(p.atr_type, p.first_bar)),
)
def kc(
    high: Array,
    low: Array,
    close: Array,
    *,
    period: int,
    atr: int,
    multiplier: float,
    type: Annotated[Middle, convention("Kind of the middle line's average.")] = "ema",  # noqa: A002
    middle: Annotated[Literal["typical", "close"], convention("What the middle line averages.")] = "typical",
    range: Annotated[  # noqa: A002 - the parameter's name
        Literal["true", "high_low"], convention("Whether ranges are true ones, or highs less lows as Keltner's.")
    ] = "true",
    atr_type: RangeAverage = "rma",
    first_bar: FirstBar = "skip",
    seed: Seed = "sma",
) -> Columns:
    """Return upper, middle and lower line; each average begins by itself, where TA-Lib begins the range's later."""
    line = average(type, close if middle == "close" else (high + low + close) / 3, period, seed)
    if range == "high_low":
        reach = average(atr_type, high - low, atr)
    else:
        reach = average_true_range(high, low, close, atr, kind=atr_type, first_bar=first_bar)
    return line + multiplier * reach, line, line - multiplier * reach


@split(warm_up=lambda p: average_lookback(p.type, p.period), memory=lambda p: of_average(p.type))
def bbands(on: Array, *, period: int, deviations: float, type: str, ddof: Ddof = 0) -> Columns:  # noqa: A002
    """Return upper, middle and lower line."""
    distance = deviations * (period / (period - ddof)) ** 0.5
    return _bands(on, period, distance, distance, library.AVERAGES[type])


@split(
    warm_up=lambda p: 2 * average_lookback("ema", p.smoothing, p.seed) + p.period - 1,
    memory="convergent",
)
def massi(high: Array, low: Array, *, smoothing: int, period: int, seed: Seed = "sma") -> Array:
    """Return the sum; nothing over nothing counts as 1, as TA-Lib's."""
    once = average("ema", high - low, smoothing, seed)
    twice = average("ema", once, smoothing, seed)
    return total(patched(once / twice, 2 * average_lookback("ema", smoothing, seed), 1.0), period)


@split(warm_up=lambda p: average_lookback("ema", p.period, p.seed) + p.change, memory="convergent")
def cvi(high: Array, low: Array, *, period: int, change: int, seed: Seed = "sma") -> Array:
    """Return the change of the smoothed range in percent, 0 where there was none."""
    smooth = average("ema", high - low, period, seed)
    return patched(100 * (smooth / later(smooth, change) - 1), average_lookback("ema", period, seed) + change)


SPLITS = (atr, natr, kc, bbands, massi, cvi)
