"""Other systems' words in ours. Their parameters and outputs are those of their documentation and Python clients."""

import inspect

import alpha_vantage.techindicators
import pytest
import twelvedata.endpoints

from indicators import BadParameter, build, declaration, parameters
from indicators.elsewhere import elsewhere
from indicators.elsewhere.translations import translations

ALL = [
    pytest.param(one, id=f"{system}: {one.name}")
    for system in ("Alpha Vantage", "Twelve Data")
    for one in translations(system).values()
]
MUST = {"fastlimit": "0.5"}
"""Given beside what must be: of MAMA's limits, alike by default, one is below the other here."""


def given(translation):
    return {one.name: "9" for one in translation.parameters if one.has_effect and one.default is None} | {
        name: value for name, value in MUST.items() if name in {one.name for one in translation.parameters}
    }


@pytest.mark.parametrize("one", ALL)
def test_their_defaults_are_an_indicator_of_ours(one):
    cls = declaration(one.id)
    indicator = build(one.id, one.params(given(one)))
    assert len(one.outputs) == len(cls.outputs)
    told = next(each for each in elsewhere(cls) if each.system == one.system)
    for theirs in one.parameters:
        if theirs.ours is not None and theirs.default is not None and theirs.name not in MUST:
            value = indicator.params()[theirs.ours.name]
            assert value == theirs.default or theirs.ours.choices, theirs.name
            assert told.defaults[theirs.name] == theirs.default


@pytest.mark.parametrize("one", ALL)
def test_every_parameter_moves_the_one_it_stands_for(one):
    for theirs in one.parameters:
        if theirs.ours is None:
            continue
        other = {"sma": "ema"}.get(theirs.ours.default, "sma") if theirs.ours.choices else theirs.ours.maximum
        written = {"Alpha Vantage": {"sma": "0", "ema": "1"}, "Twelve Data": {"sma": "SMA", "ema": "ema"}}
        text = written[one.system][other] if theirs.ours.choices else f"{other:g}"
        pair = {"nbdevup": text, "nbdevdn": text} if theirs.name.startswith("nbdev") else {theirs.name: text}
        found = one.params(given(one) | pair)[theirs.ours.name]
        assert str(found) == str(other if theirs.ours.choices else text)
        assert one.theirs(theirs.ours.name) in {"nbdevup", theirs.name}


def asked(name, **words):
    return translations("Twelve Data" if name.islower() else "Alpha Vantage")[name].params(words)


@pytest.mark.parametrize(
    ("name", "words", "parameter", "why"),
    [
        ("RSI", {}, "time_period", "must be given"),
        ("BBANDS", {"time_period": "20", "nbdevup": "3"}, "nbdevdn", "must be as nbdevup, which is 3"),
        ("MACDEXT", {"fastmatype": "9"}, "fastmatype", "must be one of 0, 1, 2, 3, 4, 5, 6, 7, 8"),
        ("STOCH", {"slowkmatype": "3"}, "slowkmatype", "must be one of 0, 1, 2, 5, 7, 8"),
        ("percent_b", {"ma_type": "EMA"}, "ma_type", "must be SMA"),
        ("stochrsi", {"fast_k_period": "5"}, "fast_k_period", "must be 3"),
        ("dpo", {"centered": "true"}, "centered", "must be false"),
    ],
)
def test_what_can_not_be_said_in_our_words_is_refused_in_theirs(name, words, parameter, why):
    with pytest.raises(BadParameter) as caught:
        asked(name, **words)
    assert caught.value.name == parameter
    assert why in caught.value.allowed


def test_values_are_translated():
    assert asked("MACDEXT", fastmatype="6")["fast_type"] == "t3"
    assert asked("ma", ma_type="T3MA") == {"period": 9, "type": "t3"}
    assert asked("coppock", wma_period="0")["smoothing"] == 10
    assert asked("keltner")["middle"] == "close"
    assert asked("BBANDS", time_period="20", nbdevup="2.0")["deviations"] == "2.0"
    assert asked("apo", time_period="77") == {"fast": 12, "slow": 26, "type": "sma"}


# What says which bars are meant, or how they are written; and what tells a caller.
GENERAL = {
    *("self", "symbol", "interval", "series_type", "month", "entitlement", "datatype"),
    *("ctx", "exchange", "country", "type", "outputsize", "start_date", "end_date", "dp", "timezone", "order"),
    *("prepost", "mic_code", "figi", "isin", "cusip", "adjust", "date", "include_ohlc", "previous_close"),
}


def test_alpha_vantages_client_asks_nothing_else():
    for name, translation in translations("Alpha Vantage").items():
        asks = inspect.signature(getattr(alpha_vantage.techindicators.TechIndicators, f"get_{name.lower()}"))
        assert asks.parameters.keys() - GENERAL <= {one.name for one in translation.parameters}, name


def test_twelve_datas_client_asks_nothing_else():
    kinds = {kind._name: kind for kind in map(twelvedata.endpoints.__dict__.get, twelvedata.endpoints.__all__)}
    for name, translation in translations("Twelve Data").items():
        asks = inspect.signature(kinds[name].__init__).parameters.keys() - GENERAL
        assert asks <= {one.name for one in translation.parameters}, name


def test_outputs_stand_for_ours_in_their_order():
    for (name, id_), outputs in {
        ("STOCH", "stoch"): ("SlowK", "SlowD"),
        ("AROON", "aroon"): ("Aroon Down", "Aroon Up"),
        ("supertrend", "supertrend"): ("supertrend", None),
    }.items():
        found = translations("Twelve Data" if name.islower() else "Alpha Vantage")[name]
        assert (found.id, found.outputs) == (id_, outputs)
    assert [one.name for one in declaration("aroon").outputs] == ["down", "up"]
    assert {one.name for one in parameters(declaration("kc"))} >= {"middle"}
