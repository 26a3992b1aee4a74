"""Every question, answered as the API answers it in JSON to somebody else's client."""

from datetime import date

import msgspec
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from api import attendance, edition, routes
from api.dry_run import Cost
from api.questions import parameters
from api.resources import account, catalogue, point, snapshots, symbols
from kalpi_client import AsyncClient, Client, answers, many, questions, stretches

MACD = {"fast": 5, "slow": 30}


def frame(columns):
    """Return JSON's columns as the frame that they stand for."""
    told = pl.DataFrame({name: values for name, values in columns.items() if name not in {"date", "problem"}})
    numbers = told.with_columns(pl.col(pl.Int64, pl.Null).cast(pl.Float64))
    if "date" not in columns:
        return numbers
    place = 1 if "symbol" in columns else 0
    return numbers.insert_column(place, pl.Series("date", columns["date"]).str.to_date())


def items(answer):
    """Return the items of a batch of one indicator, or of expressions, as one frame."""
    parts = [frame(one["columns"]).select(pl.lit(one["symbol"]).alias("symbol"), pl.all()) for one in answer["items"]]
    return pl.concat(parts)


def test_bars(ask, plain):
    got = ask(lambda kalpi: kalpi.bars("AAPL", adjust="raw", start=date(2012, 6, 1), end="2012-06-29"))
    told = plain("/v1/symbols/AAPL/bars", adjust="raw", start="2012-06-01", end="2012-06-29")
    assert got.schema["date"] == pl.Date
    assert_frame_equal(got, frame(told["columns"]), check_exact=True)


def test_a_series(ask, plain):
    got = ask(lambda kalpi: kalpi.series("AAPL", "macd", on="hlc3", interval="1w", limit=40, **MACD))
    told = plain("/v1/symbols/AAPL/indicators/macd", on="hlc3", interval="1w", limit=40, **MACD)
    assert_frame_equal(got, frame(told["columns"]), check_exact=True)


def test_a_sweep_and_what_looks_ahead(ask):
    swept = ask(lambda kalpi: kalpi.series("AAPL", "rsi", period="5:15:5", limit=3))
    assert swept.columns == ["date", "rsi_5", "rsi_10", "rsi_15"]
    ahead = ask(lambda kalpi: kalpi.series("AAPL", "ichimoku", include_noncausal=True, limit=3))
    assert "chikou" in ahead.columns


def test_a_series_against_another(ask, plain):
    got = ask(lambda kalpi: kalpi.series("AAPL", "beta", against="IBM", profile="tradingview", limit=5))
    told = plain("/v1/symbols/AAPL/indicators/beta", against="IBM", profile="tradingview", limit=5)
    assert_frame_equal(got, frame(told["columns"]), check_exact=True)


def test_a_point(ask, plain):
    got = ask(lambda kalpi: kalpi.point("IBM", "2013-02-28", ["close", "rsi_14"]))
    told = plain("/v1/symbols/IBM/at/2013-02-28", columns="close,rsi_14")
    assert (got.date, got.values) == (date(2013, 2, 28), told["values"])
    assert ask(lambda kalpi: kalpi.point("IBM")).values.keys() == {"open", "high", "low", "close", "volume"}


def test_many_on_a_day(ask, plain):
    got = ask(lambda kalpi: kalpi.at(["MSFT", "AAPL", "IBM"], columns=["close", "rsi_14"], at_once=2))
    told = plain("/v1/at/latest", symbols="MSFT,AAPL,IBM", columns="close,rsi_14")
    assert_frame_equal(got, frame(told["columns"]), check_exact=True)


def test_a_batch(ask, plain):
    wanted = {"id": "sma", "params": {"period": 7}, "on": "high"}
    got = ask(lambda kalpi: kalpi.batch(["MSFT", "AAPL"], [wanted], limit=20))
    told = plain("/v1/batch", {"symbols": ["MSFT", "AAPL"], "indicators": [wanted], "limit": 20})
    assert_frame_equal(got.rename({"sma_7_on_high": "sma"}), items(told), check_exact=True)


