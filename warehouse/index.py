"""The rows of an interval by number: each symbol's, their days, and where they lie if not in this order."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa

from warehouse.history import History
from warehouse.intervals import Days
from warehouse.joined import Places
from warehouse.layout import Rows, runs
from warehouse.parts import open_batch

SYMBOLS = b"kalpi.symbols"


class Index(msgspec.Struct, frozen=True, eq=False):
    """The rows of each symbol by number, and of every row its day; `places` is None where they lie in this order."""

    spans: dict[str, slice]
    days: Days
    places: Places | None = None


def of_base(base: pa.RecordBatch) -> Index:
    """Return the index of bars that lie in one part."""
    found = runs(base)
    return Index(_spans(found.symbols, found.stretches.lengths), _numbers(base, 1))


def table(bars: History) -> pa.RecordBatch:
    """Return the index of bars in a base and a delta, as it is published."""
    symbols = dict(zip(bars.layout.symbols, bars.layout.lengths.tolist(), strict=True))
    places = pa.array(bars.layout.all_places().astype(np.int32))
    schema = pa.schema(
        [pa.field("date", pa.date32()), pa.field("place", pa.int32())],
        metadata={SYMBOLS: msgspec.json.encode(symbols)},
    )
    return pa.record_batch([bars.dates(), places], schema=schema)


def read(path: Path) -> Index:
    """Return a published index, memory-mapped."""
    found = open_batch(path)
    symbols = msgspec.json.decode((found.schema.metadata or {})[SYMBOLS], type=dict[str, int])
    lengths = np.fromiter(symbols.values(), np.int64, len(symbols))
    return Index(_spans(tuple(symbols), lengths), _numbers(found, 0), _numbers(found, 1))


def _spans(names: Sequence[str], lengths: Rows) -> dict[str, slice]:
    ends = np.cumsum(lengths).tolist()
    return dict(zip(names, map(slice, [0, *ends[:-1]], ends), strict=True))


def _numbers(part: pa.RecordBatch, at: int) -> Days:
    column = part.column(at)
    return np.frombuffer(column.buffers()[1], np.int32, len(column), column.offset * 4)
