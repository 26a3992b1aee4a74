from datetime import date

import pyarrow as pa
import pytest

from tests.warehouse.conftest import bars
from warehouse.contracts import DAILY_BARS, contract_of
from warehouse.work import Check, UnknownTable


def test_what_is_written_is_read_back_with_its_contract(store):
    data = store.read("daily.bars")
    assert data.column("close").to_pylist() == [10.0, 11.0, 12.0, 20.0, 21.0]
    assert data.column("date").to_pylist()[0] == date(2020, 1, 2)
    assert data.column("symbol").to_pylist() == ["A", "A", "A", "B", "B"]
    assert contract_of(data.schema) == DAILY_BARS


def test_equal_content_has_an_equal_version_and_other_content_another(store):
    before = store.version("daily.bars").version
    assert store.write(DAILY_BARS, bars()).version == before
    assert store.write(DAILY_BARS, bars(10.5)).version != before


def test_a_version_knows_what_it_was_derived_from(store):
    assert store.version("daily.bars_adjusted").inputs == {"daily.bars": store.version("daily.bars").version}


def test_only_the_newest_file_of_a_table_is_kept(store):
    store.write(DAILY_BARS, bars(10.5))
    assert tuple((store.home.work / "daily.bars").iterdir()) == store.files("daily.bars")


def test_checks_belong_to_a_version_and_go_with_it(store):
    store.record_checks("daily.bars", [Check("late", passed=False, blocking=True, detail="why")])
    assert store.version("daily.bars").checks[0].name == "late"
    store.write(DAILY_BARS, bars(10.5))
    assert store.version("daily.bars").checks == ()


def test_an_unknown_table_names_the_known_ones(store):
    with pytest.raises(UnknownTable, match=r"daily\.bars, daily\.bars_adjusted"):
        store.read("daily.nothing")


def test_a_null_is_a_null_to_arrow_and_a_nan_to_those_who_map_the_values(store):
    column = store.read("daily.bars_adjusted").column("split_div_factor").combine_chunks()
    assert column.null_count == 1
    assert column.to_pylist()[-1] is None
    values = memoryview(column.buffers()[1]).cast("d")
    assert values[column.offset + 4] != values[column.offset + 4]  # NaN


def test_a_missing_column_is_refused_and_the_old_version_stays(store):
    before = store.version("daily.bars")
    with pytest.raises((KeyError, pa.ArrowInvalid)):
        store.write(DAILY_BARS, bars().drop_columns(["close"]))
    assert store.version("daily.bars") == before
