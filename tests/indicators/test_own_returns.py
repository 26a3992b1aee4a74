"""Returns, drawdowns and volatilities against plain arithmetic: each follows the work that the catalogue names."""

import math

import numpy as np
import pytest

from indicators import Bars, build
from tests.indicators.plain import CLOSE, HIGH, LOW, OPEN, check, mean, true_ranges, variance, window


def bars_of(closes):
    close = np.array(closes, dtype=float)
    return Bars(close, close, close, close, np.ones(len(close)))


def test_returns():
    assert build("log_return", {}).compute(bars_of([100, 110]))[0][1] == pytest.approx(math.log(1.1), rel=1e-12)
    assert build("percent_return", {}).compute(bars_of([100, 110]))[0][1] == pytest.approx(10, rel=1e-12)
    check(("log_return", {"period": 5}), lambda at: math.log(CLOSE[at]) - math.log(CLOSE[at - 5]))
    check(("percent_return", {"period": 5}), lambda at: (CLOSE[at] - CLOSE[at - 5]) / CLOSE[at - 5] * 100)


def test_returns_from_nothing_are_missing():
    for id_, there in (("log_return", []), ("percent_return", [1])):
        (column,) = build(id_, {}).compute(bars_of([5, 0, 5]))
        assert np.flatnonzero(np.isfinite(column)).tolist() == there  # down to nothing is -100 percent


def test_drawdown():
    """From the high of 200 down to 150 is 25 percent, to 100 it is 50; the deepest one stays."""
    depth, deepest = build("drawdown", {}).compute(bars_of([100, 200, 150, 100, 200, 300, 270]))
    assert depth.tolist() == pytest.approx([0, 0, -25, -50, 0, 0, -10])
    assert deepest.tolist() == pytest.approx([0, 0, -25, -50, -50, -50, -50])


def test_ulcer_index():
    """Martin: squares of the percentages below the 14-bar high, their mean over 14 bars, its root."""

    def depth(at):
        high = max(window(CLOSE, at, 14))
        return (CLOSE[at] - high) / high * 100

    check(("ulcer", {}), lambda at: math.sqrt(mean([depth(i) ** 2 for i in range(at - 13, at + 1)])))


def yearly(value):
    return 100 * math.sqrt(252 * value)


def test_parkinson():
    def volatility(at):
        logs = [math.log(HIGH[i]) - math.log(LOW[i]) for i in range(at - 29, at + 1)]
        return yearly(sum(one * one for one in logs) / (4 * 30 * math.log(2)))

    check(("parkinson", {}), volatility)


def test_garman_klass():
    def volatility(at):
        terms = [
            0.5 * math.log(HIGH[i] / LOW[i]) ** 2 - 0.386294361119890 * math.log(CLOSE[i] / OPEN[i]) ** 2
            for i in range(at - 29, at + 1)
        ]
        return yearly(mean(terms))

    check(("garman_klass", {}), volatility)


def drift_free(i):
    """Rogers and Satchell: u (u - c) + d (d - c), of logs counted from the open."""
    up, down, end = (math.log(price / OPEN[i]) for price in (HIGH[i], LOW[i], CLOSE[i]))
    return up * (up - end) + down * (down - end)


def test_rogers_satchell():
    check(("rogers_satchell", {}), lambda at: yearly(mean([drift_free(i) for i in range(at - 29, at + 1)])))


def test_yang_zhang():
    """sigma^2 = overnight + k open-to-close + (1 - k) drift-free, k = 0.34 / (1.34 + 31 / 29)."""
    share = 0.34 / (1.34 + 31 / 29)

    def volatility(at):
        days = range(at - 29, at + 1)
        overnight = variance([math.log(OPEN[i] / CLOSE[i - 1]) for i in days], lost=1)
        daily = variance([math.log(CLOSE[i] / OPEN[i]) for i in days], lost=1)
        return yearly(overnight + share * daily + (1 - share) * mean([drift_free(i) for i in days]))

    check(("yang_zhang", {}), volatility)


@pytest.mark.parametrize("id_", ["parkinson", "garman_klass", "rogers_satchell", "yang_zhang"])
def test_volatility_is_missing_while_the_window_has_a_price_of_nothing(id_):
    prices = np.linspace(10, 20, 12)
    bars = Bars(prices.copy(), prices + 1, prices - 1, prices + 0.5, np.ones(12))
    for array in (bars.open, bars.high, bars.low, bars.close):
        array[4] = 0
    (column,) = build(id_, {"period": 3}).compute(bars)
    gone = {4, 5, 6, 7} if id_ == "yang_zhang" else {4, 5, 6}  # one more return there: overnight from bar 4 to 5
    assert set(np.flatnonzero(np.isnan(column[3:])) + 3) == gone


def test_choppiness():
    """Dreiss: 100 log(sum of true ranges / range) / log(14)."""
    ranges = true_ranges()

    def index(at):
        way = sum(window(ranges, at, 14))
        return 100 * math.log(way / (max(window(HIGH, at, 14)) - min(window(LOW, at, 14)))) / math.log(14)

    check(("chop", {}), index)
