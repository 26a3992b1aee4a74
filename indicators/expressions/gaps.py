"""An indicator over a series that lacks values: it begins with the first one, and a gap costs it its memory.

Warm-ups add up along a chain, as in TA-Lib. After a gap a window is null until it is full again. A convergent indicator
starts afresh behind a gap, and an anchored one, whose every value depends on all before it, has none any more.
"""

from collections.abc import Sequence

import numpy as np

from indicators.bars import Array
from indicators.indicator import Indicator

MOST_STARTS = 10_000
"""How often the indicators of one evaluation may start afresh, all told."""


class TooManyGaps(ValueError):
    """A series with so many gaps that starting afresh behind each would take too long."""


class Starts:
    """Counts how often indicators start afresh."""

    def __init__(self) -> None:
        self._left = MOST_STARTS

    def take(self, indicator: Indicator, count: int) -> None:
        """Take some; raises TooManyGaps when they are used up."""
        self._left -= count
        if self._left < 0:
            raise TooManyGaps(
                f"the input of {indicator.id} has gaps without end: indicators that forget slowly may start afresh "
                f"{MOST_STARTS} times; a window, such as sma, does not have to"
            )


def over(indicator: Indicator, arrays: Sequence[Array], starts: Starts) -> tuple[Array, ...]:
    """Return an indicator's columns over inputs that may lack values; raises TooManyGaps."""
    present = np.logical_and.reduce([~np.isnan(one) for one in arrays])
    if present.all():
        return _finite(indicator.columns([np.ascontiguousarray(one) for one in arrays]))
    first = int(present.argmax())
    if not present[first]:
        return tuple(np.full(len(present), np.nan) for _ in indicator.outputs)
    if present[first:].all():
        runs = [slice(first, len(present))]
    elif indicator.memory == "window":
        return _windowed(indicator, arrays, present, first)
    else:
        runs = _runs(present, indicator)
        starts.take(indicator, len(runs))
    return _by_run(indicator, arrays, runs)


def _by_run(indicator: Indicator, arrays: Sequence[Array], runs: Sequence[slice]) -> tuple[Array, ...]:
    columns = tuple(np.full(len(arrays[0]), np.nan) for _ in indicator.outputs)
    for run in runs:
        found = indicator.columns([np.ascontiguousarray(one[run]) for one in arrays])
        for column, values in zip(columns, found, strict=True):
            column[run] = values
    return _finite(columns)


def _runs(present: np.ndarray, indicator: Indicator) -> list[slice]:
    """Return the stretches without a gap that are long enough for a value, of an anchored indicator the first."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], present, [False]))))
    runs = [slice(start, stop) for start, stop in edges.reshape(-1, 2).tolist()]
    if indicator.memory == "anchored":
        return runs[:1]
    return [run for run in runs if run.stop - run.start > indicator.lookback()]


def _windowed(indicator: Indicator, arrays: Sequence[Array], present: np.ndarray, first: int) -> tuple[Array, ...]:
    """Compute once with each gap filled by the value before it, and take out what a gap was part of."""
    latest = np.maximum.accumulate(np.where(present, np.arange(len(present)), first))[first:]
    columns = _by_run(indicator, [one[latest] for one in arrays], [slice(0, len(latest))])
    missing = np.concatenate(([0], np.cumsum(~present[first:])))
    width = indicator.lookback() + 1
    spoilt = missing[1:] - missing[np.maximum(np.arange(1, len(missing)) - width, 0)] > 0
    return tuple(np.concatenate((np.full(first, np.nan), np.where(spoilt, np.nan, one))) for one in columns)


def _finite(columns: tuple[Array, ...]) -> tuple[Array, ...]:
    """Return columns without infinities, which inputs that are no prices can bring about."""
    return tuple(np.where(np.isfinite(one), one, np.nan) for one in columns)
