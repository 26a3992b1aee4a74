"""Screens: the same symbols as SQL finds in the snapshot's database, and the same ranks as pandas."""

import json

import duckdb
import numpy as np
import pytest

from api.app import create_app
from api.plans import MOST_COST
from tests.api.conftest import Caller, deps, strict
from tests.api.test_metering import DAY, MINUTE, left
from tests.api.test_problems import checked
from tests.api.universe import many, many_editions  # noqa: F401 - fixtures
from warehouse import snapshots

PATH = "/v1/screen"
THREE = "rsi_14 < 60 and close > sma_50 and volume > 100000"


@pytest.fixture
def app(many, many_editions, accounts_url, redis_url):  # noqa: F811
    with deps(many, many_editions, accounts_url, redis_url) as told:
        yield create_app(told)


@pytest.fixture(scope="module")
def sql(many):  # noqa: F811
    path = many.snapshots / snapshots.current_id(many) / snapshots.DATABASE
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute("set memory_limit = '1GB'")
        connection.execute(
            "create temp view bars as select * from daily.bars_adjusted join daily.stored using (symbol, date)"
        )
        yield connection


@pytest.fixture(scope="module")
def frame(sql):
    found = sql.execute("select * from bars order by symbol, date").df()
    return found.astype({"symbol": str}).assign(date=found["date"].dt.strftime("%Y-%m-%d"))


def post(caller, where, **rest):
    query = rest.pop("query_string", "")
    return caller(PATH, method="POST", body=json.dumps({"where": where, **rest}), query_string=query)


def answered(caller, where, **rest):
    answer = post(caller, where, **rest)
    assert answer.status_code == 200, answer.text
    return strict(answer.content)


def newest(frame):
    return frame["date"].max()


def test_the_shape_is_the_contract(premium, frame, sql):
    answer = answered(
        premium, THREE, select=["rsi_14", "close / sma_50 - 1", "close > open"], order_by="-rsi_14", limit=3
    )
    day = newest(frame)
    today = frame[frame["date"] == day]
    columns = answer.pop("columns")
    hits = sql.execute(f"select count(*) from bars where date = '{day}' and {THREE}").fetchone()[0]
    assert hits > 3
    assert answer == {
        "snapshot": premium.json("/v1/snapshots/current")["id"],
        "data_through": day,
        "checks": "passed",
        "where": THREE,
        "start": day,
        "end": day,
        "universe": 70,
        "without_a_bar": 70 - len(today),
        "hits": hits,
        "truncated": True,
        "by_date": None,
        "by_symbol": None,
    }
    assert answer["without_a_bar"] > 0  # delisted or halted
    expected = sql.execute(
        f"select symbol, rsi_14, close / sma_50 - 1, close > open from bars where date = '{day}' and {THREE}"
        " order by rsi_14 desc, symbol limit 3"
    ).fetchall()
    assert list(zip(*columns.values(), strict=True)) == expected
    assert list(columns) == ["symbol", "rsi_14", "close / sma_50 - 1", "close > open"]


CONDITIONS = [
    THREE,
    "rsi_14 < 30 or rsi_14 > 70",
    "not (close > sma_50)",
    "close > 10 or close > sma_50",  # a young symbol's sma_50 is null, and does not matter
    "macd_12_26_9 > macd_12_26_9_signal and roc_20 < 0",
    "close != open and abs(close - open) / close <= 0.01",
    "max(open, close) * 2 - min(open, close) >= high",
    "sqrt(volume) > 500",
]
SPOKEN = {
    "abs(": "abs(",
    "max(": "greatest(",
    "min(": "least(",
}


def in_sql(condition):
    for ours, theirs in SPOKEN.items():
        condition = condition.replace(ours, theirs)
    return condition


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_day_has_the_hits_that_sql_finds(premium, frame, sql, condition):
    days = sorted(frame["date"].unique())
    for day in (days[-1], days[150], days[60], days[0]):
        found = answered(premium, condition, at=day, limit=10_000)
        expected = sql.execute(
            f"select symbol from bars where date = '{day}' and ({in_sql(condition)}) order by symbol"
        )
        assert found["columns"]["symbol"] == [row[0] for row in expected.fetchall()], day
        bars = (frame["date"] == day).sum()
        assert (found["hits"], found["without_a_bar"]) == (len(found["columns"]["symbol"]), 70 - bars)


