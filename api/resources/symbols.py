"""GET /v1/symbols and /v1/symbols/{symbol}: what there are bars of."""

from typing import Annotated

import msgspec
from msgspec import Meta

from api import cursors
from api.attendance import Coverage
from api.cursors import Cursor
from api.days import iso
from api.desk import Desk
from api.edition import Edition
from api.questions import CursorText, Limit, SnapshotId, Symbol
from api.reply import Reply, tag_of, whole
from api.resources.stretch import ChecksName, CoverageOf


class SymbolsQuestion(msgspec.Struct, kw_only=True):
    """A search among the symbols."""

    search: Annotated[str, Meta(description="Part of the ticker, in any case.", examples=["AA"])] = ""
    limit: Limit = 100
    cursor: CursorText = None
    snapshot: SnapshotId = None


class SymbolQuestion(msgspec.Struct, kw_only=True):
    """One symbol."""

    symbol: Symbol
    snapshot: SnapshotId = None


class SymbolItem(msgspec.Struct, frozen=True):
    """A symbol and how far its bars reach."""

    symbol: str
    first_date: str
    last_date: str
    bars: int


class Symbols(msgspec.Struct, frozen=True):
    """Symbols in alphabetical order."""

    snapshot: str
    data_through: str
    items: tuple[SymbolItem, ...]
    next_cursor: str | None


class SymbolAnswer(SymbolItem, frozen=True):
    """A symbol in a snapshot."""

    snapshot: str
    data_through: str
    checks: ChecksName
    coverage: CoverageOf


def symbols(question: SymbolsQuestion, desk: Desk) -> Reply:
    """Return the symbols that contain a text."""
    sought = question.search.upper()
    asked = cursors.fingerprint("symbols", sought)
    cursor = cursors.read(question.cursor, asked)
    edition = desk.edition(question.snapshot or (cursor.snapshot if cursor else None))
    found = [one for one in edition.reader.symbols if sought in one.upper()]
    first = cursors.check(question.cursor, cursor.position, 0, len(found)) if cursor else 0
    last = first + question.limit

    def render() -> bytes:
        following = cursors.write(Cursor(edition.id, last, asked)) if last < len(found) else None
        items = tuple(_item(symbol, edition) for symbol in found[first:last])
        return msgspec.json.encode(Symbols(edition.id, edition.data_through_text, items, following))

    return Reply(render, tag_of(edition.id, f"{asked}|{first}|{last}"))


def symbol(question: SymbolQuestion, desk: Desk) -> Reply:
    """Return one symbol; raises UnknownSymbol."""
    edition = desk.edition(question.snapshot)
    item = _item(question.symbol, edition)
    covered = edition.attendance.over(question.symbol, edition.first_days[0], edition.data_through)
    coverage = msgspec.convert(covered, Coverage | None)
    told = (edition.id, edition.data_through_text, edition.checks, coverage)
    return whole(SymbolAnswer(*msgspec.structs.astuple(item), *told))


def _item(symbol: str, edition: Edition) -> SymbolItem:
    span = edition.reader.span(symbol)
    return SymbolItem(symbol, iso(edition.days[span.start]), iso(edition.days[span.stop - 1]), span.stop - span.start)
