"""The numbers against TA-Lib's own, on the whole history; tests/parity holds them against others."""

import numpy as np
import pytest
import talib
from talib.abstract import Function  # ty: ignore[missing-module-member] # its stub leaves it out

from indicators import build, stored
from indicators.records import Wrapped
from tests.indicators.made import walk

# Not in cents: where two moves tie, rounding decides, and each library rounds its own way (DI, MFI and SAR turn on it).
BARS = walk(2_520, decimals=10)
OP, H, L, C, V = (BARS.series(name) for name in ("open", "high", "low", "close", "volume"))


@pytest.mark.parametrize(
    "indicator", [i for i in stored() if isinstance(i, Wrapped)], ids=lambda i: i.column_names()[0]
)
def test_talib_says_the_same(indicator: Wrapped):
    """Asked through TA-Lib's abstract interface, which knows inputs and parameters without our table."""
    function = Function(indicator.talib)
    for theirs, ours in indicator.aliases.items():
        value = getattr(indicator, ours)
        function.parameters = {theirs: getattr(talib.MA_Type, value.upper()) if isinstance(value, str) else value}
    answer = function({"open": OP, "high": H, "low": L, "close": C, "volume": V})
    columns = answer if isinstance(answer, (tuple, list)) else (answer,)
    for column, expected in zip(indicator.compute(BARS), columns, strict=True):
        start = indicator.lookback()
        np.testing.assert_allclose(column[start:], expected[start:].astype(float), rtol=1e-12, atol=0)


AVERAGES = ("SMA", "EMA", "WMA", "DEMA", "TEMA", "TRIMA", "KAMA", "MAMA", "T3", "HMA", "ZLEMA", "RMA")


@pytest.mark.parametrize("name", AVERAGES)
def test_an_average_of_a_kind_is_that_average(name):
    (column,) = build("ma", {"period": 20, "type": name.lower()}).compute(BARS)
    other = talib.MAMA(C, 0.5, 0.05)[0] if name == "MAMA" else getattr(talib, name)(C, 20)
    np.testing.assert_allclose(column, other, rtol=1e-12, atol=0)
    macd, signal, hist = build("macdext", {"fast_type": name.lower(), "signal_type": "wma"}).compute(BARS)
    kind = getattr(talib.MA_Type, name)
    for ours, theirs in zip(
        (macd, signal, hist), talib.MACDEXT(C, 12, kind, 26, talib.MA_Type.SMA, 9, talib.MA_Type.WMA), strict=True
    ):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=0)


def test_talib_called_by_hand():
    """No table, no metadata: the argument's order and meaning as TA-Lib documents them."""
    cases = {
        build("bbands", {"period": 15, "deviations": 1.5}): talib.BBANDS(C, 15, 1.5, 1.5, talib.MA_Type.SMA),
        build("macd", {"fast": 5, "slow": 35, "signal": 7}): talib.MACD(C, 5, 35, 7),
        build("stoch", {"k": 14, "slow_k": 3, "d": 5}): talib.STOCH(
            H, L, C, 14, 3, talib.MA_Type.SMA, 5, talib.MA_Type.SMA
        ),
        build("adosc", {"fast": 4, "slow": 11}): (talib.ADOSC(H, L, C, V, 4, 11),),
        build("kc", {"period": 21, "atr": 9, "multiplier": 1.5}): talib.KC(H, L, C, 21, 9, 1.5),
        build("ultosc", {"short": 5, "medium": 11, "long": 23}): (talib.ULTOSC(H, L, C, 5, 11, 23),),
        build("macdfix", {"signal": 7}): talib.MACDFIX(C, 7),
        build("sarext", {"acceleration_long": 0.03, "maximum_short": 0.3, "offset": 0.01}): (
            talib.SAREXT(H, L, 0, 0.01, 0.02, 0.03, 0.2, 0.02, 0.02, 0.3),
        ),
        build("sar", {"acceleration": 0.01, "maximum": 0.1}): (talib.SAR(H, L, 0.01, 0.1),),
    }
    for indicator, expected in cases.items():
        for column, other in zip(indicator.compute(BARS), expected, strict=True):
            np.testing.assert_allclose(column, other, rtol=1e-12, atol=0)
