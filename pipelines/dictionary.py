"""What the warehouse says of itself, as tables: the catalogue of indicators, their stored columns, and the lineage."""

from collections.abc import Iterable

import msgspec
import pyarrow as pa

import indicators
from indicators import Indicator, Output
from pipelines.lineage import read_by, stored_origins
from warehouse.contracts import Column, Table
from warehouse.work import Version, WorkStore

INDICATORS = Table(
    name="meta.indicators",
    description="The catalogue: every indicator that can be asked for, whether columns of it are stored or not.",
    columns=(
        Column("id", "varchar", "its name in questions and column names"),
        Column("title", "varchar", "its name in words"),
        Column("family", "varchar", "the family, and so the table of its stored columns"),
        Column("meaning", "varchar", "what it tells"),
        Column("formula", "varchar", "how it is computed, where its meaning does not say it all", nullable=True),
        Column("source", "varchar", "who defined it"),
        Column(
            "inputs", "varchar", "the series that it reads, as a JSON list; `on` is the one that the caller chooses"
        ),
        Column("parameters", "varchar", "its parameters with defaults and bounds, as a JSON list"),
        Column("outputs", "varchar", "its outputs with units and bounds, and whether they look ahead, as a JSON list"),
        Column("memory", "varchar", "what a value depends on: a window, all bars with fading weight, or the first bar"),
        Column("lookback", "bigint", "leading bars without a value, at the defaults", unit="bars"),
        Column("settles_after", "bigint", "bars to a millionth of its value, where known", unit="bars", nullable=True),
        Column("columns", "varchar", "its stored columns, as a JSON list"),
    ),
    key=("id",),
)

INDICATOR_COLUMNS = Table(
    name="meta.indicator_columns",
    description="The stored columns of indicators; they bear the same names at every interval and in the long views.",
    columns=(
        Column("column_name", "varchar", "the column"),
        Column("family", "varchar", "the table that it stands in, in the schema of each interval"),
        Column("indicator", "varchar", "the indicator's id"),
        Column("output", "varchar", "which of its outputs"),
        Column("unit", "varchar", "the unit of its values"),
        Column("minimum", "double", "the least value that its formula allows", nullable=True),
        Column("maximum", "double", "the greatest value that its formula allows", nullable=True),
        Column("parameters", "varchar", "the parameters that it was computed with, as a JSON object"),
        Column("reads", "varchar", "the columns of the bars that it is computed from, as a JSON list"),
        Column("lookback", "bigint", "each symbol's leading bars without a value", unit="bars"),
    ),
    key=("column_name",),
)

LINEAGE = Table(
    name="meta.lineage",
    description="Which columns each column is computed from, one step back; what rows are joined by is left out.",
    columns=(
        Column("table_name", "varchar", "the table"),
        Column("column_name", "varchar", "its column"),
        Column("from_table", "varchar", "a table that the column is computed from"),
        Column("from_column", "varchar", "the column of that table"),
        Column("expression", "varchar", "how it is computed"),
    ),
    key=("table_name", "column_name", "from_table", "from_column"),
)

TABLES = (INDICATORS, INDICATOR_COLUMNS, LINEAGE)


def write(store: WorkStore, described: Iterable[str]) -> tuple[Version, ...]:
    """Write the tables; the lineage is that of the tables `described`, which may name these as well."""
    own = {table.name for table in TABLES}
    rows = {
        INDICATORS: [_entry(indicators.describe(kind)) for kind in indicators.catalogue()],
        INDICATOR_COLUMNS: [
            _stored(name, indicator, indicator.outputs[at])
            for name, (indicator, at) in indicators.stored_columns().items()
        ],
        LINEAGE: [
            (table, each.column, each.from_table, each.from_column, each.expression)
            for table in described
            if table not in own
            for each in stored_origins(store, table)
        ],
    }
    return tuple(store.write(table, _rows(table, found)) for table, found in rows.items())


def _rows(table: Table, rows: list[tuple]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(table.columns)
    return pa.table(
        [pa.array(values, field.type) for values, field in zip(columns, table.schema(), strict=True)],
        names=list(table.column_names),
    )


def _entry(told: indicators.Entry) -> tuple:
    return (
        told.id,
        told.title,
        told.family,
        told.meaning,
        told.formula,
        told.source,
        _json(told.inputs),
        _json([_parameter(each) for each in told.parameters]),
        _json([_output(each) for each in told.outputs]),
        told.memory,
        told.lookback,
        told.settles_after,
        _json(told.stored),
    )


def _parameter(each: indicators.Parameter) -> dict[str, object]:
    allowed: dict[str, object] = (
        {"choices": each.choices} if each.choices else {"minimum": each.minimum, "maximum": each.maximum}
    )
    return {
        "name": each.name,
        "default": each.default,
        **allowed,
        "description": each.description,
        "convention": each.convention,
    }


def _output(each: Output) -> dict[str, object]:
    return {
        "name": each.name,
        "unit": each.unit,
        "minimum": each.minimum,
        "maximum": each.maximum,
        "description": each.description,
        "causal": each.causal,
        "repaints": each.repaints,
    }


def _stored(name: str, indicator: Indicator, output: Output) -> tuple:
    return (
        name,
        indicator.family,
        indicator.id,
        output.name,
        output.unit,
        output.minimum,
        output.maximum,
        _json(indicator.params()),
        _json(read_by(indicator)),
        indicator.lookback(),
    )


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