def test_the_conditions_tell_symbols_apart(premium):
    hits = [answered(premium, condition)["hits"] for condition in CONDITIONS]
    assert len(set(hits)) > 4


@pytest.mark.parametrize("block", [250_000, 1_000, 1])
def test_many_days_are_counted_as_sql_counts_them(premium, frame, sql, monkeypatch, block):
    monkeypatch.setattr("api.screening.BLOCK", block)
    days = sorted(frame["date"].unique())
    start, end = days[40], days[120]
    found = answered(premium, THREE, at={"start": start, "end": end}, select=["rsi_14"], order_by="rsi_14", limit=7)
    within = f"date between '{start}' and '{end}'"
    met = f"coalesce({THREE}, false)"
    by_date = sql.execute(
        f"select strftime(date, '%Y-%m-%d'), count(*) filter (where {met}), count(*) from bars where {within}"
        " group by date order by date"
    ).fetchall()
    by_symbol = sql.execute(
        f"select symbol, count(*) filter (where {met}) as n, count(*) from bars where {within}"
        " group by symbol having n > 0 order by n desc, symbol limit 7"
    ).fetchall()
    first = sql.execute(
        f"select symbol, strftime(date, '%Y-%m-%d'), rsi_14 from bars where {within} and {THREE}"
        " order by rsi_14, symbol, date limit 7"
    ).fetchall()
    assert list(zip(*found["by_date"].values(), strict=True)) == by_date
    assert list(zip(*found["by_symbol"].values(), strict=True)) == by_symbol
    assert list(zip(*found["columns"].values(), strict=True)) == first
    assert found["hits"] == sum(hits for _, hits, _ in by_date) > 7
    assert found["truncated"]
    listed = sql.execute(f"select count(distinct symbol) from bars where {within}").fetchone()[0]
    assert found["without_a_bar"] == 70 - listed


def test_without_an_order_hits_come_by_symbol_and_day(premium, frame):
    days = sorted(frame["date"].unique())
    columns = answered(premium, "close > 0", at={"start": days[-2]}, limit=5)["columns"]
    expected = frame[frame["date"] >= days[-2]][["symbol", "date"]].head(5)
    assert columns == expected.to_dict(orient="list")


@pytest.fixture(scope="module")
def made(frame):
    """The columns that indicators with parameters of their own would have, by pandas."""
    grouped = frame.groupby("symbol")["close"]
    return frame.assign(
        mean=grouped.transform(lambda one: one.rolling(9).mean()),
        top=grouped.transform(lambda one: one.rolling(30).max()),
        before=grouped.shift(1),
        far=grouped.shift(25),
        average_before=frame.groupby("symbol")["sma_50"].shift(1),
    )


@pytest.mark.parametrize(
    ("condition", "met"),
    [
        ("close > sma(close, 9) * 1.01", lambda m: m["close"] > m["mean"] * 1.01),
        ("close == highest(close, 30)", lambda m: m["close"] == m["top"]),
        ("close / lag(close, 25) > 1.1", lambda m: m["close"] / m["far"] > 1.1),
        ("change(close) / lag(close) < 0 - 0.02", lambda m: (m["close"] - m["before"]) / m["before"] < -0.02),
        ("cross_above(close, sma_50)", lambda m: (m["close"] > m["sma_50"]) & (m["before"] <= m["average_before"])),
        (
            "sma(close, 9) > sma_50 and lag(sma(close, 9), 1) <= lag(sma_50)",
            lambda m: (m["mean"] > m["sma_50"]) & (m.groupby("symbol")["mean"].shift(1) <= m["average_before"]),
        ),
    ],
)
def test_what_is_not_stored_is_computed_on_whole_histories(premium, made, condition, met):
    days = sorted(made["date"].unique())
    expected = made[met(made)]
    for day in (days[-1], days[100], days[26]):
        found = answered(premium, condition, at=day, limit=10_000)
        assert found["columns"]["symbol"] == expected[expected["date"] == day]["symbol"].tolist()
    found = answered(premium, condition, at={"start": days[0]}, limit=1)
    assert found["hits"] == len(expected) > 20


