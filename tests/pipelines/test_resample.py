"""Weekly and monthly bars against Polars' own windows, and by hand around holidays and splits."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from tests.pipelines.frames import bars, resampled_frame
from tests.world import world  # noqa: F401 - a fixture
from warehouse.contracts import BARS, BARS_ADJUSTED
from warehouse.intervals import COARSER, MONTHLY, WEEKLY
from warehouse.work import WorkStore

PRICES = ("open", "high", "low", "close", "volume")


def table(home, name):
    return pl.from_arrow(WorkStore(home).read(name)).with_columns(pl.col("symbol").cast(pl.String))


def row(home, name, symbol, day):
    return table(home, name).row(by_predicate=(pl.col("symbol") == symbol) & (pl.col("date") == day), named=True)


@pytest.mark.parametrize("interval", COARSER, ids=lambda interval: interval.schema)
@pytest.mark.parametrize("tables", [BARS, BARS_ADJUSTED], ids=["bars", "bars_adjusted"])
def test_bars_are_those_of_polars(world, tables, interval):  # noqa: F811
    windows = table(world, tables["1d"].name).group_by_dynamic("date", every=interval.name, group_by="symbol")
    expected = windows.agg(
        pl.col("date").last().alias("last"),
        pl.col("open").first(),
        pl.col("high").max(),
        pl.col("low").min(),
        pl.col("close").last(),
        pl.col("volume").sum(),
        pl.col("date").first().alias("first_session"),
        pl.len().cast(pl.Int64).alias("sessions"),
    ).sort("symbol", "date")
    found = table(world, tables[interval.name].name)
    exact = ("symbol", "open", "high", "low", "close", "first_session", "sessions")
    assert found.select(exact).equals(expected.select(exact))
    assert found["date"].equals(expected["last"], check_names=False)
    np.testing.assert_allclose(found["volume"], expected["volume"], rtol=1e-14)


def test_a_split_inside_a_week_comes_out_right(world):  # noqa: F811
    """AAPL split 2:1 on Wednesday 2000-06-21 and again in 2005."""
    week = row(world, "weekly.bars_adjusted", "AAPL", date(2000, 6, 23))
    assert [week[name] for name in PRICES] == pytest.approx(
        [90.56 / 4, 57.63 / 2, 89.81 / 4, 51.69 / 2, 4 * (3517900 + 4476700) + 2 * (4375000 + 8352000 + 3660100)]
    )
    traded = row(world, "weekly.bars", "AAPL", date(2000, 6, 23))
    assert [traded[name] for name in PRICES] == [90.56, 103.94, 50.31, 51.69, 24381700]


@pytest.mark.parametrize(
    ("symbol", "day", "first", "sessions"),
    [
        ("IBM", "2001-09-10", "2001-09-10", 1),  # closed from Tuesday on
        ("IBM", "2001-09-21", "2001-09-17", 5),
        ("MSFT", "2002-03-28", "2002-03-25", 4),  # Good Friday
        ("IBM", "2004-01-02", "2003-12-29", 4),  # New Year's Day inside
        ("MSFT", "2003-02-21", "2003-02-18", 4),  # Presidents' Day
        ("FB", "2012-11-02", "2012-10-31", 3),  # the hurricane
        ("FB", "2012-05-18", "2012-05-18", 1),  # listed on a Friday
        ("AAPL", "2013-03-01", "2013-02-25", 5),
    ],
)
def test_weeks_around_holidays(world, symbol, day, first, sessions):  # noqa: F811
    week = row(world, "weekly.bars", symbol, date.fromisoformat(day))
    assert (week["first_session"].isoformat(), week["sessions"], week["is_partial"]) == (first, sessions, False)


def test_months_by_hand(world):  # noqa: F811
    september = row(world, "monthly.bars", "IBM", date(2001, 9, 28))
    assert (september["first_session"], september["sessions"]) == (date(2001, 9, 4), 15)
    march = row(world, "monthly.bars", "MSFT", date(2002, 3, 28))
    assert (march["first_session"], march["sessions"]) == (date(2002, 3, 1), 20)


def test_only_the_period_of_the_newest_day_is_partial(world):  # noqa: F811
    months = table(world, "monthly.bars").filter("is_partial")
    assert months["date"].unique().to_list() == [date(2013, 3, 1)]
    assert len(months) == 5
    assert table(world, "weekly.bars").filter("is_partial").is_empty()


def ending(day, symbol="AAA"):
    """Two weeks of bars, weekends apart, up to a day."""
    days = [day - timedelta(days=back) for back in range(14, -1, -1)]
    days = [each for each in days if each.weekday() < 5]
    return bars(len(days), symbol).with_columns(pl.Series("date", days))


@pytest.mark.parametrize(
    ("newest", "week", "month"),
    [
        ("2013-02-28", True, False),  # Thursday
        ("2013-03-01", False, True),  # Friday
        ("2013-03-27", True, True),
        ("2013-03-28", False, False),  # Good Friday's eve ends the week and the month
        ("2001-09-10", False, True),  # nobody traded again that week
        ("2024-07-03", True, True),  # a half day before a holiday, and Friday is a session
        ("2024-11-29", False, False),  # a half day on a Friday
        ("2024-12-31", True, False),
        ("2025-01-08", True, True),  # Thursday closed, Friday open
        ("2013-03-02", False, True),  # a Saturday
        ("2026-12-24", False, True),  # Christmas Day is a Friday
        ("2031-04-10", False, True),  # Good Friday's eve beyond the calendar's usual end
    ],
)
def test_a_period_is_partial_while_the_exchange_has_sessions_left_in_it(newest, week, month):
    frame = ending(date.fromisoformat(newest)).filter(pl.col("date") != date.fromisoformat(newest))
    frame = pl.concat([frame, bars(1).with_columns(date=pl.lit(date.fromisoformat(newest)))])
    for interval, expected in ((WEEKLY, week), (MONTHLY, month)):
        flags = resampled_frame(frame, interval)["is_partial"].to_list()
        assert flags == [False] * (len(flags) - 1) + [expected], interval


def test_the_newest_day_is_that_of_all_symbols():
    """A symbol that ended on Tuesday has a whole week once others went on to Friday, and a partial one until then."""
    gone = ending(date(2013, 2, 26), "AAA")
    for newest, expected in ((date(2013, 3, 1), False), (date(2013, 2, 27), True)):
        both = resampled_frame(pl.concat([gone, ending(newest, "BBB")]), WEEKLY)
        last = both.filter(pl.col("symbol").cast(pl.String) == "AAA").row(-1, named=True)
        assert (last["date"], last["sessions"], last["is_partial"]) == (date(2013, 2, 26), 2, expected)


def test_a_symbol_ends_where_the_next_begins_even_within_a_week():
    one, two = (bars(2, symbol) for symbol in ("AAA", "BBB"))
    found = resampled_frame(pl.concat([one, two]), WEEKLY)
    assert found["sessions"].to_list() == [2, 2]
    assert found["open"].to_list() == [10.0, 10.0]


def test_rows_beyond_a_period_leave_those_before_as_they_are():
    """So a table can be extended by rows: its last period is made again, the others stay."""
    frame = ending(date(2013, 2, 28))
    before, after = (resampled_frame(frame.head(n), WEEKLY) for n in (len(frame) - 1, len(frame)))
    assert before.head(2).equals(after.head(2))
    assert not before.tail(1).equals(after.tail(1))


def test_no_bars_make_no_bars():
    assert resampled_frame(bars(1).clear(), WEEKLY).is_empty()
