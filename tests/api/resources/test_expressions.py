"""Expressions over HTTP: the numbers are TA-Lib's, and every mistake has its item and its character."""

import json

import numpy as np
import pytest
import talib

from api.accounts.tiers import seeded
from api.plans import MOST_COST
from tests.api.conftest import strict
from tests.api.test_metering import DAY, MINUTE, left
from tests.api.test_problems import checked

PATH = "/v1/expressions"
WHOLE = {"start": "2000-03-01", "limit": 10_000}


def asked(expressions, symbols=("AAPL",), **rest):
    given = expressions if isinstance(expressions, dict) else {"x": expressions}
    return {"symbols": list(symbols), "expressions": given, **rest}


def post(caller, question, **rest):
    return caller(PATH, method="POST", body=json.dumps(question), **rest)


def answered(caller, question):
    answer = post(caller, question)
    assert answer.status_code == 200, answer.text
    return strict(answer.content)


def numbers(values):
    return np.array([np.nan if one is None else one for one in values], float)


@pytest.fixture
def edition(follower):
    return follower.edition()


def test_the_shape_is_the_contract(premium):
    answer = answered(
        premium, asked({"smooth": "rsi(ema(hl2, 5), 14)", "up": "close > open"}, ["AAPL", "APPL"], limit=2)
    )
    good, bad = answer.pop("items")
    assert answer.pop("next_cursor")
    assert answer == {
        "snapshot": premium.json("/v1/snapshots/current")["id"],
        "data_through": "2013-03-01",
        "checks": "passed",
        "interval": "1d",
        "adjust": "split",
        "expressions": {
            "smooth": {
                "expression": "rsi(ema(hl2, 5), 14)",
                "status": 200,
                "type": "number",
                "lookback": 18,
                "memory": "convergent",
            },
            "up": {"expression": "close > open", "status": 200, "type": "boolean", "lookback": 0, "memory": "window"},
        },
    }
    columns = good.pop("columns")
    assert good == {
        "symbol": "AAPL",
        "status": 200,
        "bars_before": 3268,
        "truncated": True,
        "coverage": {"calendar": "XNYS", "expected": 2, "present": 2, "gaps": [], "behind": 0},
        "nulls": {},
    }
    assert columns["date"] == ["2013-02-28", "2013-03-01"]
    assert columns["up"] == [False, False]
    assert bad.pop("problem")["type"] == "/problems/unknown-symbol"
    assert bad == {"symbol": "APPL", "status": 404}


@pytest.mark.parametrize("adjust", ["split", "raw", "split_div"])
def test_values_are_nested_calls_of_talib(premium, edition, adjust):
    expressions = {
        "chain": "rsi(ema(hl2, 5), 14)",
        "distance": "close / sma(close, 200) - 1",
        "stored": "rsi_14",
        "signal": "macd(close, fast=8, slow=21).signal",
        "crossed": "cross_above(ema(close, 12), ema(close, 26))",
    }
    (item,) = answered(premium, asked(expressions, ["IBM"], adjust=adjust, **WHOLE))["items"]
    bars = edition.bars("IBM", adjust)
    close = bars.close
    fast, slow = talib.EMA(close, 12), talib.EMA(close, 26)
    crossed = (fast[1:] > slow[1:]) & (fast[:-1] <= slow[:-1])
    expected = {
        "chain": talib.RSI(talib.EMA((bars.high + bars.low) / 2, 5), 14),
        "distance": close / talib.SMA(close, 200) - 1,
        "stored": talib.RSI(close, 14),
        "signal": talib.MACD(close, 8, 21, 9)[1],
    }
    for name, values in expected.items():
        np.testing.assert_allclose(numbers(item["columns"][name]), values, rtol=1e-12, err_msg=name)
    known = slice(27, None)
    assert item["columns"]["crossed"][known] == crossed[26:].tolist()
    assert any(item["columns"]["crossed"][known])


def test_another_symbol_is_seen_on_the_days_of_the_one_asked_for(premium, edition):
    (item,) = answered(premium, asked("close / AAPL.close", ["FB"], limit=10_000))["items"]
    ours, theirs = (edition.reader.span(one) for one in ("FB", "AAPL"))
    by_day = dict(zip(edition.days[theirs].tolist(), edition.bars("AAPL", "split").close, strict=True))
    joined = np.array([by_day[day] for day in edition.days[ours].tolist()])
    np.testing.assert_array_equal(numbers(item["columns"]["x"]), edition.bars("FB", "split").close / joined)


def test_a_stretch_cuts_what_is_shown_and_not_what_is_computed(premium):
    whole = answered(premium, asked("tsi(close)", **WHOLE))["items"][0]["columns"]
    for rest in ({"limit": 3}, {"start": "2012-06-01", "end": "2012-07-02"}, {"end": "2013-01-02", "limit": 7}):
        (item,) = answered(premium, asked("tsi(close)", **rest))["items"]
        at = whole["date"].index(item["columns"]["date"][0])
        assert item["columns"]["x"] == whole["x"][at : at + len(item["columns"]["x"])]
        assert item["bars_before"] == at


