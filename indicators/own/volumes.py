"""Volume against itself, and against the way that prices went."""

from typing import Annotated, Literal

import numpy as np

from indicators.bars import Array
from indicators.formulas import Columns, bars, convention, formula, number
from indicators.indicator import Output
from indicators.memories import by_average
from indicators.own.conventions import Seed
from indicators.own.steps import (
    average,
    average_lookback,
    change,
    deviation,
    ema,
    later,
    patched,
    run_starts,
    sma,
    total,
)

_NOISE = 30  # log changes that tell noise from moves


@formula(
    "Average Volume",
    "Mean of the last volumes.",
    rule="SMA(volume, period)",
    source="common practice",
    family="volume",
    memory="window",
    warm_up=lambda p: p.period - 1,
    outputs=(Output("avgvol", "shares", "Mean of the volumes, the newest one included.", minimum=0),),
)
def avgvol(volume: Array, *, period: Annotated[int, bars("Bars looked at.", least=1)] = 20) -> Array:
    """Return the mean."""
    return sma(volume, period)


@formula(
    "Volume Oscillator",
    "Fast mean less slow mean of volume, in percent of the slow.",
    rule="100 * (SMA(volume, fast) / SMA(volume, slow) - 1)",
    source="common practice",
    family="volume",
    memory=by_average("type"),
    warm_up=lambda p: average_lookback(p.type, p.slow, p.seed),
    outputs=(Output("vosc", "percent", "Null where the slow mean is zero.", minimum=-100),),
    ascending=(("fast", "slow"),),
    undefined_at_times=True,
)
def vosc(
    volume: Array,
    *,
    fast: Annotated[int, bars("Bars of the fast mean.", least=1)] = 14,
    slow: Annotated[int, bars("Bars of the slow mean.")] = 28,
    type: Annotated[Literal["sma", "ema"], convention("Kind of both averages.")] = "sma",  # noqa: A002
    seed: Seed = "sma",
) -> Array:
    """Return the percentage."""
    slowly = average(type, volume, slow, seed)
    return 100 * (average(type, volume, fast, seed) - slowly) / slowly


@formula(
    "Ease of Movement",
    "How far the bars' middles move for the volume that it takes, averaged.",
    rule="SMA(change of (high + low) / 2 * (high - low) * scale / volume, period)",
    source="Richard Arms, Volume Cycles in the Stock Market, 1994",
    family="volume",
    memory="window",
    warm_up=lambda p: p.period,
    outputs=(Output("emv", "price squared per share", "Positive while prices rise with ease."),),
)
def emv(
    high: Array,
    low: Array,
    volume: Array,
    *,
    period: Annotated[int, bars("Bars averaged; 1 for none.", least=1)] = 14,
    scale: Annotated[float, number("Shares that count as one.", 1.0, 1e12)] = 1e8,
) -> Array:
    """Return the mean; a bar without volume moves nothing."""
    moved = change((high + low) / 2)
    return sma(patched(moved * (high - low) * scale / volume, 1), period)


@formula(
    "Klinger Volume Oscillator",
    "Fast EMA less slow EMA of the volume force: volume signed by the trend and weighted by the ranges in it.",
    rule="force = 100 * volume * |2 (range / ranges of the trend so far - 1)| * trend, which is 1 if high + low + close"
    " rose, else -1; EMA(force, fast) - EMA(force, slow); signal = its EMA",
    source="Stephen Klinger, Technical Analysis of Stocks & Commodities, 1997",
    family="volume",
    memory="convergent",
    warm_up=lambda p: 1 + sum(average_lookback("ema", bars, p.seed) for bars in (p.slow, p.signal)),
    outputs=(Output("kvo", "shares", "The oscillator."), Output("signal", "shares", "EMA of it.")),
    ascending=(("fast", "slow"),),
)
def kvo(
    high: Array,
    low: Array,
    close: Array,
    volume: Array,
    *,
    fast: Annotated[int, bars("Bars of the fast average.")] = 34,
    slow: Annotated[int, bars("Bars of the slow average.")] = 55,
    signal: Annotated[int, bars("Bars of the signal's average.")] = 13,
    force: Annotated[
        Literal["klinger", "volume"],
        convention("Klinger's volume force, or the volume alone, with the sign of a trend that rises when unchanged."),
    ] = "klinger",
    seed: Seed = "sma",
) -> Columns:
    """Return the oscillator and its signal."""
    given = _signed(high, low, close, volume) if force == "volume" else _force(high, low, close, volume)
    line = average("ema", given, fast, seed) - average("ema", given, slow, seed)
    return line, average("ema", line, signal, seed)


def _signed(high: Array, low: Array, close: Array, volume: Array) -> Array:
    moved = change((high + low + close) / 3)
    return np.where(np.isnan(moved), moved, np.where(moved >= 0, volume, -volume))


def _force(high: Array, low: Array, close: Array, volume: Array) -> Array:
    """Return Klinger's volume force; a trend's ranges begin with the last bar of the one before."""
    trend = np.where(change(high + low + close) > 0, 1.0, -1.0)
    trend[0] = 0  # the first bar has none
    reach = high - low
    sums = np.concatenate(([0.0], np.cumsum(reach)))
    ranges = sums[1:] - sums[np.maximum(run_starts(trend) - 1, 0)]
    force = 100 * volume * np.abs(2 * (reach / ranges - 1)) * trend
    force[0] = np.nan
    return patched(force, 1)


@formula(
    "Volume Flow Indicator",
    "Volume of the bars that moved more than noise, signed by the move, over the mean volume.",
    rule="sum of +-min(volume, cap * mean volume) of the bars whose typical price moved more than cutoff * deviation"
    " of 30 log changes * close, over the mean volume of the bar before; EMA of 3",
    source="Markos Katsanos, Technical Analysis of Stocks & Commodities, 2004",
    family="volume",
    memory="convergent",
    warm_up=lambda p: max(p.period, _NOISE) + p.period + 1,
    outputs=(Output("vfi", "ratio", "Above 0 while volume flows in."),),
)
def vfi(
    high: Array,
    low: Array,
    close: Array,
    volume: Array,
    *,
    period: Annotated[int, bars("Bars of the sum and of the mean volume.")] = 130,
    cutoff: Annotated[float, number("Least move, in deviations of the log changes.", 0.0, 10.0)] = 0.2,
    cap: Annotated[float, number("Most volume that a bar counts for, in mean volumes.", 0.1, 100.0)] = 2.5,
) -> Array:
    """Return the flow; while nothing was traded, there is none."""
    typical = (high + low + close) / 3
    moved = change(typical)
    noise = cutoff * deviation(patched(change(np.log(typical)), 1), _NOISE) * close
    usual = later(sma(volume, period), 1)
    signed = np.minimum(volume, cap * usual) * ((moved > noise) * 1.0 - (moved < -noise) * 1.0)
    signed[: max(period, _NOISE)] = np.nan
    return ema(patched(total(signed, period) / usual, max(period, _NOISE) + period - 1), 3)


FORMULAS = (avgvol, vosc, emv, kvo, vfi)
