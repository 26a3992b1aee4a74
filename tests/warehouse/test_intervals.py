from datetime import date, timedelta
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.contracts import BARS, BARS_ADJUSTED
from warehouse.intervals import COARSER, DAILY, INTERVALS, MONTHLY, WEEKLY, IntervalName
from warehouse.resampling import ends, resample

EPOCH = date(1970, 1, 1)
DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31))


def numbers(*days):
    return np.array([(day - EPOCH).days for day in days], np.int32)


def test_the_names_are_those_that_questions_take():
    assert tuple(interval.name for interval in INTERVALS) == get_args(IntervalName)
    assert DAILY not in COARSER
    assert BARS.keys() == BARS_ADJUSTED.keys() == set(get_args(IntervalName))


@given(st.lists(DAYS, min_size=2, max_size=30))
def test_days_share_a_period_as_pythons_calendar_has_it(days):
    own = {
        WEEKLY: [day.isocalendar()[:2] for day in days],
        MONTHLY: [(day.year, day.month) for day in days],
        DAILY: days,
    }
    for interval, expected in own.items():
        periods = interval.periods(numbers(*days)).tolist()
        assert np.array_equal(np.argsort(periods, kind="stable"), sorted(range(len(days)), key=expected.__getitem__))
        assert [a == b for a in periods for b in periods] == [a == b for a in expected for b in expected]


@given(DAYS)
def test_the_last_day_is_a_sunday_or_the_months_last(day):
    last = {each: EPOCH + timedelta(days=each.last_day(int(numbers(day)[0]))) for each in INTERVALS}
    assert last[DAILY] == day
    assert last[WEEKLY] == day + timedelta(days=6 - day.weekday())
    assert (last[MONTHLY].month, (last[MONTHLY] + timedelta(days=1)).day) == (day.month, 1)


def test_a_bar_is_first_highest_lowest_last_and_sum():
    bars = {
        "open": np.array([5.0, 6, 7, 1]),
        "high": np.array([8.0, 9, 7, 2]),
        "low": np.array([4.0, 5, 3, 0.5]),
        "close": np.array([6.0, 7, 4, 1.5]),
        "volume": np.array([1.0, 2, 3, 4]),
    }
    made = {name: values.tolist() for name, values in resample(bars, np.array([0, 3])).items()}
    assert made == {"open": [5, 1], "high": [9, 2], "low": [3, 0.5], "close": [4, 1.5], "volume": [6, 4]}


@pytest.mark.parametrize("length", [0, 1])
def test_little_to_resample(length):
    bars = dict.fromkeys(("open", "high", "low", "close", "volume"), np.ones(length))
    starts = np.arange(length)
    assert ends(starts, length).tolist() == [1] * length
    assert all(values.tolist() == [1] * length for values in resample(bars, starts).values())
