"""Queries that the gate lets through, and that take all the time or memory there is."""

_EIGHT = ", ".join(["s"] * 8)


def long(times, last):
    """Return a query of texts, each step of them eight times as long as the one before; the first has 64 letters."""
    steps = [f"a{n + 1} as (select concat({_EIGHT}) s from a{n})" for n in range(times)]
    return f"with a0 as (select '{'x' * 64}' s), {', '.join(steps)}, a as (select * from a{times}) {last}"


FOREVER = "with recursive r as (select 1 as x union all select (x + 1) % 7 from r) select max(x) from r"
HUGE = long(9, "select length(s) from a")
_TWO = "from daily.bars a, daily.bars b"
_MANY = ", ".join(f"daily.bars b{n}" for n in range(6))
_CHAIN = " ".join(f"join daily.bars b{n} using (symbol)" for n in range(1, 60))
_ALL = "symbol, date, open, high, low, close, volume"

BOMBS = {
    "a recursion without end": FOREVER,
    "a recursion that grows": "with recursive r as (select 1 x union all select x + 1 from r, range(9)) from r",
    "a recursion of texts": "with recursive r as (select 'x' s union all select s || s from r) select max(s) from r",
    "long texts": HUGE,
    "long texts, sorted": long(4, "select s || n s from a, range(100000) t(n) order by 1 desc"),
    "long texts, grouped": long(4, "select s || n s, count(*) from a, range(1000000) t(n) group by 1"),
    "long texts, joined to one": long(4, "select length(string_agg(s, ' ')) from a, range(100000)"),
    "long texts, hashed": long(5, "select max(sha256(s || n)) from a, range(1000000) t(n)"),
    "long texts, replaced": long(5, "select length(replace(s, 'x', s)) from a"),
    "long texts, reversed": long(6, "select max(reverse(s || n)) from a, range(100000) t(n)"),
    "a regular expression": long(5, "select max(regexp_replace(s || n, '(x+)+y', '')) from a, range(10000) t(n)"),
    "a product": f"select count(*) from {_MANY} where b0.close + b5.close > b1.close + b2.close",
    "a product, sorted": f"select a.close * b.close x {_TWO} order by 1",
    "a product, grouped": f"select a.close * b.open x, count(*) {_TWO} group by 1",
    "a product, distinct": f"select count(distinct a.close - b.close) {_TWO}",
    "a product of series": "select count(*) from range(1000000) a(x), range(1000000) b(y) where x * y % 7 = 3",
    "an inequality join": "select count(*) from range(1000000) a(x), range(1000000) b(y) where x < y and x * 3 > y",
    "60 joins": f"select count(*) from daily.bars b0 {_CHAIN}",
    "windows over a product": f"select median(a.close) over (order by b.close rows 100000 preceding) x {_TWO}",
    "a mode of a product": f"select mode(a.close * b.close) {_TWO}",
    "quantiles of a product": f"select quantile_cont(a.close * b.close, 0.5) {_TWO}",
    "a subquery for each row": f"select sum((select count(*) from daily.bars c where c.low > a.low + b.low)) {_TWO}",
    "all grouping sets": f"select count(*) from (select {_ALL} from daily.bars group by cube ({_ALL}))",
    "wide rows, sorted": "select a.* from daily.wide a, daily.wide b order by b.rsi_14 + a.rsi_14",
}

BEHIND = {
    "repeat": "select length(repeat('x', 2000000000) || repeat('y', 2000000000))",
    "a list of 5e8": "select length(range(500000000))",
    "printf": "select length(printf('%2000000000d', 1))",
    "format": "select length(format('{:2000000000}', 1))",
    "lpad": "select length(lpad('x', 2000000000, 'y'))",
    "levenshtein": "select levenshtein(repeat('x', 100000), repeat('y', 100000))",
    "damerau_levenshtein": "select damerau_levenshtein(repeat('x', 100000), repeat('y', 100000))",
    "a series of 1e12": "select count(*) from range(1000000000000)",
    "a list of lists": "select list_transform(range(10000), x -> range(x))",
    "an aggregated list": "select length(list(a.close || b.close)) from daily.bars a, daily.bars b",
    "waiting": "select sleep_ms(10000)",
}
"""The same, of what the gate stops: limits must do without it."""
