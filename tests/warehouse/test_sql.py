import pytest

from warehouse.sql import SqlError, query
from warehouse.work import UnknownTable


def test_a_select_sees_the_named_tables(store):
    rows = query(store, "select symbol, count(*) as n from daily.bars group by symbol order by symbol", ["daily.bars"])
    assert rows.to_pylist() == [{"symbol": "A", "n": 3}, {"symbol": "B", "n": 2}]


def test_a_null_stays_a_null(store):
    rows = query(store, "select count(split_div_factor) as n from daily.bars_adjusted", ["daily.bars_adjusted"])
    assert rows.to_pylist() == [{"n": 4}]


def test_nothing_else_is_in_reach(store, tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    for sql in (
        f"select * from read_csv('{secret}')",
        f"copy (select 1) to '{tmp_path / 'out.csv'}'",
        "from daily.bars",
    ):
        with pytest.raises(SqlError):
            query(store, sql, [])
    assert not (tmp_path / "out.csv").exists()


def test_an_unknown_table_is_named(store):
    with pytest.raises(UnknownTable, match=r"mart\.nothing"):
        query(store, "select 1", ["mart.nothing"])
