"""Made bars: seeded walks in cents, and the shapes that break careless formulas."""

import numpy as np

from indicators import Bars, Panel


def walk(sessions: int, seed: int = 7, start: float = 100.0, decimals: int = 2) -> Bars:
    """A random walk of closes around honest open, high and low; in cents, as exchanges quote, some values tie."""
    rng = np.random.default_rng(seed)
    close = start * np.exp(np.cumsum(rng.normal(0.0002, 0.015, sessions)))
    open_ = close * np.exp(rng.normal(0, 0.006, sessions))
    high = np.maximum(open_, close) * np.exp(np.abs(rng.normal(0, 0.006, sessions)))
    low = np.minimum(open_, close) * np.exp(-np.abs(rng.normal(0, 0.006, sessions)))
    volume = np.round(rng.uniform(1_000, 90_000, sessions)) * 100
    return Bars(*(np.round(array, decimals) for array in (open_, high, low, close)), volume)


def flat(sessions: int, price: float = 42.1, volume: float = 1_000.0) -> Bars:
    """Bars on which nothing happens."""
    return Bars(*(np.full(sessions, price) for _ in range(4)), np.full(sessions, volume))


def halted(sessions: int) -> Bars:
    """A walk whose second half stands still without volume."""
    bars = walk(sessions)
    half = sessions // 2
    for array in (bars.open, bars.high, bars.low, bars.close):
        array[half:] = bars.close[half]
    bars.volume[half:] = 0
    return bars


def gapped(sessions: int) -> Bars:
    """A walk that now and then opens at three times, or a third of, the close before, and loses days in between."""
    bars = walk(sessions)
    factors = np.ones(sessions)
    factors[sessions // 5 :: 61] = 3.0
    factors[sessions // 4 :: 61] = 1 / 3
    prices = (np.round(array * np.cumprod(factors), 2) for array in (bars.open, bars.high, bars.low, bars.close))
    kept = np.arange(sessions) % 17 != 0
    return Bars(*(array[kept] for array in (*prices, bars.volume)))


def silent(sessions: int, wakes: int) -> Bars:
    """A walk without any volume until session `wakes`."""
    bars = walk(sessions)
    bars.volume[:wakes] = 0
    return bars


def cut(bars: Bars, rows: slice) -> Bars:
    """The bars of some rows."""
    return Bars(*(a[rows] for a in (bars.open, bars.high, bars.low, bars.close, bars.volume)))


def panel(*parts: Bars) -> Panel:
    """Bars of several symbols, end to end."""
    offsets = np.concatenate(([0], np.cumsum([len(part) for part in parts])))
    columns = (np.concatenate([getattr(p, name) for p in parts]) for name in ("open", "high", "low", "close", "volume"))
    return Panel(tuple(f"S{i}" for i in range(len(parts))), offsets, *columns)
