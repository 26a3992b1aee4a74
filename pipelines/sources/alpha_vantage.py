"""Alpha Vantage's daily series, as traded: https://www.alphavantage.co/documentation/.

It answers with status 200 whatever happens: what is wrong stands in a prose field, whose name and text have changed
over the years.
"""

from datetime import date
from typing import ClassVar, Literal

import msgspec

from pipelines.sources.client import Client, refuse_page
from pipelines.sources.faults import Refused, Stopped, Transient
from pipelines.sources.source import PerMinute, Reference, Request, Symbols, by_symbol, secret

_PER_DAY = ("per day", "daily")
_PREMIUM = "premium"


class AlphaVantage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One request a symbol; the newest hundred bars, or with `output_size = "full"` all of them."""

    name: ClassVar[str] = "alpha_vantage"
    key: Reference = "env:ALPHAVANTAGE_API_KEY"
    symbols: Symbols = ()
    start: date | None = None
    schedule: str = "0 20 * * 1-5"
    time_zone: str = "America/New_York"
    per_minute: PerMinute = 5
    function: Literal["TIME_SERIES_DAILY", "TIME_SERIES_DAILY_ADJUSTED"] = "TIME_SERIES_DAILY"
    output_size: Literal["compact", "full"] = "compact"
    url: str = "https://www.alphavantage.co"

    def requests(self, symbols: Symbols, start: date, end: date) -> list[Request]:
        """Return a request for each symbol."""
        adjusted = self.function == "TIME_SERIES_DAILY_ADJUSTED"
        return by_symbol(f"{self.name}-adjusted" if adjusted else self.name, symbols, start, end)

    def ask(self, request: Request, client: Client) -> bytes:
        """Return a symbol's bars as CSV."""
        key = secret(self.key)
        asked = {"function": self.function, "symbol": request.symbol or "", "outputsize": self.output_size}
        content = client.get(f"{self.url}/query", {**asked, "datatype": "csv", "apikey": key})
        if content.lstrip().startswith(b"{"):
            raise _told(content, key)
        refuse_page(content, b"timestamp,", f"{self.url}/query")
        return content


def _told(content: bytes, key: str) -> Transient | Refused | Stopped:
    """Return the fault that a prose answer means."""
    try:
        said = msgspec.json.decode(content, type=dict[str, msgspec.Raw])
    except msgspec.DecodeError:
        return Transient("an answer that breaks off")
    prose = " ".join(bytes(each).decode("utf8", "replace") for each in said.values()).replace(key, "***")
    if "Error Message" in said:
        return Refused(prose)
    lowered = prose.lower()
    if any(word in lowered for word in _PER_DAY) or (_PREMIUM in lowered and "per second" not in lowered):
        return Stopped(prose)
    return Transient(prose)
