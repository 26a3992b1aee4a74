"""Every format has the rows of JSON, to the last bit and with the same types, as independent readers tell."""

import csv
import io
from itertools import product

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from api.days import Calendar
from api.formats import FORMATS
from api.frames import Answer, Column, Frame, dates, texts
from tests.api.conftest import strict
from tests.api.formats.readers import MEDIA, ROWS, Made, columns, frame, get, told
from tests.api.test_problems import checked

AAPL = "/v1/symbols/AAPL"
QUESTIONS = [
    f"{AAPL}/bars?limit=300",
    f"{AAPL}/bars?start=2000-03-01&limit=10000&adjust=raw&interval=1w",
    f"{AAPL}/indicators/macd?start=2000-03-01&limit=60",
    f"{AAPL}/indicators/rsi?period=9&limit=10000",
    f"{AAPL}/indicators/dpo?include_noncausal=true&limit=30",
]
exactly = {"check_exact": True}


@pytest.mark.parametrize(("path", "form"), list(product(QUESTIONS, ROWS)))
def test_rows_are_those_of_json(premium, path, form):
    expected = columns(premium(path))
    got = frame(get(premium, path, form))
    assert got.schema == expected.schema
    assert_frame_equal(got, expected, **exactly)


@pytest.mark.parametrize("path", QUESTIONS)
def test_records_are_the_columns_turned(premium, path):
    answer = premium.json(f"{path}&shape=records")
    expected = premium.json(path)
    rows, names = answer.pop("rows"), expected.pop("columns")
    assert answer == expected
    assert rows == [dict(zip(names, row, strict=True)) for row in zip(*names.values(), strict=True)]


@pytest.mark.parametrize("form", ["arrow", "parquet"])
def test_the_schema_tells_what_json_tells(premium, form):
    path = f"{AAPL}/indicators/bbands?limit=5"
    expected = premium.json(path)
    del expected["columns"]
    found = told(get(premium, path, form))
    scale = {"unit": "price", "minimum": None, "maximum": None}
    day = {"unit": "", "minimum": None, "maximum": None}
    assert found.pop("columns") == {"date": day, "upper": scale, "middle": scale, "lower": scale}
    assert found == expected


def test_units_and_bounds_are_the_catalogues(premium):
    found = told(get(premium, f"{AAPL}/indicators/rsi?limit=1", "arrow"))["columns"]["rsi"]
    assert found == {"unit": "index", "minimum": 0, "maximum": 100}
    found = told(get(premium, f"{AAPL}/bars?limit=1", "parquet"))["columns"]
    assert (found["volume"], found["close"]["unit"]) == ({"unit": "shares", "minimum": 0, "maximum": None}, "price")


@pytest.mark.parametrize("form", ROWS)
def test_rows_without_json_are_told_by_headers(premium, form):
    path = f"{AAPL}/bars?limit=2"
    expected = premium.json(path)
    answer = get(premium, path, form)
    assert answer.headers["Kalpi-Snapshot"] == expected["snapshot"]
    assert answer.headers["Kalpi-Data-Through"] == "2013-03-01"
    cursor = answer.headers["Kalpi-Next-Cursor"]
    assert cursor == expected["next_cursor"]
    assert frame(get(premium, f"{path}&cursor={cursor}", form))["date"].max() < frame(answer)["date"].min()
    assert "Kalpi-Next-Cursor" not in get(premium, f"{AAPL}/bars?limit=10000", form).headers


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("*/*", "json"),
        ("*", "json"),
        ("application/*", "json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "json"),
        ("text/csv", "csv"),
        ("text/*", "csv"),
        ("TEXT/CSV;q=0.9", "csv"),
        ("application/json;q=0.5, text/csv", "csv"),
        ("application/json, text/csv", "json"),
        ("application/json;q=0, */*;q=0.1", "ndjson"),
        ("application/vnd.apache.arrow.stream, application/json;q=0.9", "arrow"),
        ("application/vnd.apache.parquet;q=0.3, text/plain", "parquet"),
        ("application/x-ndjson", "ndjson"),
        ("application/ndjson", "ndjson"),
        ("application/jsonl;q=0.2, application/json;q=0.1", "ndjson"),
    ],
)
def test_accept_chooses(premium, accept, form):
    answer = premium(f"{AAPL}/bars?limit=2", headers={"Accept": accept})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, MEDIA[form])
    assert "Accept" in answer.headers["Vary"].split(", ")


def test_the_question_wins_over_accept(premium):
    answer = premium(f"{AAPL}/bars?limit=2&format=csv", headers={"Accept": "application/json"})
    assert answer.headers["Content-Type"] == MEDIA["csv"]


