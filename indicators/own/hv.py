"""Historical volatility of closes."""

from collections.abc import Callable, Mapping
from math import sqrt
from typing import Annotated, ClassVar

import numpy as np
from msgspec import Meta

from indicators import library
from indicators.bars import Array
from indicators.indicator import Family, Indicator, Memory, Output

_deviation = library.function("STDDEV")


class Hv(Indicator, frozen=True):
    """100 * sample deviation of the last `period` log returns * sqrt(sessions); null where a price is not positive."""

    id: ClassVar[str] = "hv"
    title: ClassVar[str] = "Historical Volatility"
    meaning: ClassVar[str] = "Standard deviation (sample) of log returns, annualised, in percent."
    family: ClassVar[Family] = "volatility"
    inputs: ClassVar[tuple[str, ...]] = ("on",)
    takes_on: ClassVar[bool] = True
    outputs: ClassVar[tuple[Output, ...]] = (Output("hv", "percent a year", meaning, minimum=0),)
    source: ClassVar[str] = "John Hull, Options, Futures and Other Derivatives, 1989"
    memory: ClassVar[Memory] = "window"
    aliases: ClassVar[Mapping[str, str]] = {"timeperiod": "period"}

    period: Annotated[int, Meta(ge=2, le=2000, description="Returns looked at.")] = 20
    sessions: Annotated[int, Meta(ge=1, le=366, description="Sessions in a year.")] = 252

    def lookback(self) -> int:
        """Return the bars before `period` returns exist."""
        return self.period

    def kernel(self) -> Callable:
        """Return the volatility as a function of the chosen series."""
        return self._volatility

    def _volatility(self, values: Array) -> Array:
        with np.errstate(divide="ignore", invalid="ignore"):
            returns = np.diff(np.log(values), prepend=np.nan)
        missing = ~np.isfinite(returns)
        returns[missing] = 0  # inside a running deviation, one NaN would spoil all that follow
        sample = sqrt(self.period / (self.period - 1))  # TA-Lib's deviation is the population's
        volatility = 100 * sqrt(self.sessions) * sample * _deviation(returns, self.period)
        gaps = np.cumsum(missing)
        volatility[self.period :][gaps[self.period :] > gaps[: -self.period]] = np.nan
        volatility[: self.period] = np.nan
        return volatility
