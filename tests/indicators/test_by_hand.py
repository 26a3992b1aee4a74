"""What TA-Lib lacks, or what nobody else agrees with it on, worked out with plain Python arithmetic.

Provenance: each expectation follows the formula in its docstring, written here without NumPy or our own code.
"""

import math

import numpy as np
import pytest

from indicators import Bars, build
from tests.indicators.made import cut, halted, walk


def bars_of(closes, highs=None, lows=None):
    close, high, low = (np.array(values or closes, dtype=float) for values in (closes, highs, lows))
    return Bars(close, high, low, close, np.ones(len(close)))


def test_ichimoku():
    """Hosoda's lines with windows 2, 3, 4 and displacement 2: (highest high + lowest low) / 2, the cloud two bars late.

    bar      0   1   2   3   4   5   6
    high    10  12  14  13  16  15  18
    low      8   9  11  10  12  13  14
    2 bars       10  11.5 12  13  14  15.5     (12+8)/2, (14+9)/2, (14+10)/2, (16+10)/2, (16+12)/2, (18+13)/2
    3 bars           11 11.5  13  13  15       (14+8)/2, (14+9)/2, (16+10)/2, (16+10)/2, (18+12)/2
    4 bars               11 12.5  13  14       (14+8)/2, (16+9)/2, (16+10)/2, (18+10)/2
    """
    bars = bars_of([9, 10, 12, 12, 15, 14, 17], [10, 12, 14, 13, 16, 15, 18], [8, 9, 11, 10, 12, 13, 14])
    indicator = build("ichimoku", {"tenkan": 2, "kijun": 3, "senkou": 4, "displacement": 2})
    tenkan, kijun, senkou_a, senkou_b = (column.tolist()[5:] for column in indicator.compute(bars))
    assert indicator.lookback() == 5  # the 4-bar line begins at bar 3 and is drawn at bar 5
    assert tenkan == [14.0, 15.5]
    assert kijun == [13.0, 15.0]
    assert senkou_a == [(12 + 11.5) / 2, (13 + 13) / 2]  # of bars 3 and 4
    assert senkou_b == [11.0, 12.5]


def test_zscore():
    """(value - mean) / population deviation: of 2, 4, 9 the mean is 5, the variance (9 + 1 + 16) / 3."""
    (column,) = build("zscore", {"period": 3}).compute(bars_of([2, 4, 9, 9, 9, 9]))
    assert np.isnan(column[:2]).all()
    assert column[2] == pytest.approx(4 / math.sqrt(26 / 3), rel=1e-12)
    assert column[3] == pytest.approx((9 - 22 / 3) / math.sqrt((16 / 9 * 25 / 4 + 2 * 25 / 9) / 3), rel=1e-12)
    assert np.isnan(column[4:]).all()  # 9, 9, 9: no spread, no score


def test_zscore_is_missing_on_a_halt_after_a_walk():
    """A running variance that kept rounding noise would give scores of noise over noise here."""
    (column,) = build("zscore", {}).compute(halted(800))
    assert np.isfinite(column[29:400]).all()
    assert np.isnan(column[430:]).all()


def test_zscore_of_a_high_price_that_hardly_moves():
    closes = [500_000 + step for step in (0.00, 0.01, 0.02, 0.01)]
    (column,) = build("zscore", {"period": 3}).compute(bars_of(closes))
    assert column[2] == pytest.approx(math.sqrt(1.5), rel=1e-4)  # 0, 1, 2: (2 - 1) / sqrt(2 / 3)


def test_hv():
    """100 * sqrt(252) * sample deviation of the returns ln 1.1, ln 1.2, ln 0.9."""
    closes = [100, 110, 132, 118.8]
    returns = [math.log(1.1), math.log(1.2), math.log(0.9)]
    mean = sum(returns) / 3
    deviation = math.sqrt(sum((r - mean) ** 2 for r in returns) / 2)
    (column,) = build("hv", {"period": 3}).compute(bars_of(closes))
    assert np.isnan(column[:3]).all()
    assert column[3] == pytest.approx(100 * math.sqrt(252) * deviation, rel=1e-12)


def test_hv_is_missing_where_no_return_exists():
    (column,) = build("hv", {"period": 2}).compute(bars_of([1, 2, 0, 3, 4, 5, 6]))
    assert np.isfinite(column).tolist() == [False] * 5 + [True] * 2


def test_supertrend():
    """Seban's line step by step; pandas-ta keeps the band of the side that was left, which differs after a turn."""
    bars = walk(600)
    period, multiplier = 10, 3.0
    high, low, close = bars.high.tolist(), bars.low.tolist(), bars.close.tolist()
    line, trend = build("supertrend", {}).compute(bars)
    ranges = [
        max(high[i] - low[i], abs(high[i] - close[i - 1]), abs(low[i] - close[i - 1])) for i in range(1, len(close))
    ]
    average = sum(ranges[:period]) / period
    upper, lower, rising = math.inf, -math.inf, None
    for i in range(period, len(close)):
        if i > period:
            average += (ranges[i - 1] - average) / period
        middle = (high[i] + low[i]) / 2
        basic_upper, basic_lower = middle + multiplier * average, middle - multiplier * average
        upper = basic_upper if basic_upper < upper or close[i - 1] > upper else upper
        lower = basic_lower if basic_lower > lower or close[i - 1] < lower else lower
        rising = trend[i] > 0 if rising is None else close[i] > upper if not rising else close[i] >= lower
        assert trend[i] == (1 if rising else -1), i
        assert line[i] == pytest.approx(lower if rising else upper, rel=1e-9), i


def test_keltner_channel():
    """EMA(20) of the typical price, and twice an average true range (10) away from it."""
    upper, middle, lower = build("kc", {}).compute(bars := walk(900))
    (average,) = build("ema", {"period": 20}).compute(bars, "hlc3")
    (true_range,) = build("atr", {"period": 10}).compute(bars)
    np.testing.assert_allclose(middle[19:], average[19:], rtol=1e-12)
    np.testing.assert_allclose((upper - lower)[500:], 4 * true_range[500:], rtol=1e-9)


def test_vwap_counts_from_the_first_bar():
    """Mean typical price weighted by volume: (10 * 1 + 20 * 3) / 4 after two bars."""
    bars = Bars(*(np.array([10.0, 20.0, 40.0]) for _ in range(4)), np.array([1.0, 3.0, 4.0]))
    assert build("vwap", {}).compute(bars)[0].tolist() == [10.0, 17.5, 28.75]
    assert build("vwap", {}).compute(cut(bars, slice(1, 3)))[0].tolist() == [20.0, 220 / 7]
