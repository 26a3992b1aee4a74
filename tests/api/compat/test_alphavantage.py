"""Alpha Vantage's route: its shapes as its documentation shows them, and TA-Lib's numbers under them."""

import csv

import numpy as np
import polars as pl
import pytest
from talib import abstract

from indicators.elsewhere.translations import translations
from tests.api.test_problems import checked
from tests.world import SAMPLE

QUERY = "/compat/alphavantage/query"
DAILY = {"symbol": "AAPL", "interval": "daily"}
FUNCTIONS = sorted(translations("Alpha Vantage"))
TALIBS = {"fastkperiod": "fastk_period", "slowkperiod": "slowk_period", "slowdperiod": "slowd_period"} | {
    "fastdperiod": "fastd_period",
    "time_period": "timeperiod",
}
# What its documentation says of the defaults, where TA-Lib's are others.
DEFAULTS = {"APO": {"matype": 0}, "PPO": {"matype": 0}, "SAR": {"acceleration": 0.01, "maximum": 0.2}}
GIVEN = {"MAMA": {"fastlimit": 0.4, "slowlimit": 0.02}, "MACDEXT": {"fastperiod": 10, "signalmatype": 1}} | {
    "BBANDS": {"time_period": 15, "nbdevup": 3.5, "nbdevdn": 3.5},
    "STOCH": {"fastkperiod": 9, "slowdperiod": 4},
    "STOCHRSI": {"time_period": 9, "fastkperiod": 7},
}


def ask(caller, **words):
    return caller(QUERY, params=words)


def answer(caller, **words):
    return caller.json(QUERY, params=words)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_numbers_are_talibs(premium, follower, function):
    timed = any(
        one.name == "time_period" and one.has_effect for one in translations("Alpha Vantage")[function].parameters
    )
    given = GIVEN.get(function, {"time_period": 15} if timed else {})
    told = answer(premium, function=function, **DAILY, series_type="high", **given)
    bars = follower.edition().bars("AAPL", "split")
    talib = abstract.Function(function)
    named = {TALIBS.get(name, name): value for name, value in (DEFAULTS.get(function, {}) | given).items()}
    arrays = {name: getattr(bars, name).astype(float) for name in ("open", "high", "low", "close", "volume")}
    price = {"price": "high"} if "price" in talib.input_names and function != "OBV" else {}
    columns = talib(arrays, **price, **named)
    columns = columns if isinstance(columns, list) else [columns]
    (table,) = (value for name, value in told.items() if name.startswith("Technical Analysis: "))
    newest, rows = next(iter(table.items())), len(bars.close)
    assert newest[0] == "2013-03-01"
    for name, column in zip(newest[1], columns, strict=True):
        values = [float(row[name]) for row in table.values()][::-1]
        shown = np.asarray(column, float)[rows - len(values) :]
        assert np.abs(np.array(values) - shown).max() <= 0.000_051 + 1e-9 * np.abs(shown).max(), name
        assert newest[1][name] == f"{column[-1]:.4f}"


def test_an_indicator_has_its_shape(premium):
    told = answer(premium, function="BBANDS", symbol="ibm", interval="weekly", time_period=5, nbdevup=3, nbdevdn=3)
    assert told["Meta Data"] == {
        "1: Symbol": "IBM",
        "2: Indicator": "Bollinger Bands (BBANDS)",
        "3: Last Refreshed": "2013-03-01",
        "4: Interval": "weekly",
        "5: Time Period": 5,
        "6.1: Deviation multiplier for upper band": 3,
        "6.2: Deviation multiplier for lower band": 3,
        "6.3: MA Type": 0,
        "7: Series Type": "close",
        "8: Time Zone": "US/Eastern Time",
    }
    assert told.keys() == {"Meta Data", "Technical Analysis: BBANDS"}
    days = list(told["Technical Analysis: BBANDS"])
    assert days == sorted(days, reverse=True)
    assert days[:2] == ["2013-03-01", "2013-02-22"]
    assert all(
        row.keys() == {"Real Upper Band", "Real Middle Band", "Real Lower Band"}
        for row in told["Technical Analysis: BBANDS"].values()
    )


@pytest.mark.parametrize(
    ("words", "meta", "values"),
    [
        (
            {"function": "MACD"},
            ["5.1: Fast Period", "5.2: Slow Period", "5.3: Signal Period", "6: Series Type"],
            "MACD",
        ),
        (
            {"function": "STOCH"},
            [
                *(
                    f"5.{place}: {name}"
                    for place, name in enumerate(
                        ("FastK Period", "SlowK Period", "SlowD Period", "SlowK MA Type", "SlowD MA Type"), 1
                    )
                )
            ],
            "STOCH",
        ),
        ({"function": "AD"}, [], "Chaikin A/D"),
        ({"function": "HT_SINE"}, ["5: Series Type"], "HT_SINE"),
    ],
)
def test_what_is_told_of_it(premium, words, meta, values):
    told = answer(premium, **DAILY, **words)
    assert list(told) == ["Meta Data", f"Technical Analysis: {values}"]
    assert list(told["Meta Data"])[4:-1] == meta


