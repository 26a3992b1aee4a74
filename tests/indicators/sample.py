"""Real bars, for numbers that have to stay the same wherever they are worked out."""

from functools import cache
from pathlib import Path

import polars as pl

from indicators import Bars

PATH = Path(__file__).parents[2] / "data" / "sample" / "bars.parquet"
NAME = "AAPL as traded from 2005-03-01 on, after its last split, in data/sample/bars.parquet"


@cache
def sample(count=None):
    """The bars that NAME tells of, or the first of them."""
    ours = pl.col("symbol") == "AAPL", pl.col("date") >= pl.date(2005, 3, 1)
    chosen = pl.read_parquet(PATH).filter(*ours).sort("date").head(count or 10_000)
    return Bars(*(chosen[name].cast(float).to_numpy() for name in ("open", "high", "low", "close", "volume")))
