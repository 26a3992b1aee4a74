"""SQL over the work store's tables: DuckDB in memory, on memory-mapped files, with nothing else in reach."""

from collections.abc import Generator, Iterable
from contextlib import contextmanager

import duckdb
import pyarrow as pa

from warehouse.layout import superseded
from warehouse.work import WorkStore

MEMORY_LIMIT = "2GB"


class SqlError(ValueError):
    """DuckDB refused a statement."""


@contextmanager
def workbench(store: WorkStore, tables: Iterable[str]) -> Generator[duckdb.DuckDBPyConnection]:
    """Open a DuckDB in which each of `tables` is a view of the same name over the newest version."""
    with duckdb.connect(config={"memory_limit": MEMORY_LIMIT, "autoinstall_known_extensions": False}) as connection:
        for name in store.with_what_views_read(tables):
            schema, _, table = name.partition(".")
            select = store.contract(name).view or _registered(connection, store, name)
            connection.execute(f'create schema if not exists "{schema}"')
            connection.execute(f'create view "{schema}"."{table}" as {select}')
        connection.execute("set enable_external_access = false")
        yield connection


def _registered(connection: duckdb.DuckDBPyConnection, store: WorkStore, name: str) -> str:
    """Return the select over a table's parts."""
    parts = store.parts(name)
    gone = ", ".join(f"'{symbol}'" for symbol in sorted(superseded(parts)))
    selects = []
    for number, part in enumerate(parts):
        alias = f"{name}.{number}"
        connection.register(alias, pa.Table.from_batches([part]))
        selects.append(f'select * from "{alias}"')
    if gone:
        selects[0] += f" where symbol not in ({gone})"
    return " union all ".join(selects)


def rows_of(connection: duckdb.DuckDBPyConnection, sql: str) -> pa.Table:
    """Return the rows of one select.

    Raises:
        SqlError: the statement failed; the message is DuckDB's.
    """
    try:
        return connection.execute(sql).to_arrow_table()
    except duckdb.Error as ex:
        raise SqlError(str(ex)) from ex


def query(store: WorkStore, sql: str, tables: Iterable[str]) -> pa.Table:
    """Return the rows of one select over `tables`.

    Raises:
        SqlError: the statement failed; the message is DuckDB's.
        UnknownTable: one of the tables has not been written.
    """
    with workbench(store, tables) as connection:
        return rows_of(connection, sql)
