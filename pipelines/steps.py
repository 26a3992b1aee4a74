"""The pipeline's steps as plain functions of the work store: what each asset does, without Dagster."""

import hashlib
import os
from collections.abc import Callable, Mapping
from functools import partial

import msgspec
import numpy as np
import polars as pl
import pyarrow as pa

import indicators
from dbt_like_sql.project import Project
from indicators import Indicator, Panel
from pipelines import dictionary, ingest, validation
from pipelines.adjust import adjust, unusable
from pipelines.reasons import JUMP
from pipelines.resample import resampled
from warehouse import coverage
from warehouse import publish as publishing
from warehouse.contracts import (
    BARS,
    BARS_ADJUSTED,
    DAILY_BARS,
    DAILY_BARS_ADJUSTED,
    RAW_ACTIONS,
    RAW_BARS,
    Column,
    Table,
)
from warehouse.intervals import DAILY, INTERVALS, Interval, IntervalName
from warehouse.lock import WriterLock
from warehouse.snapshots import Manifest
from warehouse.work import Check, Version, WorkStore

SHOWN = 5  # leaps that a check names
PROCESSES = os.cpu_count() or 1
FAMILIES = tuple(family for family in indicators.FAMILIES if family in {one.family for one in indicators.stored()})


def raw_bars(store: WorkStore) -> Version:
    """Gather the accepted batches of bars."""
    return store.write(RAW_BARS, ingest.accepted(store.home, "bars").sort(RAW_BARS.key).to_arrow())


def raw_actions(store: WorkStore) -> Version:
    """Gather the accepted batches of corporate actions."""
    return store.write(RAW_ACTIONS, ingest.accepted(store.home, "actions").sort(RAW_ACTIONS.key).to_arrow())


def daily_bars(store: WorkStore) -> Version:
    """Keep the newest delivery of each symbol's session."""
    bars = _frame(store, RAW_BARS.name).unique(DAILY_BARS.key, keep="last", maintain_order=True).sort(DAILY_BARS.key)
    return store.write(DAILY_BARS, bars.to_arrow(), inputs=[RAW_BARS.name])


def check_daily_bars(store: WorkStore) -> tuple[Check, ...]:
    """Validate the daily bars, and keep the verdicts beside them for whoever publishes."""
    checks = validation.validate(DAILY_BARS, _frame(store, DAILY_BARS.name))
    store.record_checks(DAILY_BARS.name, checks)
    return checks


def bars_adjusted(store: WorkStore) -> Version:
    """Adjust the daily bars for the newest delivery of each split and dividend."""
    adjusted = adjust(*_bars_and_actions(store)).select(DAILY_BARS_ADJUSTED.column_names)
    return store.write(DAILY_BARS_ADJUSTED, adjusted.to_arrow(), inputs=[DAILY_BARS.name, RAW_ACTIONS.name])


def check_adjusted(store: WorkStore) -> tuple[Check, ...]:
    """Tell which dividends could not be used, and which leaps no split explains; both block nothing."""
    left_out = unusable(*_bars_and_actions(store)).select("symbol", "ex_date", "value").rows()
    detail = f"dividends not below the price before them: {left_out}" if left_out else ""
    leaps = _leaps(_frame(store, DAILY_BARS_ADJUSTED.name)).select("symbol", "date", "above", "close").rows()
    told = f"{len(leaps)} closes are {JUMP:g} times the one before or a {JUMP:g}th of it, such as {leaps[:SHOWN]}"
    checks = (
        Check("actions_usable", passed=not left_out, blocking=False, detail=detail),
        Check("leaps_explained", passed=not leaps, blocking=False, detail=told if leaps else ""),
    )
    store.record_checks(DAILY_BARS_ADJUSTED.name, checks)
    return checks


def _leaps(bars: pl.DataFrame) -> pl.DataFrame:
    above = pl.when(pl.col("symbol") == pl.col("symbol").shift()).then(pl.col("close").shift())
    leap = (pl.col("close") >= JUMP * pl.col("above")) | (pl.col("close") * JUMP <= pl.col("above"))
    return bars.with_columns(above=above).filter(leap)


def _bars_and_actions(store: WorkStore) -> tuple[pl.DataFrame, pl.DataFrame]:
    actions = _frame(store, RAW_ACTIONS.name).unique(("symbol", "ex_date", "kind"), keep="last", maintain_order=True)
    return _frame(store, DAILY_BARS.name).drop("batch"), actions


