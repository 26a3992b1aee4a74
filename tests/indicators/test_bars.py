import numpy as np
import pytest

from indicators import SERIES, Bars, UnknownSeries

ONE = np.array([1.0, 2.0])


def test_series_are_prices_and_their_means():
    bars = Bars(*(np.array([value]) for value in (10.0, 16.0, 8.0, 12.0, 500.0)))
    told = {name: bars.series(name)[0] for name in SERIES}
    means = {"hl2": 12, "hlc3": 12, "ohlc4": 11.5, "hlcc4": 12}
    assert told == {"open": 10, "high": 16, "low": 8, "close": 12, "volume": 500} | means


def test_an_unknown_series_is_told_the_known():
    with pytest.raises(UnknownSeries, match="'clsoe': allowed are open, high") as caught:
        Bars(ONE, ONE, ONE, ONE, ONE).series("clsoe")
    assert caught.value.allowed == SERIES


@pytest.mark.parametrize("position", range(5))
@pytest.mark.parametrize("wrong", [np.array([1.0]), np.array([1, 2]), np.array([[1.0, 2.0]])])
def test_arrays_that_do_not_fit_are_refused(position, wrong):
    arrays = [ONE] * 5
    arrays[position] = wrong
    with pytest.raises(ValueError, match="float64 arrays of one length"):
        Bars(*arrays)
