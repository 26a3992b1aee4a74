"""Tulip Indicators (C, LGPL), through tulipy: shares no code with TA-Lib."""

import numpy as np
import tulipy

from benchmarks.parity.case import AGAINST, PI, SEED, Case
from indicators import Bars
from indicators.bars import Array

CASES = (
    Case("sma", "sma", "20", "period=20"),
    Case("ema", "ema", "20", "period=20", reason=SEED),
    Case("wma", "wma", "20", "period=20"),
    Case("dema", "dema", "20", "period=20", reason=SEED),
    Case("tema", "tema", "20", "period=20", reason=SEED),
    Case("trima", "trima", "20", "period=20"),
    Case("hma", "hma", "20", "period=20"),
    Case("kama", "kama", "20", "period=20"),
    Case("zlema", "zlema", "20", "period=20", reason=SEED),
    Case("vwma", "vwma", "20", "period=20"),
    Case("rma", "wilders", "20", "period=20"),
    Case("bbands", "bbands", "20 2", outputs=(2, 1, 0)),
    Case("sar", "psar", "0.02 0.2", reason="Chooses the first side by other rules; equal after the first turns."),
    Case("rsi", "rsi", "14"),
    Case("stoch", "stoch", "5 3 3", outputs=(0, 1)),
    Case("stochrsi", "stochrsi", "14", "period=14 k=14 d=1", scale=100),
    Case("macd", "macd", "12 26 9", outputs=(0, 1, 2), reason="Rounds the weights of 12 and 26 bars, as MACDFIX does."),
    Case("macdfix", "macd", "12 26 9", outputs=(0, 1, 2), reason=SEED),
    Case("ppo", "ppo", "12 26", reason=SEED),
    Case("apo", "apo", "12 26", reason=SEED),
    Case("adx", "adx", "14", reason=SEED),
    Case("adxr", "adxr", "14", reason=SEED),
    Case("dx", "dx", "14"),
    Case("plus_di", "di", "14", outputs=(0,)),
    Case("minus_di", "di", "14", outputs=(1,)),
    Case("plus_dm", "dm", "14", outputs=(0,)),
    Case("minus_dm", "dm", "14", outputs=(1,)),
    Case("aroon", "aroon", "14", outputs=(0, 1)),
    Case("aroonosc", "aroonosc", "14"),
    Case("cci", "cci", "14"),
    Case("cmo", "cmo", "14", reason="Plain sums, which is our CMOU; TA-Lib's CMO smooths as Wilder does."),
    Case("cmou", "cmo", "14"),
    Case("mom", "mom", "10"),
    Case("roc", "roc", "10", scale=100),
    Case("rocp", "roc", "10"),
    Case("rocr", "rocr", "10"),
    Case("trix", "trix", "30", reason="Change over the new average, where TA-Lib and Hutson take the old."),
    Case("willr", "willr", "14"),
    Case("ultosc", "ultosc", "7 14 28"),
    Case("mfi", "mfi", "14"),
    Case("bop", "bop"),
    Case("ao", "ao"),
    Case("dpo", "dpo", "20"),
    Case("vhf", "vhf", "28"),
    Case("qstick", "qstick", "10"),
    Case("fosc", "fosc", "14", "period=14"),
    Case("fisher", "fisher", "9", outputs=(0, 1)),
    Case("atr", "atr", "14", reason=SEED),
    Case("natr", "natr", "14", reason=SEED),
    Case("trange", "tr"),
    Case("massi", "mass", "25", reason=SEED),
    Case("cvi", "cvi", "10", reason=SEED),
    Case(
        "hv",
        "volatility",
        "20",
        scale=100,
        reason="Population deviation of simple returns; ours is the sample's of logs.",
    ),
    Case("obv", "obv", reason="Begins at 0, TA-Lib with the first bar's volume: a constant apart."),
    Case("ad", "ad"),
    Case("adosc", "adosc", "3 10"),
    Case("nvi", "nvi"),
    Case("pvi", "pvi"),
    Case("wad", "wad"),
    Case("marketfi", "marketfi"),
    Case("kvo", "kvo", "34 55", reason="Weighs by |2 range / ranges - 1|, we by |2 (range / ranges - 1)|."),
    Case("vosc", "vosc", "14 28"),
    Case("decay", "decay", "5"),
    Case("emv", "emv", given="period=1 scale=1e4"),
    Case("avgprice", "avgprice"),
    Case("medprice", "medprice"),
    Case("typprice", "typprice"),
    Case("wclprice", "wcprice"),
    Case("avgdev", "md", "14"),
    Case("linearreg", "linreg", "14"),
    Case("linearreg_slope", "linregslope", "14"),
    Case("linearreg_intercept", "linregintercept", "14"),
    Case("tsf", "tsf", "14"),
    Case("stddev", "stddev", "5"),
    Case("var", "var", "5"),
    Case("max", "max", "30"),
    Case("min", "min", "30"),
    Case("sum", "sum", "30"),
    Case("ceil", "ceil"),
    Case("floor", "floor"),
    Case("ln", "ln"),
    Case("log10", "log10"),
    Case("sqrt", "sqrt"),
    Case("sin", "sin"),
    Case("cos", "cos"),
    Case("tan", "tan"),
    Case("atan", "atan"),
    Case("tanh", "tanh"),
    Case(
        "vidya",
        "vidya",
        "2 14 0.2",
        reason="Chande's first version, led by a ratio of deviations; ours is led by his momentum oscillator.",
    ),
    Case("msw", "msw", "5", outputs=(0, 1), reason=PI),
    Case("stderr", "stderr", "14"),
    Case("lag", "lag", "1"),
    Case("crossany", "crossany"),
    Case("crossover", "crossover"),
)


def ask(case: Case, bars: Bars) -> tuple[Array, ...]:
    """Return Tulip's columns; it begins them with the first value, not with the first bar."""
    function = getattr(tulipy, case.function)
    names = [*function.inputs]
    if case.ours().takes_against:
        names = ["close", AGAINST]  # both are called real
    series = (bars.series("close" if name == "real" else name) for name in names)
    answer = function(*series, *map(float, case.options.split()))
    columns = answer if isinstance(answer, tuple) else (answer,)
    return tuple(case.scale * np.asarray(columns[position]) for position in case.outputs)
