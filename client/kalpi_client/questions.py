"""What can be asked. Each function says a question; a client sends it, now (`Client`) or awaited (`AsyncClient`).

Days are dates or YYYY-MM-DD. Without `start` rows are the newest; without `limit` they are all there are. Whatever
takes several requests is answered from one snapshot.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal, TypeAlias
from urllib.parse import quote

import polars as pl

from kalpi_client import answers, many, stretches
from kalpi_client.calls import Call, Rows
from kalpi_client.many import Problems
from kalpi_client.reading import items, listed, record
from kalpi_client.stretches import query

Day: TypeAlias = date | str
Interval: TypeAlias = Literal["1d", "1w", "1mo"]
Adjust: TypeAlias = Literal["split", "raw", "split_div"]
Wanted: TypeAlias = str | Mapping[str, object]
"""An indicator of a batch: its id, or `{"id": "sma", "params": {"period": 20}, "on": "close"}`."""

_SYMBOLS = {"symbol": pl.String(), "first_date": pl.Date(), "last_date": pl.Date(), "bars": pl.Int64()}
_USAGE = {"date": pl.Date(), "route": pl.String(), "key": pl.String()} | dict.fromkeys(
    ("requests", "units", "errors", "bytes"), pl.Int64()
)


def indicators() -> Call[tuple[answers.Indicator, ...]]:
    """Return the catalogue: parameters with bounds, outputs with units, stored columns."""
    return Call(path="/v1/indicators", read=items(answers.Indicator))


def indicator(id: str) -> Call[answers.Indicator]:  # noqa: A002 - the API's word
    """Return one indicator of the catalogue."""
    return Call(path=f"/v1/indicators/{_word(id)}", read=record(answers.Indicator))


def symbols(search: str = "", *, limit: int | None = None, snapshot: str | None = None) -> Rows:
    """Return symbols whose ticker has some letters: `symbol`, `first_date`, `last_date`, `bars`."""
    asked = query(search=search or None, snapshot=snapshot)
    return stretches.listing("/v1/symbols", asked, listed(_SYMBOLS), limit)


def symbol(symbol: str, *, snapshot: str | None = None) -> Call[answers.Listing]:
    """Return one symbol, and how far its bars reach."""
    return Call(path=f"/v1/symbols/{_word(symbol)}", query=query(snapshot=snapshot), read=record(answers.Listing))


def bars(
    symbol: str,
    *,
    interval: Interval = "1d",
    adjust: Adjust = "split",
    start: Day | None = None,
    end: Day | None = None,
    limit: int | None = None,
    snapshot: str | None = None,
    min_data_through: Day | None = None,
    since: str | None = None,
) -> Rows:
    """Return bars: `date`, `open`, `high`, `low`, `close`, `volume`.

    With `since`, a kept snapshot, only the rows that changed: `change` says whether new, restated or removed.
    """
    days = query(start=start, end=end, min_data_through=min_data_through)
    asked = query(interval=interval, adjust=adjust, snapshot=snapshot, since=since) | days
    return stretches.stretch(f"/v1/symbols/{_word(symbol)}/bars", asked, limit)


def series(
    symbol: str,
    id: str,  # noqa: A002 - the API's word
    *,
    interval: Interval = "1d",
    adjust: Adjust = "split",
    start: Day | None = None,
    end: Day | None = None,
    limit: int | None = None,
    snapshot: str | None = None,
    min_data_through: Day | None = None,
    since: str | None = None,
    on: str = "close",
    against: str | None = None,
    profile: str = "talib",
    include_noncausal: bool = False,
    explain: bool = False,
    params: Mapping[str, float | str] | None = None,
    **more: float | str,
) -> Rows:
    """Return an indicator: `date` and its outputs. A sweep (`period="5:50:5"`) has a column for each value.

    The indicator's own parameters are named as such (`period=9`) or stand in `params`. `since` is as in `bars`;
    with `explain` what is told of the first page tells how the last row came about.
    """
    asked = query(**{**(params or {}), **more}) | query(
        interval=interval,
        adjust=adjust,
        start=start,
        end=end,
        snapshot=snapshot,
        min_data_through=min_data_through,
        since=since,
        on=on,
        against=against,
        profile=profile,
        include_noncausal=include_noncausal,
        explain=explain,
    )
    return stretches.stretch(f"/v1/symbols/{_word(symbol)}/indicators/{_word(id)}", asked, limit)


def point(
    symbol: str,
    at: Day = "latest",
    columns: Sequence[str] = ("open", "high", "low", "close", "volume"),
    *,
    interval: Interval = "1d",
    snapshot: str | None = None,
    min_data_through: Day | None = None,
) -> Call[answers.Point]:
    """Return stored columns, and those of bars, of one symbol on one day, or on its newest."""
    asked = query(columns=",".join(columns), interval=interval, snapshot=snapshot, min_data_through=min_data_through)
    return Call(path=f"/v1/symbols/{_word(symbol)}/at/{_word(str(at))}", query=asked, read=record(answers.Point))


def at(
    symbols: Sequence[str],
    at: Day = "latest",
    columns: Sequence[str] = ("open", "high", "low", "close", "volume"),
    *,
    interval: Interval = "1d",
    snapshot: str | None = None,
    min_data_through: Day | None = None,
    problems: Problems = "raise",
    at_once: int = many.MOST_SYMBOLS,
) -> Rows:
    """Return stored columns, and those of bars, of many symbols on one day, a row for each; as in a batch."""
    asked = query(columns=",".join(columns), interval=interval, min_data_through=min_data_through)
    path = f"/v1/at/{_word(str(at))}"
    return many.on_a_day(path, symbols, asked, snapshot=snapshot, problems=problems, at_once=at_once)


def batch(
    symbols: Sequence[str],
    indicators: Sequence[Wanted],
    *,
    interval: Interval = "1d",
    adjust: Adjust = "split",
    start: Day | None = None,
    end: Day | None = None,
    limit: int | None = None,
    snapshot: str | None = None,
    min_data_through: Day | None = None,
    problems: Problems = "raise",
    at_once: int = many.MOST_ITEMS,
) -> Rows:
    """Return indicators of many symbols: `symbol`, `date`, and a column for each output, named as stored ones are.

    However many symbols there are: `at_once` items (symbols times indicators, each value of a sweep being one) go
    into one request; `Me.batch_size` tells what your tier takes. Names that are refused raise PartialAnswer, or with
    `problems="keep"` are rows without a date whose `problem` says why.
    """
    wanted = [{"id": one} if isinstance(one, str) else dict(one) for one in indicators]
    days = many.body(start=start, end=end, min_data_through=min_data_through)
    asked = days | many.body(interval=interval, adjust=adjust, indicators=wanted)
    return many.rows(
        "/v1/batch",
        symbols,
        asked,
        of=len(wanted),
        limit=limit,
        snapshot=snapshot,
        problems=problems,
        at_once=at_once,
    )


def expressions(
    symbols: Sequence[str],
    expressions: Mapping[str, str],
    *,
    interval: Interval = "1d",
    adjust: Adjust = "split",
    start: Day | None = None,
    end: Day | None = None,
    limit: int | None = None,
    snapshot: str | None = None,
    min_data_through: Day | None = None,
    problems: Problems = "raise",
    at_once: int = many.MOST_ITEMS,
) -> Rows:
    """Return formulas of many symbols: `symbol`, `date`, and a column for each expression; the rest is as in a batch.

    `expressions={"smooth": "rsi(ema(hl2, 5), 14)", "above": "close / sma(close, 200) - 1"}`
    """
    days = many.body(start=start, end=end, min_data_through=min_data_through)
    asked = days | many.body(interval=interval, adjust=adjust, expressions=dict(expressions))
    return many.rows(
        "/v1/expressions",
        symbols,
        asked,
        of=len(expressions),
        limit=limit,
        snapshot=snapshot,
        problems=problems,
        at_once=at_once,
    )


def screen(
    where: str,
    *,
    at: Day | Mapping[str, Day] = "latest",
    select: Sequence[str] = (),
    order_by: str | None = None,
    limit: int = 100,
    snapshot: str | None = None,
    min_data_through: Day | None = None,
) -> Rows:
    """Return the symbols that meet a condition, with a column for each expression selected.

    `at` is a session, or some days: `{"start": "2024-01-01", "end": "2024-06-30"}`. What is told of the page has all
    hits, by day and by symbol.
    """
    days = many.body(**at) if isinstance(at, Mapping) else str(at)
    asked = many.body(
        where=where,
        at=days,
        select=list(select) or None,
        order_by=order_by,
        limit=limit,
        snapshot=snapshot,
        min_data_through=min_data_through,
    )
    return stretches.single("/v1/screen", asked)


def snapshots() -> Call[tuple[answers.Snapshot, ...]]:
    """Return the snapshots that can be asked for."""
    return Call(path="/v1/snapshots", read=items(answers.Snapshot))


def snapshot() -> Call[answers.Snapshot]:
    """Return the snapshot that is served now."""
    return Call(path="/v1/snapshots/current", read=record(answers.Snapshot))


def me() -> Call[answers.Me]:
    """Return whose the key is, and what the tier allows."""
    return Call(path="/v1/me", read=record(answers.Me))


def usage(*, start: Day | None = None, end: Day | None = None, limit: int | None = None) -> Rows:
    """Return what the account asked, by day (UTC), route and key."""
    return stretches.listing("/v1/usage", query(start=start, end=end), listed(_USAGE), limit)


def cost(of: Rows | Call[object]) -> Call[answers.Cost]:
    """Return the price of a question, of its first page where it has several; nothing is taken for the answer."""
    call = of.call if isinstance(of, Rows) else of
    asked = {**call.query, "dry_run": "1"}
    return Call(path=call.path, query=asked, body=call.body, read=record(answers.Cost))


def _word(text: str) -> str:
    """Return a part of a path, with nothing in it that would end it."""
    return quote(text, safe="")
