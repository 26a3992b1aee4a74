"""The engine over 500 x 2,520 bars: against a bare TA-Lib loop over the same functions, and against Polars' `.over`."""

import time
from collections.abc import Callable

import numpy as np
import polars as pl
from talib import _ta_lib as talib

import indicators
from benchmarks.report import Measure, interleaved
from indicators import Indicator, Panel
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


def bare_loop(panel: Panel, calls: list[tuple[Callable, tuple[str, ...], tuple, int]]) -> None:
    """Do what a user would write: each function over each symbol's slice, copied into preallocated columns."""
    columns = [[np.empty(len(panel.close)) for _ in range(outputs)] for *_, outputs in calls]
    for start, stop in zip(panel.offsets[:-1], panel.offsets[1:], strict=True):
        for (function, inputs, arguments, _), targets in zip(calls, columns, strict=True):
            given = function(*[getattr(panel, name)[start:stop] for name in inputs], *arguments)
            for target, values in zip(targets, given if isinstance(given, tuple) else (given,), strict=True):
                target[start:stop] = values


def subjects() -> tuple[list[Indicator], list[tuple[Callable, tuple[str, ...], tuple, int]]]:
    """Return eighteen common indicators, as ours and as TA-Lib's functions with the same arguments."""
    bar = ("high", "low", "close")
    chosen: list[tuple[str, dict[str, int | float], Callable, tuple[str, ...], tuple, int]] = [
        *(("sma", {"period": n}, talib.SMA, ("close",), (n,), 1) for n in PERIODS[:3]),
        *(("ema", {"period": n}, talib.EMA, ("close",), (n,), 1) for n in PERIODS[:3]),
        ("rsi", {"period": 14}, talib.RSI, ("close",), (14,), 1),
        ("macd", {"fast": 12, "slow": 26, "signal": 9}, talib.MACD, ("close",), (12, 26, 9), 3),
        ("bbands", {"period": 20, "deviations": 2.0}, talib.BBANDS, ("close",), (20, 2.0, 2.0, 0), 3),
        ("atr", {"period": 14}, talib.ATR, bar, (14,), 1),
        ("adx", {"period": 14}, talib.ADX, bar, (14,), 1),
        ("cci", {"period": 20}, talib.CCI, bar, (20,), 1),
        ("aroon", {"period": 14}, talib.AROON, ("high", "low"), (14,), 2),
        ("obv", {}, talib.OBV, ("close", "volume"), (), 1),
        ("kama", {"period": 10}, talib.KAMA, ("close",), (10,), 1),
        ("wma", {"period": 20}, talib.WMA, ("close",), (20,), 1),
        ("stddev", {"period": 20}, talib.STDDEV, ("close",), (20, 1.0), 1),
        ("linearreg", {"period": 14}, talib.LINEARREG, ("close",), (14,), 1),
    ]
    ours = [indicators.build(name, params) for name, params, *_ in chosen]
    return ours, [(function, inputs, arguments, outputs) for _, _, function, inputs, arguments, outputs in chosen]


def moving_averages_over(frame: pl.DataFrame) -> None:
    """Compute the moving averages as Polars expressions, by symbol."""
    close = pl.col("close").cast(pl.Float64)
    frame.select(close.rolling_mean(n).over("symbol").alias(f"sma_{n}") for n in PERIODS)


def measure(runs: int = 5) -> list[Measure]:
    """Compare in this process; the figures are seconds."""
    panel, frame = synthetic_panel()
    ours, theirs = subjects()
    averages = [indicators.build("sma", {"period": n}) for n in PERIODS]

    def timed(work: Callable[[], object]) -> Callable[[], float]:
        def once() -> float:
            begun = time.perf_counter()
            work()
            return time.perf_counter() - begun

        return once

    figures = interleaved(
        runs,
        {
            "engine": timed(lambda: indicators.compute_panel(panel, ours)),
            "bare": timed(lambda: bare_loop(panel, theirs)),
            "threads": timed(lambda: indicators.compute_panel(panel, ours, threads=2)),
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
            "the same on two threads",
            f"{figures['threads'] * 1e3:.0f} ms",
            f"one thread {figures['engine'] * 1e3:.0f} ms",
            figures["engine"] / figures["threads"],
            "none",
            True,
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
