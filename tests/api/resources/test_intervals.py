"""Weeks and months over the API, against pandas' resampling of the daily bars and TA-Lib on what it gives."""

import json
from datetime import date

import numpy as np
import pandas as pd
import pytest
import talib

import indicators
from api.days import day_of, iso
from api.plans import SymbolBars
from tests.api.conftest import strict
from warehouse.intervals import BY_NAME, COARSER, WEEKLY

RULES = {"1w": "W-SUN", "1mo": "ME"}
AAPL = "/v1/symbols/AAPL"
WHOLE = "limit=10000"
HOW = {"open": "first", "high": "max", "low": "min", "close": "last", "volume": "sum"}
intervals = pytest.mark.parametrize("interval", RULES)


def numbers(values):
    return np.array([np.nan if one is None else one for one in values])


@pytest.fixture
def resampled(follower):
    """Resample a symbol's daily bars, each period dated by its last session."""

    def resample(symbol, interval, adjust="split"):
        reader = follower.edition().reader
        days = pd.Series([pd.Timestamp(iso(day)) for day in reader.days[reader.span(symbol)].tolist()])
        bars = pd.DataFrame(reader.bars(symbol, adjust)).assign(date=days).set_index(days)
        return bars.resample(RULES[interval]).agg({**HOW, "date": "last"}).dropna().reset_index(drop=True)

    return resample


@intervals
@pytest.mark.parametrize("adjust", ["split", "raw", "split_div"])
@pytest.mark.parametrize("symbol", ["AAPL", "MSFT", "FB"])
def test_bars_are_those_of_pandas(premium, resampled, symbol, interval, adjust):
    answer = premium.json(f"/v1/symbols/{symbol}/bars?interval={interval}&adjust={adjust}&{WHOLE}")
    expected = resampled(symbol, interval, adjust)
    assert (answer["interval"], answer["adjust"]) == (interval, adjust)
    assert answer["columns"]["date"] == expected["date"].dt.date.map(str).to_list()
    for name in HOW:
        np.testing.assert_allclose(answer["columns"][name], expected[name], rtol=1e-14, err_msg=name)


@intervals
def test_stored_equals_computed(premium, follower, interval):
    edition = follower.edition().over(interval)
    bars = edition.bars("AAPL", "split")
    for indicator in indicators.stored():
        given = "&".join(f"{name}={value}" for name, value in indicator.params().items())
        answer = premium.json(f"{AAPL}/indicators/{indicator.id}?interval={interval}&{WHOLE}&{given}")
        assert answer["source"] == "stored", indicator
        _, *columns = answer["columns"].values()
        for shown, computed in zip(columns, indicator.compute(bars), strict=True):
            np.testing.assert_allclose(numbers(shown), computed, rtol=1e-12, err_msg=str(indicator))


@intervals
@pytest.mark.parametrize("adjust", ["split", "raw", "split_div"])
def test_values_are_talibs_on_the_whole_history(premium, resampled, interval, adjust):
    bars = resampled("AAPL", interval, adjust)
    close, high, low = (bars[name].to_numpy() for name in ("close", "high", "low"))
    for query, expected in {
        "rsi": talib.RSI(close, 14),
        "rsi?period=9": talib.RSI(close, 9),
        "ema?period=20": talib.EMA(close, 20),
        "macd": talib.MACD(close, 12, 26, 9)[0],
        "atr": talib.ATR(high, low, close, 14),
        "obv": talib.OBV(close, bars["volume"].to_numpy()),
        "sma?period=5&on=hl2": talib.SMA((high + low) / 2, 5),
    }.items():
        id_, _, rest = query.partition("?")
        answer = premium.json(f"{AAPL}/indicators/{id_}?interval={interval}&adjust={adjust}&limit=25&{rest}")
        assert (answer["source"] == "stored") == (
            adjust == "split" and query in {"rsi", "ema?period=20", "macd", "atr", "obv"}
        )
        np.testing.assert_allclose(numbers(answer["columns"][id_]), expected[-25:], rtol=1e-9, err_msg=query)
        assert answer["warmup"]["bars_before"] == len(bars) - 25


def test_the_shape_says_interval_and_partial(premium):
    answer = premium.json(f"{AAPL}/indicators/rsi?interval=1mo&limit=2")
    assert list(answer) == [
        *("symbol", "interval", "adjust", "indicator", "params", "profile", "on", "against", "source", "warmup"),
        "noncausal",
        *("snapshot", "data_through", "checks", "coverage", "partial", "nulls", "next_cursor", "columns"),
    ]
    assert answer["columns"]["date"] == ["2013-02-28", "2013-03-01"]
    assert "partial" not in premium.json(f"{AAPL}/indicators/rsi?limit=2")
    assert "partial" not in premium.json(f"{AAPL}/at/latest")


