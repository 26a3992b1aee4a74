"""What every asset tells Dagster's page: rows, columns with their meaning, and a preview."""

from collections.abc import Sequence

import dagster as dg
import polars as pl

from pipelines import lineage
from pipelines.assets import key
from pipelines.ingest import Taken
from warehouse.contracts import Table
from warehouse.work import Check, Version, WorkStore

PREVIEW_ROWS = 6
PREVIEW_COLUMNS = 10
Metadata = dict[str, dg.MetadataValue | int | str]


def verdict(check: Check, table: str) -> dg.AssetCheckResult:
    """Return a check on a table as Dagster shows it."""
    return dg.AssetCheckResult(
        asset_key=key(table),
        check_name=check.name,
        passed=check.passed,
        severity=dg.AssetCheckSeverity.ERROR if check.blocking else dg.AssetCheckSeverity.WARN,
        description=check.detail or None,
    )


def materialised(
    store: WorkStore, version: Version, checks: Sequence[dg.AssetCheckResult] = ()
) -> dg.MaterializeResult:
    """Return what an asset that wrote a table reports."""
    return dg.MaterializeResult(
        asset_key=key(version.table),
        check_results=checks,
        metadata=describe(store, version),
        data_version=dg.DataVersion(version.version),
    )


def describe(store: WorkStore, version: Version) -> Metadata:
    """Return a table's metadata under the keys that Dagster's page knows."""
    contract = store.contract(version.table)
    found = lineage.stored_origins(store, version.table)
    described: Metadata = {
        "dagster/column_schema": dg.MetadataValue.table_schema(_schema(contract)),
        "dagster/relation_identifier": version.table,
        "bytes": version.bytes,
        "sha256": version.version,
    }
    if found:
        described["dagster/column_lineage"] = dg.MetadataValue.column_lineage(lineage.metadata(found))
    if not contract.view:
        described |= {"dagster/row_count": version.rows, "preview": dg.MetadataValue.md(_preview(store, version))}
    return described


def intake(outcomes: Sequence[Taken]) -> Metadata:
    """Return what became of the landing files."""
    rows = [
        f"| {each.file} | {each.outcome} | {each.rows} | {each.rejected_rows} | {_why(each)} |" for each in outcomes
    ]
    table = "\n".join(["| file | outcome | rows | rejected | why |", "|---|---|---|---|---|", *rows])
    return {
        "files": len(outcomes),
        "rejected_rows": sum(each.rejected_rows for each in outcomes),
        "refused_files": sum(each.outcome == "refused" for each in outcomes),
        "landing": dg.MetadataValue.md(table if rows else "nothing lay in landing"),
    }


def _why(taken: Taken) -> str:
    reasons = ", ".join(f"{code} {count}" for code, count in taken.reasons.items())
    return f"{reasons} {taken.detail}".strip().replace("|", "/")


def _schema(contract: Table) -> dg.TableSchema:
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                column.name,
                column.type,
                description=f"{column.description} [{column.unit}]" if column.unit else column.description,
                constraints=dg.TableColumnConstraints(nullable=column.nullable),
            )
            for column in contract.columns
        ]
    )


def _preview(store: WorkStore, version: Version) -> str:
    newest = store.parts(version.table)[-1]
    frame = pl.DataFrame(pl.from_arrow(newest.slice(max(0, newest.num_rows - PREVIEW_ROWS))))
    shown = frame.select(frame.columns[:PREVIEW_COLUMNS])
    more = f"\n\n{len(frame.columns) - PREVIEW_COLUMNS} more columns" if len(frame.columns) > PREVIEW_COLUMNS else ""
    style = pl.Config(
        tbl_formatting="MARKDOWN", tbl_hide_dataframe_shape=True, tbl_cols=-1, tbl_hide_column_data_types=True
    )
    with style:
        return f"{shown}{more}"
