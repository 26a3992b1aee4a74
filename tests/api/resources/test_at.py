"""Many symbols on one day: each row is its point, each mistake its own, in every format."""

from datetime import date

import pytest

from tests.api.formats.readers import ROWS, frame, get, told
from tests.api.test_metering import DAY, MINUTE, left
from tests.api.test_problems import checked

COLUMNS = "rsi_14,macd_12_26_9,close,volume"
SYMBOLS = ("AAPL", "IBM", "FB")


@pytest.mark.parametrize("day", ["latest", "2013-02-28", "2012-05-18"])
@pytest.mark.parametrize("form", ROWS)
def test_each_row_is_the_symbols_point(premium, day, form):
    got = frame(get(premium, f"/v1/at/{day}?symbols={','.join(SYMBOLS)}&columns={COLUMNS}", form))
    assert got.columns == ["symbol", "date", *COLUMNS.split(","), "problem"]
    for symbol, row in zip(SYMBOLS, got.rows(named=True), strict=True):
        point = premium.json(f"/v1/symbols/{symbol}/at/{day}?columns={COLUMNS}")
        assert {name: row[name] for name in point["values"]} == point["values"]
        assert (row["symbol"], row["date"], row["problem"]) == (symbol, date.fromisoformat(point["date"]), None)


def test_the_shape_is_the_contract(premium):
    answer = premium.json("/v1/at/2013-03-01?symbols=AAPL,APPL,IBM&columns=close")
    problem = answer["problems"].pop("APPL")
    single = premium("/v1/symbols/APPL/at/2013-03-01").json
    assert problem == {**single, "instance": "/v1/at/2013-03-01"}
    assert answer == {
        "snapshot": premium.json("/v1/snapshots/current")["id"],
        "data_through": "2013-03-01",
        "checks": "passed",
        "interval": "1d",
        "problems": {},
        "columns": {
            "symbol": ["AAPL", "APPL", "IBM"],
            "date": ["2013-03-01", None, "2013-03-01"],
            "close": [430.47, None, 202.91],
            "problem": [None, f"{problem['type']}: {problem['detail']}", None],
        },
    }


def test_days_are_each_symbols_own(premium):
    answer = premium.json("/v1/at/2012-05-17?symbols=FB,AAPL&shape=records")
    fb, aapl = answer["rows"]
    assert answer["problems"].keys() == {"FB"}
    assert fb["problem"].startswith("/problems/date-before-history: ")
    assert (fb["date"], fb["close"], aapl["date"]) == (None, None, "2012-05-17")
    answer = premium.json("/v1/at/2013-02-24?symbols=AAPL,IBM")
    assert [one["before"] for one in answer["problems"].values()] == ["2013-02-22"] * 2


def test_weeks_and_months_say_whether_they_are_over(premium):
    answer = premium.json("/v1/at/2013-03-01?symbols=AAPL,NONE&columns=close&interval=1mo")
    assert (answer["interval"], answer["columns"]["partial"]) == ("1mo", [True, None])
    assert premium.json("/v1/at/2013-03-01?symbols=AAPL&interval=1w")["columns"]["partial"] == [False]


def test_it_costs_what_it_answers(free):
    answer = free("/v1/at/latest?symbols=AAPL,NONE,IBM&columns=close,sma_20")
    assert left(answer) == {"minute": MINUTE - 1, "day": DAY - 2}
    assert "ETag" not in answer.headers  # a problem tells of its request
    answer = free("/v1/at/latest?symbols=AAPL,IBM&columns=close")
    again = free("/v1/at/latest?symbols=AAPL,IBM&columns=close", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, left(again)["day"]) == (304, DAY - 4)
    dated = free("/v1/at/2013-03-01?symbols=AAPL,IBM&columns=close")
    assert dated.headers["ETag"] == answer.headers["ETag"]


def test_what_is_wrong_with_all_is_a_problem_of_the_whole(premium, free):
    checked(premium("/v1/at/latest?symbols=AAPL&columns=rsx_14"), "unknown-column")
    checked(premium("/v1/at/20130301?symbols=AAPL"), "bad-date")
    checked(premium("/v1/at/latest"), "parameter-out-of-bounds")
    checked(free("/v1/at/latest?symbols=AAPL&columns=rsi_14"), "indicator-above-tier")
    checked(free(f"/v1/at/latest?symbols={','.join(['AAPL'] * 51)}"), "batch-above-tier")
    old = free.json("/v1/at/2012-11-30?symbols=AAPL")["problems"]["AAPL"]
    assert (old["status"], old["least_tier"]) == (403, "pro")


def test_near_names_are_told_of_a_few(premium):
    strange = [f"AAP{letter}" for letter in "ABCDEFGHIJKMNOP"]
    problems = premium.json(f"/v1/at/latest?symbols={','.join(strange)}")["problems"]
    assert [bool(problems[one]["allowed"]) for one in strange] == [True] * 10 + [False] * 5


def test_the_schema_tells_units_and_problems(premium):
    found = told(get(premium, "/v1/at/latest?symbols=AAPL,NONE&columns=rsi_14,close", "arrow"))
    assert found["columns"]["rsi_14"] == {"unit": "index", "minimum": 0, "maximum": 100}
    assert found["columns"]["close"]["unit"] == "price"
    assert found["problems"]["NONE"]["status"] == 404
