"""The bars of one symbol, and the series that an indicator can be computed on."""

from collections.abc import Callable

import msgspec
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SERIES = ("open", "high", "low", "close", "volume", "hl2", "hlc3", "ohlc4", "hlcc4")


class UnknownSeries(LookupError):
    """A series that bars do not have."""

    def __init__(self, name: str, near: tuple[str, ...] = ()) -> None:
        """Name the series there are, and stored columns that are much like it."""
        columns = f", or a stored column such as {', '.join(near)}" if near else ""
        super().__init__(f"no series {name!r}: allowed are {', '.join(SERIES)}{columns}")
        self.name, self.allowed = name, (*SERIES, *near)


class Bars(msgspec.Struct, frozen=True, eq=False):
    """One symbol's bars, oldest first: contiguous float64 arrays of one length, without NaN."""

    open: Array
    high: Array
    low: Array
    close: Array
    volume: Array

    def __post_init__(self) -> None:
        shape = self.close.shape
        for array in (self.open, self.high, self.low, self.close, self.volume):
            if array.dtype != np.float64 or array.ndim != 1 or array.shape != shape:
                raise ValueError("bars are float64 arrays of one length")

    def __len__(self) -> int:
        return len(self.close)

    def series(self, name: str) -> Array:
        """Return one of SERIES; raises UnknownSeries."""
        return series(name, lambda part: getattr(self, part))


PARTS = {
    "hl2": ("high", "low"),
    "hlc3": ("high", "low", "close"),
    "ohlc4": ("open", "high", "low", "close"),
    "hlcc4": ("high", "low", "close"),
}


def parts(name: str) -> tuple[str, ...]:
    """Return the parts of a bar that one of SERIES is made of."""
    return PARTS.get(name, (name,))


def series(name: str, part: Callable[[str], Array]) -> Array:
    """Return one of SERIES, made of a bar's parts; raises UnknownSeries."""
    match name:
        case "open" | "high" | "low" | "close" | "volume":
            return part(name)
        case "hl2":
            return (part("high") + part("low")) / 2
        case "hlc3":
            return (part("high") + part("low") + part("close")) / 3
        case "ohlc4":
            return (part("open") + part("high") + part("low") + part("close")) / 4
        case "hlcc4":
            return (part("high") + part("low") + 2 * part("close")) / 4
    raise UnknownSeries(name)
