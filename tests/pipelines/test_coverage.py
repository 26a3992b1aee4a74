"""Expected against present bars, by the exchange's calendar; and how old the newest are."""

from datetime import UTC, date, datetime

import polars as pl
import pytest

from pipelines import coverage, ingest, steps
from pipelines.calendar import sessions
from pipelines.declaration import Calendars
from tests.pipelines.frames import bars, broken
from tests.pipelines.poison import parquet
from tests.world import SAMPLE, world  # noqa: F401
from warehouse import coverage as published
from warehouse import snapshots
from warehouse.home import Home
from warehouse.work import WorkStore

JULY = sessions(date(2012, 6, 29), date(2012, 7, 13))  # the 3rd is a half day, the 4th a holiday


def measured(days, calendars=None, quarantined=None, symbol="AAA"):
    frame = pl.DataFrame({"symbol": symbol, "date": days}, schema={"symbol": pl.String, "date": pl.Date})
    table = frame.with_columns(pl.col("symbol").cast(pl.Categorical)).to_arrow()
    return coverage.measure(table, calendars or Calendars(), quarantined or {})


def test_all_there_is_all_there():
    (row,), missing = measured(JULY)
    assert (row.expected, row.present, row.missing, row.off_calendar, row.behind) == (10, 10, 0, 0, 0)
    assert (row.first_session, row.last_session, row.calendar) == (JULY[0], JULY[-1], "XNYS")
    assert missing == []
    assert coverage.complete([row], missing).passed


def test_missing_sessions_are_named_and_holidays_are_none():
    gone = {date(2012, 7, 3), date(2012, 7, 9), date(2012, 7, 10)}
    (row,), missing = measured([day for day in JULY if day not in gone])
    assert (row.expected, row.present, row.missing, row.missing_half_days, row.longest_gap) == (10, 7, 3, 1, 2)
    assert [(each.date, each.half_day, each.reason) for each in missing] == [
        (date(2012, 7, 3), True, "not-delivered"),
        (date(2012, 7, 9), False, "not-delivered"),
        (date(2012, 7, 10), False, "not-delivered"),
    ]
    check = coverage.complete([row], missing)
    assert (check.passed, check.blocking) == (False, False)
    assert check.detail.startswith(
        "3 of 10 expected bars are missing, of 1 symbols, such as AAA 2012-07-03 (half day), "
    )


def test_a_gap_over_a_weekend_is_one_gap():
    (row,), _ = measured([day for day in JULY if day not in {date(2012, 7, 6), date(2012, 7, 9)}])
    assert row.longest_gap == 2


def test_symbols_are_held_against_calendars_of_their_own():
    on_the_fourth = [*JULY, date(2012, 7, 4)]
    (row,), _ = measured(sorted(on_the_fourth))
    assert (row.expected, row.present, row.off_calendar) == (10, 10, 1)
    (row,), _ = measured(sorted(on_the_fourth), Calendars(symbols={"A*": "XLON"}))
    assert (row.calendar, row.expected, row.present, row.off_calendar) == ("XLON", 11, 11, 0)


def test_bars_beyond_what_a_calendar_knows_are_counted_as_such():
    (row,), missing = measured([date(1996, 12, 30), date(1997, 1, 6), date(1997, 1, 7)], Calendars(default="XTKS"))
    assert (row.expected, row.present, row.off_calendar) == (2, 2, 1)
    assert missing == []


def test_a_delisted_symbol_is_behind_and_misses_nothing():
    frame = pl.concat([bars(3, "AAA"), bars(4, "BBB")]).with_columns(pl.col("symbol").cast(pl.Categorical))
    rows, missing = coverage.measure(frame.to_arrow(), Calendars(), {})
    assert [(row.symbol, row.behind, row.missing) for row in rows] == [("AAA", 1, 0), ("BBB", 0, 0)]
    assert missing == []


