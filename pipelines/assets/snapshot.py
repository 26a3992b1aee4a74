"""The published snapshot: what the API serves and analysts open."""

import dagster as dg

from pipelines import steps
from pipelines.assets.models import PROJECT
from pipelines.metadata import key
from pipelines.warehouse_resource import Warehouse

SNAPSHOT = dg.AssetKey(["snapshot"])


@dg.asset(
    key=SNAPSHOT,
    deps=[key(table) for table in steps.published_tables(PROJECT)],
    group_name="published",
    kinds={"duckdb", "arrow"},
    owners=["team:data"],
    pool="warehouse",
)
def snapshot(context: dg.AssetExecutionContext, warehouse: Warehouse) -> dg.MaterializeResult:
    """Publish all tables as an immutable snapshot, and serve it from now on."""
    manifest = steps.publish(warehouse.store, PROJECT, warehouse.lock, run_id=context.run.run_id)
    rows = "\n".join(f"| {table.name} | {table.rows} |" for table in manifest.tables)
    return dg.MaterializeResult(
        metadata={
            "snapshot": manifest.id,
            "data_through": manifest.data_through.isoformat(),
            "dagster/row_count": sum(table.rows for table in manifest.tables),
            "bytes": sum(file.bytes for file in manifest.files),
            "preview": dg.MetadataValue.md(f"| table | rows |\n|---|---|\n{rows}"),
        },
        data_version=dg.DataVersion(manifest.content),
    )
