"""Parquet: judged by its footer, then decoded a batch at a time."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.decoder.formats import PARQUET_MAGIC
from pipelines.decoder.messages import Family, Field, Limits, Schema
from pipelines.reasons import Refused

CODECS = ("UNCOMPRESSED", "SNAPPY", "ZSTD")  # SEC: each decoder is a way in; these are what writers use by default
BATCH_ROWS = 131_072
BUFFER_BYTES = 1024**2
_SHORTEST = 12  # two magics and the footer's length
_LONG_LIST = 0xFC  # Thrift's compact form: a list of structs whose length follows
_VARINT = 0x80


def look(path: Path, limits: Limits) -> Schema:
    """Return what a Parquet file declares; no page of it is touched.

    Raises:
        Refused: too-short, truncated, unreadable-footer, too-many-columns, too-many-rows, too-large, no-rows,
            repeated-column or wrong-codec.
    """
    metadata = _metadata(path, limits)
    schema = _schema(metadata)
    repeated = {name for name in schema.names if schema.names.count(name) > 1}
    if repeated:
        raise Refused("repeated-column", f"more than one column {', '.join(sorted(repeated))}")
    _refuse_codecs(metadata)
    fields = tuple(Field(each.name, str(each.type), family(each.type)) for each in schema)
    return Schema("parquet", fields, metadata.num_rows)


def read(path: Path, limits: Limits, columns: tuple[str, ...]) -> Iterator[pa.RecordBatch]:
    """Yield the rows of some columns.

    Raises:
        Refused: as `look`, and unreadable-rows; too-many-rows when there are more than the footer says.
    """
    metadata = _metadata(path, limits)
    _refuse_sizes(metadata, columns, limits)
    try:
        # PERF: pages are read as they come, so that a long column needs no more memory than a page.
        file = pq.ParquetFile(path, metadata=metadata, buffer_size=BUFFER_BYTES, pre_buffer=False)
        rows = 0
        for batch in file.iter_batches(BATCH_ROWS, columns=list(columns), use_threads=False):
            batch.validate(full=True)  # SEC: Polars takes text for UTF-8 and offsets for good without a look
            rows += batch.num_rows
            if rows > metadata.num_rows:
                raise Refused("too-many-rows", f"the footer says {metadata.num_rows} rows, and there are more")
            yield pa.record_batch(batch.columns, names=batch.schema.names)  # SEC: metadata may hold anything at all
    except (pa.ArrowException, OSError) as ex:
        _reraise_ours(ex)
        raise Refused("unreadable-rows", f"the rows can't be decoded: {ex}") from ex
    if rows < metadata.num_rows:
        raise Refused("unreadable-rows", f"the footer says {metadata.num_rows} rows, and there are {rows}")


def family(type_: pa.DataType) -> Family:
    """Return what a type can stand for."""
    if pa.types.is_dictionary(type_):
        return family(type_.value_type)
    if pa.types.is_string(type_) or pa.types.is_large_string(type_) or pa.types.is_string_view(type_):
        return "text"
    if pa.types.is_floating(type_) or pa.types.is_integer(type_) or pa.types.is_decimal(type_):
        return "number"
    if pa.types.is_date(type_):
        return "date"
    if pa.types.is_timestamp(type_):
        return "zoned" if type_.tz else "time"
    return "other"


def _metadata(path: Path, limits: Limits) -> pq.FileMetaData:
    columns = _declared_columns(path, limits)
    if columns is not None and columns > limits.columns:
        raise Refused("too-many-columns", f"{columns} columns; at most {limits.columns} are taken in")
    try:
        metadata = pq.read_metadata(path)
    except (pa.ArrowException, OSError) as ex:
        _reraise_ours(ex)
        raise Refused("unreadable-footer", f"the footer can't be read: {ex}") from ex
    _refuse_counts(metadata, limits)
    return metadata


def _declared_columns(path: Path, limits: Limits) -> int | None:
    """Return how many columns the footer begins to list, or None where it begins in an unusual way.

    SEC: a footer of ten million columns is ten million objects once parsed; its first bytes give the number.
    """
    size = path.stat().st_size
    if size < _SHORTEST:
        raise Refused("too-short", f"{size} bytes; the shortest Parquet file has {_SHORTEST}")
    with path.open("rb") as file:
        file.seek(-8, 2)
        tail = file.read(8)
        if tail[4:] != PARQUET_MAGIC:
            raise Refused("truncated", "the file does not end as a Parquet file does")
        length = int.from_bytes(tail[:4], "little")
        if length > size - _SHORTEST:
            raise Refused("unreadable-footer", f"a footer of {length} bytes in a file of {size}")
        file.seek(-8 - length, 2)
        head = file.read(16)
    columns = _listed(head)
    if length > limits.footer and (columns is None or columns <= limits.columns):
        raise Refused("too-large", f"a footer of {length} bytes; at most {limits.footer} are read")
    return columns


def _listed(head: bytes) -> int | None:
    """Return the length of the list of columns: the footer is a version, then that list, its root left out here."""
    if len(head) < 5 or head[0] != 0x15 or head[2] != 0x19:  # noqa: PLR2004  (field 1: i32; field 2: a list)
        return None
    if head[3] & 0x0F != _LONG_LIST & 0x0F:
        return None
    if head[3] != _LONG_LIST:
        return (head[3] >> 4) - 1
    length = 0
    for place, byte in enumerate(head[4:9]):
        length |= (byte & ~_VARINT) << (7 * place)
        if not byte & _VARINT:
            break
    return length - 1


def _refuse_counts(metadata: pq.FileMetaData, limits: Limits) -> None:
    groups = [metadata.row_group(index) for index in range(metadata.num_row_groups)]
    rows = max(metadata.num_rows, sum(group.num_rows for group in groups))
    if metadata.num_columns > limits.columns:
        raise Refused("too-many-columns", f"{metadata.num_columns} columns; at most {limits.columns} are taken in")
    if rows > limits.rows:
        raise Refused("too-many-rows", f"{rows} rows; at most {limits.rows} are taken in")
    if rows * metadata.num_columns > limits.cells:
        raise Refused("too-large", f"{rows} rows of {metadata.num_columns} columns; at most {limits.cells} values")
    if rows == 0:
        raise Refused("no-rows", "the file has columns and no rows")


def _refuse_sizes(metadata: pq.FileMetaData, columns: tuple[str, ...], limits: Limits) -> None:
    chunks = [chunk for chunk in _chunks(metadata) if chunk.path_in_schema in columns]
    declared = sum(chunk.total_uncompressed_size for chunk in chunks)
    most = min(limits.bytes, limits.slack + limits.bytes_per_value * metadata.num_rows * len(columns))
    if declared > most:
        raise Refused("too-large", f"{declared} bytes for {metadata.num_rows} rows; at most {most} are taken in")


def _refuse_codecs(metadata: pq.FileMetaData) -> None:
    found = {chunk.compression for chunk in _chunks(metadata)} - set(CODECS)
    if found:
        raise Refused("wrong-codec", f"compressed with {', '.join(sorted(found))}; allowed: {', '.join(CODECS)}")


def _chunks(metadata: pq.FileMetaData) -> Iterator[pq.ColumnChunkMetaData]:
    for index in range(metadata.num_row_groups):
        group = metadata.row_group(index)
        yield from (group.column(column) for column in range(group.num_columns))


def _reraise_ours(ex: Exception) -> None:
    """Raise what says nothing about the file again: no memory, or an error of the operating system."""
    if isinstance(ex, MemoryError) or (isinstance(ex, OSError) and ex.errno is not None):
        raise ex


def _schema(metadata: pq.FileMetaData) -> pa.Schema:
    try:
        return metadata.schema.to_arrow_schema()
    except pa.ArrowException as ex:
        raise Refused("unreadable-footer", f"the footer's schema can't be read: {ex}") from ex
