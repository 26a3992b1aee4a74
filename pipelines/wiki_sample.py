"""The real sample bars of `data/sample/`, and the corporate actions that their adjusted close implies.

The source steps its adjusted close by `s_t = (adjusted_t / close_t) / (adjusted_{t-1} / close_{t-1})` on an ex-date
and by 1 on every other day. A step p/q (q a divisor of 12) that the close itself answers by about q/p is a split, p new
shares for q old ones. Every other step is a dividend: the source credits it at the close of the ex-date,
`s_t = 1 + D / close_t`, so `D = close_t * (s_t - 1)`.

    python -m pipelines.wiki_sample stocks.csv.gz
"""

import hashlib
import sys
from pathlib import Path

import polars as pl

SOURCE_SHA256 = "5abadf99b2d394f920120a27de6f0df129859d71d4cfb0bf661bcc99446ab1fd"
ROOT = Path(__file__).parents[1]
BARS = ROOT / "data" / "sample" / "bars.parquet"
ACTIONS = ROOT / "data" / "sample" / "corporate_actions.parquet"
ADJUSTED_CLOSE = ROOT / "tests" / "golden" / "wiki_adjusted_close.parquet"

NOISE = 1e-6  # days without an action step by less than 1e-13, and the smallest dividend by 1e-3
SPLIT_MOVE = 0.25  # the log return that a split's own day may bring


def read_source(path: Path) -> pl.DataFrame:
    """Return the source's rows as symbol, date, open, high, low, close, volume, adjusted_close, sorted."""
    content = path.read_bytes()
    if (found := hashlib.sha256(content).hexdigest()) != SOURCE_SHA256:
        raise ValueError(
            f"{path} has SHA-256 {found}, and stocks.csv.gz of bokeh-sampledata 2026.1 has {SOURCE_SHA256}"
        )
    return (
        pl.read_csv(content, schema_overrides={"Date": pl.Date}, infer_schema_length=None)
        .rename({"Ticker": "symbol", "Adj Close": "adjusted_close"})
        .rename(str.lower)
        .sort("symbol", "date")
    )


def derive_actions(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the actions that `adjusted_close / close` implies: symbol, ex_date, kind, value, source.

    Raises ValueError for a step that is neither a split nor a dividend of at most four decimals.
    """
    factor = pl.col("adjusted_close") / pl.col("close")
    step, move = (value / value.shift(1).over("symbol") for value in (factor, pl.col("close")))
    ratio = (pl.col("step") * 12).round() / 12
    is_split = ((pl.col("step") - ratio).abs() < NOISE) & ((ratio * pl.col("move")).log().abs() < SPLIT_MOVE)
    cash = pl.col("close") * (pl.col("step") - 1)
    actions = (
        rows.sort("symbol", "date")
        .with_columns(step=step, move=move)
        .filter((pl.col("step") - 1).abs() > NOISE)
        .select(
            "symbol",
            ex_date="date",
            kind=pl.when(is_split).then(pl.lit("split")).otherwise(pl.lit("dividend")),
            value=pl.when(is_split).then(ratio).otherwise(cash.round(4)),
            source=pl.lit("wiki"),
            error=pl.when(is_split).then(0.0).otherwise((cash - cash.round(4)).abs()),
        )
    )
    odd = actions.filter((pl.col("error") > NOISE) | (pl.col("value") <= 0))
    if not odd.is_empty():
        raise ValueError(f"neither a split nor a dividend of at most four decimals: {odd.drop('source').rows()}")
    return actions.drop("error")


def main(source: Path) -> None:
    """Write the sample's bars and actions, and the adjusted close that checks them."""
    rows = read_source(source)
    for frame, path in (
        (rows.drop("adjusted_close"), BARS),
        (derive_actions(rows), ACTIONS),
        (rows.select("symbol", "date", "adjusted_close"), ADJUSTED_CLOSE),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        frame.write_parquet(path, compression="zstd", compression_level=19)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
