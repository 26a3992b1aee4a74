"""Rows of one thing, page by page: the newest first, or forward from a day."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import polars as pl

from kalpi_client.calls import Call, Page, Rows
from kalpi_client.reading import arrow

ARROW = "application/vnd.apache.arrow.stream"
MOST_ROWS = 10_000
"""Of one page."""


def query(**values: float | str | date | None) -> dict[str, str]:
    """Return a query of the values that are given."""
    return {name: _text(value) for name, value in values.items() if value is not None}


def stretch(path: str, asked: Mapping[str, str], limit: int | None) -> Rows:
    """Return a symbol's rows, oldest first; pages go back from the newest unless there is a `start` or a `since`."""
    whole = _forward if {"start", "since"} & asked.keys() else _backward
    return _paged(Call(path=path, query=asked, accept=ARROW, read=arrow), limit, whole)


def listing(path: str, asked: Mapping[str, str], read: Callable[[bytes], Page], limit: int | None) -> Rows:
    """Return the items of a list."""
    return _paged(Call(path=path, query=asked, read=read), limit, _forward)


def single(path: str, body: Mapping[str, object]) -> Rows:
    """Return rows that come in one page."""
    call = Call(path=path, body=body, accept=ARROW, read=arrow)
    return Rows(name=_name(path), call=call, after=lambda _: None, joined=_forward)


def _paged(call: Call[Page], left: int | None, joined: Callable[[Sequence[Page]], pl.DataFrame]) -> Rows:
    size = MOST_ROWS if left is None else min(left, MOST_ROWS)

    def after(page: Page) -> Rows | None:
        rest = None if left is None else left - page.frame.height
        if page.next_cursor is None or rest == 0:
            return None
        return _paged(call.with_query(cursor=page.next_cursor), rest, joined)

    return Rows(name=_name(call.path), call=call.with_query(limit=str(size)), after=after, joined=joined)


def _forward(pages: Sequence[Page]) -> pl.DataFrame:
    return pl.concat([page.frame for page in pages])


def _backward(pages: Sequence[Page]) -> pl.DataFrame:
    return pl.concat([page.frame for page in reversed(pages)])


def _name(path: str) -> str:
    return path.removeprefix("/v1/")


def _text(value: float | str | date) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
