import json
from itertools import product

import pytest

from api.accounts.tiers import seeded
from tests.api.conftest import strict
from tests.api.test_metering import DAY, MINUTE, left
from tests.api.test_problems import checked

SMA, EMA, RSI = ({"id": one} for one in ("sma", "ema", "rsi"))


def asked(symbols=("AAPL",), indicators=(SMA,), **rest):
    return {"symbols": list(symbols), "indicators": list(indicators), **rest}


def post(caller, question):
    return caller("/v1/batch", method="POST", body=json.dumps(question))


def answered(caller, question):
    answer = post(caller, question)
    assert answer.status_code == 200, answer.text
    return strict(answer.content)


def test_the_shape_is_the_contract(premium):
    answer = answered(premium, asked(["AAPL", "APPL"], [{"id": "sma", "params": {"period": 20}}], limit=2))
    current = premium.json("/v1/snapshots/current")
    good, bad = answer.pop("items")
    assert answer.pop("next_cursor")
    assert answer == {"snapshot": current["id"], "data_through": "2013-03-01", "checks": "passed"}
    columns = good.pop("columns")
    assert good == {
        "symbol": "AAPL",
        "interval": "1d",
        "adjust": "split",
        "indicator": "sma",
        "params": {"period": 20},
        "profile": "talib",
        "on": "close",
        "against": None,
        "source": "stored",
        "warmup": {"memory": "window", "lookback": 19, "bars_before": 3268},
        "noncausal": {},
        "coverage": {"calendar": "XNYS", "expected": 2, "present": 2, "gaps": [], "behind": 0},
        "nulls": {},
        "status": 200,
        "truncated": True,
    }
    assert columns.keys() == {"date", "sma"}
    assert columns["date"] == ["2013-02-28", "2013-03-01"]
    problem = bad.pop("problem")
    assert bad == {"symbol": "APPL", "indicator": "sma", "params": {"period": 20}, "status": 404}
    single = premium("/v1/symbols/APPL/indicators/sma")
    assert problem == {**strict(single.content), "request_id": problem["request_id"]}


@pytest.mark.parametrize(
    "rest",
    [
        {"limit": 3},
        {"start": "2012-06-01", "limit": 30},
        {"start": "2012-06-01", "end": "2012-07-02"},
        {"end": "2013-01-02", "limit": 7, "adjust": "split_div"},
    ],
)
def test_an_item_is_the_series_of_a_get(premium, rest):
    symbols = ("IBM", "FB", "AAPL")
    indicators = (
        {"id": "macd"},
        {"id": "rsi", "params": {"period": 9}, "on": "hlc3"},
        {"id": "ema", "params": {"timeperiod": 37}},
        {"id": "atr"},
    )
    items = answered(premium, asked(symbols, indicators, **rest))["items"]
    for item, (symbol, wanted) in zip(items, product(symbols, indicators), strict=True):
        given = {**wanted.get("params", {}), "limit": 250, **rest}
        query = "&".join(f"{name}={value}" for name, value in given.items()) + f"&on={wanted.get('on', 'close')}"
        single = premium.json(f"/v1/symbols/{symbol}/indicators/{wanted['id']}?{query}")
        assert item.pop("status") == 200
        assert item.pop("truncated") == bool(single.pop("next_cursor"))
        del single["snapshot"], single["data_through"], single["checks"]
        assert item == single


def test_each_item_has_its_own_problem(pro):
    indicators = (
        {"id": "rsi", "params": {"period": 5}},
        {"id": "rsx"},
        {"id": "rsi", "params": {"period": 1}},
        {"id": "rsi", "params": {"perod": 14}},
        {"id": "rsi", "params": {"period": 2.5}},
        {"id": "macd", "params": {"fast": 30, "slow": 20}},
        {"id": "rsi", "on": "typical"},
        {"id": "atr", "on": "open"},
        {"id": "ichimoku"},
    )
    slugs = (
        None,
        "unknown-indicator",
        "parameter-out-of-bounds",
        "unknown-parameter",
        "parameter-out-of-bounds",
        "parameter-out-of-bounds",
        "parameter-out-of-bounds",
        "parameter-out-of-bounds",
        "indicator-above-tier",
    )
    answer = post(pro, asked(["AAPL", "FB"], indicators, limit=2))
    items = strict(answer.content)["items"]
    assert [(one["symbol"], one["indicator"]) for one in items] == [
        (symbol, one["id"]) for symbol, one in product(["AAPL", "FB"], indicators)
    ]
    told = [one.get("problem", {}).get("type", "/problems/None") for one in items]
    assert told == [f"/problems/{slug}" for slug in slugs * 2]
    for item in items:
        if "problem" in item:
            assert item["status"] == item["problem"]["status"] != 200
            assert item["problem"]["request_id"] == answer.headers["X-Request-Id"]
            assert "columns" not in item
    assert items[3]["problem"]["allowed"] == ["period", "smoothing"]
    assert items[8]["problem"]["least_tier"] == "premium"


