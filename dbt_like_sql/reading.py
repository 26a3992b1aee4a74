"""What a rendered model says of itself: the tables that it reads, the columns that it gives, the order of its rows."""

from dataclasses import dataclass

import sqlglot
from sqlglot import exp

from dbt_like_sql.errors import ProjectError

TYPES = {  # sqlglot's names, and DuckDB's as the models write them
    exp.DataType.Type.TEXT: "varchar",
    exp.DataType.Type.DATE: "date",
    exp.DataType.Type.DOUBLE: "double",
    exp.DataType.Type.BIGINT: "bigint",
    exp.DataType.Type.BOOLEAN: "boolean",
    exp.DataType.Type.TIMESTAMP: "timestamp",
}


@dataclass(frozen=True)
class Given:
    """One column of a model's last select: the type that it is cast to, and the unit that its comment names."""

    name: str
    type: str
    unit: str


@dataclass(frozen=True)
class Reading:
    """The relations that a select reads, as `schema.name`, its output columns in order, and what it is ordered by."""

    tables: frozenset[str]
    columns: tuple[Given, ...]
    order: tuple[str, ...]


def parse(sql: str) -> exp.Query:
    """Parse one select in DuckDB's dialect.

    Raises:
        ProjectError: it is not SQL, or not exactly one select.
    """
    try:
        statements = [statement for statement in sqlglot.parse(sql, dialect="duckdb") if statement is not None]
    except sqlglot.errors.SqlglotError as ex:
        raise ProjectError(f"not valid SQL: {ex}") from ex
    if len(statements) != 1 or not isinstance(select := statements[0], exp.Query):
        raise ProjectError(f"{len(statements)} statements; a model is exactly one select")
    return select


def read(sql: str) -> Reading:
    """Read a model's select; raises as `parse` does, and when its last select does not name and cast every column."""
    select = parse(sql)
    unnamed = [each.sql("duckdb") for each in select.selects if not each.alias_or_name or each.is_star]
    if unnamed:
        raise ProjectError(f"the last select must name every column, and does not in {', '.join(unnamed)}")
    return Reading(_tables(select), tuple(_given(each) for each in select.selects), _order(select))


def _given(column: exp.Expr) -> Given:
    cast = column.this if isinstance(column, exp.Alias) else column
    found = cast.to.this if isinstance(cast, exp.Cast) else None
    if found not in TYPES:
        allowed = ", ".join(TYPES.values())
        raise ProjectError(f"the last select must cast {column.alias_or_name} to one of {allowed}")
    return Given(column.alias_or_name, TYPES[found], " ".join(column.comments or ()).strip())


def _order(select: exp.Query) -> tuple[str, ...]:
    order = select.args.get("order")
    return tuple(each.this.name for each in order.expressions) if order else ()


def _tables(select: exp.Query) -> frozenset[str]:
    """Return what the select reads besides its own common table expressions."""
    local = {cte.alias for cte in select.find_all(exp.CTE)}
    tables = select.find_all(exp.Table)
    return frozenset(relation(table) for table in tables if table.db or table.name not in local)


def relation(table: exp.Table) -> str:
    """Return a table's name as `schema.name`."""
    return f"{table.db}.{table.name}" if table.db else table.name or table.sql("duckdb")
