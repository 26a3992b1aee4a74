import pytest

import indicators
from warehouse.intervals import DAILY, INTERVALS


def test_all_indicators_are_listed(free):
    items = free.json("/v1/indicators")["items"]
    assert [one["id"] for one in items] == [cls.id for cls in indicators.catalogue()]
    assert free.json("/v1/indicators/macd") == next(one for one in items if one["id"] == "macd")


def test_an_entry_tells_how_to_ask(free):
    rsi = free.json("/v1/indicators/rsi")
    assert rsi["parameters"] == [
        {
            "name": "period",
            "type": "integer",
            "default": 14,
            "minimum": 2,
            "maximum": 2000,
            "description": rsi["parameters"][0]["description"],
            "aliases": ["timeperiod"],
        },
        {
            "name": "smoothing",
            "type": "string",
            "default": "wilder",
            "minimum": None,
            "maximum": None,
            "description": rsi["parameters"][1]["description"],
            "aliases": [],
            "choices": ["wilder", "sma", "ema"],
            "convention": True,
        },
    ]
    assert (rsi["outputs"][0]["minimum"], rsi["outputs"][0]["maximum"]) == (0, 100)
    assert (rsi["lookback"], rsi["memory"], rsi["least_tier"]) == (14, "convergent", "pro")
    assert {"rsi_7", "rsi_14", "rsi_21"} <= set(rsi["stored"])


@pytest.mark.parametrize("interval", INTERVALS, ids=lambda interval: interval.schema)
def test_stored_columns_are_those_served(free, follower, interval):
    items = free.json("/v1/indicators")["items"]
    told = {name for one in items for name in one["stored_by_interval"][interval.name]}
    bars = {"open", "high", "low", "close", "volume", "split_factor", "split_div_factor"}
    reader = follower.edition().reader
    assert told == set((reader if interval == DAILY else reader.over(interval)).columns) - bars
    assert all(one["stored"] == one["stored_by_interval"]["1d"] for one in items)
