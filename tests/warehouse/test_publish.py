import json

import duckdb
import pytest

from tests.warehouse.conftest import TABLES, WEEKS, bars, fill, fill_weeks
from warehouse import building, snapshots
from warehouse import publish as publishing
from warehouse.contracts import BARS_ADJUSTED, DAILY_BARS, DAILY_BARS_ADJUSTED
from warehouse.lock import StaleWriterError, writer_lock
from warehouse.publish import PublishRefused, Request, publish
from warehouse.work import Check


def do_publish(store, request):
    with writer_lock(store.home) as lock:
        return publish(store, request, lock)


@pytest.mark.check(3)
def test_a_snapshot_is_whole_read_only_and_true_to_its_manifest(store, request_all):
    manifest = do_publish(store, request_all)
    folder = store.home.snapshots / manifest.id
    assert snapshots.current_id(store.home) == manifest.id
    assert snapshots.verify(store.home, manifest.id) == manifest
    assert manifest.data_through.isoformat() == "2020-01-06"
    assert {entry.path for entry in manifest.files} == {
        "warehouse.duckdb",
        "serving/daily.bars.arrow",
        "serving/daily.bars_adjusted.arrow",
    }
    assert all((folder / entry.path).stat().st_mode & 0o222 == 0 for entry in manifest.files)
    assert json.loads((folder / "manifest.json").read_text())["id"] == manifest.id
    assert not list(folder.glob("*.wal"))


def test_the_database_has_the_rows_the_types_and_a_comment_everywhere(store, request_all):
    manifest = do_publish(store, request_all)
    with duckdb.connect(str(store.home.snapshots / manifest.id / "warehouse.duckdb"), read_only=True) as connection:
        assert connection.execute("select close from daily.bars where symbol = 'B' order by date").fetchall() == [
            (20,),
            (21,),
        ]
        assert connection.execute("select split_div_factor from daily.bars_adjusted where close = 21").fetchall() == [
            (None,)
        ]
        types = dict(
            connection.execute(
                "select column_name, data_type from duckdb_columns() where table_name = 'bars'"
            ).fetchall()
        )
        assert (types["symbol"], types["date"], types["close"]) == ("VARCHAR", "DATE", "DOUBLE")
        assert connection.execute("select count(*) from duckdb_tables() where comment is null").fetchone() == (0,)
        assert connection.execute(
            "select count(*) from duckdb_columns() where not internal and comment is null"
        ).fetchone() == (0,)
        assert connection.execute("select check_name, passed from meta.checks").fetchall() == [("fine", True)]


@pytest.mark.check(5)
def test_equal_content_publishes_nothing(store, request_all):
    first = do_publish(store, request_all)
    fill(store)
    assert do_publish(store, request_all) == first
    assert snapshots.ids(store.home) == (first.id,)


@pytest.mark.check(5)
def test_content_that_came_before_is_served_from_its_snapshot(store, request_all):
    first = do_publish(store, request_all)
    fill(store, first_close=10.5)
    second = do_publish(store, request_all)
    fill(store)
    assert do_publish(store, request_all) == first
    assert snapshots.current_id(store.home) == first.id != second.id


@pytest.mark.check(6)
def test_a_failed_blocking_check_is_refused_and_the_served_snapshot_stays(store, request_all):
    first = do_publish(store, request_all)
    fill(store, first_close=10.5)
    store.record_checks(DAILY_BARS.name, [Check("high_not_below_low", passed=False, blocking=True, detail="3 rows")])
    with pytest.raises(PublishRefused, match="high_not_below_low failed: 3 rows"):
        do_publish(store, request_all)
    assert snapshots.current_id(store.home) == first.id


def test_unchecked_bars_are_refused(store, request_all):
    store.record_checks(DAILY_BARS.name, [])
    with pytest.raises(PublishRefused, match="has not been checked"):
        do_publish(store, request_all)


def test_a_table_older_than_its_inputs_is_refused(store, request_all):
    store.write(DAILY_BARS, bars(10.5))
    store.record_checks(DAILY_BARS.name, [Check("fine", passed=True, blocking=True)])
    with pytest.raises(PublishRefused, match=r"derived from an older daily\.bars"):
        do_publish(store, request_all)


def test_a_table_that_is_not_aligned_with_the_bars_is_refused(store, request_all):
    shifted = store.read(DAILY_BARS_ADJUSTED.name).slice(0, 4)
    store.write(DAILY_BARS_ADJUSTED, shifted, inputs=[DAILY_BARS.name])
    with pytest.raises(PublishRefused, match="not aligned"):
        do_publish(store, request_all)


def test_weeks_are_held_against_the_weekly_bars(store):
    fill_weeks(store)
    request = Request(tables=(*TABLES, *WEEKS), catalogue_version="1")
    assert do_publish(store, request).tables[-1].rows == 3
    store.write(BARS_ADJUSTED["1w"], store.read("weekly.bars").slice(1), inputs=[DAILY_BARS_ADJUSTED.name])
    with pytest.raises(PublishRefused, match=r"weekly\.bars_adjusted is not aligned with weekly\.bars"):
        do_publish(store, request)


@pytest.mark.parametrize(
    ("where", "step"), [(building, "_link"), (building, "write_database"), (publishing, "write_atomically")]
)
@pytest.mark.check(1)
def test_a_crash_at_any_step_leaves_the_served_snapshot_and_the_next_run_clears_up(
    store, request_all, monkeypatch, where, step
):
    first = do_publish(store, request_all)
    fill(store, first_close=10.5)

    def crash(*_):
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(where, step, crash)
        with pytest.raises(OSError, match="no space"):
            do_publish(store, request_all)
    assert snapshots.current_id(store.home) == first.id
    second = do_publish(store, request_all)
    assert snapshots.current_id(store.home) == second.id
    assert snapshots.verify(store.home, second.id)
    assert {path.name for path in store.home.snapshots.iterdir()} == {"current", first.id, second.id}


@pytest.mark.check(4)
def test_a_writer_that_was_overtaken_publishes_nothing(store, request_all):
    with writer_lock(store.home) as lock:
        overtaken = lock
    with writer_lock(store.home), pytest.raises(StaleWriterError):
        publish(store, request_all, overtaken)
    with pytest.raises(snapshots.NoSnapshot):
        snapshots.current(store.home)
