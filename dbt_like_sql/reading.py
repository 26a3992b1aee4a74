"""What a rendered model says of itself: the tables that it reads and the columns that it gives."""

from dataclasses import dataclass

import sqlglot
from sqlglot import exp

from dbt_like_sql.errors import ProjectError


@dataclass(frozen=True)
class Reading:
    """The relations that a select reads, as `schema.name`, and its output columns in order."""

    tables: frozenset[str]
    columns: tuple[str, ...]


def read(sql: str) -> Reading:
    """Parse one select in DuckDB's dialect.

    Raises:
        ProjectError: it is not SQL, not exactly one select, or its last select does not name every column.
    """
    try:
        statements = [statement for statement in sqlglot.parse(sql, dialect="duckdb") if statement is not None]
    except sqlglot.errors.SqlglotError as ex:
        raise ProjectError(f"not valid SQL: {ex}") from ex
    if len(statements) != 1 or not isinstance(select := statements[0], exp.Query):
        raise ProjectError(f"{len(statements)} statements; a model is exactly one select")
    unnamed = [each.sql("duckdb") for each in select.selects if not each.alias_or_name or each.is_star]
    if unnamed:
        raise ProjectError(f"the last select must name every column, and does not in {', '.join(unnamed)}")
    return Reading(_tables(select), tuple(select.named_selects))


def _tables(select: exp.Query) -> frozenset[str]:
    """Return what the select reads besides its own common table expressions."""
    local = {cte.alias for cte in select.find_all(exp.CTE)}
    tables = select.find_all(exp.Table)
    return frozenset(_name(table) for table in tables if table.db or table.name not in local)


def _name(table: exp.Table) -> str:
    return f"{table.db}.{table.name}" if table.db else table.name or table.sql("duckdb")