def test_dates_are_each_symbols_own(premium, free):
    items = answered(premium, asked(["FB", "IBM"], start="2012-05-01", limit=1))["items"]
    assert items[0]["problem"]["type"] == "/problems/date-before-history"
    assert items[1]["columns"]["date"] == ["2012-05-01"]
    (item,) = answered(premium, asked(start="2013-02-02", end="2013-02-01"))["items"]
    assert (item["status"], item["problem"]["type"]) == (422, "/problems/start-after-end")
    (item,) = answered(free, asked(start="2012-11-30"))["items"]
    assert (item["status"], item["problem"]["least_tier"]) == (403, "pro")


def test_a_kept_snapshot_can_be_asked(premium):
    current = premium.json("/v1/snapshots/current")["id"]
    assert answered(premium, asked(snapshot=current))["snapshot"] == current
    checked(post(premium, asked(snapshot="20000101T000000Z-abcdef")), "unknown-snapshot")


def test_what_can_be_asked_at_once_is_bounded(premium):
    at_most = asked(["AAPL"] * 50, [SMA] * 20, limit=1)
    assert len(answered(premium, at_most)["items"]) == 1_000
    members = checked(post(premium, asked(["AAPL"] * 51, [SMA] * 20)), "parameter-out-of-bounds")
    assert (members["parameter"], members["allowed"]) == ("symbols", "at most 50 with so many indicators")
    members = checked(post(premium, asked(["AAPL"] * 51, limit=10_000)), "parameter-out-of-bounds")
    assert (members["parameter"], members["allowed"]) == ("limit", "at most 9803 for so many items")
    for question in (asked(["AAPL"] * 501), asked(indicators=[SMA] * 21)):
        checked(post(premium, question), "parameter-out-of-bounds")


def test_it_costs_what_it_answers(free):
    answer = post(free, asked(["AAPL", "NONE", "IBM"], [SMA, EMA, RSI]))
    assert [one["status"] for one in answer.json["items"]] == [200, 200, 403, 404, 404, 404, 200, 200, 403]
    assert left(answer) == {"minute": MINUTE - 1, "day": DAY - 4}
    assert left(post(free, asked(["NONE"]))) == {"minute": MINUTE - 2, "day": DAY - 4}
    assert left(post(free, asked([]))) == {"minute": MINUTE - 3, "day": DAY - 4}
    assert "ETag" not in answer.headers


@pytest.mark.check(13)
def test_more_than_is_left_of_the_day_is_refused_and_burns_nothing(free):
    assert left(post(free, asked(["AAPL"] * 30, limit=1)))["day"] == DAY - 30
    refused = post(free, asked(["AAPL"] * 30, limit=1))
    members = checked(refused, "quota-exceeded")
    assert members["violated-policies"] == ["day"]
    assert f"this costs 30 of the day, and {DAY - 30} are left" in members["detail"]
    assert left(refused) == {"minute": MINUTE - 1, "day": DAY - 30}
    assert left(post(free, asked(["AAPL"] * (DAY - 30), limit=1)))["day"] == 0


@pytest.mark.check(16)
def test_a_mistake_of_ours_gives_all_of_it_back(free, monkeypatch):
    monkeypatch.setattr("api.resources.batch.stretch.rows", lambda *_: 1 / 0)
    answer = post(free, asked(["AAPL"] * 5))
    checked(answer, "internal")
    assert left(answer)["day"] == seeded()[0].per_day


