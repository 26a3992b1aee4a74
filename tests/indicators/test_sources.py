"""The numbers against others: TA-Lib itself on the whole history, and two libraries that share no code with it."""

import warnings

import numpy as np
import pandas as pd
import pytest
import talib
import tulipy
from talib.abstract import Function  # ty: ignore[missing-module-member] # its stub leaves it out

from indicators import build, stored
from indicators.records import Wrapped
from tests.indicators.made import walk

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its own deprecations, not ours
    import pandas_ta_classic as pta

# Not in cents: where two moves tie, rounding decides, and each library rounds its own way (DI, MFI and SAR turn on it).
BARS = walk(2_520, decimals=10)
OP, H, L, C, V = (BARS.series(name) for name in ("open", "high", "low", "close", "volume"))
PO, PH, PL, PC, PV = (pd.Series(a, index=pd.date_range("2010-01-01", periods=len(C))) for a in (OP, H, L, C, V))


@pytest.mark.parametrize(
    "indicator", [i for i in stored() if isinstance(i, Wrapped)], ids=lambda i: i.column_names()[0]
)
def test_talib_says_the_same(indicator: Wrapped):
    """Asked through TA-Lib's abstract interface, which knows inputs and parameters without our table."""
    function = Function(indicator.talib)
    for theirs, ours in indicator.aliases.items():
        function.parameters = {theirs: getattr(indicator, ours)}
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
    for ours, theirs in zip((macd, signal, hist), talib.MACDEXT(C, 12, kind, 26, 0, 9, talib.MA_Type.WMA), strict=True):
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


