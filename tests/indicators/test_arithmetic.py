"""Arithmetic, positions and pairs of symbols, against NumPy."""

import numpy as np
import pytest

from indicators import build
from tests.indicators.made import walk

BARS = walk(2_520, decimals=10)
C = BARS.close


def test_two_symbols_against_arithmetic():
    """Beta is the slope of our changes on the benchmark's; TA-Lib's first series is the benchmark."""
    bench = walk(2_520, seed=5, decimals=10).close
    ours, theirs = (np.diff(series)[-60:] / series[-61:-1] for series in (C, bench))
    expected = {
        "beta": np.polyfit(theirs, ours, 1)[0],
        "correl": np.corrcoef(C[-60:], bench[-60:])[0, 1],
        "add": C[-1] + bench[-1],
        "sub": C[-1] - bench[-1],
        "mult": C[-1] * bench[-1],
        "div": C[-1] / bench[-1],
    }
    for id_, value in expected.items():
        given = {"period": 60} if id_ in {"beta", "correl"} else {}
        (column,) = build(id_, given).compute(BARS, against=bench)
        assert column[-1] == pytest.approx(value, rel=1e-9), id_


def test_functions_of_one_value_are_numpys():
    names = {
        "ln": "log",
        "log10": "log10",
        "sqrt": "sqrt",
        "ceil": "ceil",
        "floor": "floor",
        "sin": "sin",
        "cos": "cos",
    }
    names |= {"tan": "tan", "atan": "arctan", "tanh": "tanh", "sinh": "sinh", "cosh": "cosh", "exp": "exp"}
    for ours, theirs in names.items():
        (column,) = build(ours, {}).compute(BARS)
        np.testing.assert_allclose(column, getattr(np, theirs)(C), rtol=1e-12)
    for ours, theirs in {"asin": np.arcsin, "acos": np.arccos}.items():
        small = walk(300, start=0.5, decimals=10)
        (column,) = build(ours, {}).compute(small)
        np.testing.assert_allclose(column, theirs(small.close), rtol=1e-12)
        assert np.isnan(build(ours, {}).compute(BARS)[0]).all()
    (total,) = build("cumsum", {}).compute(BARS)
    np.testing.assert_allclose(total, np.cumsum(C), rtol=1e-12)


def test_positions_and_extremes_agree():
    lowest, highest = build("minmax", {"period": 20}).compute(BARS)
    at_low, at_high = (column[19:].astype(int) for column in build("minmaxindex", {"period": 20}).compute(BARS))
    np.testing.assert_array_equal(lowest[19:], C[at_low])
    np.testing.assert_array_equal(highest[19:], C[at_high])
