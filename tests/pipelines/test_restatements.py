"""meta.restatements says which values a delivery changed, from what to what, and why."""

import duckdb
import polars as pl
import pytest

from pipelines import batches
from tests.pipelines.deliveries import Universe, deliver, publish_derived, withdraw
from warehouse import history, snapshots
from warehouse.home import Home

UNIVERSE = Universe(symbols=5, sessions=200)
CORRECTION = UNIVERSE.correction(2, 50)["bars"]
INDICATORS = 8  # families with a daily table, at least

pytestmark = pytest.mark.check(5)


@pytest.fixture(scope="module", autouse=True)
def small_parts():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(history, "MANY_ROWS", 200)
        yield


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What is told after each of some deliveries, by name, and the ids of their batches."""
    home = Home(tmp_path_factory.mktemp("restated"))
    late = (pl.col("symbol") == UNIVERSE.names[3]) & (pl.col("date") == UNIVERSE.days[150])
    first, missing = UNIVERSE.split_off(late)
    deliveries = {
        "first": first,
        "session": UNIVERSE.session(1),
        "correction": {"bars": pl.concat([CORRECTION, UNIVERSE.session(2)["bars"]])},
        "late": missing,
        "split": UNIVERSE.action("split", 3.0, 120),
    }
    found = {}
    for name, delivery in deliveries.items():
        deliver(home, delivery)
        found[name] = published(home)
    withdraw(home, batches.batches(home)[-2])
    found["withdrawal"] = published(home)
    return found


def published(home):
    ids = [batch.id for batch in batches.batches(home)]
    manifest = publish_derived(home)
    path = home.snapshots / manifest.id / snapshots.DATABASE
    with duckdb.connect(str(path), read_only=True) as connection:
        rows = pl.DataFrame(connection.execute("from meta.restatements order by all").to_arrow_table())
    return rows, ids[-1]


def of(rows, table):
    return rows.filter(pl.col("table_name") == table)


@pytest.mark.parametrize("name", ["first", "session"])
def test_what_is_new_restates_nothing(told, name):
    rows, _ = told[name]
    assert rows.is_empty()


@pytest.mark.parametrize("table", ["daily.bars", "daily.bars_adjusted"])
def test_a_correction_tells_each_value(told, table):
    rows, batch = told["correction"]
    bars = of(rows, table)
    before = UNIVERSE.bars.join(CORRECTION, on=("symbol", "date"), how="semi")
    assert set(bars["column_name"]) == {"open", "high", "close"}
    assert set(bars["kind"]) == {"correction"}
    assert set(bars["batch"]) == {batch}
    assert set(bars["first_date"]) == set(bars["last_date"]) == {CORRECTION["date"][0]}
    for column, old, new in bars.select("column_name", "old_value", "new_value").iter_rows():
        factor = 1 if table == "daily.bars" else old / before[column][0]
        assert old == pytest.approx(before[column][0] * factor)
        assert new == pytest.approx(CORRECTION[column][0] * factor)


def test_indicators_are_told_by_their_span(told):
    rows, batch = told["correction"]
    spans = rows.filter(pl.col("column_name").is_null())
    assert len(spans) >= INDICATORS
    assert set(spans["symbol"]) == {UNIVERSE.names[2]}
    assert set(spans["kind"]) == {"correction"}
    assert set(spans["batch"]) == {batch}
    assert spans["first_date"].min() == CORRECTION["date"][0]


def test_a_late_bar_had_no_values(told):
    rows, batch = told["late"]
    bars = of(rows, "daily.bars")
    assert bars.height == 5
    assert set(bars["kind"]) == {"late"}
    assert set(bars["batch"]) == {batch}
    assert bars["old_value"].is_null().all()
    assert bars["new_value"].is_not_null().all()


def test_a_split_is_told_by_ranges_and_leaves_the_bars_as_traded(told):
    rows, batch = told["split"]
    assert of(rows, "daily.bars").is_empty()
    adjusted = of(rows, "daily.bars_adjusted")
    assert {"open", "high", "low", "close", "volume", "split_factor"} <= set(adjusted["column_name"])
    assert set(adjusted["kind"]) == {"action"}
    assert set(adjusted["batch"]) == {batch}
    closes = adjusted.filter(pl.col("column_name") == "close")
    assert closes.height == 1
    assert closes["bars"][0] > 100
    assert closes["last_date"][0] < UNIVERSE.days[120]
    assert closes["old_value"][0] is None


def test_a_bar_that_is_gone_has_no_new_value(told):
    rows, _ = told["withdrawal"]
    bars = of(rows, "daily.bars")
    assert set(bars["kind"]) == {"withdrawal"}
    assert bars["new_value"].is_null().all()
    assert set(bars["symbol"]) == {UNIVERSE.names[3]}