# (id, parameters, the other's answer, bars until both agree). 0: equal from the first common bar on.
# 1,000: same formula, another seed (Tulip starts an EMA with the first value, TA-Lib with a mean), which wears off.
SETTLED = 1_000
TULIP = [
    ("sma", {"period": 20}, lambda: tulipy.sma(C, 20), 0),
    ("ema", {"period": 20}, lambda: tulipy.ema(C, 20), SETTLED),
    ("wma", {"period": 20}, lambda: tulipy.wma(C, 20), 0),
    ("dema", {"period": 20}, lambda: tulipy.dema(C, 20), SETTLED),
    ("tema", {"period": 20}, lambda: tulipy.tema(C, 20), SETTLED),
    ("trima", {"period": 20}, lambda: tulipy.trima(C, 20), 0),
    ("hma", {"period": 20}, lambda: tulipy.hma(C, 20), 0),
    ("kama", {"period": 20}, lambda: tulipy.kama(C, 20), 0),
    ("zlema", {"period": 20}, lambda: tulipy.zlema(C, 20), SETTLED),
    ("vwma", {"period": 20}, lambda: tulipy.vwma(C, V, 20), 0),
    ("rma", {"period": 20}, lambda: tulipy.wilders(C, 20), 0),
    ("rsi", {"period": 14}, lambda: tulipy.rsi(C, 14), 0),
    ("atr", {"period": 14}, lambda: tulipy.atr(H, L, C, 14), SETTLED),
    ("natr", {"period": 14}, lambda: tulipy.natr(H, L, C, 14), SETTLED),
    ("adx", {"period": 14}, lambda: tulipy.adx(H, L, C, 14), SETTLED),
    ("adxr", {"period": 14}, lambda: tulipy.adxr(H, L, C, 14), SETTLED),
    ("dx", {"period": 14}, lambda: tulipy.dx(H, L, C, 14), SETTLED),
    ("cci", {"period": 20}, lambda: tulipy.cci(H, L, C, 20), 0),
    ("willr", {"period": 14}, lambda: tulipy.willr(H, L, C, 14), 0),
    ("mfi", {"period": 14}, lambda: tulipy.mfi(H, L, C, V, 14), SETTLED),
    ("mom", {"period": 10}, lambda: tulipy.mom(C, 10), 0),
    ("roc", {"period": 10}, lambda: 100 * tulipy.roc(C, 10), 0),  # Tulip's is a fraction
    ("rocr", {"period": 10}, lambda: tulipy.rocr(C, 10), 0),
    ("cmou", {"period": 14}, lambda: tulipy.cmo(C, 14), 0),  # Tulip's CMO is the unsmoothed one
    ("aroon", {"period": 14}, lambda: tulipy.aroon(H, L, 14), 0),
    ("aroonosc", {"period": 14}, lambda: tulipy.aroonosc(H, L, 14), 0),
    ("ppo", {}, lambda: tulipy.ppo(C, 12, 26), SETTLED),
    ("apo", {}, lambda: tulipy.apo(C, 12, 26), SETTLED),
    ("bbands", {"period": 20}, lambda: tulipy.bbands(C, 20, 2)[::-1], 0),
    ("stoch", {}, lambda: tulipy.stoch(H, L, C, 5, 3, 3), 0),
    ("ultosc", {}, lambda: tulipy.ultosc(H, L, C, 7, 14, 28), 0),
    ("sar", {}, lambda: tulipy.psar(H, L, 0.02, 0.2), SETTLED),
    ("ao", {}, lambda: tulipy.ao(H, L), 0),
    ("bop", {}, lambda: tulipy.bop(OP, H, L, C), 0),
    ("trange", {}, lambda: tulipy.tr(H, L, C), 0),
    ("ad", {}, lambda: tulipy.ad(H, L, C, V), 0),
    ("adosc", {}, lambda: tulipy.adosc(H, L, C, V, 3, 10), 0),
    ("nvi", {}, lambda: tulipy.nvi(C, V), 0),
    ("pvi", {}, lambda: tulipy.pvi(C, V), 0),
    ("wad", {}, lambda: tulipy.wad(H, L, C), 0),
    ("marketfi", {}, lambda: tulipy.marketfi(H, L, V), 0),
    ("massi", {}, lambda: tulipy.mass(H, L, 25), SETTLED),
    ("cvi", {}, lambda: tulipy.cvi(H, L, 10), SETTLED),
    ("vhf", {"period": 28}, lambda: tulipy.vhf(C, 28), 0),
    ("qstick", {"period": 10}, lambda: tulipy.qstick(OP, C, 10), 0),
    ("fosc", {"period": 5}, lambda: tulipy.fosc(C, 5), 0),
    ("dpo", {"period": 20}, lambda: tulipy.dpo(C, 20), 0),
    ("avgdev", {"period": 14}, lambda: tulipy.md(C, 14), 0),
    ("linearreg", {"period": 14}, lambda: tulipy.linreg(C, 14), 0),
    ("linearreg_slope", {"period": 14}, lambda: tulipy.linregslope(C, 14), 0),
    ("linearreg_intercept", {"period": 14}, lambda: tulipy.linregintercept(C, 14), 0),
    ("tsf", {"period": 14}, lambda: tulipy.tsf(C, 14), 0),
    ("stddev", {"period": 20}, lambda: tulipy.stddev(C, 20), 0),
    ("var", {"period": 20}, lambda: tulipy.var(C, 20), 0),
    ("max", {"period": 30}, lambda: tulipy.max(C, 30), 0),
    ("min", {"period": 30}, lambda: tulipy.min(C, 30), 0),
    ("typprice", {}, lambda: tulipy.typprice(H, L, C), 0),
    ("wclprice", {}, lambda: tulipy.wcprice(H, L, C), 0),
    ("medprice", {}, lambda: tulipy.medprice(H, L), 0),
    ("avgprice", {}, lambda: tulipy.avgprice(OP, H, L, C), 0),
]
PANDAS_TA = [
    ("macd", {}, lambda: pta.macd(PC, talib=False), ("MACD_12_26_9", "MACDs_12_26_9", "MACDh_12_26_9"), SETTLED),
    ("cmf", {}, lambda: pta.cmf(PH, PL, PC, PV, length=20), ("CMF_20",), 0),
    (
        "donchian",
        {},
        lambda: pta.donchian(PH, PL, lower_length=20, upper_length=20),
        ("DCU_20_20", "DCM_20_20", "DCL_20_20"),
        0,
    ),
    ("ichimoku", {}, lambda: pta.ichimoku(PH, PL, PC)[0], ("ITS_9", "IKS_26", "ISA_9", "ISB_26"), 0),
    ("tsi", {}, lambda: pta.tsi(PC, 13, 25), ("TSI_13_25_13",), 0),
    (
        "stochrsi",
        {},
        lambda: pta.stochrsi(PC, length=5, rsi_length=14, k=1, d=3),
        ("STOCHRSIk_5_14_1_3", "STOCHRSId_5_14_1_3"),
        0,
    ),
    ("stochf", {}, lambda: pta.stochf(PH, PL, PC), ("STOCHFk_5_3", "STOCHFd_5_3"), 0),
    ("t3", {}, lambda: pta.t3(PC, length=5, a=0.7, talib=False), ("T3_5_0.7",), 0),
    ("efi", {}, lambda: pta.efi(PC, PV, 13), ("EFI_13",), 0),
    ("coppock", {}, lambda: pta.coppock(PC), ("COPC_11_14_10",), 0),
    ("vortex", {}, lambda: pta.vortex(PH, PL, PC), ("VTXP_14", "VTXM_14"), 0),
    ("er", {}, lambda: pta.er(PC), ("ER_10",), 0),
    ("ha", {}, lambda: pta.ha(PO, PH, PL, PC), ("HA_open", "HA_high", "HA_low", "HA_close"), 0),
    ("eri", {}, lambda: pta.eri(PH, PL, PC), ("BULLP_13", "BEARP_13"), 0),
    ("kdj", {}, lambda: pta.kdj(PH, PL, PC), ("K_9_3", "D_9_3", "J_9_3"), 0),
    ("accbands", {}, lambda: pta.accbands(PH, PL, PC), ("ACCBU_20", "ACCBM_20", "ACCBL_20"), 0),
    ("pvo", {}, lambda: pta.pvo(PV), ("PVO_12_26_9",), 0),
    ("midpoint", {}, lambda: pta.midpoint(PC, length=14, talib=False), ("MIDPOINT_14",), 0),
    ("midprice", {}, lambda: pta.midprice(PH, PL, length=14, talib=False), ("MIDPRICE_14",), 0),
    ("trix", {}, lambda: pta.trix(PC, length=30), ("TRIX_30_9",), 0),
    ("adx", {}, lambda: pta.adx(PH, PL, PC, talib=False), ("ADX_14",), 0),
    ("plus_di", {}, lambda: pta.adx(PH, PL, PC, talib=False), ("DMP_14",), 0),
    ("minus_di", {}, lambda: pta.adx(PH, PL, PC, talib=False), ("DMN_14",), 0),
]