def test_a_rank_is_that_of_the_day(premium, frame):
    ranked = frame.assign(share=frame.groupby("date")["roc_20"].rank(pct=True))
    days = sorted(frame["date"].unique())
    for at, chosen in (
        (days[-1], ranked["date"] == days[-1]),
        ({"start": days[90], "end": days[140]}, ranked["date"].between(days[90], days[140])),
    ):
        found = answered(
            premium, "rank(roc_20) >= 0.9", at=at, select=["rank(roc_20)", "rank(-roc_20) * 2"], limit=10_000
        )
        expected = ranked[chosen & (ranked["share"] >= 0.9)]
        assert found["columns"]["symbol"] == expected["symbol"].tolist()
        np.testing.assert_allclose(found["columns"]["rank(roc_20)"], expected["share"], rtol=1e-12)


def test_ties_share_their_mean_place(premium, frame):
    day = newest(frame)
    today = frame[frame["date"] == day].assign(up=lambda m: (m["close"] > m["open"]).astype(float))
    found = answered(premium, "close > 0", select=["rank(where(close > open, 1, 0))"], limit=10_000)
    np.testing.assert_allclose(list(found["columns"].values())[1], today["up"].rank(pct=True), rtol=1e-12)


def test_a_rank_of_what_is_computed(premium, made):
    day = newest(made)
    today = made[made["date"] == day]
    found = answered(premium, "close > 0", select=["rank(close / sma(close, 9))"], limit=10_000)
    np.testing.assert_allclose(
        list(found["columns"].values())[1], (today["close"] / today["mean"]).rank(pct=True), rtol=1e-12
    )


def test_other_symbols_are_seen_on_each_ones_own_days(premium, frame):
    other = frame[frame["symbol"] == "SYN0002"].set_index("date")["close"]
    joined = frame.assign(theirs=frame["date"].map(other))
    joined["theirs_before"] = joined.groupby("symbol")["theirs"].shift(1)
    days = sorted(frame["date"].unique())
    found = answered(premium, "close > SYN0002.close", at={"start": days[0]}, limit=1)
    assert found["hits"] == (joined["close"] > joined["theirs"]).sum() > 50
    found = answered(premium, "lag(SYN0002.close) > close", at={"start": days[0]}, limit=1)
    assert found["hits"] == (joined["theirs_before"] > joined["close"]).sum() > 50


def test_each_order_turns_by_a_minus_and_nulls_come_last(premium, frame):
    day = newest(frame)
    today = frame[frame["date"] == day].reset_index(drop=True)
    assert today["sma_50"].isna().sum() > 0
    for order, rising in (("sma_50", True), ("-sma_50", False)):
        found = answered(premium, "close > 0", order_by=order, limit=10_000)["columns"]["symbol"]
        expected = today.sort_values("sma_50", ascending=rising, kind="stable", na_position="last")
        assert found == expected["symbol"].tolist()


@pytest.mark.parametrize(
    ("question", "slug", "parameter", "position"),
    [
        ({"where": "rsi_14 <"}, "bad-expression", "where", 8),
        ({"where": "rsi_14"}, "bad-expression", "where", 0),
        ({"where": "rsi_14 < 30", "select": ["close", "cloze"]}, "bad-expression", "select[1]", 0),
        ({"where": "rsi_14 < 30", "order_by": "-rank(rank(close))"}, "bad-expression", "order_by", 6),
        ({"where": "NONE.close > 1"}, "bad-expression", "where", 0),
        (
            {
                "where": "hurst(close, 2000) > 0 and "
                + " and ".join(f"hurst(close, {n}) > 0" for n in range(1900, 1915))
            },
            "expression-too-costly",
            "where",
            None,
        ),
        ({"where": "close > 1", "at": "2025-02-30"}, "bad-date", "at", None),
        ({"where": "close > 1", "at": "newest"}, "bad-date", "at", None),
        ({"where": "close > 1", "at": {"start": "today"}}, "bad-date", "at.start", None),
        ({"where": "close > 1", "at": "1999-01-01"}, "date-before-history", "at", None),
        ({"where": "close > 1", "at": "2026-02-02"}, "date-after-data", "at", None),
        ({"where": "close > 1", "at": "2025-11-29"}, "no-bar", "at", None),
        (
            {"where": "close > 1", "at": {"start": "2025-11-20", "end": "2025-11-19"}},
            "start-after-end",
            "at.start",
            None,
        ),
        ({"where": "close > 1", "at": {"begin": "2025-11-20"}}, "unknown-parameter", "at.begin", None),
        ({"where": "close > 1", "at": {"end": "2025-11-20"}}, "parameter-out-of-bounds", "at.start", None),
        ({"where": "close > 1", "limit": 0}, "parameter-out-of-bounds", "limit", None),
        ({"where": "close > 1", "select": ["close"] * 21}, "parameter-out-of-bounds", "select", None),
        ({"where": 1}, "parameter-out-of-bounds", "where", None),
        ({"where": "x" * 2_001}, "parameter-out-of-bounds", "where", None),
        ({}, "parameter-out-of-bounds", "where", None),
        ({"where": "close > 1", "order": "close"}, "unknown-parameter", "order", None),
        ({"where": "close > 1", "snapshot": "x"}, "unknown-snapshot", "snapshot", None),
    ],
)
def test_a_mistake_is_told(premium, question, slug, parameter, position):
    members = checked(premium(PATH, method="POST", body=json.dumps(question)), slug)
    assert members["parameter"] == parameter
    assert members.get("position") == position


