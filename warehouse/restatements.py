"""What a snapshot says otherwise than the one served before: bars that changed, came late or are gone, and why.

New sessions are no restatements. Weeks and months follow the days, and their newest ones change until they are over.
"""

from collections.abc import Mapping

import msgspec
import polars as pl
import pyarrow as pa

from warehouse.contracts import DAILY_BARS, DAILY_BARS_ADJUSTED, SYMBOL, Column, Table
from warehouse.history import History, keys

EACH = 20
"""More changed values than these of a symbol's column are told in one row."""
KINDS = ("correction", "late", "withdrawal", "action", "catalogue")

RESTATEMENTS = Table(
    name="meta.restatements",
    description="What the snapshot that was served before this one said otherwise; new sessions are none.",
    columns=(
        Column("since", "varchar", "the snapshot before"),
        Column("table_name", "varchar", "the table"),
        SYMBOL,
        Column("column_name", "varchar", "the column; null for indicators, which follow the bars", nullable=True),
        Column("first_date", "date", "the first session concerned"),
        Column("last_date", "date", "the last session concerned"),
        Column("bars", "bigint", f"how many bars; more than {EACH} of a column are told in one row", minimum=1),
        Column("old_value", "double", "what was said of a single bar, if anything", nullable=True),
        Column("new_value", "double", "what is said of it now, if anything", nullable=True),
        Column(
            "kind",
            "varchar",
            "correction, late (the bar was missing), withdrawal, action (a split or dividend), or catalogue (the table "
            "is made in another way)",
            one_of=KINDS,
        ),
        Column("batch", "varchar", "the batch that brought it, if one did", nullable=True),
    ),
)
_FOUND = pa.schema([*RESTATEMENTS.schema()][1:])
_VALUE = ("symbol", "date", "column_name")


class Change(msgspec.Struct, frozen=True, eq=False):
    """A history as it was and as it is, and how many rows are kept of each symbol that changed."""

    table: Table
    before: History
    now: History
    kept: Mapping[str, int]

    def restated(self) -> dict[str, int]:
        """Return how many rows are kept of each symbol that had more."""
        had = dict(zip(self.before.layout.symbols, self.before.layout.lengths.tolist(), strict=True))
        return {name: count for name, count in self.kept.items() if count < had.get(name, 0)}


def restatements(since: str, changes: Mapping[str, Change], acting: Mapping[str, str]) -> pa.Table:
    """Return what changed since a snapshot; `acting` are the batches of other splits and dividends, by symbol."""
    causes = pl.DataFrame(
        [(symbol, "action", batch) for symbol, batch in acting.items()],
        schema={"symbol": pl.String, "kind": pl.String, "batch": pl.String},
        orient="row",
    )
    found = []
    if DAILY_BARS.name in changes:
        values = _values(changes[DAILY_BARS.name])
        found.append(_told(DAILY_BARS, values))
        seen = values.select(causes.columns)
        causes = pl.concat([seen, causes]).unique("symbol", keep="first", maintain_order=True)
    for change in changes.values():
        if change.table.name == DAILY_BARS_ADJUSTED.name:
            found.append(_told(change.table, _caused(_values(change), causes)))
        elif change.table.name != DAILY_BARS.name:
            found.append(_told(change.table, _caused(_spans(change), causes)))
    rows = pa.concat_tables([_FOUND.empty_table(), *(each.to_arrow().cast(_FOUND) for each in found)])
    return rows.add_column(0, "since", pa.array([since] * rows.num_rows, pa.string()))


def _values(change: Change) -> pl.DataFrame:
    """Return each value that changed: what it was and is, what happened to its bar, and the bar's batch if told."""
    kept = change.restated()
    before, now = _frame(change.before, kept), _frame(change.now, kept)
    names = [column.name for column in change.table.columns if column.type == "double"]
    newest = before.group_by("symbol").agg(newest=pl.col("date").max())
    old, new = (frame.unpivot(names, index=_VALUE[:2], variable_name=_VALUE[2]) for frame in (before, now))
    batches = now.select(
        "symbol", "date", pl.col("batch") if "batch" in now else pl.lit(None, pl.String).alias("batch")
    )
    joined = old.with_columns(was=True).join(
        new.with_columns(is_=True), on=_VALUE, how="full", coalesce=True, suffix="_now"
    )
    kind = (
        pl.when(pl.col("was").is_null()).then(pl.lit("late")).when(pl.col("is_").is_null()).then(pl.lit("withdrawal"))
    )
    return (
        joined.join(newest, on="symbol")
        .filter(pl.col("date") <= pl.col("newest"), pl.col("value").ne_missing(pl.col("value_now")))
        .join(batches, on=_VALUE[:2], how="left")
        .select(
            *_VALUE,
            last_date="date",
            bars=pl.lit(1, pl.Int64),
            old_value="value",
            new_value="value_now",
            kind=kind.otherwise(pl.lit("correction")),
            batch="batch",
        )
        .sort(_VALUE)
    )


def _spans(change: Change) -> pl.DataFrame:
    """Return the rows from the first one on that changed, of each symbol."""
    dates = History.of(*map(keys, change.before.parts))
    spans = _frame(dates, change.restated()).group_by("symbol", maintain_order=True)
    nothing = pl.lit(None, pl.Float64)
    return spans.agg(
        date=pl.col("date").min(), last_date=pl.col("date").max(), bars=pl.len().cast(pl.Int64)
    ).with_columns(column_name=pl.lit(None, pl.String), old_value=nothing, new_value=nothing)


def _caused(rows: pl.DataFrame, causes: pl.DataFrame) -> pl.DataFrame:
    """Return rows with what their symbol's bars or actions underwent."""
    caused = rows.drop("kind", "batch", strict=False).join(causes, on="symbol", how="left", maintain_order="left")
    return caused.with_columns(pl.col("kind").fill_null("catalogue"))


def _told(table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows as they are told, many of a symbol's column in one."""
    many = pl.len().over("symbol", "column_name") > EACH
    by = ["symbol", "column_name", "kind"]
    summed = (
        rows.filter(many)
        .group_by(by, maintain_order=True)
        .agg(
            pl.col("date").min(),
            pl.col("last_date").max(),
            pl.col("bars").sum(),
            pl.col("batch").max(),
            old_value=pl.lit(None, pl.Float64),
            new_value=pl.lit(None, pl.Float64),
        )
    )
    told = pl.concat([rows.filter(~many), summed.select(rows.columns)])
    named = told.with_columns(table_name=pl.lit(table.name)).rename({"date": "first_date"})
    return named.select(_FOUND.names)


def _frame(history: History, kept: Mapping[str, int]) -> pl.DataFrame:
    frame = pl.DataFrame(pl.from_arrow(history.beyond(kept)))
    return frame.with_columns(pl.col(pl.Categorical).cast(pl.String))
