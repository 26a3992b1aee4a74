"""A null within a series never makes a number that is not one of the values around it alone."""

import numpy as np
import pandas as pd
import pytest
import talib

from indicators import build, catalogue
from indicators.expressions import Starts, TooManyGaps
from indicators.expressions.gaps import MOST_STARTS, over
from tests.indicators.made import walk

BARS = walk(400, seed=5)
GAPS = (50, 51, 130, 131, 132, 260, 399)


def holed(values, gaps=GAPS, leading=7):
    holed = values.copy()
    holed[:leading] = np.nan
    holed[list(gaps)] = np.nan
    return holed


def computed(name, values, **parameters):
    indicator = build(name, parameters)
    inputs = [values if one == "on" else BARS.series(one) for one in indicator.inputs]
    return over(indicator, inputs, Starts())


def test_a_window_is_null_until_it_is_full_again():
    values = pd.Series(holed(BARS.close))
    (found,) = computed("sma", values.to_numpy(), period=10)
    np.testing.assert_allclose(found, values.rolling(10).mean(), rtol=1e-11)
    (found,) = computed("max", values.to_numpy(), period=30)
    np.testing.assert_array_equal(found, values.rolling(30).max())
    (found,) = computed("wma", values.to_numpy(), period=4)
    weights = np.array([1, 2, 3, 4]) / 10
    np.testing.assert_allclose(found, values.rolling(4).apply(lambda part: part @ weights, raw=True), rtol=1e-11)


def by_stretch(function, values):
    """What TA-Lib gives on each stretch without a gap, alone."""
    found = np.full(len(values), np.nan)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], ~np.isnan(values), [False]))))
    for start, stop in edges.reshape(-1, 2):
        found[start:stop] = function(values[start:stop].copy())
    return found


def test_a_convergent_one_starts_afresh_behind_a_gap():
    values = holed(BARS.close)
    (found,) = computed("rsi", values, period=14)
    np.testing.assert_allclose(found, by_stretch(lambda part: talib.RSI(part, 14), values), rtol=1e-12)
    (found,) = computed("ema", values, period=5)
    np.testing.assert_allclose(found, by_stretch(lambda part: talib.EMA(part, 5), values), rtol=1e-12)


def test_an_anchored_one_has_no_value_behind_a_gap():
    values = holed(BARS.close)
    (found,) = computed("obv", values)
    np.testing.assert_array_equal(found[7:50], talib.OBV(BARS.close[7:50], BARS.volume[7:50]))
    assert np.isnan(found[50:]).all()


def test_a_series_without_any_value_gives_none():
    assert np.isnan(computed("rsi", np.full(400, np.nan))[0]).all()


def test_gaps_without_end_are_refused_and_never_guessed():
    values = holed(np.tile(BARS.close, 100), gaps=range(10, 40_000, 3))
    with pytest.raises(TooManyGaps, match=f"ema has gaps without end.*{MOST_STARTS} times"):
        over(build("ema", {"period": 2}), [values], Starts())
    over(build("sma", {"period": 2}), [values], Starts())
    shared = Starts()
    over(build("ema", {"period": 2}), [values[:25_000]], shared)
    with pytest.raises(TooManyGaps):
        over(build("ema", {"period": 2}), [values[:25_000]], shared)


FREE = [cls for cls in catalogue() if cls.takes_on and not cls.takes_against]


@pytest.mark.parametrize("cls", FREE, ids=lambda cls: cls.id)
def test_a_value_after_a_gap_does_not_depend_on_what_came_before_it(cls):
    """Unless it is null: so nothing of the gap, or of how it was filled, is in any value."""
    values = holed(BARS.close)
    inputs = [values if one == "on" else BARS.series(one) for one in cls.inputs]
    found = over(cls(), inputs, Starts())
    changed = values.copy()
    changed[:131] *= 1.5
    again = over(cls(), [changed if one == "on" else BARS.series(one) for one in cls.inputs], Starts())
    for one, two in zip(found, again, strict=True):
        assert not np.isinf(one).any()
        assert np.isnan(one[list(GAPS)]).all()
        np.testing.assert_allclose(one[133:], two[133:], rtol=1e-8, atol=1e-9)


ODD = {
    "negative": -BARS.close,
    "zero": np.zeros(400),
    "huge": BARS.close * 1e300,
    "tiny": BARS.close * 1e-300,
    "constant": np.full(400, 7.0),
    "alternating": np.where(np.arange(400) % 2, 1e150, -1e150),
    "small integers": np.round(BARS.close) % 3 - 1,
}


@pytest.mark.parametrize("shape", ODD)
@pytest.mark.parametrize("cls", FREE, ids=lambda cls: cls.id)
def test_any_series_gives_finite_values_or_none(cls, shape):
    inputs = [ODD[shape] if one == "on" else BARS.series(one) for one in cls.inputs]
    for column in over(cls(), inputs, Starts()):
        assert not np.isinf(column).any()
        assert len(column) == 400
