"""Small deliveries to break."""

from datetime import date, timedelta

import polars as pl
import pyarrow as pa

from pipelines.resample import resampled
from warehouse.intervals import Interval


def bars(days: int = 4, symbol: str = "AAA") -> pl.DataFrame:
    """Return sound bars of one symbol."""
    close = [10.0 + n for n in range(days)]
    return pl.DataFrame(
        {
            "symbol": [symbol] * days,
            "date": [date(2024, 1, 2) + timedelta(days=n) for n in range(days)],
            "open": close,
            "high": [value + 1 for value in close],
            "low": [value - 1 for value in close],
            "close": close,
            "volume": [1000.0] * days,
        }
    )


def actions(*rows: tuple) -> pl.DataFrame:
    """Return corporate actions: symbol, ex-date, kind, value."""
    schema = {"symbol": pl.String, "ex_date": pl.Date, "kind": pl.String, "value": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def broken(column: str, value: object, row: int = 1) -> pl.DataFrame:
    """Return sound bars but for one value."""
    frame = bars()
    values = frame[column].to_list()
    values[row] = value
    return frame.with_columns(pl.Series(column, values, dtype=frame.schema[column]))


def resampled_frame(frame: pl.DataFrame, interval: Interval) -> pl.DataFrame:
    """Resample a frame, its symbols encoded as the store does."""
    (rows,) = frame.to_arrow().combine_chunks().to_batches() or [
        pa.RecordBatch.from_pylist([], frame.to_arrow().schema)
    ]
    symbols = rows.column("symbol").dictionary_encode().cast(pa.dictionary(pa.int32(), pa.string()))
    newest = frame["date"].max() or date(1970, 1, 1)
    encoded = rows.set_column(0, "symbol", symbols)
    return pl.DataFrame(pl.from_arrow(resampled(encoded, interval, (newest - date(1970, 1, 1)).days)))
