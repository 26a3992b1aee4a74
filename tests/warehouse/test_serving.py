import math
import subprocess
import sys

import numpy as np
import pytest

from tests.warehouse.conftest import TABLES, WEEKS, fill_weeks
from tests.warehouse.test_publish import do_publish
from warehouse import snapshots
from warehouse.intervals import WEEKLY
from warehouse.publish import Request
from warehouse.serving import Reader, UnknownColumn, UnknownSymbol, open_current
from warehouse.snapshots import CorruptSnapshot


@pytest.fixture
def reader(store, request_all):
    do_publish(store, request_all)
    return open_current(store.home.snapshots)


@pytest.fixture
def weeks(store):
    fill_weeks(store)
    do_publish(store, Request(tables=(*TABLES, *WEEKS), catalogue_version="1"))
    return open_current(store.home.snapshots).over(WEEKLY)


def test_symbols_spans_and_days(reader):
    assert reader.symbols == ("A", "B")
    assert reader.span("B") == slice(3, 5)
    assert reader.days.dtype == np.int32
    assert np.datetime64(int(reader.days[0]), "D") == np.datetime64("2020-01-02")


def test_columns_are_views_of_the_file_and_read_only(reader):
    closes = reader.column("close")
    assert closes.tolist() == [10.0, 11.0, 12.0, 20.0, 21.0]
    assert not closes.flags.writeable
    assert not closes.flags.owndata


def test_files_that_were_verified_are_not_read_again_until_they_are_touched(reader, monkeypatch):
    def hashed(path):
        raise AssertionError(path)

    monkeypatch.setattr(snapshots, "sha256_of", hashed)
    Reader(reader.folder)
    path = reader.folder / "serving" / "daily.bars.arrow"
    path.chmod(0o644)
    path.touch()
    with pytest.raises(AssertionError, match=r"daily\.bars"):
        Reader(reader.folder)


def test_a_null_reads_as_nan(reader):
    assert math.isnan(reader.column("split_div_factor")[4])


def test_columns_say_what_they_are(reader):
    assert reader.columns["close"].unit == "price"
    assert reader.columns["close"].table == "daily.bars_adjusted"
    assert "symbol" not in reader.columns


def test_bars_by_adjustment(reader):
    assert reader.bars("A")["close"].tolist() == [10.0, 11.0, 12.0]
    assert reader.bars("A", "raw")["volume"].tolist() == [1.0, 2.0, 3.0]
    assert reader.bars("A", "split_div")["close"].tolist() == pytest.approx([4.0, 8.8, 12.0])
    assert reader.bars("A", "split_div")["volume"].tolist() == [1.0, 2.0, 3.0]


def test_bars_of_weeks_by_adjustment(weeks):
    assert (weeks.id, weeks.symbols, weeks.span("B")) == (weeks.manifest.id, ("A", "B"), slice(2, 3))
    assert weeks.bars("A")["close"].tolist() == [11.0, 12.0]
    assert weeks.bars("A", "raw")["open"].tolist() == [10.0, 12.0]
    of_days = weeks.bars("A", "split_div")  # 10, 11 and 12 times 0.4, 0.8 and 1
    assert of_days["high"].tolist() == pytest.approx([8.8, 12.0])
    assert of_days["low"].tolist() == pytest.approx([4.0, 12.0])
    assert of_days["volume"].tolist() == [3.0, 3.0]


def test_weeks_have_columns_and_days_of_their_own(weeks):
    assert weeks.columns["close"].table == "weekly.bars_adjusted"
    assert weeks.columns.keys() == {"open", "high", "low", "close", "volume"}
    assert not weeks.column("close").flags.owndata
    assert np.diff(weeks.days).tolist() == [3, -3]
    assert (weeks.days - weeks.first_days).tolist() == [1, 0, 1]
    assert [weeks.is_partial(row) for row in range(3)] == [False, True, False]


def test_a_session_is_no_partial_period(reader):
    assert not any(map(reader.is_partial, range(5)))
    assert reader.first_days is reader.days


def test_unknown_names_come_with_near_ones(reader):
    with pytest.raises(UnknownSymbol) as refused:
        reader.span("a")
    assert refused.value.near == ("A",)
    with pytest.raises(UnknownColumn) as refused_column:
        reader.column("closes")
    assert "close" in refused_column.value.near


@pytest.mark.check(3)
def test_a_damaged_snapshot_is_not_opened(store, request_all):
    manifest = do_publish(store, request_all)
    path = store.home.snapshots / manifest.id / "serving" / "daily.bars.arrow"
    content = bytearray(path.read_bytes())
    content[-40] ^= 1
    path.unlink()
    path.write_bytes(content)
    with pytest.raises(CorruptSnapshot):
        Reader(store.home.snapshots / manifest.id)


def test_only_what_is_served_is_compared(store, request_all):
    manifest = do_publish(store, request_all)
    folder = store.home.snapshots / manifest.id
    database = folder / snapshots.DATABASE
    database.unlink()
    assert Reader(folder).id == manifest.id
    with pytest.raises(CorruptSnapshot, match="is missing"):
        snapshots.verify_folder(folder)
    (folder / "serving" / "daily.bars.arrow").unlink()
    with pytest.raises(CorruptSnapshot, match="is missing"):
        Reader(folder)


def test_reading_needs_no_database():
    code = "import sys, warehouse.serving; sys.exit('duckdb' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
