"""What changed between two kept snapshots, against what was delivered."""

from datetime import date

import msgspec
import polars as pl
import pytest

from api.resources.stretch import BarsSince, SeriesSince, SweepSince
from tests.api.deliveries import ALL, FIRST, RESTATED, bars
from tests.api.formats.readers import ROWS, frame, get
from tests.api.test_problems import checked

NEW = [str(day) for day in ALL[-5:]]
FROM_THE_FIRST = f"start={ALL[0]}&limit=10000"


def rows(answer):
    """Return by date what changed and how."""
    columns = answer["columns"]
    return dict(zip(columns["date"], columns["change"], strict=True))


def test_new_and_restated_bars(customer, delivered):
    _, old, new = delivered
    answer = customer.json(f"/v1/symbols/AAA/bars?since={old}")
    assert (answer["snapshot"], answer["since"]) == (new, old)
    assert answer["changes"] == {"new": 5, "restated": 1, "removed": 0}
    assert rows(answer) == {str(RESTATED): "restated", **dict.fromkeys(NEW, "new")}
    assert list(answer["columns"]) == ["date", "change", "open", "high", "low", "close", "volume"]
    sent = bars("AAA", ALL, 1).filter(pl.col("date") >= RESTATED)
    assert answer["columns"]["close"] == [sent["close"][0] * 1.005, *sent["close"][-5:]]


def test_what_did_not_change_is_not_told(customer, delivered):
    _, old, new = delivered
    answer = customer.json(f"/v1/symbols/CCC/bars?since={old}")
    assert answer["changes"] == {"new": 0, "restated": 0, "removed": 0}
    assert answer["columns"]["date"] == []
    assert customer.json(f"/v1/symbols/AAA/bars?since={new}")["changes"]["new"] == 0
    assert rows(customer.json(f"/v1/symbols/BBB/bars?since={old}")) == dict.fromkeys(NEW, "new")


def test_the_other_way_round_rows_are_removed(customer, delivered):
    _, old, new = delivered
    answer = customer.json(f"/v1/symbols/AAA/bars?snapshot={old}&since={new}")
    assert answer["changes"] == {"new": 0, "restated": 1, "removed": 5}
    assert rows(answer) == {str(RESTATED): "restated", **dict.fromkeys(NEW, "removed")}
    assert answer["columns"]["close"][1:] == [None] * 5


@pytest.mark.parametrize(
    "query", ["sma?period=20", "sma?period=21", "rsi?period=14", "macd?", "sma?period=5&on=rsi_14", "rsi?interval=1w"]
)
@pytest.mark.parametrize("rest", ["", "&adjust=split_div"])
def test_a_series_has_the_rows_whose_values_differ_when_both_are_asked_for(customer, delivered, query, rest):
    """Compared through plain questions of both snapshots, stored and computed, by an outer join."""
    _, old, new = delivered
    path = f"/v1/symbols/AAA/indicators/{query}{rest}&{FROM_THE_FIRST}"
    was, now = (pl.DataFrame(customer.json(f"{path}&snapshot={one}")["columns"]) for one in (old, new))
    joined = now.join(was, on="date", how="full", suffix="_was", coalesce=True).sort("date")
    outputs = [name for name in now.columns if name != "date"]
    held_now, held_before = (pl.col("date").is_in(one["date"].to_list()) for one in (now, was))
    differ = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_was")) for name in outputs)
    how = (
        pl.when(~held_before).then(pl.lit("new")).when(~held_now).then(pl.lit("removed")).otherwise(pl.lit("restated"))
    )
    expected = joined.with_columns(change=how).filter(~held_before | ~held_now | differ)
    got = pl.DataFrame(customer.json(f"{path}&since={old}")["columns"], schema_overrides={"change": pl.String})
    assert "new" in got["change"]
    assert got.equals(expected.select("date", "change", *outputs))


def restated(customer, query, old):
    found = rows(customer.json(f"/v1/symbols/AAA/indicators/{query}&since={old}"))
    return [day for day, how in found.items() if how == "restated"]


def test_a_window_is_restated_where_it_looks_and_a_memory_for_ever(customer, delivered):
    _, old, _ = delivered
    after = FIRST.index(RESTATED)
    assert restated(customer, "mom?period=5", old) == [str(FIRST[after]), str(FIRST[after + 5])]
    assert restated(customer, "ema?period=5", old) == [str(day) for day in FIRST[after:]]


def test_a_sweep_tells_a_row_if_any_column_changed(customer, delivered):
    _, old, _ = delivered
    answer = customer.json(f"/v1/symbols/AAA/indicators/mom?period=3:6:3&since={old}")
    assert list(answer["columns"]) == ["date", "change", "mom_3", "mom_6"]
    assert answer["changes"] == {"new": 5, "restated": 3, "removed": 0}


def test_pages_go_forward_and_stay_with_both_snapshots(customer, delivered):
    _, old, new = delivered
    path = f"/v1/symbols/AAA/indicators/ema?period=5&since={old}"
    whole, found, cursor = customer.json(path), {}, ""
    while cursor is not None:
        page = customer.json(f"{path}&limit=4" + (f"&cursor={cursor}" if cursor else ""))
        assert page["changes"] == whole["changes"]
        found |= rows(page)
        cursor = page["next_cursor"]
    assert found == rows(whole)
    first = customer.json(f"{path}&limit=4")["next_cursor"]
    checked(customer(f"/v1/symbols/AAA/indicators/ema?period=5&since={new}&cursor={first}"), "bad-cursor")


def test_dates_bound_it(customer, delivered):
    _, old, _ = delivered
    path = f"/v1/symbols/AAA/bars?since={old}"
    assert rows(customer.json(f"{path}&end={FIRST[-1]}")) == {str(RESTATED): "restated"}
    assert rows(customer.json(f"{path}&start={NEW[1]}&end={NEW[2]}")) == dict.fromkeys(NEW[1:3], "new")


@pytest.mark.parametrize("form", ROWS)
def test_every_format_has_it(customer, delivered, form):
    _, old, _ = delivered
    got = frame(get(customer, f"/v1/symbols/AAA/bars?since={old}", form))
    assert got["date"].to_list() == [RESTATED, *map(date.fromisoformat, NEW)]
    assert got["change"].to_list() == ["restated", *["new"] * 5]


def test_a_repeat_is_a_304_and_another_snapshot_is_not(customer, delivered):
    _, old, new = delivered
    path = "/v1/symbols/AAA/bars?limit=3&since="
    tag = customer(path + old).headers["ETag"]
    assert customer(path + old, headers={"If-None-Match": tag}).status_code == 304
    assert customer(path + new, headers={"If-None-Match": tag}).status_code == 200
    assert customer("/v1/symbols/AAA/bars?limit=3", headers={"If-None-Match": tag}).status_code == 200


def test_a_snapshot_that_is_not_kept(customer):
    members = checked(customer("/v1/symbols/AAA/bars?since=20200101T000000Z-aaaaaa"), "unknown-snapshot")
    assert members["parameter"] == "since"


@pytest.mark.parametrize(
    ("path", "kind"),
    [("bars?", BarsSince), ("indicators/rsi?", SeriesSince), ("indicators/rsi?period=5:9:4&", SweepSince)],
)
def test_answers_are_what_is_declared(customer, delivered, path, kind):
    _, old, _ = delivered
    answer = customer.json(f"/v1/symbols/AAA/{path}interval=1mo&since={old}")
    msgspec.convert(answer, kind)
    assert answer.keys() == set(kind.__struct_fields__)