def test_daily_bars_are_as_traded(premium):
    bars = pl.read_parquet(SAMPLE / "bars.parquet").filter(pl.col("symbol") == "AAPL").sort("date", descending=True)
    compact = answer(premium, function="TIME_SERIES_DAILY", symbol="AAPL")
    assert compact["Meta Data"] == {
        "1. Information": "Daily Prices (open, high, low, close) and Volumes",
        "2. Symbol": "AAPL",
        "3. Last Refreshed": "2013-03-01",
        "4. Output Size": "Compact",
        "5. Time Zone": "US/Eastern",
    }
    whole = answer(premium, function="TIME_SERIES_DAILY", symbol="AAPL", outputsize="full")
    told = whole["Time Series (Daily)"]
    assert list(compact["Time Series (Daily)"].items()) == list(told.items())[:100]
    assert list(told) == [day.isoformat() for day in bars["date"]]
    for place, name in enumerate(("open", "high", "low", "close"), 1):
        assert [row[f"{place}. {name}"] for row in told.values()] == [f"{value:.4f}" for value in bars[name]]
    assert [row["5. volume"] for row in told.values()] == [f"{value:.0f}" for value in bars["volume"]]


@pytest.mark.parametrize("symbol", ["AAPL", "IBM", "MSFT"])
def test_dividends_and_splits_are_those_delivered(premium, symbol):
    table = premium(
        QUERY,
        params={"function": "TIME_SERIES_DAILY_ADJUSTED", "symbol": symbol, "outputsize": "full", "datatype": "csv"},
    )
    assert table.headers["Content-Type"] == "text/csv"
    rows = list(csv.DictReader(table.text.splitlines()))
    assert list(rows[0]) == [
        "timestamp",
        "open",
        "high",
        "low",
        "close",
        "adjusted_close",
        "volume",
        "dividend_amount",
        "split_coefficient",
    ]
    actions = pl.read_parquet(SAMPLE / "corporate_actions.parquet").filter(pl.col("symbol") == symbol)
    for kind, column, usual in (("dividend", "dividend_amount", 0), ("split", "split_coefficient", 1)):
        known = {row["ex_date"].isoformat(): row["value"] for row in actions.filter(pl.col("kind") == kind).to_dicts()}
        told = {row["timestamp"]: float(row[column]) for row in rows if float(row[column]) != usual}
        assert told == pytest.approx(
            {day: round(value, 4) for day, value in known.items() if "2000-03-01" < day <= "2013-03-01"}, abs=0.000_1
        )
    assert rows[0]["adjusted_close"] == rows[0]["close"]


def test_the_adjusted_close_is_the_wikis(premium):
    """The golden figures are Quandl's own."""
    theirs = pl.read_parquet(SAMPLE.parents[1] / "tests" / "golden" / "wiki_adjusted_close.parquet").filter(
        pl.col("symbol") == "IBM"
    )
    told = answer(premium, function="TIME_SERIES_DAILY_ADJUSTED", symbol="IBM", outputsize="full")[
        "Time Series (Daily)"
    ]
    known = {row["date"].isoformat(): row["adjusted_close"] for row in theirs.to_dicts()}
    assert len(known) > 1000
    ratios = np.array([float(told[day]["5. adjusted close"]) / value for day, value in known.items()])
    assert np.abs(ratios / ratios[-1] - 1).max() < 0.002


@pytest.mark.parametrize(("function", "title", "interval"), [("WEEKLY", "Weekly", "1w"), ("MONTHLY", "Monthly", "1mo")])
def test_weeks_and_months(premium, function, title, interval):
    plain = answer(premium, function=f"TIME_SERIES_{function}", symbol="AAPL")[f"{title} Time Series"]
    bars = premium.json("/v1/symbols/AAPL/bars", params={"interval": interval, "adjust": "raw", "limit": 10_000})[
        "columns"
    ]
    assert list(plain) == bars["date"][::-1]
    assert [row["4. close"] for row in plain.values()] == [f"{value:.4f}" for value in bars["close"][::-1]]
    adjusted = answer(premium, function=f"TIME_SERIES_{function}_ADJUSTED", symbol="AAPL")
    assert adjusted["Meta Data"]["1. Information"] == f"{title} Adjusted Prices and Volumes"
    told = adjusted[f"{title} Adjusted Time Series"]
    paid = {day: float(row["7. dividend amount"]) for day, row in told.items() if float(row["7. dividend amount"])}
    assert sum(paid.values()) == pytest.approx(2.65 * 3, abs=1e-3)
    assert ("2013-02-28" if interval == "1mo" else "2013-02-08") in paid


