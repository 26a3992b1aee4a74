"""The laws that an indicator of one's own must pass before it joins the catalogue: on made bars, when it is loaded."""

import numpy as np

from indicators.bars import Array, Bars
from indicators.indicator import Indicator

_MORE = 300  # bars beyond the warm-up
_TOLERANCE = 1e-9


def broken(indicator: Indicator) -> str | None:
    """Return which law an indicator breaks, in words; None if it passes."""
    bars = _walk(indicator.lookback() + _MORE)
    whole = _computed(indicator, bars)
    if (fault := _shape(indicator, whole, len(bars)) or _bounds(indicator, whole)) is not None:
        return fault
    early = indicator.lookback() + _MORE // 2
    for one, all_ in zip(_computed(indicator, _cut(bars, early)), whole, strict=True):
        if not np.array_equal(one, all_[:early], equal_nan=True):
            return "a value changes when later bars come, and nothing may look ahead"
    for dull in (_cut(bars, 0), _cut(bars, 1), _flat(len(bars))):
        columns = _computed(indicator, dull)
        if (fault := _shape(indicator, columns, len(dull)) or _bounds(indicator, columns)) is not None:
            return f"{fault}, on {len(dull)} flat bars"
    return None


def _computed(indicator: Indicator, bars: Bars) -> tuple[Array, ...]:
    return indicator.compute(bars, against=bars.open if indicator.takes_against else None)


def _shape(indicator: Indicator, columns: tuple[Array, ...], length: int) -> str | None:
    if len(columns) != len(indicator.outputs):
        return f"it gives {len(columns)} columns and declares {len(indicator.outputs)}"
    for output, column in zip(indicator.outputs, columns, strict=True):
        if column.dtype != np.float64 or column.shape != (length,):
            return f"{output.name} is no float64 column with a value a bar"
        if np.isinf(column).any():
            return f"{output.name} is infinite somewhere; null means no value"
        if not np.isnan(column[: indicator.lookback()]).all():
            return f"{output.name} has values within its lookback of {indicator.lookback()} bars"
    return None


def _bounds(indicator: Indicator, columns: tuple[Array, ...]) -> str | None:
    for output, column in zip(indicator.outputs, columns, strict=True):
        present = column[~np.isnan(column)]
        if output.minimum is not None and (present < output.minimum - _TOLERANCE).any():
            return f"{output.name} goes down to {present.min():g}, below its minimum {output.minimum:g}"
        if output.maximum is not None and (present > output.maximum + _TOLERANCE).any():
            return f"{output.name} goes up to {present.max():g}, above its maximum {output.maximum:g}"
    return None


def _walk(length: int) -> Bars:
    """Return a seeded walk of closes with bars around them."""
    rng = np.random.default_rng(20)
    close = 100 * np.exp(np.cumsum(rng.normal(0, 0.015, length)))
    opening = close * np.exp(rng.normal(0, 0.006, length))
    high = np.maximum(opening, close) * np.exp(np.abs(rng.normal(0, 0.006, length)))
    low = np.minimum(opening, close) * np.exp(-np.abs(rng.normal(0, 0.006, length)))
    return Bars(opening, high, low, close, np.round(rng.uniform(1e5, 9e6, length)))


def _flat(length: int) -> Bars:
    return Bars(*(np.full(length, 42.1) for _ in range(4)), np.zeros(length))


def _cut(bars: Bars, length: int) -> Bars:
    return Bars(*(one[:length].copy() for one in (bars.open, bars.high, bars.low, bars.close, bars.volume)))