def test_each_expression_and_each_symbol_has_its_own_problem(pro):
    expressions = {"good": "rsi_14", "bad": "rsi(cloze, 14)", "far": "ichimoku().tenkan", "kind": "close and 1"}
    answer = answered(pro, asked(expressions, ["AAPL", "APPL", "IBM"], limit=1))
    told = answer["expressions"]
    assert list(told) == list(expressions)
    assert [one["status"] for one in told.values()] == [200, 422, 403, 422]
    assert told["far"]["problem"]["least_tier"] == "premium"
    bad = told["bad"]["problem"]
    assert bad["type"] == "/problems/bad-expression"
    assert (bad["parameter"], bad["position"], bad["allowed"][0]) == ("expressions.bad", 4, "close")
    *_, line, caret = bad["detail"].split("\n")
    assert line[len(caret) - 1 :].startswith("cloze")
    assert [one["status"] for one in answer["items"]] == [200, 404, 200]
    assert answer["items"][2]["columns"].keys() == {"date", "good"}


def test_a_tier_has_the_indicators_it_has_and_the_days_it_sees(free):
    answer = answered(
        free, asked({"a": "rsi_14", "b": "ema(sma(close, 9), 5)", "c": "highest(close, 9)"}, limit=10_000)
    )
    assert [one["status"] for one in answer["expressions"].values()] == [403, 200, 200]
    (item,) = answer["items"]
    assert item["columns"]["date"][0] == "2012-12-03"
    assert None not in item["columns"]["b"]  # computed on all bars
    (item,) = answered(free, asked("close", start="2012-11-30"))["items"]
    assert (item["status"], item["problem"]["least_tier"]) == (403, "pro")


def test_a_rank_is_for_screens(premium):
    problem = answered(premium, asked("rank(close)"))["expressions"]["x"]["problem"]
    assert "screens alone" in problem["detail"]


def test_it_costs_an_indicator_of_a_symbol_each(free):
    expressions = {"one": "sma(close, 9) / sma(close, 9)", "two": "sma_20 - ema(close, 3)", "none": "close", "bad": "?"}
    question = asked(expressions, ["AAPL", "NONE", "IBM"], limit=1)
    price = 2 * (1 + 2 + 1)
    assert post(free, question, query_string="dry_run=1").json["cost"] == {"minute": 1, "day": price}
    assert left(post(free, question)) == {"minute": MINUTE - 1, "day": DAY - price}
    assert left(post(free, asked("?")))["day"] == DAY - price


def test_what_would_take_too_long_is_refused_beforehand(premium):
    expressions = {f"x{one}": f"hurst(lag(close, {one}), 500)" for one in range(1, 11)}
    members = checked(post(premium, asked(expressions, ["AAPL", "IBM"] * 10, limit=1)), "expression-too-costly")
    assert members["most"] == MOST_COST < members["cost"]
    assert members["parameter"].startswith("expressions.x")


def test_gaps_without_end_are_told_and_nothing_is_guessed(premium, monkeypatch):
    monkeypatch.setattr("indicators.expressions.gaps.MOST_STARTS", 5)
    expressions = {"gaps": "ema(log(close - lag(close)), 2)", "good": "close"}
    (item,) = answered(premium, asked(expressions))["items"]
    assert item["status"] == 200
    assert item["columns"].keys() == {"date", "good"}
    assert item["problems"]["gaps"]["type"] == "/problems/expression-too-costly"


def test_the_size_is_bounded(premium, free):
    many = {f"x{one}": "close" for one in range(20)}
    assert len(answered(premium, asked(many, ["AAPL"] * 50, limit=1))["items"]) == 50
    assert checked(post(premium, asked(many, ["AAPL"] * 51)), "parameter-out-of-bounds")["parameter"] == "symbols"
    assert checked(post(premium, asked("close", ["AAPL"] * 51, limit=10_000)), "parameter-out-of-bounds")
    size = seeded()[0].batch_size
    checked(post(free, asked({f"x{one}": "close" for one in range(6)}, ["AAPL"] * (size // 5))), "batch-above-tier")


@pytest.mark.parametrize(
    ("question", "parameter"),
    [
        (asked({}), "expressions"),
        (asked({"date": "close"}), "expressions"),
        (asked({"1x": "close"}), "expressions"),
        (asked({"x" * 65: "close"}), "expressions"),
        (asked({"x": 1}), "expressions[...]"),
        (asked({"x": "c" * 2_001}), "expressions[...]"),
        (asked({f"x{one}": "close" for one in range(21)}), "expressions"),
        (asked("close", []), "symbols"),
        (asked("close", limit=0), "limit"),
        ({"symbols": ["AAPL"]}, "expressions"),
        ({"symbols": ["AAPL"], "expressions": ["close"]}, "expressions"),
    ],
)
def test_a_mistaken_body_is_a_problem_of_the_whole(premium, question, parameter):
    members = checked(post(premium, question), "parameter-out-of-bounds")
    assert members["parameter"] == parameter


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\u0000",
        "\u202e close",
        "(" * 2000,
        "-" * 2000,
        "'" * 9,
        "f(" * 700,
        "9" * 2000,
        "😀",
        "a.b.c.d.e",
        "__import__('os')",
    ],
)
def test_any_text_is_an_items_problem(premium, text):
    told = answered(premium, asked(text))["expressions"]["x"]
    assert told["problem"]["type"] == "/problems/bad-expression"
    assert 0 <= told["problem"]["position"] <= len(text)
