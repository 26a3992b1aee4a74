"""The daily bars: checked, then adjusted, then turned into the indicator families."""

from collections.abc import Iterator

import dagster as dg

from pipelines import steps, validation
from pipelines.metadata import key, materialised, verdict
from pipelines.steps import Step
from pipelines.warehouse_resource import Warehouse
from warehouse.contracts import DAILY_BARS, DAILY_BARS_ADJUSTED, RAW_ACTIONS, RAW_BARS
from warehouse.intervals import DAILY


@dg.asset(
    key=key(DAILY_BARS.name),
    deps=[key(RAW_BARS.name)],
    description=DAILY_BARS.description,
    group_name="daily",
    kinds={"polars"},
    owners=["team:data"],
    pool="warehouse",
)
def daily_bars(warehouse: Warehouse) -> dg.MaterializeResult:
    """Keep the newest delivery of each symbol's session."""
    return materialised(warehouse.store, steps.daily_bars(warehouse.store))


@dg.multi_asset_check(
    name="validate_daily_bars",
    specs=[
        dg.AssetCheckSpec(
            demand.name,
            asset=key(DAILY_BARS.name),
            blocking=True,
            description=f"Great Expectations: {demand.type} {dict(demand.arguments)}",
        )
        for demand in validation.expected(DAILY_BARS)
    ],
    pool="warehouse",
)
def daily_bars_checks(warehouse: Warehouse) -> Iterator[dg.AssetCheckResult]:
    """Run the Great Expectations suite that follows from the table's contract."""
    for check in steps.check_daily_bars(warehouse.store):
        yield verdict(check, DAILY_BARS.name)


@dg.asset(
    key=key(DAILY_BARS_ADJUSTED.name),
    deps=[key(DAILY_BARS.name), key(RAW_ACTIONS.name)],
    check_specs=[
        dg.AssetCheckSpec(name, asset=key(DAILY_BARS_ADJUSTED.name), description=text)
        for name, text in (
            ("actions_usable", "Every dividend is below the price before it."),
            ("leaps_explained", "No adjusted close is ten times the one before it, or a tenth of it."),
        )
    ],
    description=DAILY_BARS_ADJUSTED.description,
    group_name="daily",
    kinds={"polars"},
    owners=["team:data"],
    pool="warehouse",
)
def bars_adjusted(warehouse: Warehouse) -> dg.MaterializeResult:
    """Adjust the daily bars for splits and dividends, over their whole history."""
    version = steps.bars_adjusted(warehouse.store)
    checks = steps.check_adjusted(warehouse.store)
    return materialised(warehouse.store, version, [verdict(check, DAILY_BARS_ADJUSTED.name) for check in checks])


def _family_asset(step: Step) -> dg.AssetsDefinition:
    @dg.asset(
        key=key(step.table.name),
        deps=[key(table) for table in step.inputs],
        description=step.table.description,
        group_name="indicators",
        kinds={"talib", "numpy"},
        owners=["team:data"],
        code_version=steps.catalogue_version(),
        pool="warehouse",
    )
    def compute_family(warehouse: Warehouse) -> dg.MaterializeResult:
        return materialised(warehouse.store, step.run(warehouse.store))

    return compute_family


families = [_family_asset(step) for step in steps.families(DAILY)]
