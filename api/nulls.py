"""Why there is no value: a reason for every null of a page, run by run."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal, get_args

import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from api.edition import Edition
from api.frames import Column
from api.stretches import Page
from warehouse.intervals import DAILY

Reason = Literal["warmup", "undefined", "missing_bar", "quarantined"]
_REASONS = get_args(Reason)
_WARMUP, _UNDEFINED, _MISSING_BAR, _QUARANTINED = range(len(_REASONS))
Flags = NDArray[np.bool_]

Runs = Annotated[list[tuple[int, int, Reason]], Meta(description="Each: the first row, counted from 0; rows; why.")]
Nulls = Annotated[
    dict[str, Runs],
    Meta(
        description="Why rows are null, by column, of those with some. `warmup`: the history begins here."
        " `missing_bar`: another symbol lacks one of the days looked at, and `quarantined`: its bar lies in quarantine."
        " `undefined`: the formula has no value there, or none that is known yet."
    ),
]


def told(columns: Iterable[Column], page: Page, lookback: int, others: Iterable[str] = ()) -> dict[str, Any]:
    """Return the member `nulls` of some columns of a page.

    Args:
        columns: of the page's rows.
        page: which rows.
        lookback: bars of the history without a value; as many before its own does a value look at.
        others: symbols whose bars are looked at, too.
    """
    found = {one.name: np.isnan(one.values) for one in columns}
    if not any(flags.any() for flags in found.values()):
        return {"nulls": {}}
    reasons = _reasons(page, lookback, others)
    return {"nulls": {name: _runs(flags, reasons) for name, flags in found.items() if flags.any()}}


def _reasons(page: Page, lookback: int, others: Iterable[str]) -> NDArray[np.int8]:
    """Return by row of the page what a null there would be for."""
    rows = np.arange(page.rows.start, page.rows.stop)
    reasons = np.where(rows < lookback, _WARMUP, _UNDEFINED).astype(np.int8)
    for other in others:
        lacking, quarantined = _lacking(page, other)
        for flags, reason in ((lacking, _MISSING_BAR), (quarantined, _QUARANTINED)):
            reasons[_looked_at(flags, rows, lookback) & (reasons != _WARMUP)] = reason
    return reasons


def _lacking(page: Page, other: str) -> tuple[Flags, Flags]:
    """Return on which bars of the page's symbol the other one has none, and on which that lies in quarantine."""
    edition = page.edition
    own, theirs = (_periods(edition, edition.reader.span(symbol)) for symbol in (page.symbol, other))
    lacking = ~np.isin(own, theirs, assume_unique=True)
    if edition.reader.interval != DAILY:
        return lacking, np.zeros_like(lacking)
    return lacking, lacking & np.isin(own, edition.attendance.quarantined(other))


def _periods(edition: Edition, span: slice) -> NDArray[np.int32]:
    days, interval = edition.reader.days[span], edition.reader.interval
    return days if interval == DAILY else interval.periods(days)


def _looked_at(flags: Flags, rows: NDArray[np.int64], lookback: int) -> Flags:
    """Return which rows look at a flagged one: their own or one of as many before as the lookback."""
    counts = np.concatenate(([0], np.cumsum(flags)))
    return counts[rows + 1] > counts[np.maximum(rows - lookback, 0)]


def _runs(flags: Flags, reasons: NDArray[np.int8]) -> list[tuple[int, int, str]]:
    """Return the runs of nulls for one reason: first row, rows, reason."""
    codes = np.where(flags, reasons, -1)
    begins = np.concatenate(([0], np.flatnonzero(np.diff(codes)) + 1))
    lengths = np.diff(begins, append=len(codes))
    runs = zip(begins.tolist(), lengths.tolist(), codes[begins].tolist(), strict=True)
    return [(begin, length, _REASONS[code]) for begin, length, code in runs if code >= 0]
