"""The raw tables: every accepted row as it was delivered. New batches are added to what was gathered before."""

import polars as pl

from pipelines import amending, ingest
from pipelines.delivery import TABLES
from pipelines.mappings import Kind
from warehouse.contracts import Table
from warehouse.work import Version, WorkStore


def gather(store: WorkStore, kind: Kind) -> Version:
    """Bring a raw table up to date with the accepted batches."""
    table = TABLES[kind]
    known, accepted = store.known(table.name), {batch.id for batch in ingest.batches(store.home)}
    if known is None or store.contract(table.name) != table or not _batches(store, table) <= accepted:
        return store.write(table, ingest.accepted(store.home, kind).sort(table.key).to_arrow())
    history = store.history(table.name)
    fresh = ingest.accepted(store.home, kind, without=_batches(store, table))
    kept = history.before(_first_days(fresh, table))
    rows = pl.concat([amending.frame(history.beyond(kept)), fresh]).sort(table.key)
    return store.amend(table, kept, rows.to_arrow())


def _batches(store: WorkStore, table: Table) -> frozenset[str]:
    """Return the batches that a table has rows of."""
    return frozenset(name for part in store.parts(table.name) for name in part.column("batch").dictionary.to_pylist())


def _first_days(fresh: pl.DataFrame, table: Table) -> dict[str, int]:
    """Return the first day that each symbol has new rows of."""
    day = pl.col(table.key[1]).min().to_physical()
    return dict(fresh.group_by("symbol").agg(day).iter_rows())
