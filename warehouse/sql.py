"""SQL over the work store's tables: DuckDB in memory, on memory-mapped files, with nothing else in reach."""

from collections.abc import Generator, Iterable
from contextlib import contextmanager

import duckdb
import pyarrow as pa

from warehouse.work import WorkStore

MEMORY_LIMIT = "2GB"


class SqlError(ValueError):
    """DuckDB refused a statement."""


@contextmanager
def workbench(store: WorkStore, tables: Iterable[str]) -> Generator[duckdb.DuckDBPyConnection]:
    """Open a DuckDB in which each of `tables` is a view of the same name over the newest version."""
    with duckdb.connect(config={"memory_limit": MEMORY_LIMIT, "autoinstall_known_extensions": False}) as connection:
        for name in tables:
            schema, _, table = name.partition(".")
            alias = f"{schema}__{table}"
            connection.register(alias, store.read(name))
            connection.execute(f'create schema if not exists "{schema}"')
            connection.execute(f'create view "{schema}"."{table}" as select * from "{alias}"')
        connection.execute("set enable_external_access = false")
        yield connection


def query(store: WorkStore, sql: str, tables: Iterable[str]) -> pa.Table:
    """Return the rows of one select over `tables`.

    Raises:
        SqlError: the statement failed; the message is DuckDB's.
        UnknownTable: one of the tables has not been written.
    """
    with workbench(store, tables) as connection:
        try:
            return connection.execute(sql).to_arrow_table()
        except duckdb.Error as ex:
            raise SqlError(str(ex)) from ex
