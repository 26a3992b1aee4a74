"""Rules that look beyond the row: sessions, the close of the day, and prices that leap."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from pipelines import surroundings
from pipelines.calendar import sessions
from pipelines.declaration import Calendars, Declaration
from pipelines.rules import REASON, label
from tests.pipelines.frames import actions, bars

NOW = datetime(2026, 1, 1, tzinfo=UTC)
NOTHING = pl.DataFrame(schema={"symbol": pl.String, "date": pl.Date, "close": pl.Float64})


def series(closes, symbol="AAA", first=date(2024, 1, 2)):
    days = sessions(first, first + timedelta(days=365))[: len(closes)]
    prices = {
        name: [float(value) * factor for value in closes]
        for name, factor in (("open", 1), ("high", 1.01), ("low", 0.99), ("close", 1))
    }
    return pl.DataFrame({"symbol": [symbol] * len(closes), "date": days, **prices, "volume": [1.0] * len(closes)})


def reasons(frame, *, now=NOW, declared=None, before=NOTHING, splits=actions()):  # noqa: B008
    numbered = frame.with_row_index(surroundings.ROW, offset=1)
    found = surroundings.rules(numbered, declared or Declaration(), now=now, before=before, splits=splits)
    return label(numbered, found)[REASON].to_list()


def flagged(closes, **given):
    return [place for place, reason in enumerate(reasons(series(closes), **given)) if reason == "price-jump"]


def test_one_leap_and_back_is_one_bar():
    assert flagged([10, 11, 110, 12, 11]) == [2]
    assert flagged([10, 11, 1.0, 12, 11]) == [2]
    assert flagged([10, 11, 99, 12, 11]) == []


def test_a_leap_at_the_end_is_held_back_until_more_is_known():
    assert flagged([10] * 5 + [100]) == [5]
    assert flagged([10] * 5 + [100] * 20) == list(range(5, 25))


def test_a_new_level_that_twenty_later_bars_keep_is_taken():
    assert flagged([10] * 5 + [100] * 21) == []
    assert flagged([10] * 5 + [100] * 20 + [10] * 5) == list(range(5, 25))


def test_two_leaps_on_different_levels_do_not_vouch_for_each_other():
    assert flagged([10] + [100, 2_000] * 11) == list(range(1, 23))


def test_a_split_on_the_day_explains_a_leap_and_one_on_another_day_does_not():
    closes, days = [100, 101, 9, 9.1], series([1] * 4)["date"]
    assert flagged(closes, splits=actions(("AAA", days[2], "split", 10.0))) == []
    assert flagged(closes, splits=actions(("AAA", days[1], "split", 10.0))) == [2, 3]
    assert flagged(closes, splits=actions(("BBB", days[2], "split", 10.0))) == [2, 3]


def test_a_split_in_a_gap_explains_the_leap_over_it():
    days = series([1] * 4)["date"]
    gapped = series([100, 101, 9, 9.1]).filter(pl.col("date") != days[2])
    assert reasons(gapped, splits=actions(("AAA", days[2], "split", 10.0))) == [None] * 3


def test_prices_already_adjusted_for_a_split_do_not_leap():
    days = series([1] * 4)["date"]
    split = actions(("AAA", days[2], "split", 10.0))
    assert flagged([9, 9.1, 9, 9.1], splits=split) == []
    assert flagged([9, 9.1, 9.5, 9.1, 91, 9.2], splits=split) == [4]


def test_a_leap_from_the_last_bar_of_an_earlier_delivery_is_found():
    before = pl.DataFrame({"symbol": ["AAA", "BBB"], "date": [date(2023, 12, 29)] * 2, "close": [10.0, 500.0]})
    assert flagged([100], before=before) == [0]
    assert flagged([11], before=before) == []


def test_one_symbol_is_not_held_against_another():
    both = pl.concat([series([10, 11], "AAA"), series([500, 510], "BBB")])
    assert reasons(both) == [None] * 4


def test_a_high_or_low_that_leaps_is_a_leap():
    spiked = series([10, 11, 12]).with_columns(high=pl.Series([10.1, 115.0, 12.1]))
    assert reasons(spiked) == [None, "price-jump", None]


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (date(2024, 1, 1), "not-a-session"),  # New Year
        (date(2024, 1, 6), "not-a-session"),  # a Saturday
        (date(2024, 3, 29), "not-a-session"),  # Good Friday
        (date(2025, 1, 9), "not-a-session"),  # the mourning for a president
        (date(2024, 7, 3), None),  # a half day
        (date(1969, 12, 31), None),  # before the calendar begins: unknown is not wrong
    ],
)
def test_days_are_held_against_the_exchanges_calendar(day, reason):
    moved = bars(days=1).with_columns(date=pl.lit(day))
    assert reasons(moved) == [reason]


def test_the_calendar_is_chosen_by_symbol():
    both = pl.concat([bars(1, "AAA"), bars(1, "VOD.L")]).with_columns(date=date(2024, 7, 4))
    declared = Declaration(calendars=Calendars(symbols={"*.L": "XLON"}))
    assert reasons(both, declared=declared) == ["not-a-session", None]
    assert reasons(both) == ["not-a-session", "not-a-session"]


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        (datetime(2024, 7, 3, 16, 59, tzinfo=UTC), "session-not-over"),
        (datetime(2024, 7, 3, 17, 0, tzinfo=UTC), None),  # half past one in New York: a half day is over by then
        (datetime(2024, 7, 3, 12, 0, tzinfo=UTC), "session-not-over"),
        (datetime(2024, 7, 9, 12, 0, tzinfo=UTC), None),
    ],
)
def test_a_bar_of_a_session_that_goes_on_is_none_yet(now, reason):
    assert reasons(bars(1).with_columns(date=date(2024, 7, 3)), now=now) == [reason]
