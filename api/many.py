"""Questions of many symbols over the same stretch: each symbol's own rows or problem, page by page."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

from api import cursors, errors
from api.access import require_through
from api.cursors import Cursor
from api.desk import Desk
from api.edition import Edition
from api.items import MAX_SYMBOLS, Name, tried
from api.problems import Refusal
from api.questions import AdjustName, CursorText, Interval, MinDataThrough, SnapshotId
from api.stretches import Page, page_after
from warehouse.serving import UnknownSymbol

HINTED = 10  # PERF names near an unknown symbol are looked for among all
_OF_THE_PAGE = frozenset({"limit", "cursor", "snapshot", "min_data_through"})


class Many(msgspec.Struct, kw_only=True):
    """Symbols, and the stretch of each one's history."""

    symbols: Annotated[
        tuple[Name, ...], Meta(min_length=1, max_length=MAX_SYMBOLS, description="Tickers.", examples=[["AAPL", "IBM"]])
    ]
    interval: Interval = "1d"
    adjust: AdjustName = "split"
    start: Annotated[date | None, Meta(description="The first day, YYYY-MM-DD; else the newest rows come.")] = None
    end: Annotated[date | None, Meta(description="The last day, YYYY-MM-DD.")] = None
    limit: Annotated[int, Meta(ge=1, le=10_000, description="The most rows of a symbol.", examples=[5])] = 250
    cursor: CursorText = None
    snapshot: SnapshotId = None
    min_data_through: MinDataThrough = None


class Pages(msgspec.Struct, frozen=True):
    """By symbol its page, or what is wrong."""

    edition: Edition
    by_symbol: Mapping[str, Page | Refusal]
    next_cursor: str | None


def pages(question: Many, desk: Desk) -> Pages:
    """Return the page of each symbol; raises UnknownSnapshot, NoSnapshot, or a Refusal of the cursor.

    A cursor tells how many rows of each symbol were shown before; who has fewer has none on the page.
    """
    asked = cursors.fingerprint(
        *(getattr(question, name) for name in question.__struct_fields__ if name not in _OF_THE_PAGE)
    )
    cursor = cursors.read(question.cursor, asked)
    edition = desk.edition(question.snapshot or (cursor.snapshot if cursor else None), question.interval)
    require_through(question.min_data_through, edition)
    skipped = cursors.check(question.cursor, cursor.position, 0, len(edition.days)) if cursor else 0
    found = {
        **unknown(question.symbols, edition),
        **{
            one: tried(lambda one=one: page_after(one, question, skipped, edition, desk))
            for one in question.symbols
            if one in edition.symbols
        },
    }
    is_cut = any(isinstance(one, Page) and one.is_cut for one in found.values())
    following = cursors.write(Cursor(edition.id, skipped + question.limit, asked)) if is_cut else None
    return Pages(edition, found, following)


def unknown(symbols: Iterable[str], edition: Edition) -> dict[str, Refusal]:
    """Return the refusal of each symbol that a snapshot has not; the first ones hear what is near."""
    strange = dict.fromkeys(one for one in symbols if one not in edition.symbols)
    return {
        one: errors.refusal_of(edition.reader.unknown(one) if number < HINTED else UnknownSymbol(one, ()))
        for number, one in enumerate(strange)
    }