@pytest.mark.parametrize(
    ("now", "behind"),
    [
        (datetime(2024, 7, 3, 5, 59, tzinfo=UTC), 0),  # the 2nd is due at six
        (datetime(2024, 7, 3, 6, 0, tzinfo=UTC), 1),
        (datetime(2024, 7, 4, 6, 0, tzinfo=UTC), 2),  # the 3rd, a half day
        (datetime(2024, 7, 5, 6, 0, tzinfo=UTC), 2),  # the 4th was none
        (datetime(2024, 7, 8, 12, 0, tzinfo=UTC), 3),  # the 5th, over the weekend
        (datetime(2024, 6, 30, 12, 0, tzinfo=UTC), 0),
    ],
)
def test_staleness_is_counted_in_sessions_that_are_due(now, behind):
    rows, _ = measured([date(2024, 6, 28), date(2024, 7, 1)])
    check = coverage.fresh(rows, now=now)
    assert (check.passed, check.blocking) == (behind == 0, False)
    if behind:
        assert f"the newest bars are of 2024-07-01, {behind} sessions of XNYS before" in check.detail


def test_the_samples_age_is_told_in_a_sentence_and_blocks_nothing():
    rows, _ = measured([date(2013, 2, 28), date(2013, 3, 1)])
    check = coverage.fresh(rows, now=datetime(2026, 11, 25, 12, tzinfo=UTC))
    assert not check.blocking
    assert check.detail == (
        "the newest bars are of 2013-03-01, 3455 sessions of XNYS before 2026-11-24, which is due; "
        "bring newer ones, or say in pipeline.toml that it ends there"
    )


def test_a_calendar_that_ends_before_today_says_so():
    rows, _ = measured([date(2026, 11, 2)], Calendars(default="XSHG"))
    check = coverage.fresh(rows, now=datetime(2027, 3, 1, tzinfo=UTC))
    assert not check.passed
    assert "XSHG is known from 1990-12-03 to 2026-12-31, and 2027-02-28 was asked for" in check.detail


def test_a_quarantined_bar_is_missing_for_its_reason(tmp_path):
    home = Home(tmp_path)
    home.landing.mkdir()
    (home.landing / "a.parquet").write_bytes(parquet(broken("volume", -1.0)))
    ingest.take_in(home)
    store = WorkStore(home)
    steps.raw_bars(store)
    steps.daily_bars(store)
    coverage.write(store)
    assert store.read("meta.missing_sessions").to_pylist() == [
        {"symbol": "AAA", "date": date(2024, 1, 3), "half_day": False, "reason": "negative-volume"}
    ]
    assert [check.name for check in store.version("meta.coverage").checks] == ["complete", "fresh"]


def test_the_sessions_of_a_year_after_the_newest_bars_are_awaited(tmp_path):
    home = Home(tmp_path)
    store = WorkStore(home)
    home.landing.mkdir()
    (home.landing / "a.parquet").write_bytes(parquet(bars()))
    ingest.take_in(home)
    steps.raw_bars(store)
    steps.daily_bars(store)
    coverage.write(store)
    newest = max(store.read("daily.bars").column("date").to_pylist())
    assert newest == date(2024, 1, 5)
    awaited = coverage.awaited(store)["XNYS"]
    assert awaited == sessions(date(2024, 1, 6), date(2025, 1, 5))
    assert date(2024, 1, 15) not in awaited  # Martin Luther King's day
    (home.root / "pipeline.toml").write_text("[calendars]\nends = 2024-01-05\n")
    assert coverage.awaited(store) == {}
    (home.root / "pipeline.toml").write_text("[calendars]\nends = 2024-01-04\n")
    assert coverage.awaited(store)["XNYS"] == awaited


def test_a_snapshot_tells_its_coverage_without_a_database(world):  # noqa: F811
    folder = world.snapshots / snapshots.current_id(world)
    covered = published.coverage(folder)
    counted = pl.read_parquet(SAMPLE / "bars.parquet").group_by("symbol").len()
    assert {symbol: row.expected for symbol, row in covered.items()} == dict(counted.iter_rows())
    assert all(row.present == row.expected and not row.off_calendar for row in covered.values())
    assert published.missing_sessions(folder) == {}
    assert published.coverage(world.root) == {}
