"""Bands and stops against plain arithmetic: each expectation follows the work that the catalogue names."""

import math

from tests.indicators.plain import BARS, CLOSE, HIGH, LOW, check, mean, rma, true_ranges, variance, window


def test_percentb_and_bandwidth():
    """Bollinger: of the two bands at mean +- 2 population deviations."""

    def bands(at, period, deviations):
        values = window(CLOSE, at, period)
        middle, spread = mean(values), deviations * math.sqrt(variance(values))
        return middle - spread, middle, middle + spread

    def place(at):
        lower, _, upper = bands(at, 20, 2)
        return (CLOSE[at] - lower) / (upper - lower)

    def width(at):
        lower, middle, upper = bands(at, 15, 1.5)
        return (upper - lower) / middle * 100

    check(("percentb", {}), place, rel=1e-8)
    check(("bbw", {"period": 15, "deviations": 1.5}), width, rel=1e-8)


def test_envelopes():
    """20-bar mean, 2.5 percent up and down."""
    check(("maenv", {}), lambda at: tuple(mean(window(CLOSE, at, 20)) * f for f in (1.025, 1, 0.975)))


def test_regression_channel():
    """Least squares by the normal equations, and the root mean square of what is left."""

    def channel(at):
        values = window(CLOSE, at, 20)
        slope = sum((t - 9.5) * v for t, v in enumerate(values)) / sum((t - 9.5) ** 2 for t in range(20))
        line = [mean(values) + slope * (t - 9.5) for t in range(20)]
        spread = 2 * math.sqrt(mean([(v - fit) ** 2 for v, fit in zip(values, line, strict=True)]))
        return line[-1] + spread, line[-1], line[-1] - spread

    check(("regchannel", {}), channel)


def test_chandelier_exit():
    """Le Beau: three ATR(22), smoothed as Wilder does, off the 22-bar extremes."""
    average = rma(true_ranges(), 22, start=1)
    check(
        ("ce", {}),
        lambda at: (max(window(HIGH, at, 22)) - 3 * average[at], min(window(LOW, at, 22)) + 3 * average[at]),
    )


def test_chande_kroll_stop():
    """The extremes over 9 bars of stops one ATR(10) off the 10-bar extremes."""
    average = rma(true_ranges(), 10, start=1)

    def first(at):
        return max(window(HIGH, at, 10)) - average[at], min(window(LOW, at, 10)) + average[at]

    def stops(at):
        firsts = [first(i) for i in range(at - 8, at + 1)]
        return max(long for long, _ in firsts), min(short for _, short in firsts)

    check(("cksp", {}), stops)
    assert len(BARS) > 300
