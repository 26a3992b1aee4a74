import subprocess
import sys

import pytest

from indicators import catalogue, library
from indicators.records import Wrapped


def told(code):
    """What a fresh interpreter prints."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_importing_the_room_leaves_pandas_and_polars_out():
    """Both would cost every API worker over 100 MB; and both can be imported afterwards."""
    assert told("import indicators, sys; print({'pandas', 'polars'} & set(sys.modules))") == "set()"
    assert told("import indicators, pandas, polars; print(pandas.Series([1]).sum(), polars.Series([2]).sum())") == "1 2"


def test_talibs_own_functions_are_used_even_when_pandas_came_first():
    code = """
import pandas, talib, numpy as np
from indicators import catalogue, library
from indicators.records import Wrapped
print(hasattr(talib.SMA, '__wrapped__'), hasattr(library.function('SMA'), '__wrapped__'))
"""
    assert told(code) == "True False"


@pytest.mark.parametrize(
    ("name", "inputs", "memory"),
    [
        ("RSI", ("on",), "convergent"),
        ("OBV", ("on", "volume"), "anchored"),
        ("ADX", ("high", "low", "close"), "convergent"),
        ("WILLR", ("high", "low", "close"), "window"),
        ("CORREL", ("on", "against"), "window"),
    ],
)
def test_facts_are_talibs(name, inputs, memory):
    facts = library.facts(name)
    assert (facts.inputs, facts.memory) == (inputs, memory)


def test_flags_are_read():
    assert library.facts("SMA").accepts_one
    assert not library.facts("RSI").accepts_one
    assert library.facts("RVOL").undefined_at_times
    assert library.facts("PPO").defaults == {"fastperiod": 12, "slowperiod": 26, "matype": 1}
    assert library.facts("PPO").types == ("matype",)
    assert library.AVERAGES["ema"] == 1
    assert library.lookback("RSI", {"timeperiod": 21}) == 21


def test_units_agree_with_talibs_flags():
    """A price where TA-Lib says 'on the scale of the input'; SUPERTREND's second output is a direction."""
    for cls in catalogue():
        if issubclass(cls, Wrapped) and "Output scale same as input" in library.facts(cls.talib).flags:
            assert {output.unit for output in cls.outputs} - {"direction"} <= {"price"}, cls.id