def test_what_nobody_writes_is_refused(premium):
    members = checked(premium(f"{AAPL}/bars", headers={"Accept": "image/png, text/csv;q=0"}), "not-acceptable")
    assert members["allowed"] == [one.media for one in FORMATS]
    checked(premium(f"{AAPL}/bars", headers={"Accept": "text/csv;q=x"}), "bad-request")
    for query, parameter in {
        "format=xlsx": "format",
        "format=": "format",
        "shape=rows": "shape",
        "format=csv&shape=records": "shape",
    }.items():
        assert checked(premium(f"{AAPL}/bars?{query}"), "parameter-out-of-bounds")["parameter"] == parameter
    checked(premium(f"{AAPL}/bars?format=csv&format=json"), "repeated-parameter")
    checked(premium(f"{AAPL}/at/latest?format=csv"), "unknown-parameter")
    checked(premium(f"{AAPL}/bars?fromat=csv"), "unknown-parameter")


def test_a_mistake_is_a_problem_whatever_was_to_come(premium):
    checked(premium("/v1/symbols/NONE/bars", headers={"Accept": "text/csv"}), "unknown-symbol")


def test_tags_differ_and_hold_within_a_form(premium):
    ways = [{"format": one} for one in MEDIA] + [{"shape": "records"}, {"interval": "1w"}, {"adjust": "raw"}]
    tags = {}
    for way in ways:
        answer = premium(f"{AAPL}/bars", params={"limit": 5, **way})
        tag = answer.headers["ETag"]
        assert tag not in tags, (way, tags[tag])
        tags[tag] = way
    for tag, way in tags.items():
        for other in ways:
            again = premium(f"{AAPL}/bars", params={"limit": 5, **other}, headers={"If-None-Match": tag})
            assert again.status_code == (304 if other == way else 200)
    profiles = {
        premium(f"{AAPL}/indicators/ema?limit=5{rest}").headers["ETag"] for rest in ("", "&profile=tradingview")
    }
    assert len(profiles) == 2


def test_bytes_are_the_same_each_time(premium):
    for form in MEDIA:
        one, other = (get(premium, f"{AAPL}/indicators/macd?limit=500", form) for _ in range(2))
        assert one.content == other.content
        assert one.headers["ETag"] == other.headers["ETag"]


# made frames: what no market has
NUMBERS = [0.1, -0.0, 1e-323, 1.7976931348623157e308, 1 / 3, 123456789.123456789, 1e16, -1e22, np.nan, 5.0]
HOSTILE = ["=1+1", "+cmd", "-2", "@SUM(A1)", "\tx", "\rx", 'a"b', "a,b", "line\nbreak", None]


def _made(name="x"):
    days = np.arange(15_000, 15_000 + len(NUMBERS), dtype=np.int32)
    truths = np.array([1.0, 0.0, np.nan] * 3 + [1.0])
    columns = (
        texts("symbol", HOSTILE),
        dates(days),
        Column(name, "number", np.array(NUMBERS)),
        Column("up", "truth", truths),
    )
    return Answer({"snapshot": "s"}, Frame(columns, Calendar(days)))


def _written(form, answer):
    return b"".join(next(one for one in FORMATS if one.name == form).write(answer))


@pytest.mark.parametrize("form", ROWS)
def test_numbers_come_back_bit_by_bit(form):
    got = frame(Made(form, _written(form, _made())), truths=["up"])
    assert got["x"].to_list()[8] is None
    bits = got["x"].fill_null(float("nan")).to_numpy().view(np.int64)
    assert bits.tolist() == np.array(NUMBERS).view(np.int64).tolist()
    assert got["up"].to_list() == [True, False, None] * 3 + [True]
    if form != "csv":
        assert got["symbol"].to_list() == HOSTILE


def test_no_cell_of_a_csv_is_a_formula():
    rows = list(csv.reader(io.StringIO(_written("csv", _made("-rsi_14")).decode(), newline="")))
    assert rows[0] == ["symbol", "date", "'-rsi_14", "up"]
    assert [row[0] for row in rows[1:]] == [
        "'=1+1", "'+cmd", "'-2", "'@SUM(A1)", "'\tx", "'\rx", 'a"b', "a,b", "line\nbreak", "",
    ]  # fmt: skip
    assert rows[2][2] == "-0"  # a number is no text


def test_no_rows_are_rows_too():
    none = Frame((dates(np.empty(0, np.int32)), Column("x", "number", np.empty(0))), Calendar(np.array([1], np.int32)))
    written = {form: _written(form, Answer({"snapshot": "s"}, none)) for form in MEDIA}
    assert strict(written["json"]) == {"snapshot": "s", "columns": {"date": [], "x": []}}
    assert (written["csv"], written["ndjson"]) == (b'"date","x"\r\n', b"")
    for form in ("arrow", "parquet"):
        assert frame(Made(form, written[form])).schema == {"date": pl.Date, "x": pl.Float64}
