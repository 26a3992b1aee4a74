"""Expressions and screens in every format: the rows of JSON, conditions as booleans, problems as rows."""

import json

import polars as pl
import pytest

from tests.api.conftest import strict
from tests.api.formats.readers import ROWS, frame, told

EXPRESSIONS = {
    "symbols": ["FB", "AAPL", "APPL"],
    "expressions": {
        "smooth": "rsi(ema(hl2, 5), 14)",
        "up": "close > lag(close)",
        "against": "close / AAPL.close",
        "bad": "rsi(cloze)",
        "gaps": "sma(log(close - lag(close)), 3)",
    },
    "start": "2012-05-18",
    "limit": 40,
}
SCREEN = {
    "where": "rsi_14 < 60",
    "select": ["rsi_14", "close > sma_200", "-close"],
    "at": {"start": "2012-11-01", "end": "2012-11-09"},
}


def post(caller, path, question, form="json"):
    answer = caller(path, method="POST", body=json.dumps(question), params={"format": form})
    assert answer.status_code == 200, answer.text
    return answer


@pytest.mark.parametrize("form", ROWS)
def test_expressions_are_the_items_side_by_side(premium, form):
    items = strict(post(premium, "/v1/expressions", EXPRESSIONS).content)["items"]
    got = frame(post(premium, "/v1/expressions", EXPRESSIONS, form), truths=["up"])
    assert got.columns == ["symbol", "date", "smooth", "up", "against", "gaps", "problem"]
    assert (got.schema["up"], got.schema["against"]) == (pl.Boolean, pl.Float64)
    for item in items[:2]:
        mine = got.filter(pl.col("symbol") == item["symbol"], pl.col("date").is_not_null())
        assert mine["date"].cast(pl.String).to_list() == item["columns"].pop("date")
        for name, values in item["columns"].items():
            assert mine[name].to_list() == values
    problems = [(None, "bad: /problems/bad-expression"), ("APPL", "/problems/unknown-symbol")]
    refused = got.filter(pl.col("date").is_null()).select("symbol", "problem").rows()
    assert sorted((symbol or "", text.split(": no")[0]) for symbol, text in refused) == sorted(
        (symbol or "", text if symbol else f"{text}: expressions.bad, at character 4") for symbol, text in problems
    )


def test_a_gap_of_one_symbol_is_a_problem_of_its_own(premium):
    question = {"symbols": ["AAPL", "IBM"], "expressions": {"x": "ema(log(close - lag(close)), 9)"}, "limit": 3}
    items = strict(post(premium, "/v1/expressions", question).content)["items"]
    got = frame(post(premium, "/v1/expressions", question, "arrow"))
    for item in items:
        refused = got.filter(pl.col("symbol") == item["symbol"], pl.col("date").is_null())
        assert refused.height == len(item.get("problems", {}))


def test_the_schema_tells_the_expressions(premium):
    expected = strict(post(premium, "/v1/expressions", EXPRESSIONS).content)
    found = told(post(premium, "/v1/expressions", EXPRESSIONS, "parquet"))
    assert found["expressions"] == expected["expressions"]
    assert [one["symbol"] for one in found["symbols"]] == ["FB", "AAPL"]
    assert found["next_cursor"] == expected["next_cursor"]


def test_pages_of_expressions_join_to_the_whole(premium):
    question = {"symbols": ["FB", "AAPL"], "expressions": {"x": "ema(close, 9)"}, "start": "2012-06-01"}
    whole = frame(post(premium, "/v1/expressions", question | {"limit": 10_000}, "arrow"))
    pages, cursor = [], None
    while not pages or cursor:
        answer = post(premium, "/v1/expressions", question | {"limit": 77, "cursor": cursor}, "arrow")
        pages.append(frame(answer))
        cursor = answer.headers.get("Kalpi-Next-Cursor")
    assert len(pages) == 3
    assert pl.concat(pages).sort("symbol", "date").equals(whole.sort("symbol", "date"))


@pytest.mark.parametrize("form", ROWS)
def test_screens_have_the_rows_of_json(premium, form):
    expected = strict(post(premium, "/v1/screen", SCREEN).content)["columns"]
    answer = post(premium, "/v1/screen", SCREEN, form)
    minus = "'-close" if form == "csv" else "-close"
    got = frame(answer, truths=["close > sma_200"]).rename({minus: "-close"})
    assert got.with_columns(pl.col("date").cast(pl.String)).to_dict(as_series=False) == expected
    assert got.height > 5
    assert got.schema["close > sma_200"] == pl.Boolean


def test_the_schema_tells_the_hits(premium):
    expected = strict(post(premium, "/v1/screen", SCREEN).content)
    found = told(post(premium, "/v1/screen", SCREEN, "arrow"))
    del expected["columns"], found["columns"]
    assert found == expected
