"""Yahoo's prices through yfinance, an extra of its own; put back to what was traded.

Yahoo adjusts prices, volumes and dividends for every split up to today. What was traded on day t is the price times
the ratios of the splits after t, and the volume divided by them.
"""

import csv
import importlib
import io
from collections.abc import Iterable
from datetime import date
from math import prod
from typing import ClassVar

import msgspec

from pipelines.sources.client import Client
from pipelines.sources.faults import Refused, Stopped, Transient
from pipelines.sources.source import PerMinute, Request, Symbols, by_symbol

HEADER = ("date", "open", "high", "low", "close", "volume", "dividend", "split")
DECIMALS = 6


class Day(msgspec.Struct, frozen=True):
    """One day as Yahoo tells it; a split of 0 is none."""

    day: date
    open: float
    high: float
    low: float
    close: float
    volume: float
    dividend: float = 0.0
    split: float = 0.0


class Yahoo(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One request a symbol; its whole history is asked for, as any later split changes it."""

    name: ClassVar[str] = "yahoo"
    symbols: Symbols = ()
    start: date | None = None
    schedule: str = "0 20 * * 1-5"
    time_zone: str = "America/New_York"
    per_minute: PerMinute = 20

    def requests(self, symbols: Symbols, start: date, end: date) -> list[Request]:
        """Return a request for each symbol."""
        return by_symbol(self.name, symbols, start, end)

    def ask(self, request: Request, client: Client) -> bytes:
        """Return a symbol's bars as CSV."""
        del client  # yfinance keeps its own session
        return as_traded(history(request.symbol or ""), request)


def as_traded(days: Iterable[Day], request: Request) -> bytes:
    """Return the days of a request as CSV, with splits taken out again."""
    known = sorted(days, key=lambda each: each.day)
    splits = [(each.day, each.split) for each in known if each.split > 0]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for each in known:
        if request.start <= each.day <= request.end:
            later = prod(ratio for day, ratio in splits if day > each.day)
            prices = (each.open, each.high, each.low, each.close)
            told = (*(round(price * later, DECIMALS) for price in prices), round(each.volume / later))
            writer.writerow((each.day, *told, round(each.dividend * later, DECIMALS), each.split))
    return text.getvalue().encode()


def history(symbol: str) -> list[Day]:
    """Return a symbol's whole history from yfinance.

    Raises:
        Stopped: yfinance is not installed.
        Refused: Yahoo has no such symbol.
        Transient: anything else; Yahoo's answers are not documented.
    """
    try:
        yfinance = importlib.import_module("yfinance")  # an extra, and a second of imports
    except ImportError as ex:
        raise Stopped("yfinance is not installed; install kalpi[yahoo]") from ex
    yfinance.config.debug.hide_exceptions = False
    try:
        frame = yfinance.Ticker(symbol).history(period="max", auto_adjust=False, actions=True)
    except yfinance.exceptions.YFTickerMissingError as ex:
        raise Refused(f"Yahoo has no {symbol}") from ex
    except Exception as ex:
        raise Transient(f"yfinance: {type(ex).__name__}: {ex}") from ex
    columns = ("Open", "High", "Low", "Close", "Volume", "Dividends", "Stock Splits")
    rows = zip(frame.index, *(frame[name] for name in columns), strict=True)
    return [Day(moment.date(), *map(float, values)) for moment, *values in rows]
