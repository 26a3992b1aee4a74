"""Twelve Data's routes: its shapes as its OpenAPI description has them, and TA-Lib's numbers under them."""

import numpy as np
import pytest
from talib import abstract

from indicators.elsewhere.translations import translations
from tests.api.test_problems import checked

ROOT = "/compat/twelvedata"
DAY = {"symbol": "AAPL", "interval": "1day"}
# TA-Lib's names and parameters for its own, with the defaults of its description.
NINE = {"timeperiod": 9}
TALIB = {
    **dict.fromkeys(("sma", "ema", "wma", "dema", "tema", "trima", "kama", "midpoint", "midprice", "cmo"), NINE),
    **dict.fromkeys(("mom", "roc", "rocp", "rocr", "rocr100", "plus_di", "minus_di", "plus_dm", "minus_dm"), NINE),
    **dict.fromkeys(("tsf", "var", "max", "min", "minmax", "sum"), NINE),
    **{f"linearreg{part}": NINE for part in ("", "slope", "angle", "intercept")},
    **{
        name: {"timeperiod": 14}
        for name in ("rsi", "adx", "adxr", "dx", "aroon", "aroonosc", "willr", "mfi", "atr", "natr")
    },
    **{
        name: {}
        for name in ("ht_trendline", "ht_sine", "ht_trendmode", "ht_dcperiod", "ht_dcphase", "ht_phasor", "bop")
    },
    **{name: {} for name in ("trange", "obv", "ad", "avgprice", "medprice", "typprice", "wclprice", "ultosc", "macd")},
    **{name: {} for name in ("ceil", "floor", "ln", "log10", "sqrt")},
    "mama": {"fastlimit": 0.5, "slowlimit": 0.05},
    "ma": NINE,
    "t3ma": {"timeperiod": 9, "vfactor": 0.7},
    "bbands": {"timeperiod": 20, "nbdevup": 2.0, "nbdevdn": 2.0, "matype": 0},
    "sar": {"acceleration": 0.02, "maximum": 0.2},
    "stoch": {"fastk_period": 14, "slowk_period": 1, "slowd_period": 3},
    "stochf": {"fastk_period": 14, "fastd_period": 3},
    "macdext": {"fastperiod": 12, "slowperiod": 26, "signalperiod": 9},
    "apo": {"fastperiod": 12, "slowperiod": 26, "matype": 0},
    "ppo": {"fastperiod": 12, "slowperiod": 26, "matype": 0},
    "cci": {"timeperiod": 20},
    "adosc": {"fastperiod": 12, "slowperiod": 26},
    "stddev": {"timeperiod": 9, "nbdev": 2.0},
}
NAMES = {"t3ma": "T3"} | {f"linearreg{part}": f"LINEARREG_{part.upper()}" for part in ("slope", "angle", "intercept")}
OUTPUTS = {
    **dict.fromkeys(("macd", "macdext"), ("macd", "macd_signal", "macd_hist")),
    "bbands": ("upper_band", "middle_band", "lower_band"),
    "aroon": ("aroon_down", "aroon_up"),
    "stoch": ("slow_k", "slow_d"),
    "stochf": ("fast_k", "fast_d"),
    "ht_sine": ("ht_sine", "ht_leadsine"),
    "ht_phasor": ("in_phase", "quadrature"),
    "mama": ("mama", "fama"),
    "minmax": ("min", "max"),
}


def ask(caller, path, **words):
    return caller(f"{ROOT}/{path}", params=words)


def answer(caller, path, **words):
    return caller.json(f"{ROOT}/{path}", params=words)


@pytest.mark.parametrize("name", sorted(TALIB))
def test_the_numbers_are_talibs_with_its_defaults(premium, follower, name):
    told = answer(premium, name, **DAY, outputsize=60)
    bars = follower.edition().bars("AAPL", "split")
    arrays = {one: getattr(bars, one).astype(float) for one in ("open", "high", "low", "close", "volume")}
    columns = abstract.Function(NAMES.get(name, name.upper()))(arrays, **TALIB[name])
    columns = columns if isinstance(columns, list) else [columns]
    assert len(told["values"]) == 60
    assert told["meta"]["indicator"]["name"].startswith(f"{name.upper()} - ")
    for output, column in zip(OUTPUTS.get(name, (name,)), columns, strict=True):
        assert [row[output] for row in told["values"]] == [f"{value:.5f}" for value in column[: -60 - 1 : -1]], output


def test_nothing_that_it_answers_is_left_out():
    """Those that TA-Lib lacks, or defines otherwise, are compared with other libraries elsewhere."""
    other = {
        "mcginley_dynamic",
        "percent_b",
        "keltner",
        "supertrend",
        "stochrsi",
        "coppock",
        "kst",
        "rvol",
        "crsi",
        "dpo",
    }
    assert set(translations("Twelve Data")) == set(TALIB) | other | {"sarext", "heikinashicandles", "exp"}


