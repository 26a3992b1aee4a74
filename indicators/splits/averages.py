"""Exponential averages that may begin with the first value, and what is made of them."""

from indicators.bars import Array
from indicators.kernels import Columns
from indicators.memories import of_average
from indicators.own.conventions import Seed
from indicators.own.steps import average, average_lookback, change, later, patched
from indicators.splitting import split


def _ema(values: Array, *periods: int, seed: Seed) -> Array:
    """Return the average of the average ... of the values."""
    for period in periods:
        values = average("ema", values, period, seed)
    return values


@split(warm_up=lambda _: 0, memory="convergent")
def ema(on: Array, *, period: int, seed: Seed = "sma") -> Array:
    """Return the average."""
    return _ema(on, period, seed=seed)


@split(warm_up=lambda _: 0, memory="convergent")
def dema(on: Array, *, period: int, seed: Seed = "sma") -> Array:
    """Return twice the average less the average of the average."""
    return 2 * _ema(on, period, seed=seed) - _ema(on, period, period, seed=seed)


@split(warm_up=lambda _: 0, memory="convergent")
def tema(on: Array, *, period: int, seed: Seed = "sma") -> Array:
    """Return three averages less three averages of averages plus the average of those."""
    once = _ema(on, period, seed=seed)
    twice = _ema(once, period, seed=seed)
    return 3 * once - 3 * twice + _ema(twice, period, seed=seed)


@split(warm_up=lambda p: (p.period - 1) // 2, memory="convergent")
def zlema(on: Array, *, period: int, seed: Seed = "sma") -> Array:
    """Return the average of the values with their lag taken off."""
    return _ema(2 * on - later(on, (period - 1) // 2), period, seed=seed)


@split(warm_up=lambda _: 1, memory="convergent")
def trix(on: Array, *, period: int, seed: Seed = "sma") -> Array:
    """Return the change of the triple average, in percent."""
    triple = _ema(on, period, period, period, seed=seed)
    return patched(100 * (triple / later(triple, 1) - 1), 1)


@split(warm_up=lambda _: 0, memory="convergent")
def macd(on: Array, *, fast: int, slow: int, signal: int, seed: Seed = "sma") -> Columns:
    """Return line, signal and difference."""
    line = _ema(on, fast, seed=seed) - _ema(on, slow, seed=seed)
    averaged = _ema(line, signal, seed=seed)
    return line, averaged, line - averaged


@split(
    warm_up=lambda p: max(average_lookback(p.type, period, p.seed) for period in (p.fast, p.slow)),
    memory=lambda p: of_average(p.type),
)
def apo(on: Array, *, fast: int, slow: int, type: str, seed: Seed = "sma") -> Array:  # noqa: A002
    """Return the fast average less the slow one."""
    return average(type, on, fast, seed) - average(type, on, slow, seed)


@split(warm_up=apo.warm_up, memory=apo.memory)
def ppo(on: Array, *, fast: int, slow: int, type: str, seed: Seed = "sma") -> Array:  # noqa: A002
    """Return the fast average less the slow one, in percent of the slow one."""
    return _percent(on, fast, slow, type, seed)


@split(warm_up=apo.warm_up, memory=apo.memory)
def pvo(volume: Array, *, fast: int, slow: int, type: str, seed: Seed = "sma") -> Array:  # noqa: A002
    """Return the oscillator of volumes."""
    return _percent(volume, fast, slow, type, seed)


def _percent(values: Array, fast: int, slow: int, kind: str, seed: Seed) -> Array:
    """Return the fast average less the slow one in percent of the slow one, 0 where that is nil."""
    start = max(average_lookback(kind, period, seed) for period in (fast, slow))
    return patched(100 * (average(kind, values, fast, seed) / average(kind, values, slow, seed) - 1), start)


@split(warm_up=lambda _: 1, memory="convergent")
def tsi(on: Array, *, first: int, second: int, seed: Seed = "sma") -> Array:
    """Return the smoothed change in percent of the smoothed absolute change, 0 where nothing moved."""
    moved = change(on)
    line = 100 * _ema(moved, first, second, seed=seed) / _ema(abs(moved), first, second, seed=seed)
    return patched(line, 1)


@split(warm_up=lambda _: 1, memory="convergent")
def efi(close: Array, volume: Array, *, period: int, seed: Seed = "sma") -> Array:
    """Return the average of the change times volume."""
    return _ema(change(close) * volume, period, seed=seed)


@split(warm_up=lambda _: 0, memory="convergent")
def eri(high: Array, low: Array, close: Array, *, period: int, seed: Seed = "sma") -> Columns:
    """Return high and low less the average of the close."""
    middle = _ema(close, period, seed=seed)
    return high - middle, low - middle


SPLITS = (ema, dema, tema, zlema, trix, macd, apo, ppo, pvo, tsi, efi, eri)
