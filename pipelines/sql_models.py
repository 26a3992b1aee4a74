"""Running the SQL models: each becomes a table of the work store, or a view, and its data tests are run on it."""

import hashlib
import re

import msgspec
import polars as pl
import pyarrow as pa

from dbt_like_sql.model import Incremental, Model, ModelColumn
from dbt_like_sql.tests import DataTest
from warehouse import sql
from warehouse.contracts import Column, Table, TypeName
from warehouse.work import Check, UnknownTable, Version, WorkStore


def build(store: WorkStore, model: Model) -> tuple[Version, tuple[Check, ...]]:
    """Run a model and its data tests, and keep the verdicts beside it for whoever publishes.

    What was brought up to date and then fails a test is made anew from nothing: rows that vanished from the inputs
    are still in it, as no new row has come for them.
    """
    version = run(store, model)
    checks = check(store, model)
    if version.recipe and not all(each.passed for each in checks):
        version = run(store, model, whole=True)
        checks = check(store, model)
    return version, checks


def run(store: WorkStore, model: Model, *, whole: bool = False) -> Version:
    """Run a model on the tables that it names; `whole` makes it anew where it could be brought up to date."""
    contract = table_of(model)
    rows = contract.schema().empty_table() if contract.view else _rows(store, model, whole=whole)
    return store.write(contract, rows, inputs=model.depends_on, recipe=_recipe(model))


def _rows(store: WorkStore, model: Model, *, whole: bool) -> pa.Table:
    if model.incremental and not whole and _known_recipe(store, model.relation) == _recipe(model):
        return _brought_up_to_date(store, model, model.incremental)
    return sql.query(store, model.sql, model.depends_on)


def _known_recipe(store: WorkStore, relation: str) -> str | None:
    try:
        return store.version(relation).recipe
    except UnknownTable:
        return None


def _recipe(model: Model) -> str:
    if model.incremental is None:
        return ""
    return hashlib.sha256(f"{model.sql}\n{model.incremental.sql}".encode()).hexdigest()[:12]


def _brought_up_to_date(store: WorkStore, model: Model, how: Incremental) -> pa.Table:
    """Return the table with its fresh rows in the place of those that have their keys.

    PERF: what lies before the first fresh row is taken as it is, neither joined nor sorted.
    """
    known = store.read(model.relation)
    with sql.workbench(store, [*model.depends_on, model.relation]) as connection:
        fresh = sql.rows_of(connection, how.sql)
        if fresh.num_rows == 0:
            return known
        settled = _rows_before(known, fresh, model.order[0])
        connection.register("known", known.slice(settled))
        connection.register("fresh", fresh)
        merged = sql.rows_of(connection, _merge(how.unique_key, model.order))
    schema = table_of(model).schema()
    return pa.concat_tables([known.slice(0, settled).cast(schema), merged.cast(schema)])


def _rows_before(known: pa.Table, fresh: pa.Table, column: str) -> int:
    """Return how many rows of a table, sorted by a column, come before any of the fresh ones."""
    values, incoming = (pl.Series(table.column(column)) for table in (known, fresh))
    return int((values.cast(incoming.dtype) < incoming.min()).sum())


def _merge(unique_key: tuple[str, ...], order: tuple[str, ...]) -> str:
    key = ", ".join(unique_key)
    return f"""
        select * from known where ({key}) not in (select {key} from fresh)
        union all by name
        select * from fresh
        order by {", ".join(order)}
    """


def check(store: WorkStore, model: Model) -> tuple[Check, ...]:
    """Run a model's data tests, and keep the verdicts beside it."""
    reads = dict.fromkeys(name for one in model.tests for name in one.depends_on)
    with sql.workbench(store, reads) as connection:
        checks = tuple(_verdict(one, sql.rows_of(connection, one.sql)) for one in model.tests)
    store.record_checks(model.relation, checks)
    return checks


def _verdict(one: DataTest, failing: pa.Table) -> Check:
    shown = f"{failing.num_rows} rows fail, such as {failing.slice(0, 1).to_pylist()}" if failing.num_rows else ""
    return Check(check_name(one), passed=failing.num_rows == 0, blocking=True, detail=shown)


def check_name(one: DataTest) -> str:
    """Return a data test's title in the letters that Dagster allows in a name."""
    return re.sub(r"\W+", "_", one.name).strip("_")


def table_of(model: Model) -> Table:
    """Return a model's contract: its SQL's types and units, its schema.yml's words."""
    return Table(
        name=model.relation,
        description=model.description,
        columns=tuple(map(_column, model.columns)),
        key=model.key,
        view=model.sql if model.materialized == "view" else "",
    )


def _column(one: ModelColumn) -> Column:
    kind = msgspec.convert(one.type, TypeName)
    return Column(one.name, kind, one.description, unit=one.unit, nullable=one.nullable)
