"""The analysts' DuckDB file: every table and view of a snapshot, with a comment on each and on every column."""

from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from warehouse.contracts import Column, Table
from warehouse.history import KEY, History
from warehouse.sql import MEMORY_LIMIT
from warehouse.views import derived
from warehouse.work import Version

ROW_GROUP = 122_880  # PERF: DuckDB's own; batches slightly above it double the time and the size of its file
_NEVER = -(2**30)  # a day before all

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


@contextmanager
def writing(path: Path) -> Generator[duckdb.DuckDBPyConnection]:
    """Open a new database, or a copy of an older one; afterwards nobody will write to it again."""
    with duckdb.connect(str(path), config={"memory_limit": MEMORY_LIMIT}) as connection:
        connection.execute("begin")  # PERF: else every comment is written down by itself
        yield connection
        connection.execute("commit")
        connection.execute("checkpoint")
    path.chmod(0o444)


def load(connection: duckdb.DuckDBPyConnection, table: Table, data: pa.Table) -> None:
    """Put a table in, in the place of one of the same name."""
    reader = pa.RecordBatchReader.from_batches(data.schema, data.to_batches(max_chunksize=ROW_GROUP))
    connection.execute(f"create schema if not exists {_schema(table)}")
    connection.register("incoming", reader)
    connection.execute(f"create or replace table {_relation(table)} as select * from incoming")
    connection.unregister("incoming")
    _comment(connection, table, "table")


def amend(connection: duckdb.DuckDBPyConnection, table: Table, history: History, kept: Mapping[str, int]) -> None:
    """Bring a history up to date, of which so many rows are kept of each symbol that changed."""
    last = history.days_at({name: count - 1 for name, count in kept.items()})
    # Where a day has several rows some may be kept and others not.
    until = {name: last[name] - (len(table.key) > KEY) if name in last else _NEVER for name in kept}
    rows = history.beyond(history.before({name: day + 1 for name, day in until.items()}))
    bounds = pa.table({"symbol": list(until), "day": pa.array(until.values(), pa.int32()).cast(pa.date32())})
    connection.register("bounds", bounds)
    connection.register("incoming", pa.Table.from_batches([rows]))
    name, day = _relation(table), table.column_names[1]
    connection.execute(f"delete from {name} as t using bounds where t.symbol = bounds.symbol and t.{day} > bounds.day")
    connection.execute(f"insert into {name} select * from incoming")
    connection.unregister("bounds")
    connection.unregister("incoming")


def show(connection: duckdb.DuckDBPyConnection, tables: Iterable[Table]) -> None:
    """Put in the views among some tables, and those that follow from them; they stand after what they read."""
    found = tuple(tables)
    for view in (*(table for table in found if table.view), *derived(found)):
        connection.execute(f"create schema if not exists {_schema(view)}")
        connection.execute(f"create or replace view {_relation(view)} as {view.view}")
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
