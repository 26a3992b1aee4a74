"""Shapes, quantiles, exponents and levels against plain arithmetic."""

import math
import statistics

import numpy as np
import pytest

from indicators import Bars, build
from tests.indicators.made import flat, halted
from tests.indicators.plain import CLOSE, HIGH, LOW, VOLUME, check, mean, variance, window


def test_skewness_and_kurtosis():
    """The spreadsheet's formulas: n / ((n-1) (n-2)) sum z^3, and n (n+1) / ((n-1) (n-2) (n-3)) sum z^4 less a term."""

    def powers(at, n, power):
        values = window(CLOSE, at, n)
        middle, spread = mean(values), math.sqrt(variance(values, lost=1))
        return sum(((v - middle) / spread) ** power for v in values)

    check(("skew", {"period": 20}), lambda at: 20 / (19 * 18) * powers(at, 20, 3))
    check(
        ("kurtosis", {}),
        lambda at: 30 * 31 / (29 * 28 * 27) * powers(at, 30, 4) - 3 * 29 * 29 / (28 * 27),
    )


@pytest.mark.parametrize("id_", ["skew", "kurtosis", "cti"])
def test_a_flat_window_has_no_shape(id_):
    """42.1 thirty times over does not add up to thirty times 42.1."""
    assert np.isnan(build(id_, {}).compute(flat(100))[0]).all()
    assert np.isnan(build(id_, {}).compute(halted(400))[0][240:]).all()


def test_median_and_quantile():
    check(("median", {}), lambda at: statistics.median(window(CLOSE, at, 30)))
    check(("median", {"period": 31}), lambda at: statistics.median(window(CLOSE, at, 31)))

    def lower(at):
        """h = 0.3 * 24 = 7.2."""
        ordered = sorted(window(CLOSE, at, 25))
        return ordered[7] + 0.2 * (ordered[8] - ordered[7])

    check(("quantile", {"period": 25, "share": 0.3}), lower)
    check(("quantile", {"share": 1}), lambda at: max(window(CLOSE, at, 30)))
    check(("quantile", {"share": 0}), lambda at: min(window(CLOSE, at, 30)))


def test_hurst_exponent():
    """R / S of the returns in pieces of 40, 20 and 10, newest pieces first, and the slope through their logarithms."""

    def rescaled(returns):
        middle, walk = mean(returns), [0.0]
        for one in returns:
            walk.append(walk[-1] + one - middle)
        return (max(walk) - min(walk)) / math.sqrt(variance(returns))

    def exponent(at):
        returns = [math.log(CLOSE[i] / CLOSE[i - 1]) for i in range(at - 39, at + 1)]
        xs = [math.log(size) for size in (40, 20, 10)]
        ys = [
            math.log(mean([rescaled(returns[begin : begin + size]) for begin in range(0, 40, size)]))
            for size in (40, 20, 10)
        ]
        covariance = sum((x - mean(xs)) * (y - mean(ys)) for x, y in zip(xs, ys, strict=True))
        return covariance / sum((x - mean(xs)) ** 2 for x in xs)

    check(("hurst", {"period": 40}), exponent)


def test_fibonacci_retracement():
    def levels(at):
        highs, lows = window(HIGH, at, 120), window(LOW, at, 120)
        top, bottom = max(highs), min(lows)
        rising = lows.index(bottom) <= highs.index(top)
        shares = (0.236, 0.382, 0.5, 0.618, 0.786)
        back = [top - s * (top - bottom) if rising else bottom + s * (top - bottom) for s in shares]
        return (top, bottom, 1 if rising else -1, *back)

    check(("fib", {}), levels)


def test_volume_profile():
    def profile(at):
        prices = [(HIGH[i] + LOW[i] + CLOSE[i]) / 3 for i in range(at - 119, at + 1)]
        bottom, height = min(prices), (max(prices) - min(prices)) / 10
        bins = [0.0] * 10
        for price, volume in zip(prices, window(VOLUME, at, 120), strict=True):
            bins[min(int((price - bottom) / height), 9)] += volume
        busiest = bins.index(max(bins))
        return bottom + (busiest + 0.5) * height, bins[busiest] / sum(bins)

    check(("vp", {}), profile)


def test_volume_profile_of_one_price_is_that_price():
    prices = np.full(5, 7.5)
    price, share = build("vp", {"period": 3}).compute(Bars(prices, prices, prices, prices, np.ones(5)))
    assert price[2:].tolist() == [7.5] * 3
    assert share[2:].tolist() == [1.0] * 3