def agree(indicator, others, settled):
    """Equal to 1e-9 of the column's size from bar `settled` on, wherever both have a value.

    That is room for two orders of summation: the largest difference seen is 2e-10 (ADXR).
    """
    for column, other in zip(indicator.compute(BARS), others, strict=True):
        padded = np.concatenate((np.full(len(column) - len(other), np.nan), other))
        common = np.isfinite(column) & np.isfinite(padded)
        common[:settled] = False
        assert common.sum() > 1_400
        assert np.abs(column - padded)[common].max() <= 1e-9 * max(1.0, np.abs(column[common]).max())


@pytest.mark.parametrize(("id_", "given", "other", "settled"), TULIP, ids=[case[0] for case in TULIP])
def test_tulip_agrees(id_, given, other, settled):
    answer = other()
    agree(build(id_, given), answer if isinstance(answer, tuple) else (answer,), settled)


@pytest.mark.parametrize(("id_", "given", "other", "names", "settled"), PANDAS_TA, ids=[case[0] for case in PANDAS_TA])
def test_pandas_ta_agrees(id_, given, other, names, settled):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own deprecations, not ours
        answer = other()
    frame = answer.to_frame() if isinstance(answer, pd.Series) else answer
    agree(build(id_, given), [frame[name].to_numpy(dtype=float) for name in names], settled)
