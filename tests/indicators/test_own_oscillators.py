"""Oscillators against plain arithmetic: each expectation follows the work that the catalogue names."""

import math
from itertools import pairwise

import numpy as np

from indicators import build
from tests.indicators.made import cut, halted
from tests.indicators.plain import (
    BARS,
    CLOSE,
    HIGH,
    HL2,
    LOW,
    check,
    ema,
    exponential,
    mean,
    rma,
    true_ranges,
    variance,
    window,
)


def test_kst():
    """Pring: 1, 2, 3 and 4 times the 10, 10, 10 and 15-bar means of the 10, 15, 20 and 30-bar rates of change."""

    def line(at):
        return sum(
            weight * mean([100 * (CLOSE[i] - CLOSE[i - over]) / CLOSE[i - over] for i in range(at - width + 1, at + 1)])
            for weight, over, width in ((1, 10, 10), (2, 15, 10), (3, 20, 10), (4, 30, 15))
        )

    check(("kst", {}), lambda at: (line(at), mean([line(i) for i in range(at - 8, at + 1)])))


def stochastic(values, period, start):
    """%K from `start` on; a range of nothing keeps what was."""
    places = [math.nan] * len(values)
    for at in range(start, len(values)):
        low, high = min(window(values, at, period)), max(window(values, at, period))
        places[at] = 100 * (values[at] - low) / (high - low) if high > low else places[at - 1] if at > start else 0.0
    return places


def test_schaff_trend_cycle():
    """Schaff: MACD(23, 50), %K(10), halved with what was, %K(10) of that, halved again."""
    fast, slow = ema(CLOSE, 23), ema(CLOSE, 50)
    macd = [f - s for f, s in zip(fast, slow, strict=True)]
    once = ema(stochastic(macd, 10, 58), 3, start=58)
    twice = ema(stochastic(once, 10, 69), 3, start=69)
    check(("stc", {}), twice.__getitem__, rel=1e-7)


def relative_strength(values, period):
    """Wilder's RSI, 0 where nothing moved."""
    moves = [0.0] + [b - a for a, b in pairwise(values)]
    gains, losses = (rma([max(sign * move, 0) for move in moves], period, start=1) for sign in (1, -1))
    return [100 * g / (g + low) if g + low else 0.0 for g, low in zip(gains, losses, strict=True)]


def test_connors_rsi():
    """Connors: RSI(3), RSI(2) of the streak, and the percent of the last 100 returns below today's."""
    streak = [0]
    for before, now in pairwise(CLOSE):
        last = streak[-1]
        streak.append(max(last, 0) + 1 if now > before else min(last, 0) - 1 if now < before else 0)
    first, second = relative_strength(CLOSE, 3), relative_strength(streak, 2)
    returns = [math.nan] + [b / a - 1 for a, b in pairwise(CLOSE)]

    def index(at):
        rank = sum(earlier < returns[at] for earlier in returns[at - 100 : at])  # in percent: there are a hundred
        return (first[at] + second[at] + rank) / 3

    check(("crsi", {}), index)


def test_fisher_transform_of_ehlers():
    """v = 0.33 * 2 * (place - 0.5) + 0.67 v, kept off 1; fish = 0.5 ln((1 + v) / (1 - v)) + 0.5 fish; period 10."""
    value = fish = 0.0
    lines = {}
    for at in range(9, len(HL2)):
        low, high = min(window(HL2, at, 10)), max(window(HL2, at, 10))
        value = 0.33 * 2 * ((HL2[at] - low) / (high - low) - 0.5) + 0.67 * value
        value = 0.999 if value > 0.99 else -0.999 if value < -0.99 else value
        fish = 0.5 * math.log((1 + value) / (1 - value)) + 0.5 * fish
        lines[at] = fish
    check(("fisher", {"period": 10}), lambda at: (lines[at], lines[at - 1]))


def test_fisher_transform_on_a_halt_fades_to_nothing():
    line, _ = build("fisher", {}).compute(halted(500))
    assert abs(line[249]) > 0.01
    assert abs(line[499]) < 1e-9


def smoothed(values, period, start):
    """Swenlin's average: weight 2 / period, begun with a mean of period - 1 values."""
    return exponential(values, 2 / period, start, period - 1)


def test_price_momentum_oscillator():
    """Swenlin: the change in percent, smoothed over 35, times ten, smoothed over 20; signal EMA(10)."""
    changes = [math.nan] + [100 * (b / a - 1) for a, b in pairwise(CLOSE)]
    line = smoothed([10 * one for one in smoothed(changes, 35, 1)], 20, 34)
    signal = ema(line, 10, start=52)
    check(("pmo", {}), lambda at: (line[at], signal[at]))


def test_centre_of_gravity():
    """Ehlers: -(1 * newest + 2 * the one before + ...) / sum."""

    def centre(at):
        newest_first = window(CLOSE, at, 10)[::-1]
        return -sum((age + 1) * value for age, value in enumerate(newest_first)) / sum(newest_first)

    check(("cg", {}), centre)


def test_correlation_trend():
    """Pearson's correlation of 12 closes with 0..11."""

    def correlation(at):
        values = window(CLOSE, at, 12)
        covariance = mean([t * v for t, v in enumerate(values)]) - 5.5 * mean(values)
        return covariance / math.sqrt(variance(range(12)) * variance(values))

    check(("cti", {}), correlation, rel=1e-7)


def test_squeeze():
    """Carter's condition on bands and channel, and LazyBear's momentum by the normal equations."""
    ranges = true_ranges()

    def squeeze(at):
        middle = mean(window(CLOSE, at, 20))
        upper = middle + 2 * math.sqrt(variance(window(CLOSE, at, 20)))
        pressed = sum(upper < middle + times * mean(window(ranges, at, 20)) for times in (2, 1.5, 1))
        distances = [
            CLOSE[i] - ((max(window(HIGH, i, 20)) + min(window(LOW, i, 20))) / 2 + mean(window(CLOSE, i, 20))) / 2
            for i in range(at - 19, at + 1)
        ]
        slope = sum((t - 9.5) * d for t, d in enumerate(distances)) / sum((t - 9.5) ** 2 for t in range(20))
        return pressed, mean(distances) + 9.5 * slope

    check(("squeeze_pro", {}), squeeze, rel=1e-8)
    wide, momentum = build("squeeze", {"ranges": 2.0}).compute(BARS)
    level, same = build("squeeze_pro", {}).compute(BARS)
    np.testing.assert_array_equal(wide[38:] == 1, level[38:] >= 1)
    np.testing.assert_array_equal(momentum, same)
    assert {0.0, 1.0, 2.0, 3.0} >= set(level[38:].tolist()) > {0.0, 1.0}


def test_a_vigor_index_of_a_halt_is_missing():
    """Running sums would leave rounding over rounding."""
    line, _ = build("rvgi", {}).compute(halted(400))
    assert np.isfinite(line[15:200]).all()
    assert np.isnan(line[220:]).all()


def test_qqe_flips_when_the_rsi_crosses_its_line():
    smooth, line, trend = build("qqe", {}).compute(bars := cut(BARS, slice(0, 400)))
    assert len(smooth) == len(bars)
    assert ((smooth > line) == (trend > 0))[71:].all()
