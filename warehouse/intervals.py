"""The intervals that bars come in, each declared once: tables, steps, assets, routes and pages follow from here."""

from collections.abc import Mapping
from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt

IntervalName = Literal["1d", "1w", "1mo"]
Days = npt.NDArray[np.int32]
"""Days since 1970-01-01."""


class Interval(msgspec.Struct, frozen=True):
    """What one bar covers: its name in questions, its tables' schema, and the period in a word and in NumPy's unit."""

    name: IntervalName
    schema: str
    period: str
    unit: Literal["D", "W", "M"]
    shift: int = 0
    """Days by which a period begins before NumPy's: its weeks begin on Thursdays, as 1970 did."""

    def periods(self, days: Days) -> npt.NDArray[np.int32]:
        """Return the number of the period that each day falls into; numbers rise with time."""
        return (days + self.shift).astype("datetime64[D]").astype(f"datetime64[{self.unit}]").astype(np.int32)

    def begins(self, days: Days) -> Days:
        """Return the first day, a session or not, of the period that each day falls into."""
        periods = self.periods(days).astype(f"datetime64[{self.unit}]")
        return (periods.astype("datetime64[D]").astype(np.int64) - self.shift).astype(np.int32)

    def last_day(self, day: int) -> int:
        """Return the last day, a session or not, of the period that a day falls into."""
        (period,) = self.periods(np.array([day], np.int32))
        return int(np.datetime64(int(period) + 1, self.unit).astype("datetime64[D]").astype(np.int64)) - self.shift - 1


DAILY = Interval("1d", "daily", "session", "D")
WEEKLY = Interval("1w", "weekly", "week", "W", shift=3)
MONTHLY = Interval("1mo", "monthly", "month", "M")
INTERVALS = (DAILY, WEEKLY, MONTHLY)
COARSER = INTERVALS[1:]
"""Those whose bars are made of the daily ones."""
BY_SCHEMA: Mapping[str, Interval] = {interval.schema: interval for interval in COARSER}
"""Those whose newest period may still go on, by their schemas."""
BY_NAME: Mapping[IntervalName, Interval] = {interval.name: interval for interval in INTERVALS}
