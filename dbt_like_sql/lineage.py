"""Which columns a model's columns are computed from, read from its SQL.

What a value is computed from counts; what rows are joined, filtered, grouped or parted by does not, and what they are
sorted by only where the function has nothing else to go by, as `rank()` has not.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.lineage import Node, lineage

from dbt_like_sql.errors import ProjectError
from dbt_like_sql.model import Model
from dbt_like_sql.reading import parse, relation


@dataclass(frozen=True)
class Origin:
    """One column that a model's column is computed from; `expression` is how, as the select says it that computes."""

    column: str
    from_table: str
    from_column: str
    expression: str


def origins(model: Model, columns: Mapping[str, Iterable[str]]) -> tuple[Origin, ...]:
    """Return where a model's columns come from; `columns` are those of every relation that it reads.

    Raises:
        ProjectError: a column can't be traced to a relation that the model reads.
    """
    select = parse(model.sql)
    named = {each.name for each in select.find_all(exp.Identifier)}
    schema: dict[str, dict[str, dict[str, str]]] = {}
    for name in model.depends_on:
        folder, _, table = name.partition(".")
        # PERF: sqlglot's time grows with the columns that it is told of; without any it refuses the table
        known = [each for each in columns[name] if each in named] or list(columns[name])[:1]
        schema.setdefault(folder, {})[table] = dict.fromkeys(known, "unknown")
    try:
        nodes = lineage(None, _with_values_only(select), schema, dialect="duckdb", copy=False, trim_selects=False)
    except SqlglotError as ex:
        raise ProjectError(f"{model.path}: its columns can't be traced: {ex}") from ex
    return tuple(
        Origin(column, table, source, _expression(node))
        for column, node in nodes.items()
        for table, source in sorted(set(_leaves(model, node)))
    )


def _with_values_only(select: exp.Query) -> exp.Query:
    """Take the windows off the functions that have arguments, and what they are parted by off the others."""
    for scope in select.find_all(exp.Select):
        shared = {each.name: each for each in scope.args.get("windows") or ()}
        scope.set("windows", None)
        for window in list(scope.find_all(exp.Window)):
            order = shared.get(window.alias, window).args.get("order")
            if next(window.this.find_all(exp.Column, exp.Star), None):
                window.replace(window.this)
            else:
                window.replace(exp.Window(this=window.this.copy(), order=order.copy() if order else None))
    return select


def _expression(node: Node) -> str:
    """Return the first expression that is more than a column's name handed on."""
    computed = node.expression.unalias()
    computed = computed.this if isinstance(computed, exp.Cast) else computed
    below = [each for each in node.downstream if not isinstance(each.expression, exp.Table)]
    if isinstance(computed, exp.Column) and len(below) == 1:
        return _expression(below[0])
    return computed.sql("duckdb", normalize_functions="lower", comments=False)


def _leaves(model: Model, node: Node) -> Iterator[tuple[str, str]]:
    for each in node.walk():
        if isinstance(each.expression, exp.Table):
            yield relation(each.expression), each.name.rpartition(".")[2].strip('"')
        elif isinstance(each.expression, exp.Placeholder):
            raise ProjectError(
                f"{model.path}: {node.name} is computed from {each.name}, which no table is known to have"
            )
