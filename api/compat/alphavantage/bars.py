"""Alpha Vantage's time series, its quote, and its search."""

from collections.abc import Callable, Iterable, Iterator
from difflib import SequenceMatcher
from typing import Any, Protocol

import msgspec
import numpy as np
import orjson

from api import cursors
from api.compat.alphavantage.words import PLACES, TIME_ZONE
from api.compat.csv_text import CSV, text
from api.compat.numbers import rounded
from api.compat.rows import ALL, Wanted, needed, newest, page
from api.days import iso
from api.desk import Desk
from api.edition import Edition
from api.reply import Reply, tag_of
from api.stretches import Page
from warehouse.intervals import DAILY, IntervalName
from warehouse.resampling import Floats
from warehouse.serving import BAR_COLUMNS

_COMPACT = 100
_MOST_MATCHES = 10
_ROUNDING = 1e-9
"""More than rounding leaves of two factors that are alike, and less than any dividend."""


class TimeSeries(msgspec.Struct, frozen=True):
    """A function that answers bars as traded; an `adjusted` one adds the adjusted close, dividends and splits."""

    function: str
    interval: IntervalName
    information: str
    title: str
    adjusted: bool = False

    @property
    def has_sizes(self) -> bool:
        """Whether `outputsize` is asked for."""
        return self.interval == DAILY.name

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns beside the date."""
        more = ("split coefficient",) if self.has_sizes else ()
        adjusted = (*BAR_COLUMNS[:-1], "adjusted close", BAR_COLUMNS[-1], "dividend amount", *more)
        return adjusted if self.adjusted else BAR_COLUMNS


def _both(period: str, word: str, interval: IntervalName, title: str, adjusted_title: str) -> tuple[TimeSeries, ...]:
    name = f"TIME_SERIES_{period}"
    ohlc = "Prices (open, high, low, close) and Volumes"
    events = "Time Series with Splits and Dividend Events" if interval == DAILY.name else "Adjusted Prices and Volumes"
    return (
        TimeSeries(name, interval, f"{word} {ohlc}", title),
        TimeSeries(f"{name}_ADJUSTED", interval, f"{word} {events}", adjusted_title, adjusted=True),
    )


TIME_SERIES = (
    *_both("DAILY", "Daily", "1d", "Time Series (Daily)", "Time Series (Daily)"),
    *_both("WEEKLY", "Weekly", "1w", "Weekly Time Series", "Weekly Adjusted Time Series"),
    *_both("MONTHLY", "Monthly", "1mo", "Monthly Time Series", "Monthly Adjusted Time Series"),
)
_BY_FUNCTION = {one.function: one for one in TIME_SERIES}


class Asked(Protocol):
    """What these functions read of a question."""

    function: str
    symbol: str | None
    outputsize: str
    keywords: str | None
    datatype: str
    snapshot: str | None


def time_series(question: Asked, desk: Desk) -> Reply:
    """Return bars as traded, newest first."""
    kind = _BY_FUNCTION[question.function]
    is_cut = kind.has_sizes and question.outputsize == "compact"
    wanted = Wanted(
        symbol=needed("symbol", question.symbol),
        interval=kind.interval,
        newest=_COMPACT if is_cut else ALL,
        adjust="raw",
        snapshot=question.snapshot,
    )
    shown = page(wanted, desk)

    def lines() -> Iterator[tuple[str, ...]]:
        days = shown.edition.reader.days[shown.first : shown.last][::-1].tolist()
        values = (column[shown.rows][::-1] for column in _columns(kind, shown, desk.edition(shown.edition.id)))
        texts = (
            rounded(column, 0 if name == "volume" else PLACES)
            for name, column in zip(kind.columns, values, strict=True)
        )
        return zip(map(iso, days), *texts, strict=True)

    def render() -> dict[str, Any]:
        meta = [("Information", kind.information), ("Symbol", shown.symbol)]
        meta.append(("Last Refreshed", iso(shown.edition.days[shown.last - 1])))
        if kind.has_sizes:
            meta.append(("Output Size", "Compact" if is_cut else "Full size"))
        meta.append(("Time Zone", TIME_ZONE))
        return {
            "Meta Data": _numbered(meta),
            kind.title: {day: _numbered(zip(kind.columns, row, strict=True)) for day, *row in lines()},
        }

    heading = ("timestamp", *(name.replace(" ", "_") if kind.has_sizes else name for name in kind.columns))
    identity = f"{cursors.fingerprint(kind.function, shown.symbol, is_cut)}|{shown.first}|{shown.last}"
    return _reply(question, shown.edition, identity, render, lambda: text(heading, lines()))


def global_quote(question: Asked, desk: Desk) -> Reply:
    """Return a symbol's newest bar and how it differs from the one before."""
    wanted = Wanted(symbol=needed("symbol", question.symbol), interval="1d", newest=2, snapshot=question.snapshot)
    shown = newest(wanted, desk)

    def quote() -> dict[str, str]:
        bars = {name: column[shown.rows] for name, column in shown.edition.reader.bars(shown.symbol).items()}
        now, before = bars["close"][-1], bars["close"][0]
        prices = {name: f"{bars[name][-1]:.{PLACES}f}" for name in ("open", "high", "low")}
        return {
            "symbol": shown.symbol,
            **prices,
            "price": f"{now:.{PLACES}f}",
            "volume": f"{bars['volume'][-1]:.0f}",
            "latest trading day": iso(shown.edition.days[shown.last - 1]),
            "previous close": f"{before:.{PLACES}f}",
            "change": f"{now - before:.{PLACES}f}",
            "change percent": f"{(now / before - 1) * 100:.{PLACES}f}%",
        }

    def table() -> bytes:
        told = quote()
        return text(("latestDay" if name == "latest trading day" else _camel(name) for name in told), [told.values()])

    def render() -> dict[str, Any]:
        return {
            "Global Quote": {f"{place:02}. {name}": value for place, (name, value) in enumerate(quote().items(), 1)}
        }

    return _reply(question, shown.edition, f"GLOBAL_QUOTE|{shown.symbol}", render, table)


