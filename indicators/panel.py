"""Many symbols at once: the loop that fills one preallocated column per output."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import msgspec
import numpy as np
from numpy.typing import NDArray

from indicators.bars import Array, Bars
from indicators.declaration import FLOAT, Indicator


class Panel(msgspec.Struct, frozen=True, eq=False):
    """Bars of many symbols end to end, each oldest first: symbol i has rows `offsets[i]` to `offsets[i + 1]`."""

    symbols: tuple[str, ...]
    offsets: NDArray[np.int64]
    open: Array
    high: Array
    low: Array
    close: Array
    volume: Array

    def __post_init__(self) -> None:
        if len(self.offsets) != len(self.symbols) + 1 or self.offsets[0] != 0 or self.offsets[-1] != len(self.close):
            raise ValueError("offsets go from 0 to the number of rows, one more than there are symbols")

    def bars(self, position: int) -> Bars:
        """Return views on one symbol's rows."""
        rows = slice(*self.offsets[position : position + 2])
        return Bars(*(array[rows] for array in (self.open, self.high, self.low, self.close, self.volume)))


class _Task(msgspec.Struct, frozen=True, eq=False):
    """One indicator, ready to be run on symbol after symbol."""

    kernel: Callable
    inputs: tuple[str, ...]
    columns: tuple[Array, ...]
    lookback: int
    undefined_at_times: bool


def compute_panel(panel: Panel, indicators: Sequence[Indicator], *, threads: int = 1) -> dict[str, Array]:
    """Return every output's column over all rows of the panel, computed on closes where the input is free.

    TA-Lib releases the interpreter's lock, so `threads` share the symbols out among them.
    """
    tasks = [_task(indicator, len(panel.close)) for indicator in indicators]
    spans = list(pairwise(panel.offsets.tolist()))
    if threads == 1:
        _run(panel, spans, tasks)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(lambda first: _run(panel, spans[first::threads], tasks), range(threads)))
    names = (indicator.column_names() for indicator in indicators)
    return {
        name: column
        for task, own in zip(tasks, names, strict=True)
        for name, column in zip(own, task.columns, strict=True)
    }


def _task(indicator: Indicator, rows: int) -> _Task:
    return _Task(
        kernel=indicator.kernel(),
        inputs=tuple("close" if name == "on" else name for name in indicator.inputs),
        columns=tuple(np.empty(rows) for _ in indicator.outputs),
        lookback=indicator.lookback(),
        undefined_at_times=indicator.undefined_at_times,
    )


def _run(panel: Panel, spans: list[tuple[int, int]], tasks: list[_Task]) -> None:
    """Fill the tasks' columns over the given rows.

    PERF: symbols outside and indicators inside, so that one symbol's bars stay in the cache; kernels are bound before.
    """
    for start, stop in spans:
        series = {name: getattr(panel, name)[start:stop] for name in ("open", "high", "low", "close", "volume")}
        for task in tasks:
            if stop - start <= task.lookback:
                for column in task.columns:
                    column[start:stop] = np.nan
                continue
            given = task.kernel(*[series[name] for name in task.inputs])
            for column, values in zip(task.columns, given if type(given) is tuple else (given,), strict=True):
                column[start:stop] = values
                if values.dtype != FLOAT:
                    column[start : start + task.lookback] = np.nan
                if task.undefined_at_times:
                    part = column[start:stop]
                    part[~np.isfinite(part)] = np.nan
