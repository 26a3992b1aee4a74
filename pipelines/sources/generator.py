"""The synthetic universe as a source: invented bars, for scale and never for show."""

import io
from datetime import date
from functools import lru_cache
from typing import Annotated, ClassVar

import msgspec
import numpy as np
import polars as pl

from pipelines import synthetic
from pipelines.sources.client import Client
from pipelines.sources.faults import Refused
from pipelines.sources.source import PerMinute, Request, Symbols

FIRST, LAST = date(2010, 1, 1), date(2029, 12, 31)  # fixed, so that a day is the same whenever it is fetched


class Generator(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Two requests: bars and corporate actions."""

    name: ClassVar[str] = "synthetic"
    size: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 100
    seed: int = 1
    symbols: Symbols = ()
    start: date | None = FIRST
    schedule: str = "0 1 * * 2-6"
    time_zone: str = "UTC"
    per_minute: PerMinute = 600

    def requests(self, symbols: Symbols, start: date, end: date) -> list[Request]:
        """Return a request for the bars and one for the actions; symbols can't be chosen."""
        if symbols:
            raise Refused("the synthetic universe is made as a whole; `size` says how large")
        files = [f"{self.name}-{what}--{start}--{end}.parquet" for what in ("actions", "bars")]
        return [Request(file, None, start, end) for file in files]

    def ask(self, request: Request, client: Client) -> bytes:
        """Return the bars or the actions as Parquet."""
        del client
        bars, actions = _universe(self.size, self.seed)
        frame, day = (bars, "date") if "-bars--" in request.file else (actions, "ex_date")
        found = frame.filter(pl.col(day).is_between(request.start, request.end))
        if found.is_empty():
            raise Refused(f"nothing happens from {request.start} to {request.end}; there is {FIRST} to {LAST}")
        buffer = io.BytesIO()
        found.write_parquet(buffer, compression="zstd")
        return buffer.getvalue()


@lru_cache(maxsize=1)
def _universe(size: int, seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    sessions = int(np.busday_count(FIRST, LAST)) + 1
    return synthetic.universe(symbols=size, sessions=sessions, seed=seed, last=LAST)
