"""One delivered file: what it holds, or the reason why it can't be used."""

from pathlib import Path
from typing import Literal

import msgspec
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.contracts import RAW_ACTIONS, RAW_BARS, Column, Table

Kind = Literal["bars", "actions"]
TABLES: dict[Kind, Table] = {"bars": RAW_BARS, "actions": RAW_ACTIONS}
MAX_ROWS = 50_000_000
MAX_BYTES = 4 * 1024**3
_MAGIC = b"PAR1"


class Refused(ValueError):
    """A file that can't be used as a whole; `code` says why in one word, the message in a sentence."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class Delivery(msgspec.Struct, frozen=True):
    """A readable file: its rows in the contract's columns and types, not yet judged one by one."""

    kind: Kind
    table: Table
    frame: pl.DataFrame


def inspect(path: Path) -> Kind:
    """Tell what a Parquet file holds, by its size, footer and columns; no row is decoded.

    Raises:
        Refused: empty-file, not-parquet, unreadable, too-large, no-rows, missing-column or wrong-type.
    """
    return _columns_of(path)[0]


def read(path: Path) -> Delivery:
    """Read a Parquet file of bars or of corporate actions; which of the two, its columns tell.

    Raises:
        Refused: as `inspect` does, and unreadable when the rows can't be decoded.
    """
    kind, wanted = _columns_of(path)
    frame = _decode(path, wanted)
    if kind == "actions" and "source" not in frame.columns:
        frame = frame.with_columns(source=pl.lit(path.name))
    return Delivery(kind, TABLES[kind], frame)


def _columns_of(path: Path) -> tuple[Kind, list[Column]]:
    """Return a file's kind, and which of the contract's columns it brings."""
    schema = _admit(path)
    kind: Kind = "actions" if "ex_date" in schema.names else "bars"
    expected = [column for column in TABLES[kind].columns if column.name != "batch"]
    wanted = [column for column in expected if column.name != "source" or "source" in schema.names]
    _refuse_missing(wanted, schema)
    for column in wanted:
        _refuse_type(column, schema.field(column.name).type)
    return kind, wanted


def _admit(path: Path) -> pa.Schema:
    """Judge a file by its size, its magic and its footer, before a row of it is decoded."""
    size = path.stat().st_size
    if size == 0:
        raise Refused("empty-file", "the file has no bytes")
    with path.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise Refused("not-parquet", "the file does not begin as a Parquet file does; only Parquet is taken in")
    try:
        metadata = pq.read_metadata(path)
        schema = metadata.schema.to_arrow_schema()
    except (pa.ArrowException, OSError) as ex:
        raise Refused("unreadable", f"the Parquet footer can't be read: {ex}") from ex
    if metadata.num_rows == 0:
        raise Refused("no-rows", "the file has columns but no rows")
    declared = sum(metadata.row_group(group).total_byte_size for group in range(metadata.num_row_groups))
    if metadata.num_rows > MAX_ROWS or declared > MAX_BYTES:
        raise Refused(
            "too-large",
            f"{metadata.num_rows} rows in {declared} bytes; at most {MAX_ROWS} rows and {MAX_BYTES} bytes are taken in",
        )
    return schema


def _refuse_missing(wanted: list[Column], schema: pa.Schema) -> None:
    missing = [column.name for column in wanted if column.name not in schema.names]
    if missing:
        needed = ", ".join(column.name for column in wanted)
        raise Refused(
            "missing-column", f"missing {', '.join(missing)}; needed: {needed}; found: {', '.join(schema.names)}"
        )


def _refuse_type(column: Column, found: pa.DataType) -> None:
    if pa.types.is_dictionary(found):
        found = found.value_type
    fits = {
        "varchar": pa.types.is_string(found) or pa.types.is_large_string(found) or pa.types.is_string_view(found),
        "date": pa.types.is_date(found) or (pa.types.is_timestamp(found) and found.tz is None),
        "double": pa.types.is_floating(found) or pa.types.is_integer(found),
    }
    if not fits[column.type]:
        raise Refused("wrong-type", f"column {column.name} is {found}; needed: {column.type}")


def _decode(path: Path, wanted: list[Column]) -> pl.DataFrame:
    types = {"varchar": pl.String, "date": pl.Date, "double": pl.Float64}
    try:
        frame = pl.read_parquet(path, columns=[column.name for column in wanted], use_pyarrow=True)
        return frame.select(pl.col(column.name).cast(types[column.type]) for column in wanted)
    except (pa.ArrowException, pl.exceptions.PolarsError, OSError) as ex:
        raise Refused("unreadable", f"the rows can't be decoded: {ex}") from ex