@pytest.mark.parametrize(
    ("query", "partial"),
    [
        ("interval=1mo&limit=1", True),
        ("interval=1mo&end=2013-03-01&limit=1", True),
        ("interval=1mo&end=2013-02-28", False),
        ("interval=1mo&start=2001-01-01&limit=3", False),
        ("interval=1w&limit=1", False),  # the newest day is a Friday
        ("interval=1mo&start=2013-03-01&end=2013-03-01", True),
        ("interval=1w&start=2001-09-11&end=2001-09-16", False),  # no week ends there
    ],
)
def test_the_last_row_is_partial_if_its_period_was_not_over(premium, query, partial):
    for route in ("bars", "indicators/rsi"):
        assert premium.json(f"{AAPL}/{route}?{query}")["partial"] is partial


def test_a_page_before_the_partial_period_is_not_partial(premium):
    newest = premium.json(f"{AAPL}/bars?interval=1mo&limit=12")
    older = premium.json(f"{AAPL}/bars?interval=1mo&limit=12&cursor={newest['next_cursor']}")
    assert (newest["partial"], older["partial"]) == (True, False)
    assert older["columns"]["date"][-1] == "2012-03-30"


@intervals
@pytest.mark.parametrize("start", ["", "&start=2000-03-01"])
def test_pages_join_to_the_whole(premium, interval, start):
    path = f"{AAPL}/indicators/ema?period=20&interval={interval}{start}"
    whole = premium.json(f"{path}&{WHOLE}")["columns"]
    dates, values, cursor = [], [], ""
    while cursor is not None:
        page = premium.json(f"{path}&limit=60" + (f"&cursor={cursor}" if cursor else ""))
        columns, cursor = page["columns"], page["next_cursor"]
        dates = dates + columns["date"] if start else columns["date"] + dates
        values = values + columns["ema"] if start else columns["ema"] + values
    assert {"date": dates, "ema": values} == whole
    assert len(dates) == {"1w": 679, "1mo": 157}[interval]


def test_a_cursor_stays_with_its_interval(premium):
    cursor = premium.json(f"{AAPL}/bars?interval=1w&limit=5")["next_cursor"]
    for other in ("", "&interval=1mo"):
        refused = premium(f"{AAPL}/bars", query_string=f"limit=5&cursor={cursor}{other}")
        assert refused.json["type"] == "/problems/bad-cursor"


@pytest.mark.parametrize("path", [f"{AAPL}/bars", f"{AAPL}/indicators/rsi", f"{AAPL}/at/2013-03-01"])
def test_every_interval_has_its_own_tag(premium, path):
    """On 2013-03-01 a session, a week and a month have a bar."""
    query = "" if "/at/" in path else "start=2013-03-01&"
    answers = [premium(path, query_string=f"{query}interval={name}") for name in BY_NAME]
    assert len({answer.headers["ETag"] for answer in answers}) == len({answer.content for answer in answers}) == 3
    for name, answer in zip(BY_NAME, answers, strict=True):
        tagged = {"If-None-Match": answer.headers["ETag"]}
        assert premium(path, query_string=f"{query}interval={name}", headers=tagged).status_code == 304


@intervals
def test_a_point_equals_the_series(premium, interval):
    series = premium.json(f"/v1/symbols/MSFT/indicators/bbands?interval={interval}&start=2002-10-01&limit=3")["columns"]
    names = {"upper": "bbands_20_2_upper", "middle": "bbands_20_2_middle", "lower": "bbands_20_2_lower"}
    for row, day in enumerate(series["date"]):
        point = premium.json(f"/v1/symbols/MSFT/at/{day}?interval={interval}&columns={','.join(names.values())}")
        assert point["values"] == {column: series[name][row] for name, column in names.items()}
        assert (point["interval"], point["partial"]) == (interval, False)


def test_the_latest_bars_of_each_interval(premium):
    month = premium.json(f"{AAPL}/at/latest?interval=1mo")
    assert (month["date"], month["interval"], month["partial"]) == ("2013-03-01", "1mo", True)
    assert month["values"] == premium.json(f"{AAPL}/at/latest")["values"]  # one session so far
    week = premium.json(f"{AAPL}/at/latest?interval=1w")
    assert (week["date"], week["partial"]) == ("2013-03-01", False)
    assert week["values"]["volume"] > month["values"]["volume"]


@intervals
def test_every_stored_column_can_be_asked_for(premium, follower, interval):
    names = sorted(follower.edition().over(interval).reader.columns)
    assert premium.json(f"{AAPL}/at/latest?interval={interval}&columns={','.join(names)}")["values"].keys() == set(
        names
    )
    assert set(HOW) <= set(names)
    refused = premium(f"{AAPL}/at/latest", query_string=f"interval={interval}&columns=split_factor")
    assert refused.json["type"] == "/problems/unknown-column"


