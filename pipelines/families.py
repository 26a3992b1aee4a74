"""The indicator families: a table for each, of the stored indicators on an interval's bars."""

import hashlib
import os
from functools import lru_cache

import numpy as np
import pyarrow as pa

import indicators
from indicators import Indicator, Panel
from pipelines.amending import Kept, changed, code_of
from warehouse.conforming import Columns
from warehouse.contracts import BARS, BARS_ADJUSTED, DAILY_BARS, Column, Table
from warehouse.home import Home
from warehouse.intervals import DAILY, Interval
from warehouse.layout import Layout
from warehouse.serving import BAR_COLUMNS
from warehouse.work import Version, WorkStore

PROCESSES = os.cpu_count() or 1
SHARED_ROWS = 20_000  # PERF: fewer are computed sooner than a process is forked


def table(family: str, interval: Interval = DAILY) -> Table:
    """Return the contract of a family's table: one column for each output of each stored indicator."""
    columns = [column for indicator in _members(family) for column in _columns(indicator)]
    bars = f"split-adjusted {interval.schema} bars"
    return Table(
        name=f"{interval.schema}.{family}",
        description=f"The stored {family} indicators on {bars}; null where there is no value yet.",
        columns=(*BARS[interval.name].columns[:2], *columns),
        key=DAILY_BARS.key,
        served=True,
        history=True,
        follows=BARS[interval.name].name,
    )


def compute(store: WorkStore, *, family: str, interval: Interval) -> Version:
    """Bring a family's table up to date with the bars.

    Where a symbol's bars changed its indicators are computed on the whole history, and written from the first bar on
    that changed: so they are what they would be in a table made from nothing, to the bit.
    """
    source, made = BARS_ADJUSTED[interval.name].name, table(family, interval)
    recipe = f"{code_of('indicators')} {catalogue_version()}"
    bars, kept = store.history(source), changed(store, made, source, recipe)
    if kept is None:
        rows = _computed(bars.all_rows(), made, family)
        return store.write(made, rows, inputs=[source], recipe=recipe)
    rows = _computed(_read(store.home, source, store.version(source).version, frozenset(kept)), made, family, kept)
    return store.amend(made, kept, rows, inputs=[source], recipe=recipe)


@lru_cache(1)
def _read(home: Home, source: str, version: str, names: frozenset[str]) -> pa.RecordBatch:
    """Return the whole histories of some symbols.

    PERF: remembered for the next family, as they are put together out of a base and a delta.
    """
    del version  # tells the histories of one day from those of the next
    return WorkStore(home).history(source).beyond(dict.fromkeys(names, 0))


def _computed(bars: pa.RecordBatch, made: Table, family: str, kept: Kept | None = None) -> Columns:
    """Return the indicators on the bars of some symbols, of each without the first rows, which are kept."""
    if not bars.num_rows:
        return made.schema().empty_table()
    layout = Layout.of((bars,))
    skipped = np.array([(kept or {}).get(name, 0) for name in layout.symbols], np.int64)
    last = np.maximum(layout.lengths - skipped, 0)
    processes = PROCESSES if bars.num_rows >= SHARED_ROWS else 1
    values = indicators.compute_panel(panel(bars), _members(family), processes=processes, last=last)
    keys = bars.select(made.key).take(pa.array(layout.places(skipped, last)))
    return {**{name: keys.column(name) for name in made.key}, **values}


def panel(bars: pa.RecordBatch) -> Panel:
    """Return bars sorted by symbol and date as contiguous arrays."""
    layout = Layout.of((bars,))
    prices = {name: bars.column(name).to_numpy() for name in BAR_COLUMNS}
    return Panel(symbols=layout.symbols, offsets=layout.offsets, **prices)


def catalogue_version() -> str:
    """Return a short hash of what is stored: it changes when an indicator is added, removed, or defined otherwise."""
    told = (f"{name} {indicators.definition(one.id)}".strip() for name, (one, _) in indicators.stored_columns().items())
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:12]


def _members(family_name: str) -> tuple[Indicator, ...]:
    return tuple(indicator for indicator in indicators.stored() if indicator.family == family_name)


def _rest(indicator: Indicator) -> str:
    """Return what else there is to say of a stored column: when it begins, what it looks back on, who defined it."""
    told = indicators.describe(type(indicator))
    formula = f" Formula: {told.formula}." if told.formula else ""
    return f"Null on a symbol's first {indicator.lookback()} bars; memory: {told.memory}.{formula} {told.source}."


def _columns(indicator: Indicator) -> list[Column]:
    named = zip(indicator.column_names(), indicator.outputs, strict=True)
    given = ", ".join(f"{name} {value}" for name, value in indicator.params().items())
    return [
        Column(
            name,
            "double",
            f"{indicator.title}{f' ({given})' if given else ''}: {output.description} {_rest(indicator)}",
            unit=output.unit,
            nullable=True,
            minimum=output.minimum,
            maximum=output.maximum,
            definition=indicators.definition(indicator.id),
        )
        for name, output in named
    ]
