"""The newest bar of a symbol: its quote, its price, its close."""

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any

import msgspec
import numpy as np
from msgspec import Meta

from api.compat.numbers import rounded
from api.compat.rows import Wanted, newest
from api.compat.twelvedata.parts import Part, Row, replied
from api.compat.twelvedata.questions import INTERVALS, Listing, QuoteQuestion, refuse_others
from api.days import date_of, day_of, iso
from api.desk import Desk
from api.reply import Reply
from api.stretches import Page

_DAY_SECONDS = 86_400
_YEAR = timedelta(weeks=52)


class TwelveDataQuote(msgspec.Struct, frozen=True, omit_defaults=True):
    """The newest bar, and how it lies among those before."""

    symbol: str
    name: str
    datetime: Annotated[str, Meta(description="The first day of what the bar covers.")]
    timestamp: Annotated[int, Meta(description="The same in seconds since 1970, UTC.")]
    open: str
    high: str
    low: str
    close: str
    volume: str
    previous_close: str | None
    change: str | None
    percent_change: str | None
    average_volume: str
    is_market_open: Annotated[bool, Meta(description="Always false: bars are of sessions that are over.")]
    fifty_two_week: Annotated[
        dict[str, str] | None, Meta(description="The range of 52 weeks, where the tier's history reaches as far.")
    ] = None


class TwelveDataPrice(msgspec.Struct, frozen=True):
    """The newest close."""

    price: str


class TwelveDataClose(msgspec.Struct, frozen=True):
    """The newest close, and its day."""

    symbol: str
    datetime: str
    close: str


def quote(question: QuoteQuestion, desk: Desk) -> Reply:
    """Return the newest bar with the change since the one before, the average volume and the year's range."""
    refuse_others(question, question.params)

    def part(symbol: str) -> Part:
        size = max(2, question.volume_time_period)
        wanted = Wanted(symbol=symbol, interval=INTERVALS[question.interval], newest=size, snapshot=question.snapshot)
        shown = newest(wanted, desk)
        return _part(shown, lambda: _quote(question, shown, desk))

    return replied(question, part, desk)


def price(question: Listing, desk: Desk) -> Reply:
    """Return the newest close."""
    return _closing(question, desk, lambda _shown, close: {"price": close})


def eod(question: Listing, desk: Desk) -> Reply:
    """Return the newest close, and its day."""
    return _closing(
        question,
        desk,
        lambda shown, close: {
            "symbol": shown.symbol,
            "datetime": iso(shown.edition.days[shown.last - 1]),
            "close": close,
        },
    )


def _closing(question: Listing, desk: Desk, told: Callable[[Page, str | None], Row]) -> Reply:
    refuse_others(question, question.params)

    def part(symbol: str) -> Part:
        shown = newest(Wanted(symbol=symbol, interval="1d", newest=1, snapshot=question.snapshot), desk)

        def answer() -> Row:
            close = shown.edition.reader.bars(shown.symbol)["close"][shown.rows]
            return told(shown, rounded(close, question.dp)[0])

        return _part(shown, answer)

    return replied(question, part, desk)


def _part(shown: Page, answer: Callable[[], Row]) -> Part:
    return Part(shown.edition, f"{shown.symbol}|{shown.last}", answer, lambda: [answer()])


def _quote(question: QuoteQuestion, shown: Page, desk: Desk) -> dict[str, Any]:
    edition, places = shown.edition, question.dp
    whole = edition.reader.bars(shown.symbol)
    bars = {name: column[shown.rows] for name, column in whole.items()}
    close, before = bars["close"][-1], bars["close"][-2] if len(bars["close"]) > 1 else np.nan
    texts = {name: rounded(column[-1:], 0 if name == "volume" else places)[0] for name, column in bars.items()}
    day = int(edition.reader.interval.begins(edition.reader.days[shown.last - 1 : shown.last])[0])
    changes = rounded(np.array([before, close - before, (close / before - 1) * 100]), places)
    year = _year(shown, float(close), places, desk)
    return {
        "symbol": shown.symbol,
        "name": shown.symbol,
        "datetime": iso(day),
        "timestamp": day * _DAY_SECONDS,
        **texts,
        **dict(zip(("previous_close", "change", "percent_change"), changes, strict=True)),
        "average_volume": rounded(bars["volume"][-question.volume_time_period :].mean(keepdims=True), 0)[0],
        "is_market_open": False,
        **({} if year is None else {"fifty_two_week": year}),
    }


def _year(shown: Page, close: float, places: int, desk: Desk) -> dict[str, str | None] | None:
    """Return the range of the 52 weeks up to the newest bar; None where the tier does not see as far back."""
    edition = shown.edition
    first = day_of(date_of(edition.days[shown.last - 1]) - _YEAR)
    if first < edition.window(desk.tier):
        return None
    row = edition.row_from(shown.span, first) - shown.span.start
    bars = edition.reader.bars(shown.symbol)
    low, high = float(bars["low"][row:].min()), float(bars["high"][row:].max())
    changes = (close - low, close - high, (close / low - 1) * 100, (close / high - 1) * 100)
    names = ("low_change", "high_change", "low_change_percent", "high_change_percent")
    texts = rounded(np.array([low, high, *changes]), places)
    told = dict(zip(("low", "high", *names), texts, strict=True))
    return told | {"range": f"{told['low']} - {told['high']}"}
