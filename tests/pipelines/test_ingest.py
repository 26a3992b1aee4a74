import math

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines import batches, ingest, quarantine
from tests.pipelines.frames import actions, bars, broken
from warehouse.files import sha256_of
from warehouse.home import Home


@pytest.fixture
def home(tmp_path):
    made = Home(tmp_path)
    made.landing.mkdir()
    return made


def land(home, content, name="bars.parquet"):
    path = home.landing / name
    if isinstance(content, pl.DataFrame):
        content.write_parquet(path)
    else:
        path.write_bytes(content)
    return path


def test_what_is_missing_and_what_is_needed_are_named(home):
    land(home, bars().drop("close"))
    (taken,) = ingest.take_in(home)
    assert taken.detail.startswith("missing close; needed: symbol, date, open, high, low, close, volume; found: symbol")


@pytest.mark.check(6)
def test_good_rows_are_used_and_bad_ones_kept_with_their_reasons(home):
    land(home, broken("close", math.nan))
    (outcome,) = ingest.take_in(home)
    assert (outcome.rows, outcome.rejected_rows, outcome.reasons) == (3, 1, {"nan-close": 1})
    assert ingest.accepted(home, "bars").height == 3
    (entry,) = quarantine.entries(home)
    assert (entry.note.rows, entry.note.reasons) == (1, {"nan-close": 1})
    kept = pl.read_parquet(home.quarantine / entry.id / "rows.parquet")
    assert kept["reason"].to_list() == ["nan-close"]
    assert kept["row"].to_list() == [2]
    assert kept["date"].to_list() == [bars()["date"][1]]


@pytest.mark.check(6)
def test_a_good_file_beside_a_bad_one_is_used(home):
    land(home, b"nonsense", "a.parquet")
    land(home, bars(), "b.parquet")
    assert sorted(outcome.outcome for outcome in ingest.take_in(home)) == ["refused", "taken"]
    assert ingest.accepted(home, "bars").height == 4


def test_the_same_bytes_are_taken_in_once(home):
    land(home, bars(), "a.parquet")
    ingest.take_in(home)
    land(home, bars(), "again.parquet")
    (outcome,) = ingest.take_in(home)
    assert outcome.outcome == "known"
    assert len(ingest.batches(home)) == 1
    assert not list(home.landing.iterdir())


def test_originals_are_kept_byte_for_byte(home):
    digest = sha256_of(land(home, bars()))
    ingest.take_in(home)
    (batch,) = ingest.batches(home)
    (original,) = (home.raw / "files").iterdir()
    assert original.name == f"{batch.id}-bars.parquet"
    assert sha256_of(original) == batch.sha256 == digest


@pytest.mark.check(1)
def test_a_kill_before_the_batch_record_is_made_good_by_the_next_run(home, monkeypatch):
    land(home, bars())
    with monkeypatch.context() as patch:
        patch.setattr(batches, "write_atomically", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            ingest.take_in(home)
    assert ingest.accepted(home, "bars").height == 0
    (outcome,) = ingest.take_in(home)
    assert outcome.outcome == "taken"
    assert ingest.accepted(home, "bars").height == 4


def test_unfinished_and_hidden_files_are_left_alone(home):
    land(home, b"half", "x.part")
    land(home, b"half", ".hidden")
    assert ingest.take_in(home) == []
    assert len(list(home.landing.iterdir())) == 2


def test_integer_volumes_timestamps_and_dictionaries_are_understood(home):
    table = bars().with_columns(pl.col("volume").cast(pl.Int64), pl.col("date").cast(pl.Datetime)).to_arrow()
    table = table.set_column(0, "symbol", table.column("symbol").cast(pa.string()).dictionary_encode())
    pq.write_table(table, home.landing / "bars.parquet")
    assert ingest.take_in(home)[0].outcome == "taken"
    taken = ingest.accepted(home, "bars")
    assert taken["date"].to_list() == bars()["date"].to_list()
    assert taken["volume"].to_list() == bars()["volume"].to_list()


def test_actions_are_told_from_bars_by_their_columns(home):
    land(
        home,
        actions(("AAA", bars()["date"][1], "split", 2.0), ("AAA", bars()["date"][2], "merger", 1.0)),
        "actions.parquet",
    )
    (outcome,) = ingest.take_in(home)
    assert outcome.reasons == {"unknown-kind": 1}
    assert ingest.accepted(home, "actions").select("kind", "value", "source").rows() == [
        ("split", 2.0, "actions.parquet")
    ]


def test_invented_bars_do_not_get_among_real_ones(home):
    land(home, bars(symbol="SYNA"), "real.parquet")
    land(home, bars(symbol="SYN0001"), "synthetic.parquet")
    real, invented = ingest.take_in(home)
    assert (real.outcome, invented.outcome) == ("taken", "refused")
    assert list(invented.reasons) == ["mixed-with-synthetic"]
    assert set(ingest.accepted(home, "bars")["symbol"]) == {"SYNA"}


def test_a_home_of_invented_bars_takes_no_real_ones(home):
    land(home, bars(symbol="SYN0001"), "a.parquet")
    land(home, pl.concat([bars(symbol="SYN0002"), bars(symbol="AAPL")]), "b.parquet")
    land(home, bars(symbol="AAPL"), "c.parquet")
    assert [taken.outcome for taken in ingest.take_in(home)] == ["taken", "refused", "refused"]
