"""What was taken in: the rows of each accepted batch, and the record without which there is no batch."""

from collections.abc import Collection, Sequence
from pathlib import Path

import msgspec
import polars as pl

from pipelines.delivery import TABLES
from pipelines.mappings import Kind
from warehouse.files import write_atomically
from warehouse.home import Home
from warehouse.snapshots import Batch

_TYPES = {"varchar": pl.String, "date": pl.Date, "double": pl.Float64}


def batches(home: Home) -> tuple[Batch, ...]:
    """Return the records of all accepted batches, in the order in which they were taken in."""
    return tuple(
        msgspec.json.decode(path.read_bytes(), type=Batch) for path in sorted((home.raw / "batches").glob("*.json"))
    )


def record(home: Home, batch: Batch) -> None:
    """Make a batch of rows that have been written."""
    folder = home.raw / "batches"
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(folder / f"{batch.id}.json", msgspec.json.encode(batch))


def rows_path(home: Home, kind: Kind, batch_id: str) -> Path:
    """Return where a batch's rows lie."""
    return home.raw / kind / f"{batch_id}.parquet"


def accepted(home: Home, kind: Kind, *, without: Collection[str] = ()) -> pl.DataFrame:
    """Return the accepted rows of a kind, each with its batch, but for some batches; later batches come later."""
    frames = [
        pl.read_parquet(rows_path(home, kind, batch.id)).with_columns(batch=pl.lit(batch.id))
        for batch in batches(home)
        if batch.kind == kind and batch.id not in without
    ]
    empty = pl.DataFrame(schema={column.name: _TYPES[column.type] for column in TABLES[kind].columns})
    return pl.concat([empty, *(frame.select(empty.columns) for frame in frames)])


def last_closes(home: Home, known: Sequence[Batch], bars: pl.DataFrame) -> pl.DataFrame:
    """Return symbol, date and close of the last accepted bar before each symbol's first one in `bars`."""
    files = [rows_path(home, "bars", batch.id) for batch in known if batch.kind == "bars"]
    if not files:
        return pl.DataFrame(schema={"symbol": pl.String, "date": pl.Date, "close": pl.Float64})
    first = bars.group_by("symbol").agg(first=pl.col("date").min())
    taken = pl.scan_parquet(files).select("symbol", "date", "close").filter(pl.col("date") < bars["date"].max())
    earlier = taken.join(first.lazy(), on="symbol").filter(pl.col("date") < pl.col("first"))
    # The files come in the order of their batches, and of two deliveries of a session the later one holds.
    return earlier.group_by("symbol").agg(pl.col("date", "close").sort_by("date", maintain_order=True).last()).collect()
