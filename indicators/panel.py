"""Many symbols at once: the loop that fills one preallocated column per output."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise

import msgspec
import numpy as np
from numpy.typing import NDArray

from indicators import sharing
from indicators.bars import Array, Bars
from indicators.indicator import FLOAT, Indicator
from indicators.tails import STRETCH, way

Rows = NDArray[np.int64]


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
    """One indicator with what is asked of it only once, and the columns to fill."""

    indicator: Indicator
    kernel: Callable
    lookback: int
    inputs: tuple[str, ...]
    columns: tuple[Array, ...]

    def fill(self, to: slice | Rows, given: Array | tuple[Array, ...], taken: slice | Rows) -> None:
        """Put some of a kernel's values into the columns."""
        plain = not self.indicator.undefined_at_times
        outputs: tuple[Array, ...] = given if isinstance(given, tuple) else (given,)
        for column, values in zip(self.columns, outputs, strict=True):
            settled = values if plain and values.dtype is FLOAT else self.indicator.settled(values, self.lookback)
            column[to] = settled[taken]

    def blank(self, to: slice | Rows) -> None:
        """Say of some rows that there is no value."""
        for column in self.columns:
            column[to] = np.nan


def compute_panel(
    panel: Panel, indicators: Sequence[Indicator], *, processes: int = 1, last: NDArray[np.int64] | None = None
) -> dict[str, Array]:
    """Return every output's column over all rows of the panel, computed on closes where the input is free.

    Up to `processes` share the symbols out among them. `last` is how many of each symbol's last rows are wanted; they
    are computed on all its bars all the same, so they are what they are among all rows, to the bit.
    Raises ValueError for an indicator of two symbols.
    """
    if paired := [indicator.id for indicator in indicators if indicator.takes_against]:
        raise ValueError(f"a panel's symbols do not see each other, and {', '.join(paired)} needs two")
    rows = [slice(start, stop) for start, stop in pairwise(panel.offsets.tolist())]
    ends = panel.offsets[1:] if last is None else np.cumsum(last)
    wanted = [slice(start, stop) for start, stop in pairwise([0, *ends.tolist()])]
    parts = max(1, min(processes, len(rows)))
    tasks = [_task(indicator, lambda: sharing.column(wanted[-1].stop, parts)) for indicator in indicators]
    share = partial(_run, panel, tasks=tasks, ends=last is not None)
    sharing.share_out(lambda first: share(rows[first::parts], wanted[first::parts]), parts)
    return {name: column for task in tasks for name, column in zip(*_named(task), strict=True)}


def _task(indicator: Indicator, column: Callable[[], Array]) -> _Task:
    return _Task(
        indicator=indicator,
        kernel=indicator.kernel(),
        lookback=indicator.lookback(),
        inputs=tuple("close" if name == "on" else name for name in indicator.inputs),
        columns=tuple(column() for _ in indicator.outputs),
    )


def _named(task: _Task) -> tuple[tuple[str, ...], tuple[Array, ...]]:
    return task.indicator.column_names(), task.columns


def _run(panel: Panel, rows: Sequence[slice], wanted: Sequence[slice], *, tasks: Sequence[_Task], ends: bool) -> None:
    """Compute the tasks over the given symbols' rows, and fill their columns where the last of them are wanted.

    `ends`: so few rows are wanted of each symbol that those of all are computed together where that gives the same.
    PERF: views are cut once per symbol, not once per call; a column is filled from end to end before the next, which
    costs the memory less than all columns of one symbol in turn (0.99 of bare TA-Lib calls against 0.85).
    """
    views = {name: [getattr(panel, name)[row] for row in rows] for name in {i for task in tasks for i in task.inputs}}
    for task in tasks:
        arrays, how = [views[name] for name in task.inputs], way(task.indicator)
        if how == "window" and ends:
            _together(task, arrays, wanted)
        else:
            one_by_one = _in_stretches if how == "stretches" else _whole
            for to, *own in zip(wanted, *arrays, strict=True):
                one_by_one(task, own, to)


def _whole(task: _Task, arrays: Sequence[Array], to: slice) -> None:
    length = len(arrays[0])
    if length <= task.lookback:
        task.blank(to)
    else:
        task.fill(to, task.kernel(*arrays), slice(length - to.stop + to.start, None))


def _in_stretches(task: _Task, arrays: Sequence[Array], to: slice) -> None:
    length = len(arrays[0])
    first = length - to.stop + to.start
    for begin in range(first // STRETCH * STRETCH, length, STRETCH):
        start, stop, shown = max(0, begin - task.lookback), min(begin + STRETCH, length), max(begin, first)
        here = slice(to.start + shown - first, to.start + stop - first)
        if stop - start <= task.lookback:
            task.blank(here)
        else:
            task.fill(here, task.kernel(*(array[start:stop] for array in arrays)), slice(shown - start, None))


def _together(task: _Task, arrays: Sequence[Sequence[Array]], wanted: Sequence[slice]) -> None:
    """Compute the ends of all symbols in one call: no window reaches from one symbol into the one before."""
    counts = np.array([to.stop - to.start for to in wanted])
    lengths = np.array([len(array) for array in arrays[0]])
    needed = np.minimum(lengths, counts + task.lookback)
    ends = [np.concatenate([a[len(a) - n :] for a, n in zip(each, needed.tolist(), strict=True)]) for each in arrays]
    rows = np.repeat(np.cumsum(needed) - np.cumsum(counts), counts) + np.arange(counts.sum())
    to = np.concatenate([np.arange(each.start, each.stop) for each in wanted])
    if len(ends[0]) > task.lookback:
        task.fill(to, task.kernel(*ends), rows)
    place = np.repeat(lengths - np.cumsum(counts), counts) + np.arange(counts.sum())  # within the history
    task.blank(to[place < task.lookback])
