"""A snapshot of a synthetic universe that stores a few columns only, so that thousands of symbols fit anywhere."""

from collections.abc import Sequence

import pyarrow as pa

from indicators import Indicator, compute_panel
from pipelines import families, ingest, steps, synthetic
from warehouse import publish as publishing
from warehouse.contracts import DAILY_BARS, DAILY_BARS_ADJUSTED, Column, Table
from warehouse.home import Home
from warehouse.intervals import INTERVALS
from warehouse.lock import writer_lock
from warehouse.snapshots import Manifest
from warehouse.work import Check, WorkStore

_STORED = "daily.stored"


def publish(home: Home, stored: Sequence[Indicator], *, symbols: int, sessions: int, seed: int = 1) -> Manifest:
    """Publish invented bars with the columns of some indicators, as the pipeline would."""
    synthetic.write(home.landing, symbols=symbols, sessions=sessions, seed=seed)
    store = WorkStore(home)
    with writer_lock(home) as lock:
        ingest.take_in(home)
        steps.raw_bars(store)
        steps.raw_actions(store)
        steps.daily_bars(store)
        store.record_checks(DAILY_BARS.name, [Check("stands_in", passed=True, blocking=True)])
        steps.bars_adjusted(store)
        _store(store, stored)
        coarser = [step for interval in INTERVALS for step in steps.resampling(interval)]
        for step in coarser:
            step.run(store)
        tables = (DAILY_BARS.name, DAILY_BARS_ADJUSTED.name, _STORED, *(step.table.name for step in coarser))
        request = publishing.Request(tables=tables, catalogue_version="synthetic", batches=ingest.batches(home))
        return publishing.publish(store, request, lock)


def _store(store: WorkStore, stored: Sequence[Indicator]) -> None:
    bars = store.history(DAILY_BARS_ADJUSTED.name).all_rows()
    values = compute_panel(families.panel(bars), stored, processes=families.PROCESSES)
    columns = tuple(Column(name, "double", name, nullable=True) for name in values)
    table = Table(_STORED, "Some columns.", (*DAILY_BARS.columns[:2], *columns), DAILY_BARS.key, served=True)
    arrays = [bars.column("symbol"), bars.column("date"), *(pa.array(one, from_pandas=True) for one in values.values())]
    store.write(table, pa.table(arrays, names=list(table.column_names)), inputs=[DAILY_BARS_ADJUSTED.name])