class Step(msgspec.Struct, frozen=True):
    """How a table of an interval is made, and of which others."""

    table: Table
    inputs: tuple[str, ...]
    run: Callable[[WorkStore], Version]


def resampling(interval: Interval) -> tuple[Step, ...]:
    """Return the steps that make an interval's bars of the daily ones, which are made by themselves."""
    if interval == DAILY:
        return ()
    return tuple(
        Step(tables[interval.name], (tables[DAILY.name].name,), partial(_resample, tables=tables, interval=interval))
        for tables in (BARS, BARS_ADJUSTED)
    )


def families(interval: Interval) -> tuple[Step, ...]:
    """Return the steps that compute each family's stored indicators on an interval's bars."""
    bars = BARS_ADJUSTED[interval.name].name
    return tuple(
        Step(family_table(name, interval), (bars,), partial(_compute, family=name, interval=interval))
        for name in dict.fromkeys(indicator.family for indicator in indicators.stored())
    )


def family_table(family: str, interval: Interval = DAILY) -> Table:
    """Return the contract of a family's table: one column for each output of each stored indicator."""
    columns = [column for indicator in _members(family) for column in _columns(indicator)]
    bars = f"split-adjusted {interval.schema} bars"
    return Table(
        name=f"{interval.schema}.{family}",
        description=f"The stored {family} indicators on {bars}; null where there is no value yet.",
        columns=(*BARS[interval.name].columns[:2], *columns),
        key=DAILY_BARS.key,
        served=True,
    )


def _resample(store: WorkStore, tables: Mapping[IntervalName, Table], interval: Interval) -> Version:
    daily, coarser = tables[DAILY.name], tables[interval.name]
    return store.write(coarser, resampled(store.read(daily.name), interval), inputs=[daily.name])


def _compute(store: WorkStore, family: str, interval: Interval) -> Version:
    """Compute a family's stored indicators over every symbol's whole history."""
    source, table = BARS_ADJUSTED[interval.name].name, family_table(family, interval)
    bars = store.read(source)
    values = indicators.compute_panel(panel(bars), _members(family), processes=PROCESSES)
    keys = [bars.column(name) for name in table.key]
    columns = [pa.array(values[column], from_pandas=True) for column in table.column_names[len(keys) :]]
    return store.write(table, pa.table([*keys, *columns], names=list(table.column_names)), inputs=[source])


def panel(bars: pa.Table) -> Panel:
    """Return the bars of a table sorted by symbol and date, as contiguous arrays."""
    symbols = bars.column("symbol").combine_chunks()
    codes = symbols.indices.to_numpy()
    starts = np.concatenate(([0], np.flatnonzero(np.diff(codes)) + 1))
    names = symbols.dictionary.take(pa.array(codes[starts])).to_pylist()
    offsets = np.append(starts, len(codes)).astype(np.int64)
    prices = {name: bars.column(name).to_numpy() for name in ("open", "high", "low", "close", "volume")}
    return Panel(symbols=tuple(names), offsets=offsets, **prices)


def catalogue_version() -> str:
    """Return a short hash of what is stored: it changes when an indicator is added, removed, or defined otherwise."""
    told = (f"{name} {indicators.definition(one.id)}".strip() for name, (one, _) in indicators.stored_columns().items())
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:12]


def published_tables(project: Project) -> tuple[str, ...]:
    """Return every table of a snapshot."""
    raw = (RAW_BARS.name, RAW_ACTIONS.name)
    bars = (tables[each.name].name for each in INTERVALS for tables in (BARS, BARS_ADJUSTED))
    computed = (step.table.name for each in INTERVALS for step in families(each))
    models = (model.relation for model in project.models)
    described = (table.name for table in (*coverage.TABLES, *dictionary.TABLES))
    return (*raw, *bars, *computed, *models, *described)


def publish(store: WorkStore, project: Project, lock: WriterLock, *, run_id: str | None = None) -> Manifest:
    """Publish the newest versions of all tables as a snapshot."""
    request = publishing.Request(
        tables=published_tables(project),
        catalogue_version=catalogue_version(),
        batches=ingest.batches(store.home),
        run_id=run_id,
        keep=int(os.environ.get("KALPI_KEEP_SNAPSHOTS", publishing.KEEP_SNAPSHOTS)),
    )
    return publishing.publish(store, request, lock)


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


def _frame(store: WorkStore, name: str) -> pl.DataFrame:
    frame = pl.from_arrow(store.read(name))
    if not isinstance(frame, pl.DataFrame):
        raise TypeError(name)
    return frame.with_columns(pl.col(pl.Categorical).cast(pl.String))
