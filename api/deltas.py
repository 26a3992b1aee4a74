"""What changed between two kept snapshots: rows that are new, restated or removed, by the bits of their values."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, get_args

import msgspec
import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from api import cursors
from api.cursors import Cursor
from api.days import Calendar, day_of
from api.desk import Desk
from api.edition import Edition
from api.frames import Answer, Column, Frame, dates, texts
from api.items import tried
from api.problems import Refusal
from api.questions import Stretch
from api.stretches import Page, all_rows, opened
from warehouse.serving import UnknownSymbol
from warehouse.snapshots import CorruptSnapshot, UnknownSnapshot

Change = Literal["new", "restated", "removed"]
_CHANGES = get_args(Change)
_NEW, _RESTATED, _REMOVED = range(len(_CHANGES))
Columns = Callable[[Page], tuple[Column, ...]]


class Counts(msgspec.Struct, frozen=True):
    """Rows that changed in the days asked for, shown or not."""

    new: int
    restated: Annotated[int, Meta(description="Of these at least one value has other bits than before.")]
    removed: Annotated[int, Meta(description="Rows of the earlier snapshot that this one does not have.")]


class Delta(msgspec.Struct, frozen=True):
    """A stretch in the snapshot that answers, and in the one that it is compared with, if that has the symbol."""

    page: Page
    before: Page | None
    since: str
    skipped: int
    limit: int
    asked: str
    cursor: str | None

    @property
    def identity(self) -> str:
        """All that tells the answer from others."""
        return f"{self.asked}|{self.skipped}|{self.limit}"


class Rows(msgspec.Struct, frozen=True, eq=False):
    """The rows that changed, oldest first: day, change, and values by column; a removed row has none."""

    days: NDArray[np.int32]
    codes: NDArray[np.int8]
    values: tuple[Column, ...]

    def shown(self, rows: slice) -> Frame:
        """Return some of the rows."""
        days, codes = self.days[rows], self.codes[rows]
        values = (msgspec.structs.replace(one, values=np.ascontiguousarray(one.values[rows])) for one in self.values)
        names = texts("change", (_CHANGES[code] for code in codes.tolist()))
        return Frame((dates(days), names, *values), Calendar(days if len(days) else np.zeros(1, np.int32)))

    @property
    def counts(self) -> dict[str, int]:
        """How many rows changed how."""
        return {name: int((self.codes == code).sum()) for code, name in enumerate(_CHANGES)}


def delta(question: Stretch, since: str, asked: str, desk: Desk) -> Delta:
    """Return the stretches that a question compares; `asked` is its fingerprint.

    Raises UnknownSymbol, UnknownSnapshot, NoSnapshot, or a Refusal of the dates, the cursor or the other snapshot.
    """
    cursor, edition = opened(question, asked, desk)
    page = all_rows(question.symbol, question, edition, desk)
    before = _before(page, question, _compared(since, question, desk), desk)
    skipped = cursor.position if cursor else 0
    return Delta(page, before, since, skipped, question.limit, asked, question.cursor)


def answer(one: Delta, columns: Columns, besides: Mapping[str, Any]) -> Answer:
    """Return a page of a delta; `columns` gives a page's values. Raises a Refusal of a cursor that leads beyond."""
    rows = _changed(one, columns)
    first = cursors.check(one.cursor, one.skipped, 0, len(rows.days))
    last = min(first + one.limit, len(rows.days))
    following = cursors.write(Cursor(one.page.edition.id, last, one.asked)) if last < len(rows.days) else None
    told = {**besides, "since": one.since, "changes": rows.counts, "next_cursor": following}
    return Answer(told, rows.shown(slice(first, last)))


def _compared(since: str, question: Stretch, desk: Desk) -> Edition:
    try:
        edition = desk.deps.snapshots.edition(since)
    except (UnknownSnapshot, CorruptSnapshot) as ex:
        raise Refusal("unknown-snapshot", f"since: {ex}", parameter="since", given=since) from ex
    return edition if edition.interval == question.interval else edition.over(question.interval)


def _before(page: Page, question: Stretch, edition: Edition, desk: Desk) -> Page | None:
    """Return the same days in the snapshot compared with; without an end or a start, also those that it has beyond."""
    try:
        span = edition.reader.span(question.symbol)
    except UnknownSymbol:
        return None
    low = page.edition.window(desk.tier) if question.start is None else day_of(question.start)
    high = max(edition.data_through, page.high) if question.end is None else day_of(question.end)
    first, last = edition.row_from(span, low), edition.row_from(span, high + 1)
    return Page(edition, question.symbol, question.adjust, span, first, last, low=low, high=high)


def _changed(one: Delta, columns: Columns) -> Rows:
    now, days = columns(one.page), _days(one.page)
    before = one.before
    then = None if before is None else tried(lambda: columns(before))
    if before is None or then is None or isinstance(then, Refusal):  # the symbol, or the one compared with, is new
        return Rows(days, np.full(len(days), _NEW, np.int8), now)
    earlier = _days(before)
    place, held = np.searchsorted(earlier, days), np.isin(days, earlier, assume_unique=True)
    differs = np.zeros(len(days), bool)
    for column, was in zip(now, then, strict=True):
        differs[held] |= _differ(column.values[held], was.values[place[held]])
    changed, removed = np.flatnonzero(~held | differs), earlier[~np.isin(earlier, days, assume_unique=True)]
    codes = np.concatenate([np.where(held[changed], _RESTATED, _NEW), np.full(len(removed), _REMOVED)])
    order = np.argsort(np.concatenate([days[changed], removed]), kind="stable")
    none = np.full(len(removed), np.nan)
    return Rows(
        np.concatenate([days[changed], removed])[order],
        codes.astype(np.int8)[order],
        tuple(
            msgspec.structs.replace(each, values=np.concatenate([each.values[changed], none])[order]) for each in now
        ),
    )


def _days(page: Page) -> NDArray[np.int32]:
    return page.edition.reader.days[page.first : page.last]


def _differ(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which values have other bits; no value is the same as no value."""
    return (one.view(np.int64) != other.view(np.int64)) & ~(np.isnan(one) & np.isnan(other))
