"""Rows of many symbols: as many requests as they take, all of one snapshot, as one frame."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Literal

import polars as pl

from kalpi_client.calls import Call, Page, Rows
from kalpi_client.errors import PartialAnswer
from kalpi_client.reading import arrow
from kalpi_client.stretches import ARROW, MOST_ROWS, query

Problems = Literal["raise", "keep"]
MOST_ITEMS = 1_000
MOST_SYMBOLS = 500
_MOST_CELLS = 500_000
"""Items times rows of one request."""


@dataclass(frozen=True, kw_only=True)
class _Whole:
    """All that is asked for: `of` things of each symbol; `step` symbols go into one request, which `put` makes."""

    name: str
    symbols: tuple[str, ...]
    of: int
    step: int
    put: Callable[["_Part"], Call[Page]]
    problems: Problems
    limit: int | None = None
    snapshot: str | None = None


@dataclass(frozen=True, kw_only=True)
class _Part:
    """What one request asks for: these symbols, so many rows of each, behind a cursor, of one snapshot."""

    symbols: tuple[str, ...]
    limit: int
    cursor: str | None
    snapshot: str | None


def body(**values: object) -> dict[str, object]:
    """Return a body of the values that are given, days as text."""
    given = {name: value for name, value in values.items() if value is not None}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in given.items()}


def rows(
    path: str,
    symbols: Sequence[str],
    asked: Mapping[str, object],
    *,
    of: int,
    limit: int | None,
    snapshot: str | None,
    problems: Problems,
    at_once: int,
) -> Rows:
    """Return the rows of all symbols, each once, in their order and by day."""
    whole = _Whole(
        name=path.removeprefix("/v1/"),
        symbols=tuple(dict.fromkeys(symbols)),
        of=max(of, 1),
        step=max(1, min(MOST_SYMBOLS, at_once // max(of, 1))),
        put=lambda part: Call(path=path, body={**asked, **body(**asdict(part))}, accept=ARROW, read=arrow),
        problems=problems,
        limit=limit,
        snapshot=snapshot,
    )
    return _from(whole, 0, limit)


def on_a_day(
    path: str,
    symbols: Sequence[str],
    asked: Mapping[str, str],
    *,
    snapshot: str | None,
    problems: Problems,
    at_once: int,
) -> Rows:
    """Return one row for each symbol, in their order."""

    def put(part: _Part) -> Call[Page]:
        told = {**asked, **query(symbols=",".join(part.symbols), snapshot=part.snapshot)}
        return Call(path=path, query=told, accept=ARROW, read=arrow)

    whole = _Whole(
        name=path.removeprefix("/v1/"),
        symbols=tuple(dict.fromkeys(symbols)),
        of=1,
        step=max(1, min(MOST_SYMBOLS, at_once)),
        put=put,
        problems=problems,
        snapshot=snapshot,
    )
    return _from(whole, 0, None)


def _from(whole: _Whole, first: int, left: int | None, cursor: str | None = None) -> Rows:
    """Return the rows from a symbol on: the next page of those that go together, then those behind them."""
    symbols = whole.symbols[first : first + whole.step]
    most = min(MOST_ROWS, max(1, _MOST_CELLS // max(1, len(symbols) * whole.of)))
    size = most if left is None else min(left, most)

    def after(page: Page) -> Rows | None:
        rest = None if left is None else left - size
        if page.next_cursor is not None and rest != 0:
            return _from(whole, first, rest, page.next_cursor)
        if first + whole.step < len(whole.symbols):
            return _from(replace(whole, snapshot=page.snapshot), first + whole.step, whole.limit)
        return None

    part = _Part(symbols=symbols, limit=size, cursor=cursor, snapshot=whole.snapshot)
    return Rows(name=whole.name, call=whole.put(part), after=after, joined=lambda pages: _joined(pages, whole))


def _joined(pages: Sequence[Page], whole: _Whole) -> pl.DataFrame:
    """Return all rows; what was refused comes last, once, or is raised."""
    found = pl.concat([page.frame for page in pages])
    is_refused = pl.col("problem").is_not_null()
    refused = found.filter(is_refused).unique(subset=["symbol", "problem"], maintain_order=True)
    good = found.filter(~is_refused).sort(pl.col("symbol").cast(pl.Enum(whole.symbols)), "date")
    if whole.problems == "keep":
        return pl.concat([good, refused])
    if refused.is_empty():
        return good.drop("problem")
    raise PartialAnswer(Page(refused, {}).problems, good.drop("problem"))
