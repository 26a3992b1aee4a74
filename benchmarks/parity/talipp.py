"""talipp (Python, MIT): incremental, a bar at a time."""

import numpy as np

from benchmarks.parity.case import CLOSES, FAST_FIRST, START, Case, option, peer
from indicators import Bars
from indicators.bars import Array

CASES = (
    Case("sma", "SMA", "period=30"),
    Case("ema", "EMA", "period=30"),
    Case("wma", "WMA", "period=30"),
    Case("dema", "DEMA", "period=30"),
    Case("tema", "TEMA", "period=30"),
    Case("kama", "KAMA", "period=30 fast_ema_constant_period=2 slow_ema_constant_period=30"),
    Case("hma", "HMA", "period=20"),
    Case("t3", "T3", "period=5"),
    Case("rma", "SMMA", "period=30"),
    Case("vwma", "VWMA", "period=30"),
    Case("zlema", "ZLEMA", "period=30"),
    Case("alma", "ALMA", "period=9 offset=0.85 sigma=6"),
    Case("mcgd", "McGinleyDynamic", "period=14"),
    Case("bbands", "BB", "period=20 std_dev_mult=2", outputs=(2, 1, 0)),
    Case(
        "kc",
        "KeltnerChannels",
        "ma_period=20 atr_period=10 atr_mult_up=2 atr_mult_down=2",
        outputs=(2, 1, 0),
        reason=CLOSES,
    ),
    Case("donchian", "DonchianChannels", "period=20", outputs=(2, 1, 0)),
    Case("supertrend", "SuperTrend", "atr_period=10 mult=3", reason=START),
    Case("sar", "ParabolicSAR", "init_accel_factor=0.02 accel_factor_inc=0.02 max_accel_factor=0.2", reason=START),
    Case(
        "ichimoku",
        "Ichimoku",
        "kijun_period=26 tenkan_period=9 chikou_lag_period=26 senkou_slow_period=52 senkou_lookup_period=26",
        outputs=(1, 0, 3, 4),
        reason="Draws the slower edge of the cloud 27 bars ahead where it is told 26.",
    ),
    Case("cksp", "ChandeKrollStop", "atr_period=10 atr_mult=1 period=9", outputs=(0, 1), reason=START),
    Case("rsi", "RSI", "period=14"),
    Case("stochf", "Stoch", "period=5 smoothing_period=3", outputs=(0, 1)),
    Case(
        "stochrsi",
        "StochRSI",
        "rsi_period=14 stoch_period=14 k_smoothing_period=1 d_smoothing_period=3",
        "k=14 d=3",
        outputs=(0, 1),
    ),
    Case("macd", "MACD", "fast_period=12 slow_period=26 signal_period=9", outputs=(0, 1, 2), reason=FAST_FIRST),
    Case("adx", "ADX", "di_period=14 adx_period=14", reason=START),
    Case("plus_di", "ADX", "di_period=14 adx_period=14", outputs=(1,), reason=START),
    Case("minus_di", "ADX", "di_period=14 adx_period=14", outputs=(2,), reason=START),
    Case("aroon", "Aroon", "period=14", outputs=(1, 0)),
    Case("cci", "CCI", "period=14"),
    Case("roc", "ROC", "period=10"),
    Case("trix", "TRIX", "period=30", scale=0.01),
    Case("willr", "Williams", "period=14"),
    Case("ultosc", "UO", "fast_period=7 mid_period=14 slow_period=28"),
    Case("bop", "BOP"),
    Case("ao", "AO", "fast_period=5 slow_period=34"),
    Case("tsi", "TSI", "fast_period=13 slow_period=25"),
    Case("coppock", "CoppockCurve", "fast_roc_period=11 slow_roc_period=14 wma_period=10"),
    Case("dpo", "DPO", "period=20"),
    Case(
        "kst",
        "KST",
        "roc1_period=10 roc1_ma_period=10 roc2_period=15 roc2_ma_period=10 roc3_period=20 roc3_ma_period=10"
        " roc4_period=30 roc4_ma_period=15 signal_period=9",
        outputs=(0, 1),
    ),
    Case(
        "stc",
        "STC",
        "fast_macd_period=23 slow_macd_period=50 stoch_period=10 stoch_smoothing_period=3",
        reason="Stochastics smoothed by means of three bars, ours by EMAs.",
    ),
    Case(
        "squeeze",
        "TTM",
        "period=20",
        outputs=(0, 1),
        reason="Channel of EMA and Wilder's average range; LazyBear takes plain means.",
    ),
    Case("vortex", "VTX", "period=14", outputs=(0, 1)),
    Case("chop", "CHOP", "period=14"),
    Case("atr", "ATR", "period=14", reason=START),
    Case("natr", "NATR", "period=14", reason=START),
    Case("massi", "MassIndex", "ma_period=9 ma_ma_period=9 ma_ratio_period=25"),
    Case("rogers_satchell", "RogersSatchell", "period=30", scale=100 * 252**0.5),
    Case("obv", "OBV"),
    Case("ad", "AccuDist"),
    Case("adosc", "ChaikinOsc", "fast_period=3 slow_period=10", reason=START),
    Case("efi", "ForceIndex", "period=13"),
    Case("emv", "EMV", "period=14 volume_div=100000000"),
    Case("kvo", "KVO", "fast_period=34 slow_period=55", reason=START),
    Case("vwap", "VWAP"),
    Case("avgdev", "MeanDev", "period=14"),
    Case("stddev", "StdDev", "period=5"),
)


def ask(case: Case, bars: Bars) -> tuple[Array, ...]:
    """Return talipp's columns; an indicator that is fed with bars where it takes values says so at once."""
    made = getattr(peer("talipp.indicators"), case.function)
    options = dict(map(option, case.options.split()))
    given = peer("talipp.ohlcv").OHLCVFactory.from_dict(
        {name: bars.series(name).tolist() for name in ("open", "high", "low", "close", "volume")}
    )
    try:
        told = list(made(**options, input_values=given))
    except (TypeError, AttributeError):
        told = list(made(**options, input_values=bars.close.tolist()))
    return tuple(case.scale * _column(told, position) for position in case.outputs)


def _column(told: list, position: int) -> Array:
    values = (
        one if one is None or isinstance(one, int | float) else list(vars(one).values())[position] for one in told
    )
    return np.array([np.nan if one is None else float(one) for one in values])
