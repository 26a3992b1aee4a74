"""Columns of histories: picked out of several parts by row, and summed up in one number that tells contents apart."""

import hashlib
from collections.abc import Sequence
from functools import cache

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from warehouse.layout import Rows

Bits = npt.NDArray[np.uint64]
_BLOCK = 65_536  # rows; PERF: what is summed up stays in the processor's cache
_NULL = 0x9E3779B97F4A7C15
_TOGETHER = 16  # rows a run, from which on rows are copied run by run


def gather(parts: Sequence[pa.RecordBatch], rows: Rows) -> pa.RecordBatch:
    """Return some rows of parts of one schema, which are numbered through from part to part; without metadata."""
    if (together := _together(parts, rows)) is not None:
        return together
    first, picked = 0, []
    for part in parts:
        to = np.flatnonzero((rows >= first) & (rows < first + part.num_rows))
        picked.append((part, Picked.of(to, rows[to] - first)))
        first += part.num_rows
    columns = []
    for name in parts[0].schema.names:
        pieces = [(part.column(name), of) for part, of in picked]
        kind = parts[0].schema.field(name).type
        columns.append(_texts(pieces, len(rows)) if pa.types.is_dictionary(kind) else _numbers(pieces, len(rows), kind))
    return pa.record_batch(columns, schema=parts[0].schema.remove_metadata())


class Picked(msgspec.Struct, frozen=True, eq=False):
    """Which rows of a part go where; `runs` are pairs of where rows that lie together go and lie, if they mostly do."""

    to: Rows
    at: Rows
    runs: tuple[tuple[slice, slice], ...] | None

    @classmethod
    def of(cls, to: Rows, at: Rows) -> "Picked":
        """Look for rows that lie together, before and after."""
        begins = np.flatnonzero((np.diff(to, prepend=-2) != 1) | (np.diff(at, prepend=-2) != 1))
        if len(begins) * _TOGETHER > len(to):
            return cls(to, at, None)
        lengths = np.diff(begins, append=len(to)).tolist()
        pairs = zip(to[begins].tolist(), at[begins].tolist(), lengths, strict=True)
        return cls(to, at, tuple((slice(a, a + n), slice(b, b + n)) for a, b, n in pairs))

    def copy(self, values: npt.NDArray, found: npt.NDArray) -> None:
        """Copy what is picked.

        PERF: stretch by stretch takes a tenth of the time that row by row does.
        """
        if self.runs is None:
            found[self.to] = values[self.at]
        else:
            for to, at in self.runs:
                found[to] = values[at]


def _together(parts: Sequence[pa.RecordBatch], rows: Rows) -> pa.RecordBatch | None:
    """Return rows that lie one after the other in one part, without a copy; None if they don't."""
    if not len(rows):
        return _slice(parts[0], 0, 0)
    first = int(rows[0])
    if int(rows[-1]) - first != len(rows) - 1 or not np.array_equal(rows, np.arange(first, first + len(rows))):
        return None
    for part in parts:
        if first < part.num_rows:
            return _slice(part, first, len(rows)) if first + len(rows) <= part.num_rows else None
        first -= part.num_rows
    return None


def _slice(part: pa.RecordBatch, first: int, count: int) -> pa.RecordBatch:
    return part.slice(first, count).replace_schema_metadata(None)


def values_of(column: pa.Array) -> npt.NDArray[np.float64]:
    """Return the values of a column of doubles as they lie, with what lies below its nulls."""
    return np.frombuffer(column.buffers()[1], np.float64, len(column), column.offset * 8)


def _numbers(pieces: Sequence[tuple[pa.Array, Picked]], length: int, kind: pa.DataType) -> pa.Array:
    """Return picked rows of a column that holds no texts."""
    if any(column.null_count for column, _ in pieces) and not pa.types.is_floating(kind):
        taken = pa.concat_arrays([column.take(pa.array(picked.at)) for column, picked in pieces])
        return taken.take(pa.array(np.argsort(np.concatenate([picked.to for _, picked in pieces]), kind="stable")))
    plain = pa.int32() if pa.types.is_date32(kind) else kind
    found = np.empty(length, plain.to_pandas_dtype())
    for column, picked in pieces:
        values = values_of(column) if pa.types.is_floating(kind) else column.cast(plain).to_numpy(zero_copy_only=False)
        picked.copy(values, found)
    return pa.array(found, from_pandas=True).cast(kind)


def _texts(pieces: Sequence[tuple[pa.Array, Picked]], length: int) -> pa.Array:
    """Return picked rows of a column of texts, encoded in the order of the alphabet, with no text unused."""
    found, known = np.empty(length, np.int32), [column.dictionary.to_pylist() for column, _ in pieces]
    texts = sorted(set().union(*known))
    place = {text: number for number, text in enumerate(texts)}
    for (column, picked), told in zip(pieces, known, strict=True):
        numbers = np.array([place[text] for text in told], np.int32)
        codes = column.indices.to_numpy()
        picked.copy(codes if np.array_equal(numbers, np.arange(len(numbers))) else numbers[codes], found)
    used = np.flatnonzero(np.bincount(found, minlength=len(texts)))
    if len(used) < len(texts):
        found = np.searchsorted(used, found).astype(np.int32)
    return pa.DictionaryArray.from_arrays(found, pa.array([texts[number] for number in used.tolist()], pa.string()))


def digest(part: pa.RecordBatch) -> int:
    """Return a number that tells the rows' contents, whatever their order: the sum of a number for each row.

    So rows that come are added and rows that go are taken away. Equal rows have equal numbers; others all but never.
    """
    if not part.num_rows:
        return 0
    columns = [(bits_of(part.column(name)), _multiplier(name)) for name in part.schema.names]
    total, room = 0, np.empty(_BLOCK, np.uint64)
    for begin in range(0, part.num_rows, _BLOCK):
        rows = np.zeros(min(_BLOCK, part.num_rows - begin), np.uint64)
        for bits, multiplier in columns:
            rows += np.multiply(bits[begin : begin + _BLOCK], multiplier, out=room[: len(rows)])
        total += int(_mixed(rows).sum(dtype=np.uint64))
    return total % 2**64


def added(one: int, other: int) -> int:
    """Return the digest of rows of two digests together."""
    return (one + other) % 2**64


def taken_away(one: int, other: int) -> int:
    """Return the digest of what is left without some rows."""
    return (one - other) % 2**64


def bits_of(column: pa.Array) -> Bits:
    """Return a number for each value, which is another for another value."""
    if pa.types.is_floating(column.type):
        return values_of(column).view(np.uint64)
    if pa.types.is_dictionary(column.type):
        texts = np.array([_of_text(text) for text in column.dictionary.to_pylist()], np.uint64)
        return texts[column.indices.to_numpy()]
    plain = column.cast(pa.int32()) if pa.types.is_date32(column.type) else column
    bits = plain.cast(pa.int64()).fill_null(0).to_numpy().view(np.uint64)
    is_null = column.is_null().to_numpy(zero_copy_only=False)
    return np.where(is_null, np.uint64(_NULL), bits) if column.null_count else bits


@cache
def _of_text(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")


@cache
def _multiplier(name: str) -> np.uint64:
    return np.uint64(_of_text(name) | 1)


def _mixed(rows: Bits) -> Bits:
    """Return numbers of which every bit depends on every bit of the given ones (the last steps of SplitMix64)."""
    rows ^= rows >> np.uint64(30)
    rows *= np.uint64(0xBF58476D1CE4E5B9)
    rows ^= rows >> np.uint64(27)
    rows *= np.uint64(0x94D049BB133111EB)
    rows ^= rows >> np.uint64(31)
    return rows
