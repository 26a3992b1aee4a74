"""pandas-ta-classic (Python, MIT), told not to use TA-Lib where it would."""

import inspect
import warnings

import pandas as pd

from benchmarks.parity.case import PI, START, Case
from indicators import Bars
from indicators.bars import Array

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its own deprecations, not ours
    import pandas_ta_classic as theirs

CASES = (
    Case("sma", "sma", "length=30"),
    Case("ema", "ema", "length=30"),
    Case("wma", "wma", "length=30"),
    Case("dema", "dema", "length=30"),
    Case("tema", "tema", "length=30"),
    Case(
        "trima", "trima", "length=30", reason="Averages an even number of bars over 16 and 16, TA-Lib over 15 and 16."
    ),
    Case("trima", "trima", "length=31", "period=31"),
    Case("kama", "kama", "length=30"),
    Case("mama", "mama", outputs=(0, 1)),
    Case("hma", "hma", "length=20"),
    Case("t3", "t3", "length=5"),
    Case("rma", "rma", "length=30"),
    Case("vwma", "vwma", "length=30"),
    Case("zlema", "zlma", "length=30"),
    Case("alma", "alma", "length=9", reason="Weighs the oldest value most, where Legoux weighs the newest."),
    Case("vidya", "vidya", reason=START),
    Case("mcgd", "mcgd", "length=14", reason=START),
    Case("bbands", "bbands", "length=20", outputs=(2, 1, 0)),
    Case("percentb", "bbands", "length=20", outputs=(4,)),
    Case("bbw", "bbands", "length=20", outputs=(3,)),
    Case("accbands", "accbands", outputs=(2, 1, 0)),
    Case(
        "kc",
        "kc",
        outputs=(2, 1, 0),
        reason="EMA of closes and of ranges; TA-Lib takes typical prices and Wilder's average.",
    ),
    Case("donchian", "donchian", outputs=(2, 1, 0)),
    Case(
        "supertrend",
        "supertrend",
        "length=10",
        outputs=(0, 1),
        reason="After a turn keeps the band of the side that was left.",
    ),
    Case("midpoint", "midpoint", "length=14"),
    Case("midprice", "midprice", "length=14"),
    Case("ichimoku", "ichimoku", outputs=(2, 3, 0, 1)),
    Case("ce", "ce", outputs=(0, 1)),
    Case("cksp", "cksp", "p=10 x=1 q=9", outputs=(0, 1)),
    Case("rsi", "rsi"),
    Case("stoch", "stoch", "k=14 d=3 smooth_k=3", "k=14 slow_k=3 d=3", outputs=(0, 1)),
    Case("stochf", "stochf", outputs=(0, 1)),
    Case("stochrsi", "stochrsi", "k=1 d=3", "k=14 d=3", outputs=(0, 1)),
    Case("kdj", "kdj", outputs=(0, 1, 2)),
    Case(
        "macd",
        "macd",
        outputs=(0, 2, 1),
        reason="Starts the fast average 14 bars before the slow one, TA-Lib both together.",
    ),
    Case("ppo", "ppo", "mamode=ema"),
    Case("apo", "apo", "mamode=ema"),
    Case("adx", "adx"),
    Case("adxr", "adxr"),
    Case("dx", "dx"),
    Case("plus_di", "adx", outputs=(1,)),
    Case("minus_di", "adx", outputs=(2,)),
    Case("plus_dm", "dm", outputs=(0,)),
    Case("minus_dm", "dm", outputs=(1,)),
    Case("aroon", "aroon", outputs=(0, 1)),
    Case("aroonosc", "aroon", outputs=(2,)),
    Case("cci", "cci"),
    Case("cmo", "cmo", reason="Plain sums, which is our CMOU; TA-Lib's CMO smooths as Wilder does."),
    Case("cmou", "cmo"),
    Case("mom", "mom"),
    Case("roc", "roc"),
    Case("trix", "trix"),
    Case("willr", "willr"),
    Case("ultosc", "uo"),
    Case("mfi", "mfi"),
    Case("bop", "bop"),
    Case("ao", "ao"),
    Case("tsi", "tsi"),
    Case(
        "smi",
        "smi",
        "fast=2 slow=25 signal=9",
        outputs=(0, 1),
        reason="Is the True Strength Index with a signal, not the stochastic.",
    ),
    Case("coppock", "coppock"),
    Case(
        "dpo",
        "dpo",
        "centered=False",
        reason="Takes an earlier mean off the value, we the mean off an earlier value, as Tulip and TA-Lib do.",
    ),
    Case("er", "er"),
    Case("eri", "eri", outputs=(0, 1)),
    Case("vortex", "vortex", outputs=(0, 1)),
    Case("vhf", "vhf"),
    Case("qstick", "qstick"),
    Case(
        "fosc",
        "fosc",
        "length=14",
        "period=14",
        reason="Looks at the forecast of the next bar; TA-Lib and Tulip at the one made a bar before.",
    ),
    Case("kst", "kst", outputs=(0, 1), scale=0.01),
    Case("stc", "stc", "fast=23 slow=50", reason="Keeps %K as it was wherever the window's lowest MACD is negative."),
    Case("qqe", "qqe", outputs=(1, 0, 6)),
    Case("fisher", "fisher", outputs=(0, 1), reason=START),
    Case("squeeze", "squeeze", "lazybear=True", outputs=(1, 0)),
    Case("rvgi", "rvgi", "length=10", outputs=(1, 2)),
    Case("cg", "cg"),
    Case("cti", "cti"),
    Case("chop", "chop"),
    Case("atr", "atr"),
    Case("natr", "natr"),
    Case("trange", "true_range"),
    Case("massi", "massi"),
    Case(
        "rvi",
        "rvi",
        reason="Deviation of 14 bars and EMAs; Dorsey takes that of 10 and Wilder's average.",
    ),
    Case("hv", "hvol"),
    Case("cvi", "cvi"),
    Case("ulcer", "ui"),
    Case("obv", "obv"),
    Case("ad", "ad"),
    Case("adosc", "adosc"),
    Case("cmf", "cmf"),
    Case("efi", "efi"),
    Case("emv", "eom"),
    Case("kvo", "kvo", outputs=(0, 1), reason="Takes the signed volume for the volume force, without its ranges."),
    Case("nvi", "nvi", reason="Adds the changes up in percent, TA-Lib and Tulip compound them."),
    Case("pvi", "pvi", reason="Adds the changes up in percent, TA-Lib and Tulip compound them."),
    Case("pvo", "pvo"),
    Case("pvt", "pvt", scale=0.01),
    Case("vosc", "vosc", "fast=14 slow=28"),
    Case("wad", "wad"),
    Case("marketfi", "marketfi"),
    Case("medprice", "hl2"),
    Case("typprice", "hlc3"),
    Case("avgprice", "ohlc4"),
    Case("wclprice", "wcp"),
    Case("ha", "ha", outputs=(0, 1, 2, 3)),
    Case("linearreg", "linreg"),
    Case("linearreg_angle", "linregangle"),
    Case("linearreg_intercept", "linregintercept"),
    Case("linearreg_slope", "linregslope"),
    Case("tsf", "tsf", "length=14"),
    Case("stddev", "stdev", "length=5"),
    Case("var", "variance", "length=5"),
    Case("avgdev", "mad", "length=14"),
    Case("zscore", "zscore", reason="Deviation of the sample; ours is the population's."),
    Case("skew", "skew"),
    Case("kurtosis", "kurtosis"),
    Case("quantile", "quantile"),
    Case("median", "median"),
    Case("log_return", "log_return"),
    Case("percent_return", "percent_return", scale=100),
    Case("drawdown", "drawdown", outputs=(1,), scale=-100),
    Case("hilo", "hilo", reason="Stands still while the close lies between the averages, where ours goes on."),
    Case("ttm_trend", "ttm_trend"),
    Case("swma", "swma"),
    Case("sinwma", "sinwma"),
    Case("pwma", "pwma"),
    Case("fwma", "fwma"),
    Case("ssf", "ssf"),
    Case("hwma", "hwma"),
    Case("mmar", "mmar", outputs=(0, 1, 2, 3, 4, 5)),
    Case("pmax", "pmax", reason="Turns when the close crosses the stop, where ours waits for the average."),
    Case("vfi", "vfi", reason="Takes the close for the typical price, and a share of it for the deviation of changes."),
    Case("bias", "bias", scale=100),
    Case("psl", "psl"),
    Case("brar", "brar", outputs=(0, 1)),
    Case("pgo", "pgo", reason="EMA of Wilder's average range, ours of the true range itself."),
    Case("inertia", "inertia", reason="Regression of its own RVI, which differs."),
    Case("lrsi", "lrsi"),
    Case("vwmacd", "vwmacd", outputs=(0, 2), reason="Volume-weighted means of windows, where ours fade exponentially."),
    Case("aberration", "aberration", outputs=(1, 0, 2)),
    Case("thermo", "thermo", "length=22", reason="Counts moves inward, too; ours only those beyond the last bar."),
    Case("pdist", "pdist"),
    Case("pvr", "pvr"),
    Case("pvol", "pvol"),
    Case("msw", "msw", outputs=(0, 1), reason=PI),
    Case("stderr", "stderr", reason="Deviation of the sample; ours is the population's, as Tulip's."),
    Case("entropy", "entropy"),
    Case("lag", "lag"),
)


def ask(case: Case, bars: Bars) -> tuple[Array, ...]:
    """Return pandas-ta's columns, of the function's inputs by their names."""
    function = getattr(theirs, case.function)
    named = inspect.signature(function).parameters
    days = pd.date_range("2010-01-01", periods=len(bars))
    given = {name: name.removesuffix("_") for name in ("open_", "high", "low", "close", "volume")}
    wanted = {name for name, one in named.items() if name != "open_" or one.default is one.empty}  # opens change some
    inputs = {name: pd.Series(bars.series(series), days) for name, series in given.items() if name in wanted}
    alone = {"talib": False} if "talib" in named else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        answer = function(**inputs, **alone, **dict(map(_option, case.options.split())))
    frame = pd.DataFrame(answer[0] if isinstance(answer, tuple) else answer)
    return tuple(case.scale * frame.iloc[:, position].to_numpy(dtype=float) for position in case.outputs)


def _option(text: str) -> tuple[str, float | str]:
    name, _, value = text.partition("=")
    if value in {"True", "False"}:
        return name, value == "True"
    if value.isalpha():
        return name, value
    number = float(value)
    return name, int(number) if number.is_integer() else number
