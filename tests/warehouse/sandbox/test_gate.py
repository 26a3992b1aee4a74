"""What a query may have, and what not: by DuckDB's own reading of it."""

import duckdb
import pytest

from tests.warehouse.sandbox.escapes import ESCAPES
from warehouse.sandbox import allowed
from warehouse.sandbox.messages import Mistaken, Refused, Rows

ALLOWED = (
    "select 1",
    "select symbol, rsi_14 from daily.momentum where date = '2013-03-01' order by rsi_14 desc nulls last limit 3",
    "from daily.bars limit 1",
    "from mart.returns select symbol limit 1",
    "table mart.symbol_summary",
    "SELECT Symbol FROM DAILY.BARS LIMIT 1",
    "select symbol from warehouse.daily.bars limit 1",
    "select b.symbol, m.rsi_14 from daily.bars b join daily.momentum m using (symbol, date) limit 1",
    "select symbol, count(*) filter (where close > 10), count(distinct date) from daily.bars group by all order by all",
    "select symbol, avg(close) over (partition by symbol order by date rows 4 preceding) a from daily.bars limit 1",
    "select symbol, lag(close) over w l, rank() over w r from daily.bars window w as (order by date) limit 1",
    "select symbol from daily.bars qualify row_number() over (partition by symbol order by date desc) = 1",
    "with a as (select 1 as x), b as (select x + 1 as x from a) select * from a union all select * from b",
    "with recursive r as (select 1 as x union all select x + 1 from r where x < 5) select max(x) m from r",
    "with a as (with b as (select 1 x) select * from b) select * from a",
    "select * from (with a as (select 1 x) select * from a), (values (2)) v(y)",
    "select case when close > 1 then 'a' end c, coalesce(close, 0) d from daily.bars where close between 1 and 9",
    "select cast(close as integer) a, try_cast(symbol as int) b, close::varchar c from daily.bars limit 1",
    "select extract(year from date) y, date_trunc('week', date) w, date - interval 3 day d from daily.bars limit 1",
    "select strftime(date, '%Y') y, year(date) z, dayname(date) n from daily.bars limit 1",
    "select symbol || '!' a, upper(symbol) b, symbol like 'A%' c, symbol ~ '^A' d from daily.bars limit 1",
    "select symbol from daily.bars where symbol in ('A', 'IBM') and close > (select avg(low) from daily.bars)",
    "select distinct on (symbol) symbol, date from daily.bars order by symbol, date desc",
    "select symbol from daily.bars group by rollup (symbol) having count(*) > 1",
    "select * exclude (open) replace (close + 1 as close) from daily.bars limit 1",
    "select columns('^(open|close)$') from daily.bars limit 1",
    "select -close a, not true b, close % 2 c, 2 ^ 3 d, 5 // 2 e from daily.bars limit 1",
    "select corr(close, volume) a, regr_slope(close, volume) b, stddev_samp(close) c, median(close) d from daily.bars",
    "select x.symbol from daily.bars x asof join daily.momentum y on x.symbol = y.symbol and x.date >= y.date limit 1",
    "select symbol from daily.bars tablesample 1 rows",
    "select n from range(3) t(n)",
    "select n from generate_series(0, 10, 2) t(n)",
    "select table_name from information_schema.tables where table_schema = 'mart'",
    "select column_name from information_schema.columns limit 1",
    "select 1;",
    "select 1 -- and a comment\n",
    "select 'O''Brien \\ /* no comment */ -- none' as a",
)


@pytest.mark.parametrize("query", ALLOWED)
def test_what_analysts_ask_is_allowed(ask, query):
    answer = ask(query)
    assert isinstance(answer, Rows), answer
    assert answer.columns


@pytest.mark.check(36)
@pytest.mark.parametrize("name", ESCAPES)
def test_an_escape_is_refused(ask, tmp_path, name):
    (tmp_path / "secret").write_text("canary,1\n")
    answer = ask(ESCAPES[name].format(secret=tmp_path / "secret", target=tmp_path))
    assert isinstance(answer, (Refused, Mistaken)), answer
    assert "canary" not in repr(answer)
    assert str(tmp_path) not in repr(answer)
    assert str(ask.home.root) not in repr(answer)
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


def test_a_refusal_names_what_is_near(ask):
    assert ask("select * from daily.barz").allowed[0] == "daily.bars"
    assert "regexp_extract" in ask("select regexp_extract_al(symbol, 'a') from daily.bars").allowed
    assert ask("select * from bars").given == "bars"


def test_a_series_is_bounded(ask):
    for series in ("range(1000001)", "range(-5, 5)", "range(0, 1000000 * 1000)", "range(cast('9' as int))"):
        assert isinstance(ask(f"select count(*) from {series}"), Refused), series


def test_a_text_that_is_nested_deeply_is_refused(ask):
    for deep in ("abs(" * 2000 + "1" + ")" * 2000, "not " * 4000 + "true", "1" + "+ (1" * 2000 + ")" * 2000):
        assert isinstance(ask(f"select {deep}"), (Refused, Mistaken)), deep[:10]
    assert isinstance(
        ask("select " + " or ".join(f"close > {n}" for n in range(500)) + " a from daily.bars limit 1"), Rows
    )


def test_every_name_of_the_lists_is_one_of_duckdb():
    with duckdb.connect() as connection:
        kinds = "('scalar', 'aggregate', 'macro')"
        found = connection.execute(f"select function_name from duckdb_functions() where function_type in {kinds}")
        known = {name for (name,) in found.fetchall()}
    assert not allowed.FUNCTIONS - known
    dangerous = {"repeat", "rpad", "lpad", "printf", "format", "range", "generate_series", "list", "array_agg", "bar"}
    dangerous |= {
        name for name in known if name.startswith(("list_", "array_", "json", "map", "pg_", "current_setting"))
    }
    dangerous |= {name for name in known if "levenshtein" in name or "jaro" in name or "hamming" in name}
    assert not allowed.FUNCTIONS & dangerous
