"""The weekly and the monthly tables: bars made of the daily ones, and the same indicator families on them."""

from collections.abc import Iterator

import dagster as dg

from pipelines import steps
from pipelines.metadata import key, materialised
from pipelines.steps import Step
from pipelines.warehouse_resource import Warehouse
from warehouse.intervals import COARSER, Interval


def _interval_assets(interval: Interval) -> dg.AssetsDefinition:
    """Return an interval's tables as one step of a run, of which any may be chosen alone."""
    bars, families = steps.resampling(interval), steps.families(interval)
    plan = (*bars, *families)

    @dg.multi_asset(
        name=interval.schema,
        specs=[
            *(_spec(step, interval, {"numpy"}) for step in bars),
            *(_spec(step, interval, {"talib", "numpy"}) for step in families),
        ],
        can_subset=True,
        pool="warehouse",
    )
    def make_tables(context: dg.AssetExecutionContext, warehouse: Warehouse) -> Iterator[dg.MaterializeResult]:
        for step in plan:
            if key(step.table.name) in context.selected_asset_keys:
                yield materialised(warehouse.store, step.run(warehouse.store))

    return make_tables


def _spec(step: Step, interval: Interval, kinds: set[str]) -> dg.AssetSpec:
    return dg.AssetSpec(
        key(step.table.name),
        deps=[key(table) for table in step.inputs],
        description=step.table.description,
        group_name=interval.schema,
        kinds=kinds,
        owners=["team:data"],
        code_version=steps.catalogue_version(),
    )


assets = [_interval_assets(interval) for interval in COARSER]
