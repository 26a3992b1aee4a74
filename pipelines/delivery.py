"""One delivered file: what it holds, in the contract's columns and types, or the reason why it can't be used."""

from fnmatch import fnmatchcase
from pathlib import Path

import msgspec
import polars as pl

from pipelines.declaration import Declaration
from pipelines.decoder import Decoder, Field, Form, Schema
from pipelines.mappings import DIVIDEND, PLAIN, SPLIT, Kind, Mapping
from pipelines.reasons import Refused
from pipelines.shaping import UNREADABLE, shape
from warehouse.contracts import RAW_ACTIONS, RAW_BARS, Column, Table

TABLES: dict[Kind, Table] = {"bars": RAW_BARS, "actions": RAW_ACTIONS}
_BESIDE_BARS = (
    Column(SPLIT, "double", "new shares for one old, 1 or 0 where nothing is split", nullable=True),
    Column(DIVIDEND, "double", "cash a share, 0 where none is paid", nullable=True),
)
_OURS = {"batch"}  # columns that are written here and not delivered


class Part(msgspec.Struct, frozen=True):
    """The rows of one kind, not yet judged one by one."""

    kind: Kind
    frame: pl.DataFrame

    @property
    def table(self) -> Table:
        """The contract that the rows must keep."""
        return TABLES[self.kind]


class Delivery(msgspec.Struct, frozen=True):
    """A readable file: corporate actions before bars, as they explain the bars' jumps."""

    source: str
    parts: tuple[Part, ...]


class Plan(msgspec.Struct, frozen=True):
    """How a file will be read: what it is, by which mapping, and which of our columns it brings."""

    kind: Kind
    mapping: Mapping
    form: Form
    columns: tuple[Column, ...]


def plan(path: Path, declaration: Declaration, decoder: Decoder, *, overridden: frozenset[str] = frozenset()) -> Plan:
    """Tell what a file holds, by its sizes, footer or header, and columns; no row is decoded.

    Raises:
        Refused: for one of `FILE_REASONS`, less those that were overridden and can be.
    """
    mapping = declaration.mapping_for(path.name)
    schema = decoder.look(path, _form(mapping or PLAIN, overridden))
    names = [field.name for field in schema.fields]
    mapping = mapping or declaration.recognised(frozenset(names))
    kind: Kind = mapping.kind or ("actions" if mapping.theirs("ex_date") in names else "bars")
    columns = _wanted(kind, mapping, names)
    _refuse_missing(columns, mapping, names)
    if "extra-column" not in overridden:
        _refuse_extra(columns, mapping, names)
    fields = {field.name: field for field in schema.fields}
    for column in columns:
        _refuse_type(column, fields[mapping.theirs(column.name)], schema, mapping)
    return Plan(kind, mapping, _form(mapping, overridden), columns)


def read(path: Path, planned: Plan, decoder: Decoder) -> Delivery:
    """Decode a file as planned.

    Raises:
        Refused: for one of `FILE_REASONS`.
    """
    mapping = planned.mapping
    table = decoder.read(path, planned.form, tuple(mapping.theirs(column.name) for column in planned.columns))
    ours = pl.DataFrame(pl.from_arrow(table)).rename(
        {mapping.theirs(column.name): column.name for column in planned.columns}
    )
    try:
        frame = shape(ours, planned.columns, mapping)
    except pl.exceptions.PolarsError as ex:
        raise Refused("unreadable-rows", f"the rows can't be converted: {ex}") from ex
    if mapping.symbol_from:
        frame = frame.insert_column(0, pl.lit(_symbol(path, mapping)).alias("symbol"))
    source = path.name if mapping.source == Mapping().source else mapping.source
    return Delivery(mapping.source, _parts(planned.kind, frame, source))


def _parts(kind: Kind, frame: pl.DataFrame, source: str) -> tuple[Part, ...]:
    if kind == "actions":
        named = frame if "source" in frame.columns else frame.with_columns(source=pl.lit(source))
        return (Part("actions", named.select(*_delivered(RAW_ACTIONS), UNREADABLE)),)
    bars = Part("bars", frame.select(*_delivered(RAW_BARS), UNREADABLE))
    beside = [_actions(frame, column.name, source) for column in _BESIDE_BARS if column.name in frame.columns]
    actions = [each for each in beside if each.height]
    return (Part("actions", pl.concat(actions)), bars) if actions else (bars,)


def _actions(bars: pl.DataFrame, kind: str, source: str) -> pl.DataFrame:
    """Return what a column beside the bars tells of corporate actions: 0, and of a split 1, tells of none."""
    nothing = [0.0, 1.0] if kind == SPLIT else [0.0]
    return bars.filter(~pl.col(kind).is_in(nothing)).select(
        "symbol",
        pl.col("date").alias("ex_date"),
        kind=pl.lit(kind),
        value=kind,
        source=pl.lit(source),
        **{UNREADABLE: pl.lit(None, pl.String)},
    )


def _delivered(table: Table) -> list[str]:
    return [name for name in table.column_names if name not in _OURS]


def _form(mapping: Mapping, overridden: frozenset[str]) -> Form:
    return Form(mapping.delimiter, mapping.encoding, whole=mapping.whole or "truncated" in overridden)


def _wanted(kind: Kind, mapping: Mapping, names: list[str]) -> tuple[Column, ...]:
    needed = (column for column in TABLES[kind].columns if column.name not in _OURS)
    chosen = [column for column in needed if column.name != "source" or mapping.theirs("source") in names]
    if mapping.symbol_from:
        chosen = [column for column in chosen if column.name != "symbol"]
    return (*chosen, *(column for column in _BESIDE_BARS if kind == "bars" and column.name in mapping.columns))


def _refuse_missing(columns: tuple[Column, ...], mapping: Mapping, names: list[str]) -> None:
    needed = [mapping.theirs(column.name) for column in columns]
    missing = [name for name in needed if name not in names]
    if missing:
        raise Refused(
            "missing-column", f"missing {', '.join(missing)}; needed: {', '.join(needed)}; found: {', '.join(names)}"
        )


def _refuse_extra(columns: tuple[Column, ...], mapping: Mapping, names: list[str]) -> None:
    used = {mapping.theirs(column.name) for column in columns}
    extra = [name for name in names if name not in used and not any(fnmatchcase(name, each) for each in mapping.ignore)]
    if extra:
        raise Refused("extra-column", f"{', '.join(extra)}: nothing declares it; used: {', '.join(sorted(used))}")


def _refuse_type(column: Column, field: Field, schema: Schema, mapping: Mapping) -> None:
    if column.type == "date" and field.family == "zoned" and not mapping.time_zone:
        raise Refused("zoned-time", f"column {field.name} is {field.type}, and no time_zone is declared")
    text = {"text"} if schema.format == "csv" else set()
    fits: dict[str, set[str]] = {
        "varchar": {"text"},
        "double": {"number", *text},
        "date": {"date", "time", "zoned", *text, *({"number", "text"} if mapping.date_format else ())},
    }
    if field.family not in fits[column.type]:
        raise Refused("wrong-type", f"column {field.name} is {field.type}; needed: {column.type}")


def _symbol(path: Path, mapping: Mapping) -> str:
    symbol = mapping.symbol_in(path.name)
    if symbol is None:
        raise Refused("no-symbol-in-name", f"{path.name} is not named as {mapping.symbol_from!r} says")
    return symbol
