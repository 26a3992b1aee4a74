"""CSV, plain or gzipped: judged by its header and its sizes, then decoded a block at a time, every value as text."""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.csv as pacsv

from pipelines.decoder.messages import Field, Form, Limits, Schema
from pipelines.reasons import Refused

BLOCK_BYTES = 1024**2
_BOM = "\ufeff"


class Counted(io.RawIOBase):
    """The bytes of a CSV file, unpacked if need be; knows the last of them.

    SEC: gzip's own word for the size is its last four bytes, which a damaged file lacks and a bomb can forge, so what
    comes out is held against what went in.
    """

    def __init__(self, path: Path, limits: Limits, *, packed: bool) -> None:
        self._file = path.open("rb")
        self._stream: BinaryIO | gzip.GzipFile = gzip.GzipFile(fileobj=self._file) if packed else self._file
        self._limits = limits
        self._taken = 0
        self.last = b""

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes.

        Raises:
            Refused: truncated, unreadable-rows, compression-bomb or too-large.
        """
        try:
            found = self._stream.read(BLOCK_BYTES if size < 0 else min(size, BLOCK_BYTES))
        except EOFError as ex:
            raise Refused("truncated", "the gzip stream has no end") from ex
        except (gzip.BadGzipFile, zlib.error) as ex:
            raise Refused("unreadable-rows", f"the gzip stream is damaged: {ex}") from ex
        self._taken += len(found)
        self.last = found[-1:] or self.last
        self._refuse_bomb()
        return found

    def close(self) -> None:
        """Close the file."""
        self._stream.close()
        self._file.close()
        super().close()

    def _refuse_bomb(self) -> None:
        if self._taken > self._limits.slack + self._limits.inflation * self._file.tell():
            raise Refused(
                "compression-bomb", f"more than {self._limits.inflation} bytes unpacked from each of its bytes"
            )
        if self._taken > self._limits.bytes:
            raise Refused("too-large", f"more than {self._limits.bytes} bytes, unpacked")


def look(path: Path, form: Form, limits: Limits, *, packed: bool) -> Schema:
    """Return the columns that the header names.

    Raises:
        Refused: too-many-columns, not-text, repeated-column, no-rows, or one of `Counted.read`.
    """
    header, more = _header(path, form, limits, packed=packed)
    if len(header) > limits.columns:
        raise Refused("too-many-columns", f"{len(header)} columns; at most {limits.columns} are taken in")
    repeated = {name for name in header if header.count(name) > 1}
    if repeated:
        raise Refused("repeated-column", f"more than one column {', '.join(sorted(repeated))}")
    if not more:
        raise Refused("no-rows", "the file has a header and no rows")
    return Schema("csv", tuple(Field(name, "text", "text") for name in header))


def read(path: Path, form: Form, limits: Limits, columns: tuple[str, ...], *, packed: bool) -> Iterator[pa.RecordBatch]:
    """Yield the rows of some columns as text.

    Raises:
        Refused: as `look`, and ragged-line, too-many-rows, truncated or unreadable-rows.
    """
    ragged: list[pacsv.InvalidRow] = []

    def remember(row: pacsv.InvalidRow) -> str:
        ragged.append(row)
        return "error"

    rows = 0
    with Counted(path, limits, packed=packed) as source:
        try:
            for batch in _batches(source, form, columns, remember):
                rows += batch.num_rows
                if rows > limits.rows:
                    raise Refused("too-many-rows", f"more than {limits.rows} rows")
                yield batch
        except pa.ArrowInvalid as ex:
            raise _refusal(ex, ragged, form) from ex
        if source.last not in {b"\n", b"\r"} and not form.whole:
            raise Refused("truncated", "the last line has no end: the file was cut, or its writer left the newline out")
    if rows == 0:
        raise Refused("no-rows", "the file has a header and no rows")


def _batches(source: Counted, form: Form, columns: tuple[str, ...], remember: object) -> Iterator[pa.RecordBatch]:
    yield from pacsv.open_csv(
        pa.PythonFile(source, mode="r"),
        read_options=pacsv.ReadOptions(use_threads=False, block_size=BLOCK_BYTES, encoding=form.encoding),
        parse_options=pacsv.ParseOptions(delimiter=form.delimiter, invalid_row_handler=remember),
        convert_options=pacsv.ConvertOptions(
            column_types=dict.fromkeys(columns, pa.string()), include_columns=list(columns), strings_can_be_null=False
        ),
    )


def _refusal(ex: pa.ArrowInvalid, ragged: list[pacsv.InvalidRow], form: Form) -> Refused:
    if ragged:
        row = ragged[0]
        found, wanted = row.actual_columns, row.expected_columns
        return Refused("ragged-line", f"line {row.number}: {found} fields, and the header has {wanted}: {row.text!r}")
    if "straddling" in str(ex):
        return Refused("too-large", f"a line of more than {BLOCK_BYTES} bytes")
    if "UTF" in str(ex).upper():
        return Refused("not-text", f"bytes that are no {form.encoding}: {ex}")
    return Refused("unreadable-rows", f"the rows can't be decoded: {ex}")


def _header(path: Path, form: Form, limits: Limits, *, packed: bool) -> tuple[list[str], bool]:
    """Return the header's names, and whether anything follows."""
    with Counted(path, limits, packed=packed) as source:
        head = source.read(limits.line)
        while b"\n" not in head and len(head) < limits.line and (more := source.read(limits.line - len(head))):
            head += more
        first, end, rest = head.partition(b"\n")
        if not end and len(head) >= limits.line:
            raise Refused("too-many-columns", f"a header of more than {limits.line} bytes")
        rest = rest or source.read(1)
    try:
        text = first.decode(form.encoding).removeprefix(_BOM)
    except UnicodeDecodeError as ex:
        raise Refused("not-text", f"the header is no {form.encoding}: {ex}") from ex
    return next(csv.reader([text.rstrip("\r")], delimiter=form.delimiter), []), bool(rest.strip())
