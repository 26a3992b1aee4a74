"""Plans computed on one symbol's bars: whole arrays, over its whole history, equal steps once."""

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from indicators.bars import Array
from indicators.expressions.gaps import Starts, over
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
)
from indicators.indicator import Indicator

Days = NDArray[np.int32]


class Source(Protocol):
    """Where the bars of a symbol come from; arrays have one value a bar and are not written to."""

    def __len__(self) -> int:
        """Return the number of bars."""

    def series(self, name: str) -> Array:
        """Return one of the bars' series, or a formula's input."""

    def stored(self, column: str) -> Array:
        """Return a stored column."""

    def days(self) -> Days:
        """Return the bars' days, rising."""

    def other(self, symbol: str) -> "Source":
        """Return where another symbol's bars come from."""


class Evaluation:
    """Computes steps on one source.

    Evaluations of one question share `starts`, which bounds the work that gaps make, and those of other symbols.
    """

    def __init__(
        self, source: Source, starts: Starts | None = None, others: "dict[str, Evaluation] | None" = None
    ) -> None:
        self.source = source
        self._starts = starts or Starts()
        self._others = {} if others is None else others
        self._values: dict[Node, Array] = {}
        self._columns: dict[tuple[Indicator, Node | None, Node | None], tuple[Array, ...]] = {}

    def values(self, node: Node) -> Array:
        """Return a step's values, one a bar, NaN for none; not to be written to. Raises TooManyGaps."""
        if (found := self._values.get(node)) is None:
            found = self._values[node] = self._computed(node)
        return found

    def _computed(self, node: Node) -> Array:
        match node:
            case Constant(value):
                found = np.full(len(self.source), value)
            case Series(name):
                found = self.source.series(name)
            case Stored(column):
                found = self.source.stored(column)
            case Computed(indicator, output, on, against):
                found = self._output(indicator, on, against)[output]
            case Shifted(inside, bars):
                found = shifted(self.values(inside), bars)
            case Applied(function, arguments):
                found = KERNELS[function](*map(self.values, arguments))
            case Elsewhere(symbol, inside):
                found = self._elsewhere(symbol, inside)
            case Ranked():
                raise TypeError("a rank is over symbols, and this is one symbol's")
        return found

    def _output(self, indicator: Indicator, on: Node | None, against: Node | None) -> tuple[Array, ...]:
        key = (indicator, on, against)
        if key not in self._columns:
            free: Mapping[str, Node | None] = {"on": on, "against": against}
            arrays = [self.values(free.get(name) or Series(name)) for name in indicator.inputs]
            self._columns[key] = over(indicator, arrays, self._starts)
        return self._columns[key]

    def other(self, symbol: str) -> "Evaluation":
        """Return the evaluation of another symbol."""
        if symbol not in self._others:
            self._others[symbol] = Evaluation(self.source.other(symbol), self._starts, self._others)
        return self._others[symbol]

    def _elsewhere(self, symbol: str, inside: Node) -> Array:
        other = self.other(symbol)
        return aligned(other.values(inside), other.source.days(), self.source.days())


def shifted(values: Array, bars: int) -> Array:
    """Return the values of so many bars ago, NaN where there was no bar."""
    moved = np.full(len(values), np.nan)
    moved[bars:] = values[: max(0, len(values) - bars)]
    return moved


def aligned(values: Array, days: Days, wanted: Days) -> Array:
    """Return the values of the wanted days, NaN on days that have none."""
    if not len(days):
        return np.full(len(wanted), np.nan)
    places = np.minimum(np.searchsorted(days, wanted), len(days) - 1)
    return np.where(days[places] == wanted, values[places], np.nan)
