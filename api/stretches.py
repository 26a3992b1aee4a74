"""Which rows of a symbol an answer shows: its dates, the tier's window, the page."""

from datetime import date
from typing import Any, Protocol

import msgspec

from api import cursors
from api.access import require_day, require_through
from api.cursors import Cursor
from api.days import day_of, iso
from api.desk import Desk
from api.edition import Edition
from api.problems import Refusal
from api.questions import Stretch
from warehouse.serving import Adjust


class Asked(Protocol):
    """What a question says of the rows that it wants, whoever's they are."""

    @property
    def adjust(self) -> Adjust:
        """Which prices."""

    @property
    def start(self) -> date | None:
        """The first day, for pages that go forward."""

    @property
    def end(self) -> date | None:
        """The last day."""

    @property
    def limit(self) -> int:
        """The most rows of a page."""


class Page(msgspec.Struct, frozen=True):
    """Rows `first` to `last` (exclusive) of the edition's columns, of the symbol whose bars fill `span`."""

    edition: Edition
    symbol: str
    adjust: Adjust
    span: slice
    first: int
    last: int
    is_cut: bool = False
    """Whether there are rows left for a next page."""
    next_cursor: str | None = None
    low: int = 0
    high: int = -1
    """The days that the rows stand for, sessions without a bar among them; none unless told."""

    @property
    def before(self) -> int:
        """The symbol's bars ahead of the first row shown."""
        return self.first - self.span.start

    @property
    def is_partial(self) -> bool:
        """Whether the last row shown is a period that was not over on the snapshot's newest session."""
        return self.last > self.first and self.edition.reader.is_partial(self.last - 1)

    @property
    def coverage(self) -> dict[str, Any] | None:
        """Which of the sessions have a bar."""
        return self.edition.attendance.over(self.symbol, self.low, self.high)

    @property
    def rows(self) -> slice:
        """The rows shown, within the symbol's own history."""
        return slice(self.before, self.last - self.span.start)


def page(question: Stretch, asked: str, desk: Desk) -> Page:
    """Return the rows that answer a question; `asked` is its fingerprint, which binds its cursors.

    Raises UnknownSymbol, UnknownSnapshot, NoSnapshot, or a Refusal of the dates or the cursor.
    """
    cursor, edition = opened(question, asked, desk)
    whole = all_rows(question.symbol, question, edition, desk)
    edge = _edge(whole, question)
    if cursor is not None:
        edge = cursors.check(question.cursor, whole.span.start + cursor.position, whole.first, whole.last)
    found = _cut(whole, edge, question)
    if not found.is_cut:
        return found
    place = (found.first if question.start is None else found.last) - whole.span.start
    return msgspec.structs.replace(found, next_cursor=cursors.write(Cursor(edition.id, place, asked)))


def opened(question: Stretch, asked: str, desk: Desk) -> tuple[Cursor | None, Edition]:
    """Return where a question goes on, if it does, and the snapshot that answers it; raises as `page` does."""
    cursor = cursors.read(question.cursor, asked)
    edition = desk.edition(question.snapshot or (cursor.snapshot if cursor else None), question.interval)
    require_through(question.min_data_through, edition)
    return cursor, edition


def page_after(symbol: str, question: Asked, skipped: int, edition: Edition, desk: Desk) -> Page:
    """Return a symbol's rows behind those that pages before have shown; raises UnknownSymbol, or a Refusal of dates."""
    whole = all_rows(symbol, question, edition, desk)
    if question.start is None:
        return _cut(whole, max(whole.first, whole.last - skipped), question)
    return _cut(whole, min(whole.first + skipped, whole.last), question)


def all_rows(symbol: str, question: Asked, edition: Edition, desk: Desk) -> Page:
    """Return all of a symbol's rows within the dates asked for and the tier's window."""
    span = edition.reader.span(symbol)
    low, high = _allowed(question, span, edition, desk)
    first, last = edition.row_from(span, low), edition.row_from(span, high + 1)
    whole = Page(edition, symbol, question.adjust, span, first, last, low=low, high=high)
    # a week or month is within, or not at all, by its last day
    low = min(low, _begin(whole, first))
    return msgspec.structs.replace(whole, low=low, high=min(high, _begin(whole, last) - 1))


def _edge(whole: Page, question: Asked) -> int:
    """Return where the first page begins: without a start pages go back from the newest row."""
    return whole.last if question.start is None else whole.first


def _cut(whole: Page, edge: int, question: Asked) -> Page:
    """Return the page of a stretch that lies on one side of an edge."""
    if question.start is None:
        first, last = max(whole.first, edge - question.limit), edge
        is_cut = first > whole.first
    else:
        first, last = edge, min(edge + question.limit, whole.last)
        is_cut = last < whole.last
    low = whole.low if first == whole.first else _begin(whole, first)
    high = whole.high if last == whole.last else _begin(whole, last) - 1
    return msgspec.structs.replace(whole, first=first, last=last, low=low, high=high, is_cut=is_cut)


def _begin(whole: Page, row: int) -> int:
    """Return the first session of a row; behind the last row, the day after all."""
    return whole.edition.first_days[row] if row < whole.span.stop else whole.high + 1


def require_known(parameter: str, day: int, span: slice, edition: Edition) -> None:
    """Raise a Refusal unless a day lies between the first session of the symbol's bars and the snapshot's newest."""
    first = edition.first_days[span.start]
    if day < first:
        raise _outside("date-before-history", parameter, day, f"from {iso(first)}, the first bar")
    if day > edition.data_through:
        raise _outside("date-after-data", parameter, day, f"up to {edition.data_through_text}, the newest data")


def _allowed(question: Asked, span: slice, edition: Edition, desk: Desk) -> tuple[int, int]:
    """Return the first and the last day within the dates asked for and the tier's window."""
    start, end = (None if one is None else day_of(one) for one in (question.start, question.end))
    for name, day in (("start", start), ("end", end)):
        if day is not None:
            require_known(name, day, span, edition)
    if start is not None and end is not None and start > end:
        raise _outside("start-after-end", "start", start, f"up to {iso(end)}, the end asked for")
    for name, day in (("start", start), ("end", end)):
        if day is not None:
            require_day(name, day, edition, desk)
    low = max(edition.window(desk.tier), edition.first_days[span.start]) if start is None else start
    return low, edition.data_through if end is None else end


def _outside(slug: str, parameter: str, day: int, allowed: str) -> Refusal:
    return Refusal(
        slug, f"{parameter}={iso(day)} is not allowed: {allowed}", parameter=parameter, given=iso(day), allowed=allowed
    )
