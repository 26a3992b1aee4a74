import math
import subprocess
import sys

import numpy as np
import pytest

from tests.warehouse.test_publish import do_publish
from warehouse import snapshots
from warehouse.serving import Reader, UnknownColumn, UnknownSymbol, open_current
from warehouse.snapshots import CorruptSnapshot


@pytest.fixture
def reader(store, request_all):
    do_publish(store, request_all)
    return open_current(store.home.snapshots)


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
