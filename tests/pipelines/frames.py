"""Small deliveries to break."""

from datetime import date, timedelta

import polars as pl


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
