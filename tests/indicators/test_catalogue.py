import pytest

from indicators import FAMILIES, BadParameter, UnknownIndicator, build, catalogue, declaration, parameters
from tests.indicators.wanted import PATTERNS, WANTED


def test_every_indicator_wanted_is_there_once():
    ids = [cls.id for cls in catalogue()]
    assert len(set(ids)) == len(ids)
    assert {name: lost for name, where in WANTED.items() if (lost := set(where) - set(ids))} == {}
    assert all(WANTED.values())
    assert len(WANTED) == 152
    assert {cls.family for cls in catalogue()} == set(FAMILIES)


def test_every_pattern_is_there():
    patterns = [cls.id for cls in catalogue() if cls.family == "patterns"]
    assert sorted(patterns) == sorted(f"cdl{name.lower()}" for name in PATTERNS.split())
    assert len(patterns) == 61
    assert len(catalogue()) - len(patterns) >= 230


def test_an_unknown_indicator_is_told_its_neighbours():
    with pytest.raises(UnknownIndicator, match=r"'RSJ'.*did you mean rsi") as caught:
        declaration("RSJ")
    assert (caught.value.id, caught.value.near[0]) == ("RSJ", "rsi")
    with pytest.raises(UnknownIndicator) as caught:
        build("qqqqqq", {})
    assert caught.value.near == ()


def test_defaults_are_talibs():
    assert build("macd", {}).params() == {"fast": 12, "slow": 26, "signal": 9, "seed": "sma"}
    assert build("bbands", {}).params() == {"period": 20, "deviations": 2.0, "type": "sma", "ddof": 0}
    assert build("stoch", {}).params() == {"k": 5, "slow_k": 3, "d": 3, "slow_k_type": "sma", "d_type": "sma"}


def test_talibs_names_and_text_are_accepted():
    assert build("rsi", {"timeperiod": "9"}) == build("rsi", {"period": 9}) == build("rsi", {"period": 9.0})
    assert build("stoch", {"fastk_period": 14, "slowd_period": "3"}) == build("stoch", {"k": 14})
    assert build("bbands", {"nbdevup": "2.5", "nbdevdn": 2.5}) == build("bbands", {"deviations": 2.5})
    assert build("bbands", {"matype": "ema"}) == build("bbands", {"type": "ema"})


def test_equal_parameters_make_equal_and_equally_hashing_indicators():
    assert build("bbands", {"deviations": "2"}) == build("bbands", {})
    assert hash(build("bbands", {"deviations": "2"})) == hash(build("bbands", {}))
    assert build("sma", {}) != build("wma", {})


@pytest.mark.parametrize(
    ("id_", "given", "name", "message"),
    [
        ("rsi", {"perid": 3}, "perid", "perid=3: rsi has no such parameter; its parameters: period, smoothing"),
        ("ad", {"period": 3}, "period", "its parameters: none"),
        ("rsi", {"period": "1"}, "period", "period='1': must be a whole number from 2 to 2000"),
        ("rsi", {"period": "14.5"}, "period", "must be a whole number from 2 to 2000"),
        ("rsi", {"timeperiod": 2001}, "timeperiod", "must be a whole number from 2 to 2000"),
        ("bbands", {"deviations": "inf"}, "deviations", "must be a number from 0.01 to 100"),
        ("macd", {"fast": 30}, "fast", "fast=30: must be below slow, which is 26"),
        ("macd", {"slow": 12}, "fast", "must be below slow, which is 12"),
        ("ultosc", {"medium": 28}, "medium", "must be below long, which is 28"),
        ("rsi", {"period": 9, "timeperiod": 10}, "timeperiod", "period was given twice, with another value"),
    ],
)
def test_a_bad_parameter_says_what_is_allowed(id_, given, name, message):
    with pytest.raises(BadParameter) as caught:
        build(id_, given)
    assert caught.value.name == name
    assert message in str(caught.value)


def test_parameters_tell_what_a_page_needs():
    fast, slow, _, seed = parameters(declaration("macd"))
    assert (fast.name, fast.type, fast.default, fast.minimum, fast.maximum) == ("fast", int, 12, 2, 2000)
    assert fast.aliases == ("fastperiod",)
    assert slow.description == "Bars of the slow average."
    assert (seed.convention, seed.choices, fast.convention) == (True, ("sma", "first"), False)
    assert parameters(declaration("bbands"))[1].aliases == ("nbdevup", "nbdevdn")
