"""Z-score: the value in standard deviations from its mean."""

from collections.abc import Callable, Mapping
from typing import Annotated, ClassVar

import numpy as np
from msgspec import Meta

from indicators import library
from indicators.bars import Array
from indicators.indicator import Family, Indicator, Memory, Output

_mean, _deviation = library.function("SMA"), library.function("STDDEV")


class Zscore(Indicator, frozen=True):
    """(value - mean) / population standard deviation of the window; null where the window is flat."""

    id: ClassVar[str] = "zscore"
    title: ClassVar[str] = "Z-Score"
    meaning: ClassVar[str] = "Distance from the window's mean, in standard deviations (population)."
    family: ClassVar[Family] = "statistics"
    inputs: ClassVar[tuple[str, ...]] = ("on",)
    takes_on: ClassVar[bool] = True
    outputs: ClassVar[tuple[Output, ...]] = (Output("zscore", "standard deviations", meaning),)
    source: ClassVar[str] = "common statistics"
    memory: ClassVar[Memory] = "window"
    aliases: ClassVar[Mapping[str, str]] = {"timeperiod": "period"}
    undefined_at_times: ClassVar[bool] = True

    period: Annotated[int, Meta(ge=2, le=2000, description="Bars looked at.")] = 30

    def lookback(self) -> int:
        """Return the bars before the first whole window."""
        return self.period - 1

    def kernel(self) -> Callable:
        """Return the score as a function of the chosen series."""
        return self._score

    def _score(self, values: Array) -> Array:
        with np.errstate(divide="ignore", invalid="ignore"):  # TA-Lib's deviation of a flat window is 0 exactly
            return (values - _mean(values, self.period)) / _deviation(values, self.period)
