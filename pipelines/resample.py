"""Weekly and monthly bars: the daily ones of each symbol and period made into one."""

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipelines import calendar
from pipelines.amending import Kept, changed, code_of
from warehouse.contracts import Table
from warehouse.history import History, days_of
from warehouse.intervals import Interval
from warehouse.resampling import Rows, ends, resample
from warehouse.serving import BAR_COLUMNS
from warehouse.work import Version, WorkStore

EPOCH = date(1970, 1, 1)


def bring_up_to_date(store: WorkStore, *, source: Table, made: Table, interval: Interval) -> Version:
    """Make an interval's bars of the daily ones, from the period on that the last bar kept falls into."""
    recipe = code_of(__name__, "warehouse.resampling", "pipelines.calendar")
    daily, changes = store.history(source.name), changed(store, made, source.name, recipe)
    newest = (daily.newest() - EPOCH).days if daily.layout.symbols else 0
    if changes is None:
        rows = resampled(daily.all_rows(), interval, newest)
        return store.write(made, rows, inputs=[source.name], recipe=recipe)
    before = store.history(made.name)
    since = {**_overtaken(before, interval, newest), **_since(daily, changes, interval)}
    rows = resampled(daily.beyond(daily.before(since)), interval, newest)
    return store.amend(made, before.before(since), rows, inputs=[source.name], recipe=recipe)


def _since(daily: History, changes: Kept, interval: Interval) -> dict[str, int]:
    """Return the first day of the period that each symbol's last bar kept falls into; 0 if none is kept."""
    last_kept = daily.days_at({name: count - 1 for name, count in changes.items()})
    return {name: _first_day(interval, last_kept[name]) if name in last_kept else _ALWAYS for name in changes}


_ALWAYS = -(2**31)


def _first_day(interval: Interval, day: int) -> int:
    return int(interval.begins(np.array([day], np.int32))[0])


def _overtaken(before: History, interval: Interval, newest: int) -> dict[str, int]:
    """Return the first days of the periods that were going on and are over, of the symbols that have such a one."""
    last = before.last("is_partial", "date")
    going_on, days = last.column(0).to_numpy(zero_copy_only=False), days_of(last)
    over = going_on & ((interval.periods(days) < interval.periods(np.array([newest]))[0]) | is_over(interval, newest))
    return {before.layout.symbols[at]: _first_day(interval, int(days[at])) for at in np.flatnonzero(over).tolist()}


def resampled(daily: pa.RecordBatch, interval: Interval, newest: int) -> pa.Table:
    """Return one row for each symbol and period, in the columns that the interval's tables have.

    Args:
        daily: symbol, date, open, high, low, close, volume; sorted by symbol and date.
        interval: what one row covers.
        newest: the newest day of any symbol.
    """
    days = days_of(daily)
    periods = interval.periods(days)
    symbols = daily.column("symbol")
    starts = _starts(symbols.indices.to_numpy(), periods)
    stops = ends(starts, len(days))
    partial = np.zeros(len(starts), bool)
    if not is_over(interval, newest):
        partial = periods[starts] == interval.periods(np.array([newest], np.int32))[0]
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
