"""Sweeps: a column for each value, TA-Lib's, and the same as its own series has; in batches an item for each."""

import json

import numpy as np
import pytest
import talib

from api import sweeps
from api.problems import Refusal
from indicators import BadParameter
from tests.api.conftest import strict
from tests.api.formats.readers import ROWS, columns, frame, get, told
from tests.api.test_metering import DAY, left
from tests.api.test_problems import checked

RSI = "/v1/symbols/AAPL/indicators/rsi"
PERIODS = list(range(5, 51, 5))


def test_every_value_is_talibs(premium, follower):
    answer = premium.json(f"{RSI}?period=5:50:5&limit=10000")
    closes = follower.edition().bars("AAPL", "split").close
    assert [one["params"]["period"] for one in answer["variants"]] == PERIODS
    assert list(answer["columns"]) == ["date", *(f"rsi_{period}" for period in PERIODS)]
    for period in PERIODS:
        got = np.array([np.nan if one is None else one for one in answer["columns"][f"rsi_{period}"]])
        np.testing.assert_allclose(got, talib.RSI(closes, period), rtol=1e-12)


def test_each_variant_tells_what_its_own_series_tells(premium):
    answer = premium.json(f"{RSI}?period=13:14:1&on=hlc3&limit=3")
    for period, variant in zip((13, 14), answer["variants"], strict=True):
        single = premium.json(f"{RSI}?period={period}&on=hlc3&limit=3")
        values, cursor = single.pop("columns"), single.pop("next_cursor")
        name = variant.pop("columns")["rsi"]
        assert name == f"rsi_{period}_on_hlc3"
        assert answer["columns"][name] == values["rsi"]
        assert answer["columns"]["date"] == values["date"]
        assert answer.keys() - {"variants", "columns", "next_cursor"} | variant.keys() == single.keys()
        assert variant.items() <= single.items()
        assert cursor != answer["next_cursor"]


def test_several_parameters_are_combined(premium):
    answer = premium.json("/v1/symbols/IBM/indicators/bbands?period=20:30:10&deviations=1:2:0.5&limit=1")
    assert [(one["params"]["period"], one["params"]["deviations"]) for one in answer["variants"]] == [
        (20, 1), (20, 1.5), (20, 2), (30, 1), (30, 1.5), (30, 2),
    ]  # fmt: skip
    assert [one["source"] for one in answer["variants"]].count("stored") == 1  # 20, 2
    assert answer["variants"][1]["columns"] == {
        "upper": "bbands_20_1p5_upper",
        "middle": "bbands_20_1p5_middle",
        "lower": "bbands_20_1p5_lower",
    }


def test_pages_go_on_with_the_sweep(premium):
    path = f"{RSI}?period=5:15:5&limit=400"
    first = premium.json(path)
    second = premium.json(f"{path}&cursor={first['next_cursor']}")
    whole = premium.json(f"{RSI}?period=5:15:5&limit=800")
    assert [*second["columns"]["rsi_5"], *first["columns"]["rsi_5"]] == whole["columns"]["rsi_5"]
    checked(premium(f"{RSI}?period=5:10:5&cursor={first['next_cursor']}"), "bad-cursor")


@pytest.mark.parametrize("form", ROWS)
def test_all_formats_have_the_columns_of_json(premium, form):
    path = f"{RSI}?period=5:15:5&limit=40"
    assert frame(get(premium, path, form)).equals(columns(premium(path)))
    if form in {"arrow", "parquet"}:
        assert told(get(premium, path, form))["variants"] == premium.json(path)["variants"]


def test_each_value_is_priced(free):
    answer = free("/v1/symbols/AAPL/indicators/ema?period=10:50:10&limit=1")
    assert (answer.status_code, left(answer)["day"]) == (200, DAY - 5)
    known = free(
        "/v1/symbols/AAPL/indicators/ema?period=10:50:10&limit=1", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert (known.status_code, left(known)["day"]) == (304, DAY - 5)
    members = checked(free("/v1/symbols/AAPL/indicators/ema?period=10:70:1"), "batch-above-tier")
    assert (members["given"], members["least_tier"]) == (61, "pro")


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("5:50", "parameter-out-of-bounds"),
        ("5:50:5:1", "parameter-out-of-bounds"),
        ("50:5:5", "parameter-out-of-bounds"),
        ("5:50:0", "parameter-out-of-bounds"),
        ("5:50:-5", "parameter-out-of-bounds"),
        ("5:nan:5", "parameter-out-of-bounds"),
        ("1:inf:5", "parameter-out-of-bounds"),
        ("5:1e999999999:1e-999999", "parameter-out-of-bounds"),
        ("1e999999:1e999999:1", "parameter-out-of-bounds"),
        ("sNaN:1:1", "parameter-out-of-bounds"),
        ("a:b:c", "parameter-out-of-bounds"),
        (":::", "parameter-out-of-bounds"),
        ("2:2000:1", "parameter-out-of-bounds"),
        ("1:3:1", "parameter-out-of-bounds"),
        ("5:6:0.5", "parameter-out-of-bounds"),
    ],
)
def test_a_mistaken_sweep_is_refused(premium, value, problem):
    members = checked(premium(RSI, params={"period": value}), problem)
    assert members["parameter"] == "period"
    question = {
        "symbols": ["AAPL"],
        "indicators": [{"id": "rsi", "params": {"period": value}}, {"id": "sma"}],
        "limit": 1,
    }
    *swept, last = strict(premium("/v1/batch", method="POST", body=json.dumps(question)).content)["items"]
    refused = [one["problem"] for one in swept if "problem" in one]
    assert {one["parameter"] for one in refused} == {"period"}
    assert last["status"] == 200


def test_values_are_exactly_as_written():
    found = sweeps.each({"a": "0.1:0.5:0.1", "b": 3})
    assert list(found) == [{"a": value, "b": 3} for value in (0.1, 0.2, 0.3, 0.4, 0.5)]
    assert [type(one["a"]) for one in sweeps.each({"a": "1:2:0.5"})] == [int, float, int]
    assert list(sweeps.each({"a": "1:3:5"})) == [{"a": 1}]
    assert list(sweeps.each({"a": "x", "b": 1})) == [{"a": "x", "b": 1}]
    with pytest.raises(Refusal, match="121 values"):
        sweeps.each({"a": "0:10:1", "b": "0:10:1"})
    with pytest.raises(BadParameter):
        sweeps.each({"a": "1:2:1e-10"})


def test_a_batch_has_an_item_for_each_value(premium):
    question = {
        "symbols": ["AAPL", "IBM"],
        "indicators": [{"id": "rsi", "params": {"period": "7:21:7"}}, {"id": "macd"}],
        "limit": 2,
    }
    answer = strict(premium("/v1/batch", method="POST", body=json.dumps(question)).content)
    assert [(one["symbol"], one["indicator"], one["params"].get("period")) for one in answer["items"]] == [
        (symbol, *rest) for symbol in ("AAPL", "IBM") for rest in (("rsi", 7), ("rsi", 14), ("rsi", 21), ("macd", None))
    ]


def test_what_takes_too_long_is_refused_before_it_is_counted(premium):
    question = {
        "symbols": ["AAPL", "IBM", "MSFT", "GOOG"] * 12,
        "indicators": [{"id": "cci", "params": {"period": "1901:1920:1"}}],
        "limit": 1,
    }
    answer = premium("/v1/batch", method="POST", body=json.dumps(question))
    members = checked(answer, "batch-too-costly")
    assert members["cost"] > members["most"]
