import inspect
import re
import warnings

import pytest

from indicators import catalogue, declaration, describe, stored_columns
from indicators.elsewhere import Elsewhere, elsewhere
from tests.indicators.cases import every_class

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its own deprecations, not ours
    import pandas_ta_classic as pta

KNOWN = {cls.id: {one.system: one for one in elsewhere(cls)} for cls in catalogue()}


@every_class
def test_an_entry_answers_every_question(cls):
    entry = describe(cls)
    assert (entry.id, entry.title, entry.lookback) == (cls.id, cls.title, cls().lookback())
    assert (entry.settles_after is None) >= (cls.memory == "anchored")
    assert entry.causal == (cls.hindsight is None)
    assert entry.repaints == (cls.id == "zigzag")
    assert entry.profiles["talib"] == cls().params()
    assert entry.display_shifts.keys() == {output.name for output in entry.outputs}
    assert set(entry.stored) <= set(stored_columns())
    assert len({one.system for one in entry.elsewhere}) == len(entry.elsewhere)


def test_the_entry_of_supertrend():
    entry = describe(declaration("supertrend"))
    told = {parameter.name: parameter.convention for parameter in entry.parameters}
    assert told == {"period": False, "multiplier": False, "atr_type": True, "first_bar": True, "first_trend": True}
    assert entry.profiles["tradingview"] == {
        "period": 10,
        "multiplier": 3.0,
        "atr_type": "rma",
        "first_bar": "range",
        "first_trend": "falling",
    }
    assert (entry.lookback, entry.memory, entry.settles_after) == (10, "anchored", None)
    assert Elsewhere("pandas-ta-classic", "supertrend", {"length": 7, "multiplier": 3.0}) in entry.elsewhere
    assert Elsewhere("TradingView", "Supertrend", {"atrPeriod": 10, "factor": 3.0}) in entry.elsewhere
    assert Elsewhere("TA-Lib", "SUPERTREND", {"timeperiod": 10, "multiplier": 3.0}) in entry.elsewhere


def test_defaults_are_read_as_they_are_written():
    assert KNOWN["sma"]["Alpha Vantage"].defaults == {"time_period": None}
    assert KNOWN["bbands"]["Twelve Data"].defaults == {"time_period": 20, "sd": 2, "ma_type": "SMA"}
    assert KNOWN["obv"]["TradingView"].defaults == {}


def test_the_best_known_are_placed():
    rows = [one for known in KNOWN.values() for one in known.values()]
    assert sum(len(known) >= 3 for known in KNOWN.values()) >= 60
    assert sum(bool(known.keys() - {"TA-Lib"}) for known in KNOWN.values()) >= 100
    assert len(rows) > 400


@pytest.mark.parametrize("module", ["tradingview", "pandas_ta", "alpha_vantage", "twelve_data"])
def test_tables_name_indicators_of_ours_once(module):
    table = __import__(f"indicators.elsewhere.{module}", fromlist=["TABLE"]).TABLE
    ids = [line.partition("|")[0].strip() for line in table.strip().splitlines()]
    assert len(set(ids)) == len(ids)
    assert set(ids) <= {cls.id for cls in catalogue()}


def test_pandas_tas_defaults_stand_in_its_source():
    """Written as `length = int(length) if length and length > 0 else 14`, or as a call with the default."""
    for known in KNOWN.values():
        if "pandas-ta-classic" not in known:
            continue
        theirs = known["pandas-ta-classic"]
        source = inspect.getsource(getattr(pta, theirs.name))
        signature = inspect.signature(getattr(pta, theirs.name)).parameters
        for name, value in theirs.defaults.items():
            text = re.escape(f"{value:g}" if isinstance(value, float) else str(value))
            stated = re.search(rf"\b{name} = .*(?<![\d.]){text}(?![\d])", source)
            assert value is None or stated or str(signature[name].default) == str(value), (theirs, name)


def test_pandas_ta_has_what_is_said_of_it():
    for known in KNOWN.values():
        if "pandas-ta-classic" in known:
            theirs = known["pandas-ta-classic"]
            assert theirs.defaults.keys() <= inspect.signature(getattr(pta, theirs.name)).parameters.keys(), theirs
