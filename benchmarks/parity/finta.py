"""FinTA (Python, LGPL): pandas expressions of its own, without a warm-up.

Not compared: what fails under pandas 3 (KAMA, ZLEMA, ALMA, FRAMA, SAR, VIDYA, MAMA), QSTICK, which answers for the last
bars alone, and fractals, which are told on the bar itself.
"""

import warnings

import pandas as pd

from benchmarks.parity.case import SAMPLE, SEED, SIMPLE_RANGE, Case, option, peer
from indicators import Bars
from indicators.bars import Array

CASES = (
    Case("sma", "SMA", "period=30"),
    Case("ema", "EMA", "period=30 adjust=False", reason=SEED),
    Case("wma", "WMA", "period=30"),
    Case("dema", "DEMA", "period=30 adjust=False", reason=SEED),
    Case("tema", "TEMA", "period=30 adjust=False", reason=SEED),
    Case("trima", "TRIMA", "period=30", reason="Averages over the whole period twice, where halves make a triangle."),
    Case("hma", "HMA", "period=20"),
    Case("rma", "SMMA", "period=30 adjust=False", reason=SEED),
    Case("bbands", "BBANDS", outputs=(0, 1, 2), reason=SAMPLE),
    Case("percentb", "PERCENT_B", reason=SAMPLE),
    Case("bbw", "BBWIDTH", scale=100, reason=SAMPLE),
    Case(
        "kc",
        "KC",
        outputs=(0, 1),
        reason="EMA of closes in the middle and mean true ranges; TA-Lib takes typical prices and Wilder's average.",
    ),
    Case("donchian", "DO", "lower_period=20", outputs=(2, 1, 0)),
    Case("ichimoku", "ICHIMOKU", outputs=(0, 1, 2, 3)),
    Case("ce", "CHANDELIER", outputs=(1, 0), reason=SIMPLE_RANGE),
    Case("pivots", "PIVOT", outputs=(0, 5, 6, 7, 1, 2, 3)),
    Case("pivots_fibonacci", "PIVOT_FIB", outputs=(0, 5, 6, 7, 1, 2, 3)),
    Case("rsi", "RSI", "adjust=False", reason=SEED),
    Case("stochf", "STOCH", "period=5"),
    Case(
        "stochrsi",
        "STOCHRSI",
        "",
        "k=14 d=3",
        scale=100,
        reason="Places the RSI in the range of the whole history: looks ahead.",
    ),
    Case("macd", "MACD", "adjust=False", outputs=(0, 1), reason=SEED),
    Case("ppo", "PPO", "adjust=False", reason=SEED),
    Case("adx", "ADX", "adjust=False", reason="Divides each move by the average range before it smooths."),
    Case("plus_di", "DMI", "adjust=False", reason="Divides each move by the average range before it smooths."),
    Case("cci", "CCI", "period=14"),
    Case("cmo", "CMO", "period=14 adjust=False", reason="Smooths with weight 1 / (period + 1), TA-Lib as Wilder does."),
    Case("mom", "MOM"),
    Case("roc", "ROC", "period=10"),
    Case(
        "trix",
        "TRIX",
        "period=30 adjust=False",
        reason="Change over the new average, where TA-Lib and Hutson take the old.",
    ),
    Case("willr", "WILLIAMS"),
    Case("ultosc", "UO"),
    Case("mfi", "MFI"),
    Case("bop", "BOP"),
    Case("ao", "AO"),
    Case("tsi", "TSI", "adjust=False", reason=SEED),
    Case("coppock", "COPP", "adjust=False", reason="EMA for the weighted average."),
    Case("kst", "KST"),
    Case("stc", "STC", "adjust=False", reason="One stochastic, smoothed twice by means of three bars."),
    Case(
        "fisher", "FISH", "period=9 adjust=False", reason="EMA of five bars before the transform and of three after it."
    ),
    Case("squeeze", "SQZMI", reason="Bands by the sample's deviation, and a channel around an EMA."),
    Case("er", "ER"),
    Case("vortex", "VORTEX", outputs=(1, 0)),
    Case("atr", "ATR", reason=SIMPLE_RANGE),
    Case("trange", "TR"),
    Case("massi", "MI", "adjust=False", reason=SEED),
    Case("obv", "OBV", reason="Begins at 0, TA-Lib with the first bar's volume: a constant apart."),
    Case("ad", "ADL"),
    Case("adosc", "CHAIKIN", "adjust=False"),
    Case("efi", "EFI", "adjust=False", reason=SEED),
    Case("emv", "EMV", scale=100),
    Case("pvt", "VPT", reason="Adds twice the volume times (close - open) / (high - low), which is another line."),
    Case("vwap", "VWAP"),
    Case("vfi", "VFI", "adjust=False", reason=SAMPLE),
    Case("vwmacd", "VW_MACD", "adjust=False", outputs=(0, 1), reason=SEED),
    Case("typprice", "TP"),
    Case("median", "SMM", "period=30"),
    Case("stddev", "MSD", "period=5", reason=SAMPLE),
)


def ask(case: Case, bars: Bars) -> tuple[Array, ...]:
    """Return FinTA's columns."""
    days = pd.date_range("2010-01-01", periods=len(bars))
    frame = pd.DataFrame({name: bars.series(name) for name in ("open", "high", "low", "close", "volume")}, days)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pandas' deprecations
        answer = pd.DataFrame(
            getattr(peer("finta").TA, case.function)(frame, **dict(map(option, case.options.split())))
        )
    return tuple(case.scale * answer.iloc[:, position].to_numpy(dtype=float) for position in case.outputs)
