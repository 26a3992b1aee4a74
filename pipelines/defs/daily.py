"""The daily bars: checked, then adjusted, then turned into the indicator families."""

from collections.abc import Iterator

import dagster as dg

from pipelines import steps, validation
from pipelines.assets import FRESH, POOL, Group, key, patient, spec, step
from pipelines.metadata import materialised, verdict
from pipelines.steps import Step
from pipelines.warehouse_resource import Warehouse
from warehouse.contracts import DAILY_BARS, DAILY_BARS_ADJUSTED, RAW_ACTIONS, RAW_BARS
from warehouse.intervals import DAILY


@step("daily_bars", [spec(DAILY_BARS, "bars", {"polars"}, reads=[RAW_BARS.name], freshness=FRESH)])
def daily_bars(warehouse: Warehouse) -> Iterator[dg.MaterializeResult]:
    """Keep the newest delivery of each symbol's session."""
    yield materialised(warehouse.store, steps.daily_bars(warehouse.store))


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
    pool=POOL,
)
@patient()
def daily_bars_checks(warehouse: Warehouse) -> Iterator[dg.AssetCheckResult]:
    """Run the Great Expectations suite that follows from the table's contract."""
    for check in steps.check_daily_bars(warehouse.store):
        yield verdict(check, DAILY_BARS.name)


@step(
    "bars_adjusted",
    [spec(DAILY_BARS_ADJUSTED, "bars", {"polars"}, reads=[DAILY_BARS.name, RAW_ACTIONS.name])],
    check_specs=[
        dg.AssetCheckSpec(name, asset=key(DAILY_BARS_ADJUSTED.name), description=text)
        for name, text in (
            ("actions_usable", "Every dividend is below the price before it."),
            ("leaps_explained", "No adjusted close is ten times the one before it, or a tenth of it."),
        )
    ],
)
def bars_adjusted(warehouse: Warehouse) -> Iterator[dg.MaterializeResult]:
    """Adjust the daily bars for splits and dividends, over their whole history."""
    version = steps.bars_adjusted(warehouse.store)
    checks = steps.check_adjusted(warehouse.store)
    yield materialised(warehouse.store, version, [verdict(check, DAILY_BARS_ADJUSTED.name) for check in checks])


def family_spec(family: Step, group: Group) -> dg.AssetSpec:
    """Return the asset of a family's table at any interval."""
    return spec(
        family.table,
        group,
        {"talib", "numpy"},
        reads=family.inputs,
        code_version=steps.catalogue_version(),
    )


def _family(family: Step) -> dg.AssetsDefinition:
    @step(family.table.name.replace(".", "_"), [family_spec(family, "indicators")])
    def compute(warehouse: Warehouse) -> Iterator[dg.MaterializeResult]:
        yield materialised(warehouse.store, family.run(warehouse.store))

    return compute


families = [_family(each) for each in steps.families(DAILY)]
