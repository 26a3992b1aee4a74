"""Rows as files of the usual formats, written batch by batch."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet


class Unwritable(ValueError):
    """A format can't hold what it was given."""


def _csv(rows: pa.RecordBatchReader, sink: BinaryIO) -> None:
    with pyarrow.csv.CSVWriter(sink, rows.schema) as writer:
        for batch in rows:
            writer.write_batch(batch)


def _json(rows: pa.RecordBatchReader, sink: BinaryIO) -> None:
    """Write one list of objects; NaN and infinity are null, as JSON has neither."""
    sink.write(b"[")
    for number, record in enumerate(_records(rows)):
        sink.write(b",\n" if number else b"\n")
        sink.write(msgspec.json.encode(record, enc_hook=str))
    sink.write(b"\n]\n")


def _records(rows: pa.RecordBatchReader) -> Iterator[dict[str, object]]:
    for batch in rows:
        yield from batch.to_pylist()


def _parquet(rows: pa.RecordBatchReader, sink: BinaryIO) -> None:
    with pyarrow.parquet.ParquetWriter(sink, rows.schema, compression="zstd") as writer:
        for batch in rows:
            writer.write_batch(batch)


def _arrow(rows: pa.RecordBatchReader, sink: BinaryIO) -> None:
    with pa.ipc.new_file(sink, rows.schema) as writer:
        for batch in rows:
            writer.write_batch(batch)


FORMATS: dict[str, Callable[[pa.RecordBatchReader, BinaryIO], None]] = {
    "csv": _csv,
    "json": _json,
    "parquet": _parquet,
    "arrow": _arrow,
}
BINARY = ("parquet", "arrow")


def write(rows: pa.RecordBatchReader, form: str, sink: BinaryIO) -> None:
    """Write rows to an open file.

    Raises:
        Unwritable: the format has no place for a column's type.
    """
    try:
        FORMATS[form](rows, sink)
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid, pa.ArrowTypeError) as ex:
        raise Unwritable(f"{form} can't hold these rows: {ex}; cast the column, or choose another format") from ex


def write_file(rows: pa.RecordBatchReader, form: str, path: Path) -> None:
    """Write rows to a file, which is there once it is whole; raises as `write` does."""
    draft = path.with_name(f".{path.name}.part")
    try:
        with draft.open("wb") as sink:
            write(rows, form, sink)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