@pytest.mark.parametrize(
    "name", ["keltner", "supertrend", "stochrsi", "kst", "crsi", "heikinashicandles", "exp", "sarext"]
)
def test_the_others_are_those_of_v1(premium, name):
    translation = translations("Twelve Data")[name]
    given = translation.params({"series_type": "close"})
    own = premium.json(f"/v1/symbols/AAPL/indicators/{translation.id}", params={"limit": 30, **given})
    told = answer(premium, name, **DAY)
    columns = [name for name in own["columns"] if name != "date"]
    for theirs, ours in zip(translation.outputs, columns, strict=True):
        if theirs is not None:
            expected = [None if value is None else f"{value:.5f}" for value in own["columns"][ours][::-1]]
            assert [row[theirs] for row in told["values"]] == expected
    assert [row["datetime"] for row in told["values"]] == own["columns"]["date"][::-1]


def test_an_indicator_has_its_shape(premium):
    told = answer(premium, "rsi", symbol="aapl", interval="1week", outputsize=2, time_period=9, exchange="NASDAQ")
    assert told["meta"] == {
        "symbol": "AAPL",
        "interval": "1week",
        "indicator": {"name": "RSI - Relative Strength Index", "series_type": "close", "time_period": 9},
    }
    assert told["status"] == "ok"
    assert [row["datetime"] for row in told["values"]] == ["2013-02-25", "2013-02-18"]  # Mondays, one a holiday


def test_time_series(premium):
    told = answer(
        premium,
        "time_series",
        symbol="IBM",
        interval="1month",
        start_date="2012-11-01",
        order="asc",
        previous_close="true",
    )
    assert [row["datetime"] for row in told["values"]] == [
        "2012-11-01",
        "2012-12-01",
        "2013-01-01",
        "2013-02-01",
        "2013-03-01",
    ]
    bars = premium.json("/v1/symbols/IBM/bars", params={"interval": "1mo", "limit": 6})["columns"]
    assert [float(row["close"]) for row in told["values"]] == bars["close"][1:]
    assert [float(row["previous_close"]) for row in told["values"]] == bars["close"][:-1]
    assert [row["volume"] for row in told["values"]] == [f"{value:.0f}" for value in bars["volume"][1:]]
    rounded = answer(premium, "time_series", symbol="IBM", interval="1month", outputsize=1, dp=2)["values"][0]
    assert rounded["close"] == "202.91"


@pytest.mark.parametrize(("word", "ours"), [("splits", "split"), ("all", "split_div"), ("none", "raw")])
def test_adjustments(premium, word, ours):
    told = answer(premium, "time_series", **DAY, date="2000-06-20", adjust=word)["values"]
    bars = premium.json("/v1/symbols/AAPL/bars", params={"adjust": ours, "start": "2000-06-20", "limit": 1})["columns"]
    assert [float(row["close"]) for row in told] == bars["close"]


def test_rows_are_the_newest_of_a_stretch(premium):
    told = answer(premium, "sma", **DAY, start_date="1990-01-01 00:00:00", end_date="2013-02-22T16:00:00", outputsize=2)
    assert [row["datetime"] for row in told["values"]] == ["2013-02-22", "2013-02-21"]
    assert len(answer(premium, "sma", **DAY, start_date="1990-01-01")["values"]) == 3_270 - 8
    assert len(answer(premium, "sma", **DAY)["values"]) == 30
    ohlc = answer(premium, "sma", **DAY, outputsize=1, include_ohlc="true")["values"][0]
    assert list(ohlc) == ["datetime", "open", "high", "low", "close", "sma"]


def test_several_symbols_are_answered_by_symbol_and_priced_each(premium, free):
    told = answer(premium, "rsi", symbol="AAPL, APPL,IBM", interval="1day", outputsize=1)
    assert list(told) == ["AAPL", "APPL", "IBM"]
    assert told["IBM"] == answer(premium, "rsi", symbol="IBM", interval="1day", outputsize=1)
    assert (told["APPL"]["status"], told["APPL"]["code"], told["APPL"]["allowed"]) == ("error", 404, ["AAPL"])
    cost = free.json(f"{ROOT}/sma", params={"symbol": "AAPL,APPL,IBM", "interval": "1day", "dry_run": 1})["cost"]
    assert cost == {"minute": 1, "day": 2}
    many = ",".join(f"S{number}" for number in range(51))
    assert checked(ask(free, "price", symbol=many), "batch-above-tier")["allowed"] == "at most 50"


