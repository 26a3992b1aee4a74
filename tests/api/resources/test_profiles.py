"""Profiles, conventions and outputs in hindsight over HTTP."""

import json

import numpy as np
import pytest

from api.resources import series
from indicators import PROFILES, build, catalogue, parameters
from tests.api.conftest import strict
from tests.api.resources.test_series import numbers
from tests.api.test_problems import checked

PATH = "/v1/symbols/AAPL/indicators"
WHOLE = "start=2000-03-01&limit=10000"


@pytest.fixture
def bars(follower):
    return follower.edition().bars("AAPL", "split")


def batch(caller, *indicators, **rest):
    body = {"symbols": ["AAPL"], "indicators": list(indicators), "limit": 3, **rest}
    return strict(caller("/v1/batch", method="POST", body=json.dumps(body)).content)["items"]


@pytest.mark.parametrize("id_", ["ema", "stoch", "supertrend", "kc", "smi", "ichimoku"])
def test_a_profile_sets_what_is_not_given_and_is_told(premium, bars, id_):
    answer = premium.json(f"{PATH}/{id_}?profile=tradingview&{WHOLE}")
    indicator = build(id_, {}, "tradingview")
    assert (answer["profile"], answer["params"]) == ("tradingview", indicator.params())
    _, *columns = answer["columns"].values()
    for shown, computed in zip(columns, indicator.compute(bars), strict=True):
        np.testing.assert_array_equal(numbers(shown), computed)


def test_what_is_given_wins(premium):
    answer = premium.json(f"{PATH}/ema?profile=tradingview&timeperiod=30&seed=sma&limit=1")
    assert (answer["params"], answer["profile"]) == ({"period": 30, "seed": "sma"}, "tradingview")
    assert answer["source"] == "stored"  # that is ema_30


def test_one_that_resolves_to_a_stored_one_is_stored(premium):
    plain, same = (premium.json(f"{PATH}/rsi?limit=3{more}") for more in ("", "&profile=tradingview"))
    assert (plain["source"], same["source"]) == ("stored", "stored")
    assert (plain["columns"], plain["params"]) == (same["columns"], same["params"])
    assert premium.json(f"{PATH}/stoch?limit=1&profile=tradingview&slow_k=3")["source"] == "stored"  # stoch_14_3_3
    assert premium.json(f"{PATH}/ema?limit=1&profile=tradingview")["source"] == "computed"
    assert premium.json(f"{PATH}/rsi?limit=1&smoothing=sma")["source"] == "computed"


def test_one_that_the_profile_does_not_have_says_whose_it_is(premium):
    assert premium.json(f"{PATH}/hwma?limit=1&profile=tradingview")["profile"] == "talib"


def test_an_unknown_profile_is_told_the_known(premium):
    members = checked(premium(f"{PATH}/rsi", query_string="profile=tv"), "parameter-out-of-bounds")
    assert (members["parameter"], members["given"], members["allowed"]) == ("profile", "tv", list(PROFILES))
    (item,) = batch(premium, {"id": "rsi", "profile": "tv"})
    assert (item["status"], item["problem"]["allowed"]) == (422, list(PROFILES))


@pytest.mark.parametrize(
    ("query", "parameter", "allowed"),
    [
        ("rsi?smoothing=plain", "smoothing", "must be one of wilder, sma, ema"),
        ("bbands?ddof=2", "ddof", "must be a whole number from 0 to 1"),
        ("var?ddof=1&period=1", "ddof", "must be below period, which is 1"),
        ("sarext?initial_long=0.3", "initial_long", "must be below maximum_long, which is 0.2"),
        ("vosc?profile=tradingview&slow=4", "fast", "must be below slow, which is 4"),
    ],
)
def test_a_wrong_convention_is_told_what_is_allowed(premium, query, parameter, allowed):
    path, _, query_string = query.partition("?")
    members = checked(premium(f"{PATH}/{path}", query_string=query_string), "parameter-out-of-bounds")
    assert (members["parameter"], members["allowed"]) == (parameter, allowed)


def test_profiles_tags_and_cursors_are_kept_apart(premium):
    """Equal parameters, other words in the answer: another tag, and no way from the one's pages to the other's."""
    paths = [f"{PATH}/rsi", f"{PATH}/rsi?profile=tradingview", f"{PATH}/rsi?include_noncausal=true"]
    tags = {premium(*path.split("?")[:1], query_string=path.partition("?")[2]).headers["ETag"] for path in paths}
    assert len(tags) == len(paths)
    cursor = premium.json(f"{PATH}/rsi?limit=5")["next_cursor"]
    refused = premium(f"{PATH}/rsi", query_string=f"limit=5&profile=tradingview&cursor={cursor}")
    assert refused.json["type"] == "/problems/bad-cursor"