# body, slug, the parameter named
MISTAKES = [
    (b"", "not-json", None),
    (b"not json", "not-json", None),
    (b"[1]", "not-json", None),
    (b"[" * 100_000, "not-json", None),
    (b'{"symbols": ' + b"[" * 100_000, "not-json", None),
    (b'{"symbols": ' + b"[" * 300 + b"]" * 300 + b"}", "parameter-out-of-bounds", "symbols[0]"),
    (b'{"limit": NaN}', "not-json", None),
    (b'{"limit": 1e999}', "not-json", None),
    (b'{"limit": ' + b"9" * 5000 + b"}", "not-json", None),
    (b'{"symbols": ["AAPL"]', "not-json", None),
    (b'{"symbols": ["\\ud800"]}', "not-json", None),
    (b"\xff", "not-json", None),
    (b'{"symbols": ["\xed\xa0\x80"]}', "not-json", None),
    (b'{"limit": 1, "limit": 2}', "repeated-parameter", "limit"),
    (b'{"indicators": [{"id": "sma", "params": {"period": 2, "period": 3}}]}', "repeated-parameter", "period"),
    (b"{}", "parameter-out-of-bounds", "symbols"),
    ({"symbol": "AAPL"}, "unknown-parameter", "symbol"),
    (asked(cursor="x"), "bad-cursor", "cursor"),
    (asked(indicators=[{"id": "sma", "period": 20}]), "unknown-parameter", "indicators[0].period"),
    (asked(indicators=[SMA, {"id": "sma", "a`b": 20}]), "unknown-parameter", "indicators[1].a`b"),
    (asked([]), "parameter-out-of-bounds", "symbols"),
    (asked(indicators=[]), "parameter-out-of-bounds", "indicators"),
    (asked("AAPL") | {"symbols": "AAPL"}, "parameter-out-of-bounds", "symbols"),
    (asked([1]), "parameter-out-of-bounds", "symbols[0]"),
    (asked(["A" * 65]), "parameter-out-of-bounds", "symbols[0]"),
    (asked(indicators=["sma"]), "parameter-out-of-bounds", "indicators[0]"),
    (asked(indicators=[{"params": {}}]), "parameter-out-of-bounds", "indicators[0].id"),
    (asked(indicators=[{"id": 1}]), "parameter-out-of-bounds", "indicators[0].id"),
    (asked(indicators=[{"id": "sma", "params": []}]), "parameter-out-of-bounds", "indicators[0].params"),
    (asked(indicators=[{"id": "sma", "params": {"period": True}}]), "parameter-out-of-bounds", None),
    (asked(indicators=[{"id": "sma", "params": {"period": 10**30}}]), "parameter-out-of-bounds", None),
    (asked(indicators=[{"id": "sma", "params": {"p" * 65: 1}}]), "parameter-out-of-bounds", "indicators[0].params"),
    (asked(limit=0), "parameter-out-of-bounds", "limit"),
    (asked(limit="5"), "parameter-out-of-bounds", "limit"),
    (asked(limit=10**30), "parameter-out-of-bounds", "limit"),
    (asked(limit=None), "parameter-out-of-bounds", "limit"),
    (asked(adjust="none"), "parameter-out-of-bounds", "adjust"),
    (asked(snapshot=1), "parameter-out-of-bounds", "snapshot"),
    (asked(snapshot="null"), "unknown-snapshot", "snapshot"),
    (asked(start="2013-02-30"), "bad-date", "start"),
    (asked(end=20130228), "bad-date", "end"),
    (asked(end="x" * 900_000), "bad-date", "end"),
    (b'"' + b"x" * 1_000_001 + b'"', "body-too-large", None),
]


@pytest.mark.parametrize(("body", "slug", "parameter"), MISTAKES, ids=lambda one: str(one)[:60])
def test_a_mistaken_body_is_a_problem_of_the_whole(premium, body, slug, parameter):
    octets = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = premium("/v1/batch", method="POST", body=octets)
    members = checked(answer, slug)
    if parameter:
        assert members["parameter"] == parameter
    assert len(answer.content) < 2_000


def test_a_null_is_a_member_left_out(premium):
    given = asked(start=None, end=None, snapshot=None)
    assert answered(premium, given) == answered(premium, asked())


def test_only_post_is_answered(premium):
    answer = premium("/v1/batch")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST, OPTIONS"
