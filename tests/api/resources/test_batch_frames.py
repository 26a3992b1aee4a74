"""Batches as one frame: all symbols' series side by side, the same numbers as item by item, and no problem left out."""

import json

import polars as pl
import pytest

from tests.api.conftest import strict
from tests.api.formats.readers import ROWS, frame, told
from tests.api.test_problems import checked

INDICATORS = [
    {"id": "rsi"},
    {"id": "macd"},
    {"id": "sma", "params": {"period": 20}},
    {"id": "sma", "params": {"period": 20}, "on": "hlc3"},
    {"id": "sma", "params": {"period": 20}},
    {"id": "beta", "against": "MSFT"},
    {"id": "dpo", "include_noncausal": True},
]
NAMES = [
    ["rsi_14"],
    ["macd_12_26_9", "macd_12_26_9_signal", "macd_12_26_9_hist"],
    ["sma_20"],
    ["sma_20_on_hlc3"],
    ["sma_20_2"],
    ["beta_5_against_MSFT"],
    ["dpo_20", "dpo_centred"],
]


def post(caller, question, form="json", **rest):
    answer = caller("/v1/batch", method="POST", body=json.dumps(question), params={"format": form, **rest})
    assert answer.status_code == 200, answer.text
    return answer


def asked(symbols, indicators=INDICATORS, **rest):
    return {"symbols": symbols, "indicators": indicators, **rest}


@pytest.mark.parametrize("rest", [{"limit": 3}, {"start": "2012-06-01", "limit": 100, "interval": "1w"}])
@pytest.mark.parametrize("form", ROWS)
def test_columns_are_the_items_side_by_side(premium, form, rest):
    question = asked(["IBM", "AAPL"], **rest)
    items = strict(post(premium, question).content)["items"]
    got = frame(post(premium, question, form))
    assert got.columns == ["symbol", "date", *(name for names in NAMES for name in names), "problem"]
    for place, item in enumerate(items):
        mine = got.filter(pl.col("symbol") == item["symbol"])
        dates, *values = item["columns"].values()
        assert mine["date"].cast(pl.String).to_list() == dates
        for name, column in zip(NAMES[place % len(INDICATORS)], values, strict=True):
            assert mine[name].to_list() == column, name
    assert got["problem"].null_count() == got.height


@pytest.mark.parametrize("form", ROWS)
def test_problems_are_rows_without_a_date(premium, form):
    wanted = [{"id": "sma"}, {"id": "rsx"}, {"id": "rsi", "params": {"period": 1}}]
    got = frame(post(premium, asked(["AAPL", "APPL", "IBM"], wanted, limit=2), form))
    items = strict(post(premium, asked(["AAPL", "APPL", "IBM"], wanted, limit=2)).content)["items"]
    refused = got.filter(pl.col("date").is_null())
    assert refused.height == 7
    assert refused["sma_30"].null_count() == 7
    expected = [
        f"{item['indicator']}: {item['problem']['type']}: {item['problem']['detail']}"
        for item in items
        if "problem" in item
    ]
    assert refused["problem"].to_list() == expected
    assert refused["symbol"].to_list() == [item["symbol"] for item in items if "problem" in item]
    assert got.filter(pl.col("date").is_not_null())["symbol"].to_list() == ["AAPL"] * 2 + ["IBM"] * 2


def test_nothing_but_problems_is_a_frame_too(premium):
    for form in ROWS:
        got = frame(post(premium, asked(["NONE"], [{"id": "sma"}]), form))
        assert got.select("symbol", "date").rows() == [("NONE", None)]
        assert got["problem"][0].startswith("sma: /problems/unknown-symbol: no symbol 'NONE'")


def test_the_schema_tells_series_and_symbols(premium):
    question = asked(["AAPL", "IBM"], [{"id": "rsi"}, {"id": "nothing"}], limit=2)
    found = told(post(premium, question, "arrow"))
    item, bad, *_ = strict(post(premium, question).content)["items"]
    good, worse = found["series"]
    assert good.pop("columns") == {"rsi": "rsi_14"}
    assert good.pop("warmup") == {"memory": "convergent", "lookback": 14}
    assert good.items() <= item.items()
    assert worse["problem"] == f"{bad['problem']['type']}: {bad['problem']['detail']}"
    assert found["symbols"] == [
        {
            "symbol": symbol,
            "bars_before": item["warmup"]["bars_before"],
            "truncated": True,
            "coverage": item["coverage"],
        }
        for symbol in ("AAPL", "IBM")
    ]
    assert found["columns"]["rsi_14"] == {"unit": "index", "minimum": 0, "maximum": 100}


@pytest.mark.parametrize("start", [None, "2012-11-01"])
def test_pages_lead_through_every_symbol(premium, start):
    question = asked(["FB", "AAPL", "NONE"], [{"id": "sma", "params": {"period": 5}}], start=start, limit=40)
    question |= {} if start else {"end": "2012-10-28"}
    whole = frame(post(premium, question | {"limit": 10_000}, "arrow"))
    pages, cursor = [], None
    while True:
        answer = post(premium, question | {"cursor": cursor}, "arrow")
        pages.append(frame(answer).filter(pl.col("date").is_not_null()))
        if (cursor := answer.headers.get("Kalpi-Next-Cursor")) is None:
            break
    assert len(pages) > 1
    got = pl.concat(pages).sort("symbol", "date")
    assert got.equals(whole.filter(pl.col("date").is_not_null()).sort("symbol", "date"))


def test_a_cursor_is_its_questions(premium):
    question = asked(["AAPL"], [{"id": "sma"}], limit=5)
    cursor = strict(post(premium, question).content)["next_cursor"]
    post(premium, question | {"cursor": cursor, "limit": 7})
    other = premium("/v1/batch", method="POST", body=json.dumps(question | {"cursor": cursor, "symbols": ["IBM"]}))
    checked(other, "bad-cursor")


def test_unknown_query_names_are_refused(premium):
    body = json.dumps(asked(["AAPL"], [{"id": "sma"}]))
    checked(premium("/v1/batch", method="POST", body=body, params={"limit": 5}), "unknown-parameter")
    assert premium("/v1/batch", method="POST", body=body, params={"shape": "records"}).status_code == 200


def test_records_of_items(premium):
    question = asked(["AAPL", "NONE"], [{"id": "macd"}], limit=2)
    columns, records = (strict(post(premium, question, shape=one).content)["items"] for one in ("columns", "records"))
    assert records[1].keys() == columns[1].keys()
    assert records[0].keys() == columns[0].keys() - {"columns"} | {"rows"}
    assert [list(row) for row in records[0]["rows"]] == [list(columns[0]["columns"])] * 2
    assert records[0]["rows"][1]["signal"] == columns[0]["columns"]["signal"][1]