def test_outputs_in_hindsight_come_only_if_asked_for(premium, bars):
    plain = premium.json(f"{PATH}/ichimoku?limit=30")
    assert list(plain["columns"]) == ["date", "tenkan", "kijun", "senkou_a", "senkou_b"]
    assert plain["noncausal"] == {}
    asked = premium.json(f"{PATH}/ichimoku?limit=30&include_noncausal=true")
    assert asked["noncausal"] == {"chikou": {"causal": False, "repaints": False, "display_shift": -26}}
    chikou = asked["columns"].pop("chikou")
    assert asked["columns"] == plain["columns"]
    assert chikou == [*bars.close[-4:].tolist(), *[None] * 26]
    assert premium.json(f"{PATH}/rsi?limit=1&include_noncausal=true")["noncausal"] == {}


def test_what_is_drawn_again_is_marked(premium):
    answer = premium.json(f"{PATH}/zigzag?limit=2&include_noncausal=true&percent=8")
    assert answer["noncausal"] == {"line": {"causal": False, "repaints": True, "display_shift": 0}}
    assert premium(f"{PATH}/zigzag", query_string="include_noncausal=maybe").status_code == 422


def test_a_batch_has_them_item_by_item(premium):
    items = batch(
        premium,
        {"id": "ema", "profile": "tradingview"},
        {"id": "ema", "params": {"seed": "first", "period": 9}},
        {"id": "dpo", "include_noncausal": True},
        {"id": "dpo"},
    )
    assert [one["status"] for one in items] == [200] * 4
    assert [one["profile"] for one in items] == ["tradingview", "talib", "talib", "talib"]
    assert items[0]["columns"] == items[1]["columns"]
    assert list(items[2]["columns"]) == ["date", "dpo", "centred"]
    assert items[2]["noncausal"] == {"centred": {"causal": False, "repaints": False, "display_shift": -11}}
    assert list(items[3]["columns"]) == ["date", "dpo"]


def test_text_in_a_body_is_a_word_and_no_number(premium):
    words, text = batch(
        premium, {"id": "rsi", "params": {"smoothing": "ema"}}, {"id": "rsi", "params": {"timeperiod": "14"}}
    )
    assert words["params"] == {"period": 14, "smoothing": "ema"}
    assert text["problem"]["allowed"] == "must be a whole number from 2 to 2000"


def test_no_parameter_bears_a_name_that_questions_have():
    own = {*series.parameters(series.SeriesQuestion), "dry_run", "against", "format"}
    for cls in catalogue():
        assert not own & {name for one in parameters(cls) for name in (one.name, *one.aliases)}, cls.id


def test_neither_points_nor_expressions_have_them(premium):
    members = checked(
        premium("/v1/symbols/AAPL/at/latest", query_string="columns=ichimoku_9_26_52_26_chikou"), "unknown-column"
    )
    assert "ichimoku_9_26_52_26_chikou" in members["detail"]
    question = {
        "symbols": ["AAPL"],
        "expressions": {"late": "ichimoku().chikou", "known": "ichimoku().kijun"},
        "limit": 1,
    }
    answer = strict(premium("/v1/expressions", method="POST", body=json.dumps(question)).content)
    assert answer["expressions"]["known"]["status"] == 200
    assert answer["expressions"]["late"]["status"] == 422
    assert "known only on later bars" in answer["expressions"]["late"]["problem"]["detail"]


def test_the_catalogue_tells_conventions_profiles_and_marks(premium):
    supertrend = premium.json("/v1/indicators/supertrend")
    told = {one["name"]: one.get("convention", False) for one in supertrend["parameters"]}
    assert told == {"period": False, "multiplier": False, "atr_type": True, "first_bar": True, "first_trend": True}
    assert supertrend["profiles"].keys() == set(PROFILES)
    assert supertrend["profiles"]["tradingview"]["first_trend"] == "falling"
    ichimoku = premium.json("/v1/indicators/ichimoku")
    marks = {one["name"]: (one["causal"], one["repaints"], one["display_shift"]) for one in ichimoku["outputs"]}
    assert (marks["kijun"], marks["senkou_a"], marks["chikou"]) == (
        (True, False, 0),
        (True, False, 26),
        (False, False, -26),
    )
    assert not ichimoku["causal"]


def test_every_indicator_answers_with_numbers_or_nulls(premium):
    """All of them, with each profile, on a symbol whose history is shorter than many warm-ups."""
    wanted = [
        {"id": cls.id, "profile": profile, "include_noncausal": True}
        for cls in catalogue()
        if not cls.takes_against
        for profile in PROFILES
    ]
    for at in range(0, len(wanted), 20):
        body = {"symbols": ["FB", "AAPL"], "indicators": wanted[at : at + 20], "limit": 300}
        items = strict(premium("/v1/batch", method="POST", body=json.dumps(body)).content)["items"]
        for item in items:
            assert item["status"] == 200, item
            for column in list(item["columns"].values())[1:]:
                assert all(one is None or np.isfinite(one) for one in column)