def test_what_is_too_costly_is_told_with_its_cost(premium, monkeypatch):
    monkeypatch.setattr("api.resources.screen.MOST_COST", 1_000_000)
    members = checked(post(premium, "rsi(close, 9) > 0"), "expression-too-costly")
    assert members["cost"] > members["most"] == 1_000_000
    assert answered(premium, "rsi_14 > 0")["hits"]
    monkeypatch.setattr("api.resources.screen.MOST_RANKED", 1_000)
    members = checked(post(premium, "rank(rsi_14) > 0", at={"start": "2025-11-20"}), "expression-too-costly")
    assert (members["parameter"], members["most"]) == ("at", 1_000)
    assert MOST_COST > 10**9


def test_the_price_is_known_beforehand_and_mistakes_are_free(free, monkeypatch):
    monkeypatch.setattr("api.resources.screen.PRICED", 500_000)
    dry = post(free, "close > sma(hl2, 9)", query_string="dry_run=1").json["cost"]
    assert dry["day"] > 2
    assert left(post(free, "close > sma(hl2, 9)")) == {"minute": MINUTE - 1, "day": DAY - dry["day"]}
    assert post(free, "close > sma_50", query_string="dry_run=1").json["cost"]["day"] == 1
    post(free, "close >")
    assert left(post(free, "close > sma_50"))["day"] == DAY - dry["day"] - 1


def test_a_tier_has_its_indicators_and_its_days(free, pro):
    members = checked(post(free, "rsi_14 < 30"), "indicator-above-tier")
    assert (members["given"], members["least_tier"]) == ("rsi", "pro")
    checked(post(free, "close > 1", select=["macd_12_26_9"]), "indicator-above-tier")
    checked(post(free, "close > 1", order_by="roc(close, 3)"), "indicator-above-tier")
    checked(post(free, "close > 1", at="2025-09-01"), "history-above-tier")
    checked(post(free, "close > 1", at={"start": "2025-09-01"}), "history-above-tier")
    assert answered(free, "close > sma_50", at={"start": "2025-10-01"})["hits"]
    assert answered(pro, "rsi_14 < 50", at="2025-09-01")["hits"]


def test_a_screen_of_the_real_sample(world, follower, accounts_url, redis_url, keys):
    with deps(world, follower, accounts_url, redis_url) as told:
        caller = Caller(create_app(told), keys["premium"])
        found = answered(caller, "rsi_14 < 40", select=["rsi_14"], order_by="rsi_14")
        values = {
            one: caller.json(f"/v1/symbols/{one}/at/latest", query_string="columns=rsi_14")["values"]["rsi_14"]
            for one in ("AAPL", "FB", "GOOG", "IBM", "MSFT")
        }
    expected = sorted((value, one) for one, value in values.items() if value < 40)
    assert expected
    assert list(zip(found["columns"]["rsi_14"], found["columns"]["symbol"], strict=True)) == expected


def test_where_a_series_has_gaps_without_end_nothing_is_guessed(premium, monkeypatch):
    monkeypatch.setattr("indicators.expressions.gaps.MOST_STARTS", 5)
    checked(post(premium, "ema(log(close - lag(close)), 2) > 0"), "expression-too-costly")


def test_the_universe_has_delisted_young_and_halted_symbols(frame):
    grouped = frame.groupby("symbol")["date"]
    assert grouped.max().nunique() > 3
    assert grouped.min().nunique() > 3
    assert grouped.count().nunique() > 10