def test_expressions(ask, plain):
    said = {"above": "close > sma(close, 50)", "smooth": "rsi(ema(hl2, 5), 14)"}
    got = ask(lambda kalpi: kalpi.expressions(["IBM", "AAPL"], said, start=date(2013, 2, 1)))
    told = plain("/v1/expressions", {"symbols": ["IBM", "AAPL"], "expressions": said, "start": "2013-02-01"})
    assert got.schema["above"] == pl.Boolean
    assert_frame_equal(got, items(told), check_exact=True)


def test_a_screen(ask, plain):
    said = {"where": "close > 10", "select": ["close"], "order_by": "-close", "limit": 3}
    got = ask(lambda kalpi: kalpi.screen(**said))
    assert_frame_equal(got, frame(plain("/v1/screen", said)["columns"]), check_exact=True)
    days = {"start": date(2013, 2, 1), "end": "2013-02-05"}
    got = ask(lambda kalpi: kalpi.screen("close > 10", at=days))
    assert set(got["date"]) == {date(2013, 2, 1), date(2013, 2, 4), date(2013, 2, 5)}


def test_lists(ask, plain):
    got = ask(lambda kalpi: kalpi.symbols())
    assert got.schema == {"symbol": pl.String, "first_date": pl.Date, "last_date": pl.Date, "bars": pl.Int64}
    assert got.with_columns(pl.col(pl.Date).dt.to_string()).to_dicts() == plain("/v1/symbols")["items"]
    assert ask(lambda kalpi: kalpi.symbols("nothing like it")).is_empty()
    assert ask(lambda kalpi: kalpi.symbol("IBM")).bars == 3270


def test_records(ask, plain):
    assert [one.id for one in ask(lambda kalpi: kalpi.indicators())] == [
        one["id"] for one in plain("/v1/indicators")["items"]
    ]
    rsi = ask(lambda kalpi: kalpi.indicator("rsi"))
    assert (rsi.parameters[0].name, rsi.parameters[0].minimum) == ("period", 2)
    assert ask(lambda kalpi: kalpi.me()).tier == "premium"
    served = ask(lambda kalpi: kalpi.snapshot())
    assert served.id == plain("/v1/snapshots/current")["id"]
    assert served in ask(lambda kalpi: kalpi.snapshots())


def test_usage(ask):
    used = ask(lambda kalpi: kalpi.usage())
    assert used.columns == ["date", "route", "key", "requests", "units", "errors", "bytes"]


def test_what_a_question_costs(ask):
    assert ask(lambda kalpi: kalpi.cost(questions.series("AAPL", "rsi", period="5:20:5"))).cost.day == 4
    assert ask(lambda kalpi: kalpi.cost(questions.batch(["AAPL", "IBM"], ["rsi", "sma"]))).cost.day == 4
    assert ask(lambda kalpi: kalpi.cost(questions.point("AAPL"))).allowed


def test_both_clients_ask_every_question():
    def asked(kind):
        return {name for name, one in vars(kind).items() if type(one).__name__ == "Method"}

    said = {name for name, one in vars(questions).items() if callable(one) and one.__module__ == questions.__name__}
    assert asked(Client) == asked(AsyncClient) == {name for name in said if not name.startswith("_")}


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (answers.Indicator, catalogue.IndicatorEntry),
        (answers.Parameter, catalogue.ParameterEntry),
        (answers.Output, catalogue.OutputEntry),
        (answers.Point, point.Point),
        (answers.Listing, symbols.SymbolAnswer),
        (answers.Coverage, attendance.Coverage),
        (answers.Gap, attendance.Gap),
        (answers.Snapshot, snapshots.SnapshotItem),
        (answers.Warned, edition.Warned),
        (answers.Table, snapshots.TableItem),
        (answers.Me, account.Me),
        (answers.Cost, Cost),
    ],
)
def test_records_are_those_of_the_api(ours, theirs):
    assert {one.name for one in msgspec.structs.fields(ours)} == {one.name for one in msgspec.structs.fields(theirs)}


