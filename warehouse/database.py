"""The analysts' DuckDB file: every table and view of a snapshot, with a comment on each and on every column."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb
import pyarrow as pa

from warehouse.contracts import Column, Table, contract_of
from warehouse.sql import MEMORY_LIMIT
from warehouse.views import derived
from warehouse.work import Version

ROW_GROUP = 122_880  # PERF: DuckDB's own; batches slightly above it double the time and the size of the file

CHECKS = Table(
    name="meta.checks",
    description="What the checks found on the tables of this snapshot.",
    columns=(
        Column("table_name", "varchar", "the table that was checked"),
        Column("check_name", "varchar", "the check"),
        Column("passed", "boolean", "whether it passed"),
        Column("blocking", "boolean", "whether a failure keeps a snapshot from being published"),
        Column("detail", "varchar", "what was found"),
    ),
    key=("table_name", "check_name"),
)


def checks_table(versions: Iterable[Version]) -> pa.Table:
    """Return what the checks found on some tables."""
    rows = [
        {"table_name": v.table, "check_name": c.name, "passed": c.passed, "blocking": c.blocking, "detail": c.detail}
        for v in versions
        for c in v.checks
    ]
    return pa.Table.from_pylist(rows, schema=CHECKS.schema())


def write_database(path: Path, tables: Mapping[str, pa.Table], checks: pa.Table) -> None:
    """Write a database that nobody will write to again; views stand after the tables that they read."""
    contracts = [contract_of(data.schema) for data in tables.values()]
    with duckdb.connect(str(path), config={"memory_limit": MEMORY_LIMIT}) as connection:
        for contract, data in zip(contracts, tables.values(), strict=True):
            _create(connection, contract, data)
        _create(connection, CHECKS, checks)
        for view in derived(contracts):
            _create_view(connection, view)
        connection.execute("checkpoint")
    path.chmod(0o444)


def _create(connection: duckdb.DuckDBPyConnection, table: Table, data: pa.Table) -> None:
    if table.view:
        _create_view(connection, table)
        return
    reader = pa.RecordBatchReader.from_batches(data.schema, data.to_batches(max_chunksize=ROW_GROUP))
    connection.execute(f"create schema if not exists {_schema(table)}")
    connection.register("incoming", reader)
    connection.execute(f"create table {_relation(table)} as select * from incoming")
    connection.unregister("incoming")
    _comment(connection, table, "table")


def _create_view(connection: duckdb.DuckDBPyConnection, view: Table) -> None:
    connection.execute(f"create schema if not exists {_schema(view)}")
    connection.execute(f"create view {_relation(view)} as {view.view}")
    _comment(connection, view, "view")


def _comment(connection: duckdb.DuckDBPyConnection, table: Table, kind: str) -> None:
    connection.execute(f"comment on {kind} {_relation(table)} is {_quoted(table.description)}")
    for column in table.columns:
        meaning = f"{column.description} [{column.unit}]" if column.unit else column.description
        connection.execute(f'comment on column {_relation(table)}."{column.name}" is {_quoted(meaning)}')


def _schema(table: Table) -> str:
    return f'"{table.schema_name}"'


def _relation(table: Table) -> str:
    schema, _, name = table.name.partition(".")
    return f'"{schema}"."{name}"'


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
