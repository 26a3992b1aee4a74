"""Tiingo's end-of-day prices, as traded, with dividends and splits: https://www.tiingo.com/documentation/end-of-day."""

from datetime import date
from typing import ClassVar
from urllib.parse import quote

import msgspec

from pipelines.sources.client import Client, refuse_page
from pipelines.sources.source import PerMinute, Reference, Request, Symbols, by_symbol, secret


class Tiingo(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One request a symbol; the key goes in a header."""

    name: ClassVar[str] = "tiingo"
    key: Reference = "env:TIINGO_API_KEY"
    symbols: Symbols = ()
    start: date | None = None
    schedule: str = "30 20 * * 1-5"  # corrections come until eight in the evening
    time_zone: str = "America/New_York"
    per_minute: PerMinute = 30
    url: str = "https://api.tiingo.com"

    def requests(self, symbols: Symbols, start: date, end: date) -> list[Request]:
        """Return a request for each symbol."""
        return by_symbol(self.name, symbols, start, end)

    def ask(self, request: Request, client: Client) -> bytes:
        """Return a symbol's prices as CSV."""
        url = f"{self.url}/tiingo/daily/{quote(request.symbol or '', safe='')}/prices"
        days = {"startDate": request.start.isoformat(), "endDate": request.end.isoformat(), "format": "csv"}
        content = client.get(url, days, {"Authorization": f"Token {secret(self.key)}"})
        refuse_page(content, b"date,", url)
        return content