DAYS = {"start": "2012-01-01", "end": "2013-01-01", "min_data_through": "2013-01-01"}
EVERYTHING = {
    "series": questions.series("A", "rsi", **DAYS, limit=1, snapshot="x", since="y", against="B"),
    "bars": questions.bars("A", **DAYS, limit=1, snapshot="x", since="y"),
    "symbols": questions.symbols("A", limit=1, snapshot="x"),
    "at": questions.at(["A"], snapshot="x", min_data_through="2013-01-01"),
    "batch": questions.batch(["A"], ["rsi"], **DAYS, limit=1, snapshot="x"),
    "expressions": questions.expressions(["A"], {"x": "close"}, **DAYS, limit=1, snapshot="x"),
    "screen": questions.screen(
        "close > 1", select=["close"], order_by="close", snapshot="x", min_data_through="2013-01-01"
    ),
    "usage": questions.usage(start="2012-01-01", end="2013-01-01", limit=1),
}


@pytest.mark.parametrize("name", EVERYTHING)
def test_a_question_can_say_all_that_the_api_reads(name):
    """But for the cursor, which is said for the caller."""
    (endpoint,) = [one for one in routes.ENDPOINTS if one.name == f"{name}_{name}" and one.price is not None]
    call = EVERYTHING[name].call
    said = {*call.query, *(call.body or {})}
    in_path = {part.strip("{}") for part in endpoint.path.split("/") if part.startswith("{")}
    assert said == parameters(endpoint.question).keys() - in_path - {"cursor"}


@pytest.fixture
def short_pages(monkeypatch):
    for module in (stretches, many):
        monkeypatch.setattr(module, "MOST_ROWS", 100)


@pytest.mark.usefixtures("short_pages")
def test_pages_are_joined(ask, plain):
    newest = ask(lambda kalpi: kalpi.bars("AAPL", limit=250))
    assert_frame_equal(newest, frame(plain("/v1/symbols/AAPL/bars", limit=250)["columns"]))
    told = plain("/v1/symbols/AAPL/bars", start="2012-01-03", limit=10_000)["columns"]
    assert len(told["date"]) > 250
    assert_frame_equal(ask(lambda kalpi: kalpi.bars("AAPL", start="2012-01-03")), frame(told))
    assert_frame_equal(ask(lambda kalpi: kalpi.bars("AAPL", start="2012-01-03", limit=150)), frame(told).head(150))


@pytest.mark.usefixtures("short_pages")
def test_pages_of_many_are_joined_symbol_by_symbol(ask, plain):
    names = ["MSFT", "FB", "AAPL", "IBM", "GOOG"]
    got = ask(lambda kalpi: kalpi.batch([*names, "FB"], ["rsi", "mom"], limit=250, at_once=5))
    body = {"symbols": names, "indicators": [{"id": "rsi"}], "limit": 250}
    assert_frame_equal(got.select("symbol", "date", rsi="rsi_14"), items(plain("/v1/batch", body)))


def test_a_bound_of_rows_holds_for_each_request():
    asked = questions.batch([f"S{number}" for number in range(600)], ["rsi", "sma"], limit=2_000)
    assert len(asked.call.body["symbols"]) == 500
    assert asked.call.body["limit"] == 500


@pytest.mark.usefixtures("short_pages")
def test_what_is_refused_is_told_once(ask):
    got = ask(lambda kalpi: kalpi.batch(["AAPL", "APPL", "IBM"], ["rsi"], limit=150, problems="keep", at_once=2))
    (refused,) = got.filter(pl.col("problem").is_not_null()).to_dicts()
    assert (refused["symbol"], refused["date"]) == ("APPL", None)
    assert "near it: AAPL" in refused["problem"]
    assert got.filter(pl.col("problem").is_null()).group_by("symbol").len().sort("symbol").rows() == [
        ("AAPL", 150),
        ("IBM", 150),
    ]
