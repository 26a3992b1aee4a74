"""Weekly and monthly bars: the daily ones of each symbol and period made into one."""

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipelines import calendar
from warehouse.intervals import Interval
from warehouse.resampling import Rows, ends, resample
from warehouse.serving import BAR_COLUMNS

EPOCH = date(1970, 1, 1)


def resampled(daily: pa.Table, interval: Interval) -> pa.Table:
    """Return one row for each symbol and period, in the columns that the interval's tables have.

    Args:
        daily: symbol, date, open, high, low, close, volume; sorted by symbol and date.
        interval: what one row covers.
    """
    symbols = daily.column("symbol").combine_chunks()
    days = daily.column("date").combine_chunks().cast(pa.int32()).to_numpy()
    periods = interval.periods(days)
    starts = _starts(symbols.indices.to_numpy(), periods)
    stops = ends(starts, len(days))
    partial = np.zeros(len(starts), bool)
    if len(days) and not is_over(interval, int(days.max())):
        partial = periods[starts] == periods.max()
    return pa.table(
        {
            "symbol": symbols.take(pa.array(starts)),
            "date": pa.array(days[stops - 1], pa.date32()),
            **resample({name: daily.column(name).to_numpy() for name in BAR_COLUMNS}, starts),
            "first_session": pa.array(days[starts], pa.date32()),
            "sessions": stops - starts,
            "is_partial": partial,
        }
    )


def is_over(interval: Interval, newest: int) -> bool:
    """Return whether the period of the newest day has no session left, such as a week on a Good Friday's eve."""
    following, last = (EPOCH + timedelta(days=day) for day in (newest + 1, interval.last_day(newest)))
    return not calendar.sessions(following, last)


def _starts(codes: npt.NDArray[np.int32], periods: npt.NDArray[np.int32]) -> Rows:
    """Return the rows at which another symbol or another period begins."""
    begins = np.ones(len(codes), bool)
    begins[1:] = (np.diff(codes) != 0) | (np.diff(periods) != 0)
    return np.flatnonzero(begins)