@intervals
def test_a_tier_sees_the_bars_dated_within_its_window_and_the_same_numbers(free, premium, interval):
    low, high = (
        one.json(f"{AAPL}/indicators/ema?period=20&interval={interval}&{WHOLE}")["columns"] for one in (free, premium)
    )
    assert low["date"][0] == {"1w": "2012-12-07", "1mo": "2012-12-31"}[interval]
    assert low == {name: column[-len(low["date"]) :] for name, column in high.items()}


@intervals
def test_a_tier_has_the_bars_and_its_own_indicators(free, interval):
    latest = f"{AAPL}/at/latest"
    assert free.json(f"{latest}?interval={interval}&columns=close,volume,sma_20")["values"]["close"] == 430.47
    refused = free(latest, query_string=f"interval={interval}&columns=close,rsi_14")
    assert (refused.status_code, refused.json["given"]) == (403, "rsi")


@pytest.mark.parametrize("interval", BY_NAME)
def test_a_batchs_item_is_the_series_of_a_get(premium, interval):
    wanted = [{"id": "macd"}, {"id": "rsi", "params": {"period": 9}}]
    body = {"symbols": ["IBM", "FB"], "indicators": wanted, "interval": interval, "adjust": "split_div", "limit": 7}
    answer = premium("/v1/batch", method="POST", body=json.dumps(body))
    assert answer.status_code == 200, answer.text
    items = strict(answer.content)["items"]
    asked = [(symbol, one) for symbol in body["symbols"] for one in wanted]
    for item, (symbol, one) in zip(items, asked, strict=True):
        given = "&".join(f"{name}={value}" for name, value in one.get("params", {}).items())
        path = f"/v1/symbols/{symbol}/indicators/{one['id']}?interval={interval}&adjust=split_div&limit=7&{given}"
        single = premium.json(path)
        assert item.pop("status") == 200
        assert item.pop("truncated") == bool(single.pop("next_cursor"))
        del single["snapshot"], single["data_through"], single["checks"]
        assert item == single


@pytest.mark.parametrize(("interval", "partial"), [("1w", False), ("1mo", True)])
def test_expressions_are_of_the_intervals_bars(premium, resampled, interval, partial):
    wanted = {"smooth": "rsi(ema(hl2, 5), 14)", "stored": "close > sma_20", "ratio": "close / IBM.close"}
    body = {"symbols": ["AAPL"], "expressions": wanted, "interval": interval, "start": "2000-03-01", "limit": 10_000}
    answer = strict(premium("/v1/expressions", method="POST", body=json.dumps(body)).content)
    assert answer["interval"] == interval
    (item,) = answer["items"]
    assert item["partial"] is partial
    bars, others = resampled("AAPL", interval), resampled("IBM", interval)
    mean = talib.SMA(bars["close"].to_numpy(), 20)
    smooth = talib.EMA(((bars["high"] + bars["low"]) / 2).to_numpy(), 5)
    np.testing.assert_allclose(numbers(item["columns"]["smooth"])[4:], talib.RSI(smooth[4:], 14), rtol=1e-9)
    assert item["columns"]["stored"] == [
        None if np.isnan(level) else close > level for close, level in zip(bars["close"], mean, strict=True)
    ]
    np.testing.assert_allclose(numbers(item["columns"]["ratio"]), bars["close"] / others["close"], rtol=1e-12)


def test_another_symbols_week_is_the_same_week_whatever_its_last_session(follower):
    """FB's first week ended with its only session, on the Friday; a symbol halted on that day has an earlier date."""
    weeks = follower.edition().over("1w")
    one, other = SymbolBars(weeks, "FB"), SymbolBars(weeks, "AAPL")
    place = int(np.searchsorted(other.days(), one.days()[0]))
    assert other.days()[place] == one.days()[0]
    assert (
        WEEKLY.periods(np.array([day_of(date(2012, 5, 16)), day_of(date(2012, 5, 18))], np.int32)).tolist()
        == [one.days()[0]] * 2
    )


def test_dates_are_those_of_bars(premium):
    """A start within the first period is none before history, and a week belongs to where its last session lies."""
    first = premium.json(f"{AAPL}/bars?interval=1mo&start=2000-03-01&limit=1")["columns"]
    assert first["date"] == ["2000-03-31"]
    weeks = premium.json(f"{AAPL}/bars?interval=1w&start=2001-09-10&end=2001-09-20")["columns"]
    assert weeks["date"] == ["2001-09-10"]


def test_the_intervals_tables_have_the_columns_of_the_daily_ones(follower):
    daily = follower.edition().reader.columns.keys() - {"split_factor", "split_div_factor"}
    for interval in COARSER:
        assert follower.edition().over(interval.name).reader.columns.keys() == daily
