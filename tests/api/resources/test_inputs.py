"""`on=` a stored column and `against=` another symbol, in series and batches."""

import json

import numpy as np
import pytest
import talib

PATH = "/v1/symbols/AAPL/indicators"
WHOLE = "limit=10000&start=2000-03-01"


def numbers(values):
    return np.array([np.nan if one is None else one for one in values])


@pytest.fixture
def closes(follower):
    return follower.edition().bars("AAPL", "split").close


def test_on_a_stored_column_warm_ups_add_up(premium, closes):
    answer = premium.json(f"{PATH}/ema?period=9&on=rsi_14&{WHOLE}")
    rsi = talib.RSI(closes, 14)
    expected = np.concatenate((rsi[:14], talib.EMA(rsi[14:], 9)))
    np.testing.assert_allclose(numbers(answer["columns"]["ema"]), expected, rtol=1e-12)
    assert (answer["on"], answer["source"]) == ("rsi_14", "computed")
    assert answer["warmup"] == {"memory": "convergent", "lookback": 14 + 8, "bars_before": 0}
    assert [one is None for one in answer["columns"]["ema"]][:24] == [True] * 22 + [False] * 2


@pytest.mark.parametrize(
    ("query", "memory", "lookback"),
    [
        ("sma?period=5&on=obv", "anchored", 4),
        ("sma?period=5&on=sma_20", "window", 23),
        ("rsi?on=sma_20", "convergent", 33),
    ],
)
def test_memory_is_the_longest_of_both(premium, query, memory, lookback):
    warmup = premium.json(f"{PATH}/{query}")["warmup"]
    assert (warmup["memory"], warmup["lookback"]) == (memory, lookback)


def test_on_a_column_of_several_outputs_and_of_other_prices(premium, follower):
    answer = premium.json(f"{PATH}/sma?period=5&on=macd_12_26_9_signal&adjust=raw&{WHOLE}")
    raw = follower.edition().bars("AAPL", "raw").close
    signal = talib.MACD(raw, 12, 26, 9)[1]
    expected = np.concatenate((np.full(33, np.nan), talib.SMA(signal[33:], 5)))
    np.testing.assert_allclose(numbers(answer["columns"]["sma"]), expected, rtol=1e-9)


def test_an_expression_says_the_same(premium):
    body = {"symbols": ["AAPL"], "expressions": {"x": "ema(rsi_14, 9)"}, "limit": 250}
    told = premium.json("/v1/expressions", method="POST", body=json.dumps(body))["items"][0]["columns"]["x"]
    assert told == premium.json(f"{PATH}/ema?period=9&on=rsi_14&limit=250")["columns"]["ema"]


@pytest.mark.parametrize("query", ["beta?period=60", "correl?period=60", "relstrength?period=60"])
def test_against_another_symbol(premium, follower, query):
    """AAPL and IBM trade on the same days; on others TA-Lib's own arithmetic holds as it is."""
    edition = follower.edition()
    ours, theirs = (edition.bars(name, "split").close for name in ("AAPL", "IBM"))
    expected = {
        "beta": talib.BETA(theirs, ours, 60),
        "correl": talib.CORREL(ours, theirs, 60),
        "relstrength": 100 * ((ours[60:] / ours[:-60]) / (theirs[60:] / theirs[:-60]) - 1),
    }
    id_ = query.partition("?")[0]
    answer = premium.json(f"{PATH}/{query}&against=IBM&{WHOLE}")
    got = numbers(answer["columns"][id_])
    np.testing.assert_allclose(got[-len(expected[id_]) :], expected[id_], rtol=1e-9)
    assert (answer["against"], answer["source"], answer["on"]) == ("IBM", "computed", "close")


def test_what_the_other_symbol_does_not_have_yet_is_a_gap(premium, follower):
    """FB begins on 2012-05-18: twenty common days later there is a correlation."""
    answer = premium.json(f"{PATH}/correl?period=20&against=FB&{WHOLE}")
    values = numbers(answer["columns"]["correl"])
    begun = answer["columns"]["date"].index("2012-05-18")
    assert np.flatnonzero(np.isfinite(values)).tolist() == list(range(begun + 19, len(values)))
    edition = follower.edition()
    ours, theirs = edition.bars("AAPL", "split").close[begun:], edition.bars("FB", "split").close
    np.testing.assert_allclose(values[begun + 19 :], talib.CORREL(ours, theirs, 20)[19:], rtol=1e-9)


def test_against_on_another_series(premium, follower):
    edition = follower.edition()
    ours, theirs = (talib.RSI(edition.bars(name, "split").close, 14) for name in ("AAPL", "IBM"))
    answer = premium.json(f"{PATH}/correl?period=30&against=IBM&on=rsi_14&{WHOLE}")
    expected = talib.CORREL(ours[14:], theirs[14:], 30)
    np.testing.assert_allclose(numbers(answer["columns"]["correl"])[14:], expected, rtol=1e-9)


def test_a_cursor_stays_with_its_inputs(premium):
    cursor = premium.json(f"{PATH}/correl?against=IBM&limit=5")["next_cursor"]
    assert premium.json(f"{PATH}/correl?against=IBM&limit=5&cursor={cursor}")["columns"]["date"]
    for other in ("correl?against=MSFT", "correl?against=IBM&on=open"):
        path, _, query = other.partition("?")
        answer = premium(f"{PATH}/{path}", query_string=f"{query}&limit=5&cursor={cursor}")
        assert answer.json["type"] == "/problems/bad-cursor"


def test_a_batch_answers_as_series_do(premium):
    wanted = [
        {"id": "ema", "params": {"period": 9}, "on": "rsi_14"},
        {"id": "correl", "against": "IBM"},
        {"id": "correl"},
        {"id": "correl", "against": "IBMM"},
    ]
    body = {"symbols": ["AAPL", "IBM"], "indicators": wanted, "limit": 5}
    items = premium.json("/v1/batch", method="POST", body=json.dumps(body))["items"]
    assert [one["status"] for one in items] == [200, 200, 422, 404, 200, 422, 422, 404]
    assert items[0]["columns"] == premium.json(f"{PATH}/ema?period=9&on=rsi_14&limit=5")["columns"]
    assert items[1]["columns"] == premium.json(f"{PATH}/correl?against=IBM&limit=5")["columns"]
    assert items[1]["against"] == "IBM"
    assert [items[place]["problem"]["type"] for place in (2, 5)] == [
        "/problems/against-missing",
        "/problems/against-itself",
    ]


def test_outputs_in_hindsight_are_of_the_bars_own_series(premium):
    answer = premium(f"{PATH}/dpo", query_string="on=rsi_14&include_noncausal=true")
    assert (answer.status_code, answer.json["parameter"]) == (422, "on")
