"""The weekly and the monthly tables: bars made of the daily ones, and the same indicator families on them."""

from collections.abc import Iterator

import dagster as dg

from pipelines import steps
from pipelines.assets import Group, key, spec, step
from pipelines.defs.daily import family_spec
from pipelines.metadata import materialised
from pipelines.warehouse_resource import Warehouse
from warehouse.intervals import MONTHLY, WEEKLY, Interval


def _interval_assets(interval: Interval, group: Group) -> dg.AssetsDefinition:
    """Return an interval's tables as one step of a run, of which any may be chosen alone."""
    bars, families = steps.resampling(interval), steps.families(interval)
    specs = [
        *(spec(each.table, group, {"numpy"}, reads=each.inputs) for each in bars),
        *(family_spec(each, group) for each in families),
    ]

    @step(interval.schema, specs, can_subset=True)
    def make_tables(context: dg.AssetExecutionContext, warehouse: Warehouse) -> Iterator[dg.MaterializeResult]:
        for each in (*bars, *families):
            if key(each.table.name) in context.selected_asset_keys:
                yield materialised(warehouse.store, each.run(warehouse.store))

    return make_tables


assets = [_interval_assets(WEEKLY, "weekly"), _interval_assets(MONTHLY, "monthly")]
