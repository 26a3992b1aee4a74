import pytest

from tests.api.conftest import strict

AT = "/v1/symbols/AAPL/at"


def test_the_shape_is_the_contract(premium):
    answer = premium.json(f"{AT}/2013-03-01?columns=rsi_14,close,macd_12_26_9_signal")
    assert answer == {
        "symbol": "AAPL",
        "date": "2013-03-01",
        "snapshot": answer["snapshot"],
        "data_through": "2013-03-01",
        "values": {
            "rsi_14": pytest.approx(32.778355, abs=1e-6),
            "close": 430.47,
            "macd_12_26_9_signal": answer["values"]["macd_12_26_9_signal"],
        },
    }


def test_the_default_is_the_bar(premium):
    assert premium.json(f"{AT}/latest")["values"] == {
        "open": 438.0,
        "high": 438.1799,
        "low": 429.98,
        "close": 430.47,
        "volume": 19_730_300.0,
    }


def test_latest_is_the_newest_bar(premium):
    assert premium.json(f"{AT}/latest") == premium.json(f"{AT}/2013-03-01")


def test_a_point_equals_the_series(premium):
    series = premium.json("/v1/symbols/MSFT/indicators/bbands?start=2003-02-14&end=2003-02-20")["columns"]
    names = {"upper": "bbands_20_2_upper", "middle": "bbands_20_2_middle", "lower": "bbands_20_2_lower"}
    for row, day in enumerate(series["date"]):
        values = premium.json(f"/v1/symbols/MSFT/at/{day}?columns={','.join(names.values())}")["values"]
        assert values == {column: series[name][row] for name, column in names.items()}
    assert len(series["date"]) == 4


def test_no_value_is_null(premium):
    answer = premium(f"{AT}/2000-03-01", query_string="columns=rsi_14,close")
    assert strict(answer.content)["values"]["rsi_14"] is None


def test_every_stored_column_can_be_asked_for(premium, follower):
    names = sorted(follower.edition().reader.columns)
    for start in range(0, len(names), 50):
        some = names[start : start + 50]
        assert list(premium.json(f"{AT}/latest?columns={','.join(some)}")["values"]) == some


def test_a_tier_gets_its_own_columns_within_its_window(free, pro):
    assert free.json(f"{AT}/2012-12-03?columns=sma_20,ema_200,close,volume")["values"]["ema_200"] > 0
    assert free(f"{AT}/2012-11-30").status_code == 403
    assert pro.json(f"{AT}/2012-03-01?columns=rsi_14")["values"]["rsi_14"] > 0
    refused = pro(f"{AT}/latest", query_string="columns=close,kama_10")
    assert (refused.status_code, refused.json["least_tier"]) == (403, "premium")
