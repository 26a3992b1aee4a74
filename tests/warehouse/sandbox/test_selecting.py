"""What an answer's rows are: plain values, and not too many."""

import duckdb
import pytest

from tests.warehouse.sandbox.bombs import long
from warehouse import snapshots
from warehouse.sandbox.messages import Mistaken, Refused, Rows
from warehouse.sandbox.pool import OCTETS, ROWS


@pytest.fixture(scope="module")
def shell(world):
    path = world.snapshots / snapshots.current_id(world) / snapshots.DATABASE
    with duckdb.connect(str(path), read_only=True) as connection:
        yield connection


def test_the_values_are_those_of_the_database(ask, shell):
    query = "select symbol, date, close, rsi_14 from daily.wide where date > '2013-02-01' order by symbol, date"
    answer = ask(query)
    expected = shell.execute(query).fetchall()
    assert answer.names == ("symbol", "date", "close", "rsi_14")
    assert answer.types == ("VARCHAR", "DATE", "DOUBLE", "DOUBLE")
    got = list(zip(*answer.columns, strict=True))
    assert got == [(symbol, date.isoformat(), *rest) for symbol, date, *rest in expected]
    assert len(got) > 50
    assert not answer.truncated


def test_every_type_that_an_answer_can_have(ask):
    answer = ask(
        "select 1::tinyint a, 2::ubigint b, 3::hugeint c, 1.5 d, 2.5::float e, 'x' f, date '2013-03-01' g,"
        " timestamp '2013-03-01 10:00:00.5' h, true i, null j, sum(n) k from range(3) t(n)"
    )
    assert [column[0] for column in answer.columns] == [
        *(1, 2, 3, 1.5, 2.5, "x", "2013-03-01", "2013-03-01T10:00:00.500000", True, None, 3)
    ]


def test_what_no_finite_number_is_is_null(ask):
    answer = ask("select 'nan'::double a, 'infinity'::double b, '-infinity'::float c, 1 / 0 d")
    assert [column[0] for column in answer.columns] == [None] * 4


@pytest.mark.parametrize(
    ("query", "given"),
    [
        ("select interval 3 day as a", "INTERVAL"),
        ("select time '10:00' as a", "TIME"),
        ("select b from daily.bars b limit 1", "STRUCT(symbol VARCHAR, date DATE, "),
        ("select 1 as a, 2 as a", "a"),
    ],
)
def test_other_columns_are_refused(ask, query, given):
    answer = ask(query)
    assert isinstance(answer, Refused)
    assert answer.given.startswith(given)


def test_a_number_of_more_than_64_bits_is_refused(ask):
    assert isinstance(ask("select 9223372036854775808 as a"), Refused)
    assert ask("select 9223372036854775807 as a").columns[0] == [2**63 - 1]
    assert ask("select 9223372036854775808::double as a").columns[0] == [2.0**63]


def test_rows_are_cut_where_there_are_too_many(ask):
    answer = ask("select n from range(1000000) t(n)")
    assert (answer.columns[0], answer.truncated) == ([*range(ROWS)], True)
    assert ask("select n from range(1000) t(n)").truncated is False
    answer = ask("select n from range(10) t(n)", rows=3)
    assert (answer.columns[0], answer.truncated) == ([0, 1, 2], True)
    assert ask("select symbol from daily.bars where false").columns == ([],)


def test_rows_are_cut_where_they_are_too_long(ask):
    answer = ask(long(3, "select s, n from a, range(100) t(n)"))
    assert answer.truncated
    assert 0 < sum(len(text) for text in answer.columns[0]) <= OCTETS
    longest = ask(long(5, "select s from a"))
    assert (longest.columns, longest.truncated) == (([],), True)


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("sleect 1", "syntax error"),
        ("select nothing from daily.bars", "nothing"),
        ("select symbol::int from daily.bars", "AAPL"),
        ("select sum(symbol) from daily.bars", "sum(VARCHAR)"),
        ("select regexp_matches('a', '(')", "missing"),
        ("select strptime('x', '%Y')", "Could not parse"),
    ],
)
def test_a_mistake_is_told_in_duckdb_s_words_without_the_query(ask, query, word):
    answer = ask(query)
    assert isinstance(answer, Mistaken)
    assert word in answer.detail
    assert "LINE" not in answer.detail
    assert query not in answer.detail


def test_the_next_query_sees_nothing_of_the_one_before(ask):
    assert isinstance(ask("set variable a = 1"), Refused)
    assert isinstance(ask("select 1 as a"), Rows)
    assert ask("select count(*) a from information_schema.tables where table_catalog = 'temp'").columns[0] == [0]