def test_the_quote(premium):
    told = answer(premium, function="GLOBAL_QUOTE", symbol="IBM")["Global Quote"]
    assert told == {
        "01. symbol": "IBM",
        "02. open": "200.6500",
        "03. high": "202.9400",
        "04. low": "199.3600",
        "05. price": "202.9100",
        "06. volume": "3308300",
        "07. latest trading day": "2013-03-01",
        "08. previous close": "200.8300",
        "09. change": "2.0800",
        "10. change percent": "1.0357%",
    }
    table = ask(premium, function="GLOBAL_QUOTE", symbol="IBM", datatype="csv").text.splitlines()
    assert table[0] == "symbol,open,high,low,price,volume,latestDay,previousClose,change,changePercent"
    assert table[1].split(",") == list(told.values())


def test_the_search(premium):
    (found,) = answer(premium, function="SYMBOL_SEARCH", keywords="aap")["bestMatches"]
    assert found["1. symbol"] == "AAPL"
    assert float(found["9. matchScore"]) == pytest.approx(6 / 7, abs=1e-4)
    assert list(found)[1:] == [
        "2. name",
        "3. type",
        "4. region",
        "5. marketOpen",
        "6. marketClose",
        "7. timezone",
        "8. currency",
        "9. matchScore",
    ]


@pytest.mark.parametrize(
    ("words", "slug", "members"),
    [
        ({"function": "RSX", **DAILY}, "parameter-out-of-bounds", {"parameter": "function", "allowed": ["RSI"]}),
        ({"function": "VWAP", **DAILY}, "parameter-out-of-bounds", {"parameter": "function"}),
        ({}, "parameter-out-of-bounds", {"parameter": "function"}),
        (
            {"function": "RSI", **DAILY},
            "parameter-out-of-bounds",
            {"parameter": "time_period", "allowed": "must be given"},
        ),
        ({"function": "RSI", "symbol": "IBM", "time_period": 9}, "parameter-out-of-bounds", {"parameter": "interval"}),
        (
            {"function": "RSI", "interval": "daily", "time_period": 9},
            "parameter-out-of-bounds",
            {"parameter": "symbol"},
        ),
        (
            {"function": "RSI", **DAILY, "time_period": 1},
            "parameter-out-of-bounds",
            {"parameter": "time_period", "given": "1"},
        ),
        (
            {"function": "RSI", **DAILY, "interval": "5min"},
            "parameter-out-of-bounds",
            {"allowed": ["daily", "monthly", "weekly"]},
        ),
        (
            {"function": "RSI", **DAILY, "time_period": 9, "month": "2009-01"},
            "unknown-parameter",
            {"parameter": "month"},
        ),
        (
            {"function": "GLOBAL_QUOTE", "symbol": "IBM", "time_period": 9},
            "unknown-parameter",
            {"parameter": "time_period"},
        ),
        (
            {"function": "BBANDS", **DAILY, "time_period": 9, "nbdevup": 3},
            "parameter-out-of-bounds",
            {"parameter": "nbdevdn"},
        ),
        ({"function": "GLOBAL_QUOTE", "symbol": "IBMM"}, "unknown-symbol", {"allowed": ["IBM"]}),
    ],
)
def test_a_mistake_is_a_problem_and_says_so_where_its_clients_look(premium, words, slug, members):
    told = checked(ask(premium, **words), slug)
    assert {name: told[name] for name in members} == members
    assert told["Error Message"] == told["detail"]


def test_a_tier_limits_what_is_shown_and_not_the_numbers(free, premium):
    few, all_ = (
        answer(one, function="SMA", **DAILY, time_period=200)["Technical Analysis: SMA"] for one in (free, premium)
    )
    assert list(few)[-1] == "2012-12-03"
    assert list(few.items()) == list(all_.items())[: len(few)]
    assert checked(ask(free, function="RSI", **DAILY, time_period=9), "indicator-above-tier")["least_tier"] == "pro"


def test_a_repeat_is_a_304_and_a_table_has_another_tag(premium):
    words = {"function": "SMA", **DAILY, "time_period": "9"}
    told = ask(premium, **words)
    again = premium(QUERY, params=words, headers={"If-None-Match": told.headers["ETag"]})
    assert again.status_code == 304
    others = (
        {"datatype": "csv"},
        {"time_period": "10"},
        {"series_type": "open"},
        {"symbol": "IBM"},
        {"interval": "weekly"},
    )
    tags = {ask(premium, **words | other).headers["ETag"] for other in others}
    assert len(tags | {told.headers["ETag"]}) == 6


def test_it_costs_what_a_series_costs(free):
    def left():
        return int(free("/v1/me").headers["RateLimit"].split('"day";r=')[1].split(";")[0])

    before = left()
    answer(free, function="SMA", **DAILY, time_period=9)
    assert left() == before - 1
    ask(free, function="SMA", **DAILY)
    assert left() == before - 1
