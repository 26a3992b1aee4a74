"""The published snapshot: what the API serves and analysts open."""

import logging
from collections.abc import Iterator

import dagster as dg

from pipelines import plots, steps
from pipelines.assets import FRESH, OWNERS, UP_TO_DATE, step, tags
from pipelines.defs import dictionary
from pipelines.defs.models import PROJECT
from pipelines.warehouse_resource import Warehouse

_log = logging.getLogger("kalpi.pipelines")


@step(
    "snapshot",
    [
        dg.AssetSpec(
            "snapshot",
            deps=[*dictionary.TABLES, *dictionary.described.keys],
            description="All tables as one immutable snapshot: what the API serves and analysts open.",
            group_name="published",
            kinds={"duckdb", "arrow"},
            owners=OWNERS,
            tags=tags("published"),
            automation_condition=UP_TO_DATE,
            freshness_policy=FRESH,
        )
    ],
)
def snapshot(context: dg.AssetExecutionContext, warehouse: Warehouse) -> Iterator[dg.MaterializeResult]:
    """Publish all tables as an immutable snapshot, and serve it from now on."""
    manifest = steps.publish(warehouse.store, PROJECT, warehouse.lock, run_id=context.run.run_id)
    _log.info("snapshot published", extra={"snapshot": manifest.id, "data_through": manifest.data_through.isoformat()})
    rows = "\n".join(f"| {table.name} | {table.rows} |" for table in manifest.tables)
    yield dg.MaterializeResult(
        metadata={
            "snapshot": manifest.id,
            "data_through": manifest.data_through.isoformat(),
            "dagster/row_count": sum(table.rows for table in manifest.tables),
            "bytes": sum(file.bytes for file in manifest.files),
            "run times": _run_times(context),
            "preview": dg.MetadataValue.md(f"| table | rows |\n|---|---|\n{rows}"),
        },
        data_version=dg.DataVersion(manifest.content),
    )


def _run_times(context: dg.AssetExecutionContext) -> dg.MetadataValue:
    """Return how long the steps of this run took, this one left out, as it has not ended."""
    stats = context.instance.get_run_step_stats(context.run.run_id)
    ended = [each for each in stats if each.start_time and each.end_time]
    seconds = {each.step_key: each.end_time - each.start_time for each in ended if each.end_time and each.start_time}
    title = f"{len(seconds)} steps before this one took {sum(seconds.values()):.1f} s"
    return plots.image(plots.bars(title, seconds, "s"), title)
