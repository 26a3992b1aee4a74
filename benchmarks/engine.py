"""The engine over 500 x 2,520 bars: against a bare TA-Lib loop over the same functions, and against Polars' `.over`."""

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import polars as pl
from talib import _ta_lib as talib

import indicators
from benchmarks.report import Measure, interleaved, timed
from indicators import Panel
from pipelines.synthetic import universe

SYMBOLS, SESSIONS = 500, 2520
PERIODS = (5, 10, 20, 50, 100, 200)


def synthetic_panel() -> tuple[Panel, pl.DataFrame]:
    """Return the same seeded bars as arrays and as a frame."""
    bars, _ = universe(symbols=SYMBOLS, sessions=SESSIONS, seed=7)
    frame = bars.sort("symbol", "date")
    starts = np.flatnonzero(np.diff(frame["symbol"].rle_id().to_numpy(), prepend=-1))
    names = tuple(frame["symbol"].gather(starts).to_list())
    arrays = {name: np.ascontiguousarray(frame[name].cast(pl.Float64).to_numpy()) for name in indicators.SERIES[:5]}
    return Panel(symbols=names, offsets=np.append(starts, frame.height).astype(np.int64), **arrays), frame


class Subject(NamedTuple):
    """An indicator as ours, and as TA-Lib's function with the same arguments."""

    id: str
    params: dict[str, float]
    function: Callable
    inputs: tuple[str, ...]
    arguments: tuple[float, ...]
    outputs: int = 1


BAR = ("high", "low", "close")
CLOSE = ("close",)
SUBJECTS = (
    *(Subject("sma", {"period": n}, talib.SMA, CLOSE, (n,)) for n in PERIODS[:3]),
    *(Subject("ema", {"period": n}, talib.EMA, CLOSE, (n,)) for n in PERIODS[:3]),
    Subject("rsi", {"period": 14}, talib.RSI, CLOSE, (14,)),
    Subject("macd", {"fast": 12, "slow": 26, "signal": 9}, talib.MACD, CLOSE, (12, 26, 9), 3),
    Subject("bbands", {"period": 20, "deviations": 2.0}, talib.BBANDS, CLOSE, (20, 2.0, 2.0, 0), 3),
    Subject("atr", {"period": 14}, talib.ATR, BAR, (14,)),
    Subject("adx", {"period": 14}, talib.ADX, BAR, (14,)),
    Subject("cci", {"period": 20}, talib.CCI, BAR, (20,)),
    Subject("aroon", {"period": 14}, talib.AROON, ("high", "low"), (14,), 2),
    Subject("obv", {}, talib.OBV, ("close", "volume"), ()),
    Subject("kama", {"period": 10}, talib.KAMA, CLOSE, (10,)),
    Subject("wma", {"period": 20}, talib.WMA, CLOSE, (20,)),
    Subject("stddev", {"period": 20}, talib.STDDEV, CLOSE, (20, 1.0)),
    Subject("linearreg", {"period": 14}, talib.LINEARREG, CLOSE, (14,)),
)


def bare_loop(panel: Panel) -> None:
    """Do what a user would write: each function over each symbol's slice, copied into preallocated columns."""
    for subject in SUBJECTS:
        columns = [np.empty(len(panel.close)) for _ in range(subject.outputs)]
        for start, stop in pairwise(panel.offsets.tolist()):
            given = subject.function(*[getattr(panel, name)[start:stop] for name in subject.inputs], *subject.arguments)
            for column, values in zip(columns, given if isinstance(given, tuple) else (given,), strict=True):
                column[start:stop] = values


def moving_averages_over(frame: pl.DataFrame) -> None:
    """Compute the moving averages as Polars expressions, by symbol."""
    close = pl.col("close").cast(pl.Float64)
    frame.select(close.rolling_mean(n).over("symbol").alias(f"sma_{n}") for n in PERIODS)


def measure(runs: int = 5) -> list[Measure]:
    """Compare in this process; the figures are seconds."""
    panel, frame = synthetic_panel()
    ours = [indicators.build(subject.id, subject.params) for subject in SUBJECTS]
    averages = [indicators.build("sma", {"period": n}) for n in PERIODS]

    figures = interleaved(
        runs,
        {
            "engine": timed(lambda: indicators.compute_panel(panel, ours)),
            "bare": timed(lambda: bare_loop(panel)),
            "averages": timed(lambda: indicators.compute_panel(panel, averages)),
            "over": timed(lambda: moving_averages_over(frame)),
        },
    )
    against_bare = figures["bare"] / figures["engine"]
    return [
        Measure(
            f"engine, {len(ours)} indicators over {SYMBOLS} x {SESSIONS} bars, one thread",
            f"{figures['engine'] * 1e3:.0f} ms",
            f"bare TA-Lib loop {figures['bare'] * 1e3:.0f} ms",
            against_bare,
            "at least 0.8",
            against_bare >= 0.8,
        ),
        Measure(
            f"{len(PERIODS)} moving averages",
            f"{figures['averages'] * 1e3:.0f} ms",
            f"Polars .over {figures['over'] * 1e3:.0f} ms",
            figures["over"] / figures["averages"],
            "none",
            True,
        ),
    ]
