"""What is brought up to date is, to the bit, what is made from nothing: every table, after every kind of change."""

import duckdb
import numpy as np
import pytest

from tests.pipelines.deliveries import Universe, deliver, histories, publish, publish_derived
from tests.world import derive
from warehouse import columns, history, snapshots
from warehouse.home import Home
from warehouse.intervals import COARSER
from warehouse.restatements import RESTATEMENTS
from warehouse.serving import Reader, open_current
from warehouse.work import WorkStore

UNIVERSE = Universe()
HISTORIES = histories(UNIVERSE)

pytestmark = pytest.mark.check(5)


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    """Tables of a few hundred rows are kept in a base and a delta."""
    monkeypatch.setattr(history, "MANY_ROWS", 200)


def step_by_step(folder, deliveries, then):
    home = Home(folder)
    for one in deliveries:
        deliver(home, one)
        made = then(home)
    return home, made


def at_once(folder, deliveries, then):
    home = Home(folder)
    for one in deliveries:
        deliver(home, one)
    return home, then(home)


def derived(home):
    derive(WorkStore(home))


def tables(home):
    """Every table's rows, texts as such: what stands for them in a file may differ."""
    store = WorkStore(home)
    return {name: store.read(name).cast(store.contract(name).schema()) for name in store.names()}


def slow_but(*names):
    """The histories, of which those not named are tried by `make test-all` alone."""
    return [pytest.param(name, marks=() if name in names else pytest.mark.slow) for name in HISTORIES]


@pytest.mark.parametrize("name", slow_but("all_at_once", "a_late_bar", "a_new_symbol"))
def test_equal_tables(tmp_path, name):
    one, _ = step_by_step(tmp_path / "one", HISTORIES[name], derived)
    other, _ = at_once(tmp_path / "other", HISTORIES[name], derived)
    found, expected = tables(one), tables(other)
    assert found.keys() == expected.keys()
    for table in expected:
        assert found[table].equals(expected[table]), table
    versions, of_other = WorkStore(one).versions(), WorkStore(other).versions()
    assert {name: v.version for name, v in versions.items()} == {name: v.version for name, v in of_other.items()}
    for version in versions.values():
        assert version.rows == found[version.table].num_rows


def test_a_session_leaves_the_bases_where_they_are(tmp_path):
    home, _ = step_by_step(tmp_path, [UNIVERSE.first], derived)
    before = WorkStore(home).versions()
    deliver(home, UNIVERSE.session(1))
    derived(home)
    after = WorkStore(home).versions()
    names = ["raw.bars", "daily.bars", "daily.bars_adjusted", "daily.trend", "daily.volume"]
    assert all(after[name].parts[0] == before[name].parts[0] for name in names)
    assert [after[name].parts[1].rows for name in names] == [UNIVERSE.session(1)["bars"].height] * len(names)


def test_the_digest_is_that_of_the_rows(tmp_path):
    home, _ = step_by_step(tmp_path, HISTORIES["all_at_once"], derived)
    store = WorkStore(home)
    for name in ("raw.bars", "daily.bars", "daily.momentum", "weekly.trend"):
        assert store.version(name).digest == columns.digest(store.history(name).all_rows())


def relations(home):
    """The rows of every relation, but for those that tell what was published before."""
    path = home.snapshots / snapshots.current_id(home) / snapshots.DATABASE
    with duckdb.connect(str(path), read_only=True) as connection:
        listed = "select table_schema || '.' || table_name from information_schema.tables order by all"
        names = [name for (name,) in connection.execute(listed).fetchall() if name != RESTATEMENTS.name]
        return {name: connection.execute(f"from {name} order by all").to_arrow_table() for name in names}


def described(home):
    path = home.snapshots / snapshots.current_id(home) / snapshots.DATABASE
    with duckdb.connect(str(path), read_only=True) as connection:
        told = "select schema_name, table_name, column_name, comment from duckdb_columns() order by all"
        return connection.execute(told).fetchall()


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.slow) for name in ("session_by_session", "a_new_symbol")] + ["all_at_once"],
)
def test_equal_snapshots(tmp_path, name):
    (one, found), (other, expected) = (
        way(tmp_path / folder, HISTORIES[name], publish_derived)
        for way, folder in ((step_by_step, "one"), (at_once, "other"))
    )
    assert found.content == expected.content
    of_one, of_other = relations(one), relations(other)
    assert of_one.keys() == of_other.keys()
    for relation in of_other:
        assert of_one[relation].equals(of_other[relation]), relation
    assert described(one) == described(other)
    readers = (open_current(one.snapshots), open_current(other.snapshots))
    same_answers(*readers)
    for interval in COARSER:
        same_answers(*(reader.over(interval) for reader in readers))


def same_answers(one: Reader, other: Reader) -> None:
    """A reader of a base and a delta, and one of a single part, answer alike by symbol, by row, and by any rows."""
    assert one.symbols == other.symbols
    assert np.array_equal(one.days, other.days)
    assert np.array_equal(one.first_days, other.first_days)
    rows = np.arange(0, len(one.days), 7)
    for name in other.columns:
        mine, theirs = one.column(name), other.column(name)
        assert np.array_equal(mine[rows], theirs[rows], equal_nan=True)
        for symbol in other.symbols:
            span = other.span(symbol)
            assert one.span(symbol) == span
            assert np.array_equal(mine[span], theirs[span], equal_nan=True)
            last = [float(column.data[span.stop - 1]) for column in (mine, theirs)]
            assert np.array_equal(*([value] for value in last), equal_nan=True)
    for symbol in other.symbols:
        for adjust in ("raw", "split", "split_div"):
            theirs = other.bars(symbol, adjust)
            assert all(np.array_equal(values, theirs[name]) for name, values in one.bars(symbol, adjust).items())
    assert [one.is_partial(row) for row in range(len(one.days))] == [
        other.is_partial(row) for row in range(len(other.days))
    ]


@pytest.mark.slow
def test_models_and_what_was_known_before(tmp_path):
    deliveries = [UNIVERSE.first, UNIVERSE.action("split", 3.0, 120), UNIVERSE.session(1)]
    one, found = step_by_step(tmp_path / "one", deliveries, publish)
    other, expected = at_once(tmp_path / "other", deliveries, publish)
    assert found.content == expected.content
    of_one, of_other = relations(one), relations(other)
    assert all(of_one[relation].equals(of_other[relation]) for relation in of_other)
    kept = snapshots.list_snapshots(one)
    before, since = (Reader(one.snapshots / each.id) for each in (kept[-1], kept[0]))
    symbol, day = UNIVERSE.names[1], 0
    assert len(kept) == len(deliveries)
    assert before.bars(symbol)["close"][day] == pytest.approx(3 * since.bars(symbol)["close"][day])
    assert before.bars(symbol, "raw")["close"][day] == since.bars(symbol, "raw")["close"][day]
