import numpy as np
import pyarrow.parquet as pq
import pytest
import talib

import indicators
from tests.world import SAMPLE

PATH = "/v1/symbols/AAPL/indicators"
WHOLE = "limit=10000"


def numbers(values):
    return np.array([np.nan if one is None else one for one in values])


@pytest.fixture
def closes(follower):
    return follower.edition().bars("AAPL", "split").close


def test_the_shape_is_the_contract(premium):
    answer = premium.json(f"{PATH}/rsi?limit=2")
    assert answer.pop("next_cursor")
    dates = answer["columns"].pop("date")
    values = answer["columns"].pop("rsi")
    assert answer == {
        "symbol": "AAPL",
        "interval": "1d",
        "adjust": "split",
        "indicator": "rsi",
        "params": {"period": 14, "smoothing": "wilder"},
        "profile": "talib",
        "on": "close",
        "against": None,
        "source": "stored",
        "snapshot": answer["snapshot"],
        "data_through": "2013-03-01",
        "checks": "passed",
        "coverage": {"calendar": "XNYS", "expected": 2, "present": 2, "gaps": [], "behind": 0},
        "nulls": {},
        "warmup": {"memory": "convergent", "lookback": 14, "bars_before": 3268},
        "noncausal": {},
        "columns": {},
    }
    assert dates == ["2013-02-28", "2013-03-01"]
    assert values == pytest.approx([36.843866, 32.778355], abs=1e-6)


@pytest.mark.parametrize(
    ("id_", "names"), [("macd", ["macd", "signal", "hist"]), ("bbands", ["upper", "middle", "lower"])]
)
def test_several_outputs_bear_their_own_names(premium, id_, names):
    assert list(premium.json(f"{PATH}/{id_}?limit=1")["columns"]) == ["date", *names]


def test_values_are_talibs(premium, closes):
    for query, expected in {
        "rsi": talib.RSI(closes, 14),
        "rsi?period=9": talib.RSI(closes, 9),
        "ema?timeperiod=37": talib.EMA(closes, 37),
        "sma?period=200": talib.SMA(closes, 200),
    }.items():
        id_, _, rest = query.partition("?")
        got = premium.json(f"{PATH}/{id_}?{WHOLE}&start=2000-03-01&{rest}")
        np.testing.assert_allclose(numbers(got["columns"][id_]), expected, rtol=1e-12)


def test_stored_equals_computed(premium, follower):
    edition = follower.edition()
    bars = edition.bars("AAPL", "split")
    for indicator in indicators.stored():
        given = "&".join(f"{name}={value}" for name, value in indicator.params().items())
        answer = premium.json(f"{PATH}/{indicator.id}?{WHOLE}&{given}")
        assert answer["source"] == "stored", indicator
        _, *columns = answer["columns"].values()
        for shown, computed in zip(columns, indicator.compute(bars), strict=True):
            np.testing.assert_allclose(numbers(shown), computed, rtol=1e-12, err_msg=str(indicator))


@pytest.mark.parametrize("query", ["ema?period=200", "ema?period=190", "sma?period=61&on=hlc3"])
def test_free_and_premium_get_the_same_numbers(free, premium, query):
    """Stored and computed, over the free window: what the whole history gives, never what the window alone would."""
    low = free.json(f"{PATH}/{query}&{WHOLE}")["columns"]
    high = premium.json(f"{PATH}/{query}&{WHOLE}")["columns"]
    assert low["date"][0] == "2012-12-03"  # the first session of the window
    assert low == {name: column[-len(low["date"]) :] for name, column in high.items()}
    assert None not in low[query.partition("?")[0]]


def test_pro_and_premium_get_the_same_numbers(pro, premium):
    low = pro.json(f"{PATH}/rsi?period=5&{WHOLE}")
    high = premium.json(f"{PATH}/rsi?period=5&{WHOLE}&start=2012-03-01")
    assert low["columns"] == high["columns"]
    assert low["warmup"]["bars_before"] == high["warmup"]["bars_before"] > 3000


def test_the_first_value_of_a_dated_request_is_settled(premium):
    whole = premium.json(f"{PATH}/ema?period=200&{WHOLE}&start=2000-03-01")["columns"]
    dated = premium.json(f"{PATH}/ema?period=200&start=2007-01-03&limit=1")["columns"]
    assert dated["ema"][0] == whole["ema"][whole["date"].index("2007-01-03")]


def test_the_warm_up_is_null(premium):
    values = premium.json(f"{PATH}/sma?period=20&start=2000-03-01&limit=21")["columns"]["sma"]
    assert [one is None for one in values] == [True] * 19 + [False] * 2


