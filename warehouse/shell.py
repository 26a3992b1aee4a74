"""Asking a published snapshot in SQL, as an analyst does at a shell: read-only, and with nothing else in reach."""

from collections.abc import Generator
from contextlib import contextmanager
from difflib import get_close_matches

import duckdb
import pyarrow as pa

from warehouse import snapshots
from warehouse.home import Home
from warehouse.sql import MEMORY_LIMIT, SqlError

ROWS_AT_ONCE = 65_536
_ANSWERING = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN)


class UnknownRelation(LookupError):
    """A snapshot has no such table or view."""


@contextmanager
def shell(home: Home, snapshot_id: str | None = None) -> Generator[duckdb.DuckDBPyConnection]:
    """Open the served snapshot's database, or a kept one's.

    Raises:
        NoSnapshot, UnknownSnapshot: there is none such.
    """
    folder = snapshots.folder_of(home, snapshot_id or snapshots.current_id(home))
    path = str(folder / snapshots.DATABASE)
    with duckdb.connect(path, read_only=True, config={"memory_limit": MEMORY_LIMIT}) as connection:
        # SEC: a pasted query reads the snapshot and nothing else of the machine
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        yield connection


def answer(connection: duckdb.DuckDBPyConnection, sql: str) -> pa.RecordBatchReader:
    """Return the rows that one statement answers with, in batches as they are read.

    Raises:
        SqlError: it is not one statement that answers with rows, or it failed; the message is DuckDB's.
    """
    try:
        statements = duckdb.extract_statements(sql)
        if len(statements) != 1 or statements[0].type not in _ANSWERING:
            raise SqlError("ask one statement that answers with rows: select, from, describe, show, summarize, explain")
        return connection.execute(statements[0]).to_arrow_reader(ROWS_AT_ONCE)
    except duckdb.Error as ex:
        raise SqlError(str(ex)) from ex


def select_all(connection: duckdb.DuckDBPyConnection, relation: str) -> str:
    """Return the select of every row of a table or view, named as `schema.name`.

    Raises:
        UnknownRelation: with the nearest that there are.
    """
    listed = "select table_schema || '.' || table_name from information_schema.tables order by all"
    known = [name for (name,) in connection.execute(listed).fetchall()]
    if relation not in known:
        near = get_close_matches(relation, known, n=3, cutoff=0.5)
        raise UnknownRelation(f"no table or view {relation!r} in this snapshot; near it: {', '.join(near or known)}")
    schema, _, name = relation.partition(".")
    return f'from "{schema}"."{name}"'
