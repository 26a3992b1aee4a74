"""Which rows of a symbol an answer shows: its dates, the tier's window, the page."""

import msgspec

from api import cursors
from api.access import require_day
from api.cursors import Cursor
from api.days import day_of, iso
from api.desk import Desk
from api.edition import Edition
from api.problems import Refusal
from api.questions import Stretch


class Page(msgspec.Struct, frozen=True):
    """Rows `first` to `last` (exclusive) of the edition's columns, of the symbol whose bars fill `span`."""

    edition: Edition
    span: slice
    first: int
    last: int
    next_cursor: str | None

    @property
    def before(self) -> int:
        """The symbol's bars ahead of the first row shown."""
        return self.first - self.span.start

    @property
    def is_partial(self) -> bool:
        """Whether the last row shown is a period that was not over on the snapshot's newest session."""
        return self.last > self.first and self.edition.reader.is_partial(self.last - 1)

    @property
    def rows(self) -> slice:
        """The rows shown, within the symbol's own history."""
        return slice(self.before, self.last - self.span.start)


def page(question: Stretch, asked: str, desk: Desk) -> Page:
    """Return the rows that answer a question; `asked` is its fingerprint, which binds its cursors.

    Raises UnknownSymbol, UnknownSnapshot, NoSnapshot, or a Refusal of the dates or the cursor.
    """
    cursor = cursors.read(question.cursor, asked)
    edition = desk.edition(question.snapshot or (cursor.snapshot if cursor else None), question.interval)
    span = edition.reader.span(question.symbol)
    low, high = _allowed(question, span, edition, desk)
    forward = question.start is not None
    edge = low if forward else high
    if cursor is not None:
        edge = cursors.check(question.cursor, span.start + cursor.position, low, high)
    if forward:
        first, last, more = edge, min(edge + question.limit, high), edge + question.limit < high
    else:
        first, last, more = max(low, edge - question.limit), edge, edge - question.limit > low
    place = Cursor(edition.id, (last if forward else first) - span.start, asked)
    return Page(edition, span, first, last, cursors.write(place) if more else None)


def require_known(parameter: str, day: int, span: slice, edition: Edition) -> None:
    """Raise a Refusal unless a day lies between the first session of the symbol's bars and the snapshot's newest."""
    first = edition.first_days[span.start]
    if day < first:
        raise _outside("date-before-history", parameter, day, f"from {iso(first)}, the first bar")
    if day > edition.data_through:
        raise _outside("date-after-data", parameter, day, f"up to {edition.data_through_text}, the newest data")


def _allowed(question: Stretch, span: slice, edition: Edition, desk: Desk) -> tuple[int, int]:
    """Return the rows within the dates asked for and the tier's window."""
    start, end = (None if one is None else day_of(one) for one in (question.start, question.end))
    for name, day in (("start", start), ("end", end)):
        if day is not None:
            require_known(name, day, span, edition)
    if start is not None and end is not None and start > end:
        raise _outside("start-after-end", "start", start, f"up to {iso(end)}, the end asked for")
    for name, day in (("start", start), ("end", end)):
        if day is not None:
            require_day(name, day, edition, desk)
    low = edition.row_from(span, edition.window(desk.tier) if start is None else start)
    return low, span.stop if end is None else edition.row_from(span, end + 1)


def _outside(slug: str, parameter: str, day: int, allowed: str) -> Refusal:
    return Refusal(
        slug, f"{parameter}={iso(day)} is not allowed: {allowed}", parameter=parameter, given=iso(day), allowed=allowed
    )
