"""ta (Python, MIT): pandas expressions of its own."""

from collections.abc import Mapping

import pandas as pd

from benchmarks.parity.case import CLOSES, SEED, START, Case, option, peer
from indicators import Bars
from indicators.bars import Array

CASES = (
    Case("sma", "sma_indicator", "window=30"),
    Case("ema", "ema_indicator", "window=30", reason=SEED),
    Case("wma", "wma_indicator", "window=30"),
    Case("kama", "kama", "window=30"),
    Case("macd", "macd,macd_signal,macd_diff", reason=SEED),
    Case("ppo", "ppo", reason=SEED),
    Case("pvo", "pvo", reason=SEED),
    Case("adx", "adx", reason=START),
    Case("plus_di", "adx_pos", reason=START),
    Case("minus_di", "adx_neg", reason=START),
    Case("aroon", "aroon_down,aroon_up", "window=14"),
    Case("cci", "cci", "window=14"),
    Case("dpo", "dpo"),
    Case("ichimoku", "ichimoku_conversion_line,ichimoku_base_line,ichimoku_a,ichimoku_b", "visual=True"),
    Case("kst", "kst,kst_sig"),
    Case("massi", "mass_index", reason=SEED),
    Case("stc", "stc", reason=SEED),
    Case("trix", "trix", "window=30", reason=SEED),
    Case("vortex", "vortex_indicator_pos,vortex_indicator_neg"),
    Case("ao", "awesome_oscillator"),
    Case("roc", "roc", "window=10"),
    Case("rsi", "rsi", reason=SEED),
    Case("stochf", "stoch,stoch_signal", "window=5 smooth_window=3"),
    Case("stochrsi", "stochrsi", "window=14", "k=14", scale=100, reason=SEED),
    Case("tsi", "tsi", reason=SEED),
    Case("ultosc", "ultimate_oscillator"),
    Case("willr", "williams_r"),
    Case("atr", "average_true_range", reason=START),
    Case("bbands", "bollinger_hband,bollinger_mavg,bollinger_lband"),
    Case("percentb", "bollinger_pband"),
    Case("bbw", "bollinger_wband"),
    Case("donchian", "donchian_channel_hband,donchian_channel_mband,donchian_channel_lband", "window=20"),
    Case(
        "kc",
        "keltner_channel_hband,keltner_channel_mband,keltner_channel_lband",
        "original_version=False",
        reason=CLOSES,
    ),
    Case("ulcer", "ulcer_index"),
    Case("ad", "acc_dist_index"),
    Case("cmf", "chaikin_money_flow"),
    Case("emv", "sma_ease_of_movement"),
    Case("efi", "force_index", reason=SEED),
    Case("mfi", "money_flow_index"),
    Case("nvi", "negative_volume_index"),
    Case("obv", "on_balance_volume"),
    Case("pvt", "volume_price_trend"),
    Case("vwap", "volume_weighted_average_price", reason="Of the last 14 bars alone, ours since the first."),
    Case("log_return", "daily_log_return", scale=0.01),
    Case("percent_return", "daily_return"),
)


def ask(case: Case, bars: Bars) -> tuple[Array, ...]:
    """Return ta's columns, one of each function."""
    options = dict(map(option, case.options.split()))
    return tuple(case.scale * _column(name, options, bars) for name in case.function.split(","))


def _column(name: str, options: Mapping[str, float | str], bars: Bars) -> Array:
    modules = (peer(f"ta.{one}") for one in ("trend", "momentum", "volatility", "volume", "others"))
    function = next(getattr(module, name) for module in modules if hasattr(module, name))
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    prices = {each: pd.Series(bars.series(each)) for each in names if each in {"high", "low", "close", "volume"}}
    return function(**prices, **{each: value for each, value in options.items() if each in names}).to_numpy(dtype=float)
