import polars as pl
import pytest

from pipelines import batches
from pipelines.run import refresh
from tests.pipelines.deliveries import deliver, withdraw
from tests.world import land_sample
from warehouse import snapshots
from warehouse.home import Home
from warehouse.lock import writer_lock
from warehouse.work import WorkStore


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    home = Home(tmp_path_factory.mktemp("run"))
    land_sample(home)
    told = []
    outcome = refresh(home, lambda *step: told.append(step))
    return home, outcome, told


def test_a_run_publishes_a_checked_snapshot(published):
    home, outcome, _ = published
    assert outcome.success, outcome.failures
    manifest = snapshots.verify(home, outcome.snapshot)
    rows = {table.name: table.rows for table in manifest.tables}
    assert rows["daily.bars"] == rows["daily.trend"] == 12154
    assert rows["mart.latest_values"] == 5
    checks = next(table.checks for table in manifest.tables if table.name == "daily.bars")
    assert {"unique_key", "close_in_range", "high_not_below_low"} <= {check.name for check in checks}
    assert all(check.passed for check in checks)
    assert {batch.kind for batch in manifest.batches} == {"bars", "actions"}


def test_progress_hears_every_asset_once(published):
    _, _, told = published
    names = [name for name, *_ in told]
    assert len(names) == len(set(names)) == told[-1][2]
    assert names[-1] == "snapshot"


@pytest.mark.check(5)
def test_a_run_without_news_serves_the_same_snapshot(published):
    home, outcome, _ = published
    again = refresh(home)
    assert again.success
    assert again.snapshot == outcome.snapshot
    assert len(snapshots.ids(home)) == 1


@pytest.mark.check(6)
def test_a_blocking_failure_leaves_the_served_snapshot_and_says_what_failed(published):
    home, outcome, _ = published
    (sound,) = (home.raw / "bars").glob("*.parquet")
    deliver(home, {"bars": pl.read_parquet(sound).tail(1).with_columns(high=pl.col("low") / 2)})
    failed = refresh(home)
    withdraw(home, batches.batches(home)[-1])
    assert not failed.success
    assert any("high_not_below_low on daily.bars" in failure for failure in failed.failures)
    assert failed.snapshot == outcome.snapshot
    assert (
        WorkStore(home).version("daily.bars_adjusted").inputs["daily.bars"]
        != WorkStore(home).version("daily.bars").version
    )
    assert refresh(home).snapshot == outcome.snapshot


@pytest.mark.check(4)
def test_a_second_run_fails_at_once_and_names_the_holder(published):
    home, _, _ = published
    with writer_lock(home):
        outcome = refresh(home)
    assert not outcome.success
    assert any("is writing to the warehouse" in failure for failure in outcome.failures), outcome.failures
