"""The tables that a spool's lines end in, with the SQL that takes them there."""

from functools import cache
from pathlib import Path

import msgspec
from psycopg import Connection
from psycopg.errors import DataError, IntegrityError

REFUSED = (DataError, IntegrityError)
"""What `store` raises where a line is one that Postgres will never take."""
_LIMIT = b"set local statement_timeout = '30s'"  # an engine's own is for request paths


class Destination(msgspec.Struct, frozen=True):
    """A table, partitioned by month, and for how many days it keeps its rows at least."""

    table: str
    days: int

    def store(self, connection: Connection, lines: bytes) -> None:
        """Store lines in one transaction; those that were stored before change nothing."""
        with connection.transaction(), connection.cursor() as cursor:
            cursor.execute(_LIMIT)
            cursor.execute(_sql(f"{self.table}.stage"))
            with cursor.copy(f"copy staged_{self.table} from stdin".encode()) as copy:
                copy.write(lines)
            cursor.execute(_sql(self.table))

    def keep(self, connection: Connection) -> None:
        """Make the months to come, and drop those whose last day is old enough."""
        with connection.transaction():
            connection.execute("select keep_months(%s, %s)", (self.table, self.days))


@cache
def _sql(name: str) -> bytes:
    return (Path(__file__).parent / f"{name}.sql").read_bytes()
