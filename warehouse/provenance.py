"""Which deliveries the bars of a snapshot come from, as its database tells."""

from datetime import date
from functools import lru_cache
from pathlib import Path

import msgspec

from warehouse.snapshots import DATABASE

MEMORY_LIMIT = "256MB"
_USED = """
select batch, count(*), min(date), max(date)
from daily.bars
where symbol = $symbol and date between $first and $last
group by batch
order by batch
"""
_DELIVERED = """
select raw.batch
from raw.bars raw
join daily.bars kept using (symbol, date)
where symbol = $symbol and date = $last and raw.batch <> kept.batch
order by raw.batch
"""


class Used(msgspec.Struct, frozen=True):
    """Bars of one batch among some of a symbol."""

    batch: str
    bars: int
    first: date
    last: date


class Provenance(msgspec.Struct, frozen=True):
    """The batches that some bars of a symbol come from, and those whose last bar another one took the place of."""

    used: tuple[Used, ...]
    replaced: tuple[str, ...]


@lru_cache(maxsize=256)
def provenance(folder: Path, symbol: str, first: date, last: date) -> Provenance:
    """Return where a symbol's bars from one session to another come from, in the snapshot of a folder."""
    import duckdb  # noqa: PLC0415  PERF: a process that is never asked this has no database in its memory

    given = {"symbol": symbol, "first": first, "last": last}
    config: dict[str, str | bool | int | float | list[str]] = {"memory_limit": MEMORY_LIMIT, "threads": 1}
    with duckdb.connect(str(folder / DATABASE), read_only=True, config=config) as connection:
        used = connection.execute(_USED, given).fetchall()
        replaced = connection.execute(_DELIVERED, {"symbol": symbol, "last": last}).fetchall()
    return Provenance(tuple(Used(*row) for row in used), tuple(batch for (batch,) in replaced))
