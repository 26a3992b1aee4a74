"""Oscillators smoothed by other averages, counted over other windows, or begun elsewhere."""

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from indicators import library
from indicators.bars import Array
from indicators.kernels import Columns, convention
from indicators.memories import of_average
from indicators.own.conventions import Seed, Ties, Window
from indicators.own.steps import (
    average,
    average_lookback,
    change,
    highest,
    later,
    lowest,
    patched,
    percent_rank,
    shift_of,
    sma,
    total,
)
from indicators.records import LONGEST
from indicators.splitting import split

_balance, _stochastic_rsi = library.function("CMOU"), library.function("STOCHRSI")
_deviation = library.function("STDDEV")


@split(warm_up=lambda p: p.period, memory=lambda p: of_average(p.smoothing))
def rsi(
    on: Array,
    *,
    period: int,
    smoothing: Annotated[
        Literal["wilder", "sma", "ema"],
        convention("How gains and losses are averaged: as Wilder does, plainly as Cutler does, or exponentially."),
    ] = "wilder",
) -> Array:
    """Return the index; Cutler's is the unsmoothed balance of gains and losses on a scale from 0."""
    moved = change(on)
    if smoothing == "sma":
        return np.where(highest(abs(moved), period) > 0, 50 + _balance(on, period) / 2, 0.0)
    kind = "rma" if smoothing == "wilder" else smoothing
    gains, losses = (average(kind, np.maximum(sign * moved, 0), period) for sign in (1, -1))
    return patched(100 * gains / (gains + losses), period)


@split(warm_up=lambda p: p.period, memory=rsi.memory)
def cmo(
    on: Array,
    *,
    period: int,
    smoothing: Annotated[  # noqa: ARG001 - of two words, one is TA-Lib's
        Literal["wilder", "plain"],
        convention("Whether gains and losses are averaged as Wilder does, or plainly summed."),
    ] = "wilder",
) -> Array:
    """Return the balance of plain sums."""
    return _balance(on, period)


@split(
    warm_up=lambda p: p.period + p.k + p.slow_k - 2 + average_lookback(p.d_type, p.d),
    memory="convergent",
)
def stochrsi(
    on: Array,
    *,
    period: int,
    k: int,
    d: int,
    d_type: str,
    slow_k: Annotated[int, convention("Bars that %K is averaged over; 1 leaves it as it is.", 1, LONGEST)] = 1,
) -> Columns:
    """Return smoothed %K and %D."""
    fast, _ = _stochastic_rsi(on, period, k, 1, 0)
    slow = sma(fast, slow_k)
    return slow, average(d_type, slow, d)


@split(
    warm_up=lambda p: (
        p.period - 1 + shift_of(p.period, p.shift)
        if p.earlier == "mean"
        else max(p.period - 1, shift_of(p.period, p.shift))
    ),
    memory="window",
)
def dpo(
    on: Array,
    *,
    period: int,
    earlier: Annotated[
        Literal["value", "mean"], convention("Which of the two is taken from earlier: the value or the mean.")
    ] = "value",
    shift: Annotated[
        Literal["half_plus_one", "half"], convention("How much earlier: half of the period, and a bar more or not.")
    ] = "half_plus_one",
) -> Array:
    """Return the difference of value and mean."""
    back = shift_of(period, shift)
    return on - later(sma(on, period), back) if earlier == "mean" else later(on, back) - sma(on, period)


@split(warm_up=lambda p: p.period - (p.window == "within"), memory="window")
def percentrank(
    on: Array,
    *,
    period: int,
    ties: Ties = "below",
    window: Window = "before",
) -> Array:
    """Return the share of the other values that the newest exceeds, in percent."""
    return percent_rank(on, period - (window == "within"), ties)


@split(warm_up=lambda p: p.period, memory="window")
def vhf(
    on: Array,
    *,
    period: int,
    closes: Annotated[  # noqa: ARG001 - of two words, one is TA-Lib's
        Literal["period", "period_plus_one"],
        convention(
            "Values that the range is taken over: as many as changes are summed, or all that these lie between."
        ),
    ] = "period",
) -> Array:
    """Return the range of all values that the changes lie between, as a share of their sum; 0 where nothing moved."""
    reach = highest(on, period + 1) - lowest(on, period + 1)
    return patched(reach / total(abs(change(on)), period), period)


@split(
    warm_up=lambda p: p.period - 1 + sum(average_lookback(p.type, bars, p.seed) for bars in (p.slow, p.fast, p.signal)),
    memory="convergent",
)
def smi(
    high: Array,
    low: Array,
    close: Array,
    *,
    period: int,
    fast: int,
    slow: int,
    signal: int,
    type: Annotated[Literal["ema", "rma"], convention("Kind of all its averages.")] = "ema",  # noqa: A002
    seed: Seed = "sma",
) -> Columns:
    """Return the index and its signal; 0 where nothing moved."""
    top, bottom = highest(high, period), lowest(low, period)
    away, half = close - (top + bottom) / 2, (top - bottom) / 2
    for bars in (slow, fast):
        away, half = average(type, away, bars, seed), average(type, half, bars, seed)
    start = period - 1 + sum(average_lookback(type, bars, seed) for bars in (slow, fast))
    line = patched(100 * away / half, start)
    return line, average(type, line, signal, seed)


@split(
    warm_up=lambda p: p.deviation - 1 + average_lookback("ema" if p.smoothing == "ema" else "rma", p.period, p.seed),
    memory="convergent",
)
def rvi(
    on: Array,
    *,
    period: int,
    deviation: int,
    smoothing: Annotated[
        Literal["wilder", "ema"], convention("How deviations are averaged: as Wilder does, or exponentially.")
    ] = "wilder",
    unchanged: Annotated[
        Literal["neither", "down"], convention("Whether bars that neither rise nor fall count as falling.")
    ] = "neither",
    seed: Seed = "sma",
) -> Array:
    """Return the share of deviation on rising bars; 50 where there is none, as TA-Lib's."""
    moved, spread = change(on), _deviation(on, deviation, 1)
    falling = moved <= 0 if unchanged == "down" else moved < 0
    kind = "ema" if smoothing == "ema" else "rma"
    up, down = (_spread_of(spread, side, kind, period, seed) for side in (moved > 0, falling))
    return patched(100 * up / (up + down), deviation - 1 + average_lookback(kind, period, seed), 50.0)


def _spread_of(spread: Array, side: NDArray[np.bool_], kind: str, period: int, seed: str) -> Array:
    return average(kind, np.where(side | np.isnan(spread), spread, 0.0), period, seed)


SPLITS = (rsi, cmo, stochrsi, dpo, percentrank, vhf, smi, rvi)
