"""The pipeline's steps as plain functions of the work store: what each asset does, without Dagster."""

import os
from collections.abc import Callable
from functools import partial

import msgspec

import indicators
from dbt_like_sql.project import Project
from pipelines import coverage as covering
from pipelines import daily_bars as daily
from pipelines import deliveries, dictionary, ingest, resample
from pipelines import families as computing
from pipelines.families import catalogue_version
from warehouse import coverage
from warehouse import publish as publishing
from warehouse.contracts import BARS, BARS_ADJUSTED, RAW_ACTIONS, RAW_BARS, Table
from warehouse.intervals import DAILY, INTERVALS, Interval
from warehouse.lock import WriterLock
from warehouse.snapshots import Manifest
from warehouse.work import Check, Version, WorkStore

FAMILIES = tuple(family for family in indicators.FAMILIES if family in {one.family for one in indicators.stored()})


def raw_bars(store: WorkStore) -> Version:
    """Gather the accepted batches of bars."""
    return deliveries.gather(store, "bars")


def raw_actions(store: WorkStore) -> Version:
    """Gather the accepted batches of corporate actions."""
    return deliveries.gather(store, "actions")


def daily_bars(store: WorkStore) -> Version:
    """Keep the newest delivery of each symbol's session."""
    return daily.bars(store)


def check_daily_bars(store: WorkStore) -> tuple[Check, ...]:
    """Validate the daily bars, and keep the verdicts beside them for whoever publishes."""
    return daily.check(store)


def bars_adjusted(store: WorkStore) -> Version:
    """Adjust the daily bars for the newest delivery of each split and dividend."""
    return daily.adjusted(store)


def check_adjusted(store: WorkStore) -> tuple[Check, ...]:
    """Tell which dividends could not be used, and which leaps no split explains; both block nothing."""
    return daily.check_adjusted(store)


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
        Step(
            tables[interval.name],
            (tables[DAILY.name].name,),
            partial(
                resample.bring_up_to_date, source=tables[DAILY.name], made=tables[interval.name], interval=interval
            ),
        )
        for tables in (BARS, BARS_ADJUSTED)
    )


def families(interval: Interval) -> tuple[Step, ...]:
    """Return the steps that compute each family's stored indicators on an interval's bars."""
    bars = BARS_ADJUSTED[interval.name].name
    return tuple(
        Step(family_table(name, interval), (bars,), partial(computing.compute, family=name, interval=interval))
        for name in dict.fromkeys(indicator.family for indicator in indicators.stored())
    )


family_table = computing.table


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
        awaited=covering.awaited(store),
        keep=int(os.environ.get("KALPI_KEEP_SNAPSHOTS", publishing.KEEP_SNAPSHOTS)),
    )
    return publishing.publish(store, request, lock)
