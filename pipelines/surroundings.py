"""Rules for bars that need more than the row: the universe, the calendar, and the prices around it."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.calendar import Calendar, calendar
from pipelines.declaration import Declaration
from pipelines.reasons import JUMP, NOT_A_SESSION, PRICE_JUMP, SESSION_NOT_OVER, SETTLED_AFTER, UNKNOWN_SYMBOL
from pipelines.rules import Rule

ROW = "row"  # the row's number in the delivered file, from 1
LATEST_CLOSE = timedelta(days=2)  # after the session's own midnight in UTC
Floats = npt.NDArray[np.float64]


def rules(
    bars: pl.DataFrame, declaration: Declaration, *, now: datetime, before: pl.DataFrame, splits: pl.DataFrame
) -> list[Rule]:
    """Return the rules for a delivery of bars, in the order in which they are tried.

    Args:
        bars: the delivery, in the contract's columns and with `row`.
        declaration: names the universe and the calendars.
        now: when the delivery came.
        before: symbol, date, close: the last earlier bar of each symbol.
        splits: symbol, ex_date, value of all that is known.
    """
    universe = declaration.universe.members
    outside = pl.lit(value=False) if universe is None else ~pl.col("symbol").is_in(universe)
    closed, unfinished = _days(bars, declaration, now)
    return [
        Rule(UNKNOWN_SYMBOL, outside),
        Rule(NOT_A_SESSION, closed),
        Rule(SESSION_NOT_OVER, unfinished),
        Rule(PRICE_JUMP, pl.col(ROW).is_in(jumps(bars, before, splits))),
    ]


def _days(bars: pl.DataFrame, declaration: Declaration, now: datetime) -> tuple[pl.Expr, pl.Expr]:
    """Return where a day is none of the exchange's, and where it is one that has not ended."""
    days = bars["date"].drop_nulls().unique().to_list()
    groups = declaration.calendars.groups(bars["symbol"].drop_nulls().unique().to_list())
    closed, unfinished = [], []
    for name, symbols in groups.items():
        known = calendar(name)
        listed = pl.lit(value=True) if len(groups) == 1 else pl.col("symbol").is_in(symbols)
        closed.append(listed & pl.col("date").is_in(list(_closed(days, known))))
        unfinished.append(listed & pl.col("date").is_in(list(_unfinished(days, known, now))))
    nowhere = pl.lit(value=False)
    return pl.any_horizontal(nowhere, *closed), pl.any_horizontal(nowhere, *unfinished)


def _closed(days: list[date], known: Calendar) -> Iterator[date]:
    return (day for day in days if known.first <= day <= known.last and not known.is_session(day))


def _unfinished(days: list[date], known: Calendar, now: datetime) -> Iterator[date]:
    recent = (day for day in days if now.date() - LATEST_CLOSE <= day <= known.last)
    return (day for day in recent if day >= known.first and known.is_session(day) and known.close(day) > now)


def jumps(bars: pl.DataFrame, before: pl.DataFrame, splits: pl.DataFrame) -> list[int]:
    """Return the rows whose prices are a jump that nothing explains; see `PRICE_JUMP`."""
    known = before.select("symbol", "date", high="close", low="close", close="close", row=pl.lit(0, pl.UInt32))
    sound = bars.select(known.columns).drop_nulls().filter(pl.col("high").is_finite(), pl.col("low") > 0)
    # PERF: a look at the row above takes an eighth of the time of a window over the symbol.
    ordered = pl.concat([known, sound]).sort("symbol", "date")
    above = pl.when(pl.col("symbol") == pl.col("symbol").shift()).then(pl.col("close").shift())
    suspects = ordered.filter((pl.col("high") >= JUMP * above) | (pl.col("low") * JUMP <= above))["symbol"].unique()
    if suspects.is_empty():
        return []
    found: list[int] = []
    groups = ordered.filter(pl.col("symbol").is_in(suspects.to_list())).group_by("symbol", maintain_order=True)
    for (symbol,), each in groups:
        found += _unexplained(each, splits.filter(pl.col("symbol") == symbol).sort("ex_date"))
    return found


def _unexplained(bars: pl.DataFrame, splits: pl.DataFrame) -> Iterator[int]:
    """Yield the rows of one symbol's jumps: each bar is held against the last one that was none."""
    history = _History(bars, splits)
    level = 0
    for place in range(1, bars.height):
        if history.leaps(level, place) and not history.settles(level, place):
            yield bars[ROW][place]
        else:
            level = place


class _History:
    """One symbol's prices as traded, and how many shares one of the first bar's has become by each."""

    def __init__(self, bars: pl.DataFrame, splits: pl.DataFrame) -> None:
        self._high, self._low, self._close = (bars[name].to_numpy() for name in ("high", "low", "close"))
        shares = np.concatenate(([1.0], np.cumprod(splits["value"].to_numpy())))
        self._shares: Floats = shares[splits["ex_date"].search_sorted(bars["date"], "right").to_numpy()]

    def leaps(self, level: int, place: int) -> bool:
        """Return whether a bar is far from another both as traded and with splits taken out."""
        return self._far(level, place, 1.0) and self._far(level, place, self._shares[place] / self._shares[level])

    def settles(self, level: int, place: int) -> bool:
        """Return whether enough bars after one stay near it and away from the level."""
        later = range(place + 1, place + 1 + SETTLED_AFTER)
        return later.stop <= len(self._close) and all(
            self.leaps(level, each) and not self.leaps(place, each) for each in later
        )

    def _far(self, level: int, place: int, shares: float) -> bool:
        close = self._close[level]
        return bool(self._high[place] * shares >= JUMP * close or self._low[place] * shares * JUMP <= close)
