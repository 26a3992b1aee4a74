"""The Polars face of the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indicators.panel import Panel, compute_panel

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from indicators.indicator import Indicator


def panel_of(frame: pl.DataFrame) -> Panel:
    """Return the bars of a frame sorted by symbol and date; raises ValueError when a symbol's rows are apart."""
    runs = frame["symbol"].rle().struct.unnest()
    symbols = tuple(runs["value"].to_list())
    if len(set(symbols)) != len(symbols):
        raise ValueError("the frame is not sorted by symbol")
    prices = (frame[name].cast(float).to_numpy() for name in ("open", "high", "low", "close", "volume"))
    return Panel(symbols, np.concatenate(([0], runs["len"].to_numpy().cumsum(dtype=np.int64))), *prices)


def compute_frame(frame: pl.DataFrame, indicators: Sequence[Indicator], *, processes: int = 1) -> pl.DataFrame:
    """Return symbol, date and one column per output, null where there is no value.

    `frame` has symbol, date, open, high, low, close and volume, sorted by symbol and date, without nulls.
    """
    import polars as pl  # noqa: PLC0415 - PERF: the API imports this room and computes on arrays: 60 MB less a worker

    columns = compute_panel(panel_of(frame), indicators, processes=processes)
    return frame.select("symbol", "date").with_columns(
        pl.Series(name, column, nan_to_null=True) for name, column in columns.items()
    )
