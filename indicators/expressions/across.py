"""Plans computed across symbols: one array over the bars of many, where no step needs a symbol's whole history.

What a snapshot holds in columns is read by row, and what was some bars ago by an earlier row of the same symbol. Steps
that run over a history, as an indicator with parameters of its own does, are the `histories` of a plan: whoever
computes them symbol by symbol hands their values in.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from indicators.bars import Array, series
from indicators.expressions.evaluation import Days, Evaluation, aligned
from indicators.expressions.kernels import KERNELS
from indicators.expressions.plans import (
    Applied,
    Computed,
    Constant,
    Elsewhere,
    Node,
    Ranked,
    Series,
    Shifted,
    Stored,
    below,
    steps,
)

Rows = NDArray[np.int64]


class Section(msgspec.Struct, frozen=True, eq=False):
    """Bars of many symbols: each one's row in the columns, the first row of its symbol, and the symbol's number."""

    rows: Rows
    begins: Rows
    symbols: Rows

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, chosen: NDArray) -> "Section":
        """Return some of the bars."""
        return Section(self.rows[chosen], self.begins[chosen], self.symbols[chosen])


class ByRow(Protocol):
    """A column of numbers that are picked by row, as an array's are."""

    def __getitem__(self, rows: Rows, /) -> Array:
        """Return the values of some rows."""
        ...


class Held(msgspec.Struct, frozen=True):
    """What is read by row: columns by name and the days; and the evaluations of other symbols by name."""

    column: Callable[[str], ByRow]
    days: Days
    other: Callable[[str], Evaluation]


class Across:
    """Computes steps over a section; `given` has the values of histories, and of ranks once they are known."""

    def __init__(self, section: Section, held: Held, given: Mapping[Node, Array]) -> None:
        self.section = section
        self._held = held
        self._given = given
        self._values: dict[tuple[Node, int], Array] = {}

    def values(self, node: Node, ago: int = 0) -> Array:
        """Return a step's values on each bar, or on the bar so many before it, NaN for none."""
        if node in self._given:
            return self._given[node]
        if (found := self._values.get((node, ago))) is None:
            found = self._values[node, ago] = self._computed(node, ago)
        return found

    def only(self, chosen: NDArray) -> "Across":
        """Return the same over some of the bars."""
        return Across(self.section.take(chosen), self._held, {node: one[chosen] for node, one in self._given.items()})

    def _computed(self, node: Node, ago: int) -> Array:
        match node:
            case Constant(value):
                found = np.full(len(self.section), value)
            case Series(name):
                found = series(name, lambda part: self._read(self._held.column(part), ago))
            case Stored(column):
                found = self._read(self._held.column(column), ago)
            case Shifted(inside, bars):
                found = self.values(inside, ago + bars)
            case Applied(function, arguments):
                found = KERNELS[function](*(self.values(one, ago) for one in arguments))
            case Elsewhere(symbol, inside):
                found = self._elsewhere(symbol, inside, ago)
            case Ranked(inside):
                found = ranked(self.values(inside), self._held.days[self.section.rows])
            case Computed():
                raise TypeError("a history is computed by symbol")
        return found

    def _read(self, column: ByRow, ago: int) -> Array:
        if not ago:
            return column[self.section.rows]
        rows, there = self._earlier(ago)
        return np.where(there, column[rows], np.nan)

    def _elsewhere(self, symbol: str, inside: Node, ago: int) -> Array:
        other = self._held.other(symbol)
        rows, there = self._earlier(ago)
        return np.where(there, aligned(other.values(inside), other.source.days(), self._held.days[rows]), np.nan)

    def _earlier(self, ago: int) -> tuple[Rows, NDArray[np.bool_]]:
        """Return the rows of earlier bars, and which of them there are; the others are some row."""
        earlier = self.section.rows - ago
        there = earlier >= self.section.begins
        return np.where(there, earlier, 0), there


def histories(node: Node) -> Iterator[Node]:
    """Return the steps of a plan that need the whole history of each symbol."""
    match node:
        case Computed():
            yield node
        case Shifted(inside) if any(isinstance(one, Computed) for one in _own(inside)):
            yield node  # what a history was some bars ago is part of that history
        case Applied() | Ranked():
            for each in below(node):
                yield from histories(each)


def ranks(node: Node) -> Iterator[Node]:
    """Return the ranks in a plan."""
    return (one for one in steps(node) if isinstance(one, Ranked))


def ranked(values: Array, days: Days) -> Array:
    """Return each value's place among those of its day, as a share: 1/n the lowest of n, 1 the highest.

    Equal values share the mean of their places; NaN has none.
    """
    shares = np.full(len(values), np.nan)
    present = np.flatnonzero(~np.isnan(values))
    if not len(present):
        return shares
    order = present[np.lexsort((values[present], days[present]))]
    day = np.diff(days[order], prepend=days[order[0]] - 1) != 0
    tie = day | (np.diff(values[order], prepend=np.nan) != 0)
    first_of_day, of_day = _runs(day)
    first_of_tie, of_tie = _runs(tie)
    shares[order] = (first_of_tie - first_of_day + (of_tie + 1) / 2) / of_day
    return shares


def _runs(begins: NDArray[np.bool_]) -> tuple[NDArray, NDArray]:
    """Return for each element where its run begins, and how long the run is."""
    starts = np.flatnonzero(begins)
    run = np.cumsum(begins) - 1
    return starts[run], np.diff(np.append(starts, len(begins)))[run]


def _own(node: Node) -> Iterator[Node]:
    """Return the steps that are computed on the symbol itself."""
    yield node
    if not isinstance(node, Elsewhere):
        for each in below(node):
            yield from _own(each)