def symbol_search(question: Asked, desk: Desk) -> Reply:
    """Return the symbols that are most like some letters: nothing is known of them but the ticker."""
    sought = needed("keywords", question.keywords).upper()
    edition = desk.edition(question.snapshot)

    def matches() -> list[dict[str, str]]:
        scored = ((SequenceMatcher(None, sought, one.upper()).ratio(), one) for one in edition.reader.symbols)
        best = sorted(
            ((score, one) for score, one in scored if sought in one.upper()), key=lambda each: (-each[0], each[1])
        )
        return [_match(symbol, score) for score, symbol in best[:_MOST_MATCHES]]

    def render() -> dict[str, Any]:
        return {"bestMatches": [_numbered(one.items()) for one in matches()]}

    def table() -> bytes:
        return text(_match("", 0), (one.values() for one in matches()))

    return _reply(question, edition, f"SYMBOL_SEARCH|{cursors.fingerprint(sought)}", render, table)


def _match(symbol: str, score: float) -> dict[str, str]:
    unknown = dict.fromkeys(("region", "marketOpen", "marketClose", "timezone", "currency"), "")
    return {"symbol": symbol, "name": symbol, "type": "Equity", **unknown, "matchScore": f"{score:.{PLACES}f}"}


def _columns(kind: TimeSeries, shown: Page, daily: Edition) -> list[Floats]:
    """Return a function's columns over the symbol's whole history."""
    bars = shown.edition.reader.bars(shown.symbol, "raw")
    if not kind.adjusted:
        return [bars[name] for name in BAR_COLUMNS]
    adjusted = shown.edition.reader.bars(shown.symbol, "split_div")["close"]
    dividends, splits = events(daily, shown.symbol)
    span = daily.reader.span(shown.symbol)
    starts = np.searchsorted(daily.reader.days[span], shown.edition.reader.first_days[shown.span])
    paid = np.add.reduceat(dividends, starts)
    prices = [bars[name] for name in BAR_COLUMNS[:-1]]
    return [*prices, adjusted, bars["volume"], paid, *([splits] if kind.has_sizes else [])]


def events(daily: Edition, symbol: str) -> tuple[Floats, Floats]:
    """Return dividends and split ratios by ex-date, from the factors that were made of them (`pipelines.adjust`).

    With a split's ratio r(t) = split_factor(t) / split_factor(t - 1), and s = split_div_factor / split_factor, a
    dividend is (1 - s(t - 1) / s(t)) * close(t - 1) / r(t).
    """
    reader = daily.reader
    span = reader.span(symbol)
    split, both = reader.column("split_factor")[span], reader.column("split_div_factor")[span]
    close = reader.bars(symbol, "raw")["close"]
    ratio, share = np.ones(len(close)), np.zeros(len(close))
    ratio[1:] = split[1:] / split[:-1]
    paid = both / split
    share[1:] = 1 - paid[:-1] / paid[1:]
    share[np.abs(share) < _ROUNDING] = 0
    share[1:] *= close[:-1] / ratio[1:]
    return share, ratio


def _reply(
    question: Asked, edition: Edition, identity: str, render: Callable[[], dict[str, Any]], table: Callable[[], bytes]
) -> Reply:
    """Return an answer as JSON, or as CSV where that is asked for."""
    if question.datatype == "csv":
        return Reply(table, tag_of(edition.id, identity, CSV), form=CSV)
    return Reply(lambda: orjson.dumps(render()), tag_of(edition.id, identity))


def _numbered(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {f"{place}. {name}": value for place, (name, value) in enumerate(pairs, 1)}


def _camel(name: str) -> str:
    first, *others = name.split()
    return first + "".join(one.capitalize() for one in others)