def test_the_quote(premium, free, follower):
    told = answer(premium, "quote", symbol="IBM", volume_time_period=3)
    bars = follower.edition().bars("IBM", "split")
    assert told["close"] == "202.91000"
    assert (told["change"], told["percent_change"]) == ("2.08000", "1.03570")
    assert told["average_volume"] == f"{np.mean(bars.volume[-3:]):.0f}"
    assert told["fifty_two_week"]["low"] == f"{bars.low[-251:].min():.5f}"
    assert told["fifty_two_week"]["high"] == f"{bars.high[-251:].max():.5f}"
    assert told["is_market_open"] is False
    assert "fifty_two_week" not in answer(free, "quote", symbol="IBM")


def test_price_and_end_of_day(premium):
    assert answer(premium, "price", symbol="IBM") == {"price": "202.91000"}
    assert answer(premium, "eod", symbol="IBM", dp=1) == {"symbol": "IBM", "datetime": "2013-03-01", "close": "202.9"}
    assert answer(premium, "price", symbol="IBM,AAPL", dp=0) == {"IBM": {"price": "203"}, "AAPL": {"price": "430"}}


def test_lists(premium):
    assert [one["symbol"] for one in answer(premium, "stocks")["data"]] == ["AAPL", "FB", "GOOG", "IBM", "MSFT"]
    assert [one["symbol"] for one in answer(premium, "stocks", symbol="ibm")["data"]] == ["IBM"]
    assert [one["symbol"] for one in answer(premium, "symbol_search", symbol="o")["data"]] == ["GOOG"]
    told = answer(premium, "technical_indicators")["data"]
    assert told.keys() == translations("Twelve Data").keys()
    assert told["bbands"]["parameters"]["time_period"] == {"default": 20}
    assert list(told["bbands"]["output_values"]) == ["upper_band", "middle_band", "lower_band"]


def test_csv(premium):
    table = ask(premium, "macd", **DAY, outputsize=1, format="CSV")
    assert table.headers["Content-Type"] == "text/csv"
    heading, row = table.text.splitlines()
    assert heading == "datetime;macd;macd_signal;macd_hist"
    assert row.split(";")[0] == "2013-03-01"
    assert ask(premium, "price", symbol="IBM", format="csv", delimiter=",").text == "price\r\n202.91000\r\n"


@pytest.mark.parametrize(
    ("path", "words", "slug", "members"),
    [
        ("rsx", DAY, "unknown-indicator", {"parameter": "indicator", "allowed": ["rsi"]}),
        ("vwap", DAY, "unknown-indicator", {"given": "vwap"}),
        ("rsi", {"symbol": "AAPL"}, "parameter-out-of-bounds", {"parameter": "interval"}),
        ("rsi", DAY | {"interval": "5min"}, "parameter-out-of-bounds", {"parameter": "interval"}),
        ("rsi", DAY | {"symbol": ","}, "parameter-out-of-bounds", {"parameter": "symbol"}),
        ("rsi", DAY | {"time_period": 1}, "parameter-out-of-bounds", {"parameter": "time_period"}),
        ("rsi", DAY | {"outputsize": 5001}, "parameter-out-of-bounds", {"parameter": "outputsize"}),
        ("rsi", DAY | {"adjust": "dividends"}, "parameter-out-of-bounds", {"allowed": ["all", "none", "splits"]}),
        ("rsi", DAY | {"start_date": "yesterday"}, "bad-date", {"parameter": "start_date"}),
        ("rsi", DAY | {"period": 9}, "unknown-parameter", {"parameter": "period"}),
        ("quote", {"symbol": "IBM", "time_period": 9}, "unknown-parameter", {"parameter": "time_period"}),
        ("price", {"symbol": "IBMM"}, "unknown-symbol", {"allowed": ["IBM"]}),
        ("rsi", DAY | {"symbol": "AAPL,IBM", "format": "CSV"}, "parameter-out-of-bounds", {"parameter": "format"}),
        ("stocks", {"symbol": "NONE"}, "unknown-symbol", {}),
    ],
)
def test_a_mistake_is_a_problem_and_says_so_where_its_clients_look(premium, path, words, slug, members):
    told = checked(ask(premium, path, **words), slug)
    assert {name: told[name] for name in members} == members
    assert (told["message"], told["code"]) == (told["detail"], told["status"])


def test_history_above_the_tier(free):
    assert len(answer(free, "sma", **DAY, outputsize=5000)["values"]) == 61
    told = checked(ask(free, "sma", **DAY, start_date="1990-01-01"), "history-above-tier")
    assert (told["parameter"], told["first_date"]) == ("start_date", "2012-12-01")
