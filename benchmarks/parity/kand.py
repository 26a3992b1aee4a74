"""Kand (Rust, Apache-2.0 or MIT)."""

import numpy as np

from benchmarks.parity.case import FAST_FIRST, START, Case, option, peer
from indicators import Bars
from indicators.bars import Array

CASES = (
    Case("sma", "sma", "period=30"),
    Case("ema", "ema", "period=30"),
    Case("wma", "wma", "period=30"),
    Case("dema", "dema", "period=30"),
    Case("tema", "tema", "period=30"),
    Case("trima", "trima", "period=30", outputs=(1,)),
    Case("t3", "t3", "period=5 vfactor=0.7"),
    Case("rma", "rma", "period=30"),
    Case("bbands", "bbands", "period=20 dev_up=2.0 dev_down=2.0", outputs=(0, 1, 2)),
    Case("supertrend", "supertrend", "period=10 multiplier=3.0", outputs=(1,)),
    Case("sar", "sar", "acceleration=0.02 maximum=0.2"),
    Case("midpoint", "midpoint", "period=14"),
    Case("midprice", "midprice", "period=14"),
    Case("rsi", "rsi", "period=14"),
    Case("stoch", "stoch", "k_period=5 k_slow_period=3 d_period=3", outputs=(1, 2)),
    Case("macd", "macd", "fast_period=12 slow_period=26 signal_period=9", outputs=(0, 1, 2), reason=FAST_FIRST),
    Case("adx", "adx", "period=14"),
    Case("adxr", "adxr", "period=14"),
    Case("dx", "dx", "period=14"),
    Case("plus_di", "plus_di", "period=14"),
    Case("minus_di", "minus_di", "period=14"),
    Case("plus_dm", "plus_dm", "period=14"),
    Case("minus_dm", "minus_dm", "period=14"),
    Case("aroon", "aroon", "period=14", outputs=(1, 0)),
    Case("aroonosc", "aroonosc", "period=14"),
    Case("cci", "cci", "period=14"),
    Case("mom", "mom", "period=10"),
    Case("roc", "roc", "period=10"),
    Case("rocp", "rocp", "period=10"),
    Case("rocr", "rocr", "period=10"),
    Case("rocr100", "rocr100", "period=10"),
    Case("trix", "trix", "period=30"),
    Case("willr", "willr", "period=14"),
    Case("mfi", "mfi", "period=14"),
    Case("bop", "bop"),
    Case("atr", "atr", "period=14"),
    Case("natr", "natr", "period=14"),
    Case("trange", "trange"),
    Case("obv", "obv"),
    Case("ad", "ad"),
    Case("adosc", "adosc", "fast_period=3 slow_period=10", reason=START),
    Case("vwap", "vwap"),
    Case("medprice", "medprice"),
    Case("typprice", "typprice"),
    Case("wclprice", "wclprice"),
    Case("stddev", "stddev", "period=5"),
    Case("var", "var", "period=5"),
    Case("max", "max", "period=30"),
    Case("min", "min", "period=30"),
    Case("sum", "sum", "period=30"),
)
_SERIES = {"open", "high", "low", "close", "volume"}


def ask(case: Case, bars: Bars) -> tuple[Array, ...]:
    """Return Kand's columns; what is none of a bar's series is fed with the close."""
    function = getattr(peer("kand"), case.function)
    options = dict(map(option, case.options.split()))
    names = [
        name for name in function.__text_signature__.strip("()").split(", ") if name.partition("=")[0] not in options
    ]
    inputs = [bars.series(name if name in _SERIES else "close") for name in names if "=" not in name]
    answer = function(*inputs, *options.values())
    columns = answer if isinstance(answer, tuple) else (answer,)
    return tuple(case.scale * np.asarray(columns[position], dtype=float) for position in case.outputs)
