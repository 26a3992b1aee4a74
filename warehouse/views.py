"""Views that follow from the tables: one wide view of each schema of bars, and a long one of each indicator family."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter

from warehouse.contracts import Column, Table

WIDE = "wide"
LONG = "_long"


def derived(tables: Iterable[Table]) -> Iterator[Table]:
    """Return the views that a schema with bars and indicator families has besides its tables."""
    schema_name = attrgetter("schema_name")
    served = sorted((table for table in tables if table.served), key=schema_name)
    for schema, members in groupby(served, key=schema_name):
        found = {table.name: table for table in members}
        bars = found.get(f"{schema}.bars_adjusted")
        families = [table for table in found.values() if _is_family(table)]
        if bars and families:
            yield _wide(schema, bars, families)
            yield from map(_long, families)


def _is_family(table: Table) -> bool:
    """Return whether a table holds nothing but numbers that may be missing, beside its key."""
    return all(column.type == "double" and column.nullable for column in _values(table))


def _values(table: Table) -> tuple[Column, ...]:
    return tuple(column for column in table.columns if column.name not in table.key)


def _wide(schema: str, bars: Table, families: list[Table]) -> Table:
    columns = (*bars.columns, *(column for family in families for column in _values(family)))
    named = ",\n    ".join(
        [f"bars.{column.name}" for column in bars.columns]
        + [f"{_name(family)}.{column.name}" for family in families for column in _values(family)]
    )
    joined = "\n".join(f"left join {one.name} as {_name(one)} using ({', '.join(one.key)})" for one in families)
    return Table(
        name=f"{schema}.{WIDE}",
        description=f"The adjusted {schema} bars with every stored indicator, in one view of all columns.",
        columns=columns,
        key=bars.key,
        view=f"select\n    {named}\nfrom {bars.name} as bars\n{joined}",
    )


def _long(family: Table) -> Table:
    key = tuple(column for column in family.columns if column.name in family.key)
    columns = (
        *key,
        Column("indicator", "varchar", f"the column of {family.name} that the value stands in"),
        Column("value", "double", "its value; there is no row where there is none"),
    )
    unpivoted = f"unpivot {family.name} on {', '.join(column.name for column in _values(family))}"
    return Table(
        name=f"{family.name}{LONG}",
        description=f"{family.name} with one row for each value, as plotting and grouping by indicator want it.",
        columns=columns,
        key=(*family.key, "indicator"),
        view=f"select {', '.join(family.key)}, indicator, value\nfrom ({unpivoted} into name indicator value value)",
    )


def _name(table: Table) -> str:
    return table.name.partition(".")[2]
