"""All symbols of a snapshot at once: which rows of its columns are the bars of a day, or of some days."""

import numpy as np
from numpy.typing import NDArray

from indicators.expressions.across import Rows, Section
from warehouse.serving import Reader

_REMEMBERED = 64  # days


class Universe:
    """The symbols of a snapshot by number; each one's bars are the rows from `begins` to `ends`."""

    def __init__(self, reader: Reader) -> None:
        self.symbols = reader.symbols
        spans = [reader.span(symbol) for symbol in self.symbols]
        self.begins: Rows = np.array([one.start for one in spans], np.int64)
        self.ends: Rows = np.array([one.stop for one in spans], np.int64)
        self.days = reader.days
        oldest = int(reader.days[self.begins].argmin())
        self.oldest = slice(int(self.begins[oldest]), int(self.ends[oldest]))  # rows of the symbol with the first bar
        self.longest = int((self.ends - self.begins).max())
        self._sections: dict[int, Section] = {}

    def on(self, day: int) -> Section:
        """Return the bars of a day, one for each symbol that has one.

        PERF: remembered; to search for them takes as long as all the rest of a screen.
        """
        found = self._sections.get(day)
        if found is None:
            if len(self._sections) >= _REMEMBERED:
                self._sections.clear()
            found = self._sections[day] = self.between(*self.rows(day, day))
        return found

    def rows(self, first: int, last: int) -> tuple[Rows, Rows]:
        """Return for each symbol its first row of some days, and the row after its last."""
        lows = self._search(first)
        if first < last:
            return lows, self._search(last + 1)
        there = lows < self.ends  # PERF: of one day the second search would tell no more than whether it is there
        return lows, lows + (there & (self.days[np.where(there, lows, 0)] == first))

    def between(self, lows: Rows, highs: Rows, chosen: slice = slice(None)) -> Section:
        """Return the rows from `lows` to `highs` of some symbols, symbol by symbol."""
        lengths = (highs - lows)[chosen]
        numbers = np.repeat(np.arange(len(self.symbols))[chosen], lengths)
        ahead = np.cumsum(lengths) - lengths  # rows of the symbols before
        rows = np.arange(len(numbers)) + np.repeat(lows[chosen] - ahead, lengths)
        return Section(rows, self.begins[numbers], numbers)

    def _search(self, day: int) -> Rows:
        """Return each symbol's first row at or after a day: all binary searches in step."""
        low, high = self.begins.copy(), self.ends.copy()
        while (open_ := low < high).any():
            middle = (low + high) // 2
            before = open_ & (self.days[np.minimum(middle, len(self.days) - 1)] < day)
            low = np.where(before, middle + 1, low)
            high = np.where(open_ & ~before, middle, high)
        return low


def blocks(lengths: NDArray[np.int64], most: int) -> list[slice]:
    """Return neighbouring symbols in blocks of at most so many rows, or of one symbol."""
    found, start, rows = [], 0, 0
    for number, length in enumerate(lengths.tolist()):
        if rows and rows + length > most:
            found.append(slice(start, number))
            start, rows = number, 0
        rows += length
    return [*found, slice(start, len(lengths))]
