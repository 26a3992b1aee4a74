"""What was delivered: landing files become batches, batches become the raw tables."""

from collections.abc import Iterator

import dagster as dg

from pipelines import ingest, steps
from pipelines.assets import spec, step
from pipelines.metadata import intake, materialised
from pipelines.warehouse_resource import Warehouse
from warehouse.contracts import RAW_ACTIONS, RAW_BARS


@step("ingest", [spec(table, "raw", {"parquet", "polars"}) for table in (RAW_BARS, RAW_ACTIONS)])
def ingested(context: dg.AssetExecutionContext, warehouse: Warehouse) -> Iterator[dg.MaterializeResult]:
    """Take in the landing folder, then gather all batches so far."""
    store = warehouse.store
    outcomes = ingest.take_in(store.home)
    for each in outcomes:
        context.log.info(
            "%s: %s, %d rows, %d rejected %s", each.file, each.outcome, each.rows, each.rejected_rows, each.reasons
        )
    for version in (steps.raw_bars(store), steps.raw_actions(store)):
        result = materialised(store, version)
        yield result._replace(metadata={**(result.metadata or {}), **intake(outcomes)})