@pytest.mark.parametrize("day", ["2000-06-21", "2005-02-28"])
def test_rsi_is_unbroken_over_a_split_and_broken_on_raw_prices(premium, day):
    def rsi(adjust):
        columns = premium.json(f"{PATH}/rsi?start=2000-03-01&{WHOLE}&adjust={adjust}")["columns"]
        place = columns["date"].index(day)
        return columns["rsi"][place - 1 : place + 1]

    before, after = rsi("split")
    assert abs(after - before) < 10
    before, after = rsi("raw")
    assert after < 30 < before - 20  # the price halves: the largest fall of the window


def test_dividends_move_split_div_values_only(premium):
    answers = {
        adjust: premium.json(f"/v1/symbols/MSFT/indicators/roc?period=1&start=2004-11-15&limit=1&adjust={adjust}")
        for adjust in ("split", "split_div")
    }
    split, both = (answers[adjust]["columns"]["roc"][0] for adjust in ("split", "split_div"))
    assert split < -8  # three dollars of thirty
    assert abs(both) < 2


def test_on_another_series(premium, follower):
    bars = follower.edition().bars("AAPL", "split")
    answer = premium.json(f"{PATH}/sma?period=5&on=hl2&{WHOLE}")
    assert (answer["source"], answer["on"]) == ("computed", "hl2")
    np.testing.assert_allclose(numbers(answer["columns"]["sma"]), talib.SMA((bars.high + bars.low) / 2, 5), rtol=1e-12)
    assert premium.json(f"{PATH}/atr?limit=1")["on"] is None


def test_pages_without_a_start_go_back_from_the_newest(premium):
    whole = premium.json(f"{PATH}/rsi?{WHOLE}")
    assert whole["next_cursor"] is None
    dates, values, cursor, pages = [], [], "", 0
    while cursor is not None:
        page = premium.json(f"{PATH}/rsi?limit=1000" + (f"&cursor={cursor}" if cursor else ""))
        dates, values = page["columns"]["date"] + dates, page["columns"]["rsi"] + values
        cursor, pages = page["next_cursor"], pages + 1
    assert pages == 4
    assert {"date": dates, "rsi": values} == whole["columns"]


def test_pages_with_a_start_go_forward(premium):
    query = "start=2012-06-01&end=2012-09-28"
    whole = premium.json(f"{PATH}/rsi?{query}")["columns"]
    dates, values, cursor = [], [], ""
    while cursor is not None:
        page = premium.json(f"{PATH}/rsi?limit=30&{query}" + (f"&cursor={cursor}" if cursor else ""))
        dates, values, cursor = dates + page["columns"]["date"], values + page["columns"]["rsi"], page["next_cursor"]
    assert {"date": dates, "rsi": values} == whole
    assert (dates[0], dates[-1]) == ("2012-06-01", "2012-09-28")


def test_pages_end_at_the_tiers_window(free):
    first = free.json(f"{PATH}/sma?limit=40")
    last = free.json(f"{PATH}/sma?limit=40&cursor={first['next_cursor']}")
    assert last["next_cursor"] is None
    assert last["columns"]["date"][0] == "2012-12-03"


def test_a_cursor_of_another_question_or_tier_leads_nowhere(premium, free):
    cursor = premium.json(f"{PATH}/sma?limit=5&end=2013-02-28")["next_cursor"]
    for path in (f"{PATH}/sma?limit=5", f"{PATH}/sma?limit=5&end=2013-02-28&period=5", f"{PATH}/ema?end=2013-02-28"):
        path_, _, query = path.partition("?")
        assert premium(path_, query_string=f"{query}&cursor={cursor}").json["type"] == "/problems/bad-cursor"
    deep = premium.json(f"{PATH}/sma?limit=2000")["next_cursor"]
    assert free(f"{PATH}/sma", query_string=f"cursor={deep}").json["type"] == "/problems/bad-cursor"


def test_bars_of_the_sample_come_back_as_they_went_in(premium):
    rows = pq.read_table(SAMPLE / "bars.parquet", filters=[("symbol", "=", "IBM")]).sort_by("date")
    columns = premium.json(f"/v1/symbols/IBM/bars?adjust=raw&{WHOLE}")["columns"]
    for name in ("open", "high", "low", "close", "volume"):
        assert columns[name] == [float(one) for one in rows[name].to_pylist()], name
    assert columns["date"] == [one.isoformat() for one in rows["date"].to_pylist()]
