"""From the bars of sessions to those of longer periods."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]


def ends(starts: Rows, length: int) -> Rows:
    """Return the row after the last of each run, of runs that begin at `starts` and fill `length` rows."""
    return np.append(starts[1:], length)[: len(starts)]


def resample(bars: Mapping[str, Floats], starts: Rows) -> dict[str, Floats]:
    """Return one bar for each run of rows that begins at one of `starts` (rising, the first of them 0).

    Open of the first row, highest high, lowest low, close of the last row, sum of the volumes.
    """
    return {
        "open": bars["open"][starts],
        "high": np.maximum.reduceat(bars["high"], starts),
        "low": np.minimum.reduceat(bars["low"], starts),
        "close": bars["close"][ends(starts, len(bars["close"])) - 1],
        "volume": np.add.reduceat(bars["volume"], starts),
    }
