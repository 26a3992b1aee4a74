"""Ichimoku's lines, as known on their own day."""

from collections.abc import Callable
from typing import Annotated, ClassVar

import numpy as np
from msgspec import Meta

from indicators import library
from indicators.bars import Array
from indicators.indicator import Family, Indicator, Memory, Output

_middle = library.function("MIDPRICE")  # (highest high + lowest low) / 2


class Ichimoku(Indicator, frozen=True):
    """Middles of the range over three windows; the cloud's edges stand where they are drawn, `displacement` later.

    The chikou line is left out: it is the close drawn backwards, so a day's value is known only later.
    All lines begin together, with the last of them.
    """

    id: ClassVar[str] = "ichimoku"
    title: ClassVar[str] = "Ichimoku Cloud"
    meaning: ClassVar[str] = "Middles of the range over three windows, two of them drawn ahead as a cloud."
    family: ClassVar[Family] = "trend"
    inputs: ClassVar[tuple[str, ...]] = ("high", "low")
    outputs: ClassVar[tuple[Output, ...]] = (
        Output("tenkan", "price", "Conversion line: middle of the short window."),
        Output("kijun", "price", "Base line: middle of the medium window."),
        Output("senkou_a", "price", "Cloud's edge: mean of conversion and base line, `displacement` bars ago."),
        Output("senkou_b", "price", "Cloud's other edge: middle of the long window, `displacement` bars ago."),
    )
    source: ClassVar[str] = "Goichi Hosoda, 1969"
    memory: ClassVar[Memory] = "window"
    ascending: ClassVar[tuple[str, ...]] = ("tenkan", "kijun", "senkou")

    tenkan: Annotated[int, Meta(ge=2, le=2000, description="Bars of the short window.")] = 9
    kijun: Annotated[int, Meta(ge=2, le=2000, description="Bars of the medium window.")] = 26
    senkou: Annotated[int, Meta(ge=2, le=2000, description="Bars of the long window.")] = 52
    displacement: Annotated[int, Meta(ge=1, le=2000, description="Bars by which the cloud is drawn ahead.")] = 26

    def lookback(self) -> int:
        """Return the bars before the long window's edge of the cloud."""
        return self.senkou - 1 + self.displacement

    def kernel(self) -> Callable:
        """Return the lines as a function of high and low."""
        return self._lines

    def _lines(self, high: Array, low: Array) -> tuple[Array, ...]:
        tenkan, kijun, long = (_middle(high, low, n) for n in (self.tenkan, self.kijun, self.senkou))
        lines = (tenkan, kijun, self._later((tenkan + kijun) / 2), self._later(long))
        for line in lines:
            line[: self.lookback()] = np.nan
        return lines

    def _later(self, line: Array) -> Array:
        return np.concatenate((np.full(self.displacement, np.nan), line[: -self.displacement]))
