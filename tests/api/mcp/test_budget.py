import json
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from kalpi.mcp import budget

DAYS = [date(2020, 1, 1) + timedelta(days=day) for day in range(500)]


def frame(*columns):
    return pl.DataFrame({"date": DAYS, **{f"c{number}": one for number, one in enumerate(columns)}})


def walk(seed=7):
    return np.random.default_rng(seed).normal(size=500).cumsum() + 100


def test_all_rows_are_shown_where_there_is_room():
    told = json.loads(budget.fitted({"a": 1}, frame(walk()), 10**6, in_time=True))
    assert told["loss"] == {"significant_digits": 6, "rows_shown": 500, "rows": 500}
    assert told["columns"]["c0"] == pytest.approx(walk(), rel=5e-6)
    assert all(len(str(one).replace(".", "")) <= 6 for one in told["columns"]["c0"])


def test_the_error_told_is_the_error_made():
    table = frame(walk(), walk(8) * 1_000)
    told = json.loads(budget.fitted({}, table, 600, in_time=True))
    shown = [DAYS.index(date.fromisoformat(one)) for one in told["columns"]["date"]]
    assert (shown[0], shown[-1]) == (0, 499)
    for name in ("c0", "c1"):
        line = np.interp(np.arange(500), shown, told["columns"][name])
        missed = np.abs(line - table[name].to_numpy()).max()
        assert told["loss"]["greatest_error_between_rows_shown"][name] == pytest.approx(missed, rel=0.01)


def test_rows_are_chosen_better_than_evenly():
    table = frame(walk())
    even = [round(place) for place in np.linspace(0, 499, 30)]
    ours = budget.greatest_errors(table, budget.kept(table, 30))["c0"]
    assert ours < 0.8 * budget.greatest_errors(table, even)["c0"]


def test_a_spike_is_kept():
    values = np.full(500, 5.0)
    values[321] = 50.0
    assert 321 in budget.kept(frame(values), 5)


def test_no_value_is_no_error_and_no_trouble():
    values = walk()
    values[:40] = np.nan
    for one in (values, np.full(500, np.nan), np.full(500, 3.0)):
        table = frame(one).with_columns(pl.col("c0").fill_nan(None))
        shown = budget.kept(table, 20)
        assert shown == sorted(set(shown))
        assert len(shown) == 20
        assert budget.greatest_errors(table, shown)["c0"] >= 0
        json.loads(budget.fitted({}, table, 300, in_time=True))


def test_other_rows_are_cut_at_the_end():
    told = json.loads(budget.fitted({}, frame(walk()), 500, in_time=False))
    count = told["loss"]["rows_shown"]
    assert 0 < count < 500
    assert told["columns"]["date"] == [one.isoformat() for one in DAYS[:count]]
    assert "greatest_error_between_rows_shown" not in told["loss"]


def test_a_row_is_left_however_small_the_budget():
    told = json.loads(budget.fitted({"a": "x" * 5_000}, frame(walk()), 200, in_time=True))
    assert told["columns"]["date"] == [DAYS[-1].isoformat()]
