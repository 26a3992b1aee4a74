"""A frame as an Arrow table, which CSV, Arrow and Parquet are written from."""

from collections.abc import Callable, Iterator
from typing import Any, Protocol

import numpy as np
import orjson
import pyarrow as pa

from api.days import NO_DAY
from api.frames import Answer, Column, Kind
from api.sink import Sink

TYPES: dict[Kind, pa.DataType] = {
    "date": pa.date32(),
    "number": pa.float64(),
    "truth": pa.bool_(),
    "text": pa.string(),
}
METADATA = b"kalpi"
"""The key of a schema's metadata: JSON of what is told beside the rows, with unit and bounds of each column."""
AT_ONCE = 32_768  # rows of one piece


class Writer(Protocol):
    """One of pyarrow's writers."""

    def write_batch(self, batch: pa.RecordBatch) -> None:
        """Write some rows."""

    def close(self) -> None:
        """Write what comes last."""


def table(answer: Answer) -> pa.Table:
    """Return an answer's rows."""
    frame = answer.frame
    fields = [pa.field(one.name, TYPES[one.kind]) for one in frame.columns]
    return pa.table([_array(one) for one in frame.columns], schema=pa.schema(fields, metadata=_metadata(answer)))


def pieces(rows: pa.Table, opened: Callable[[Any, pa.Schema], Writer]) -> Iterator[bytes]:
    """Write a table batch by batch, and hand on what has been written after each."""
    sink = Sink()
    writer = opened(sink, rows.schema)
    for batch in rows.to_batches(max_chunksize=AT_ONCE):
        writer.write_batch(batch)
        yield sink.taken()
    writer.close()
    yield sink.taken()


def _array(column: Column) -> pa.Array:
    values = column.values
    match column.kind:
        case "text" if column.repeats is not None:
            return pa.array(values, pa.string()).take(pa.array(np.repeat(np.arange(len(values)), column.repeats)))
        case "text":
            return pa.array(values, pa.string())
        case "date":
            return pa.array(values, pa.date32(), mask=values == NO_DAY)
        case "truth":
            return pa.array(values == 1, pa.bool_(), mask=np.isnan(values))
    return pa.array(np.ascontiguousarray(values), pa.float64(), from_pandas=True)


def _metadata(answer: Answer) -> dict[bytes, bytes]:
    frame = answer.frame
    told = {**answer.told, **frame.about, "columns": {one.name: _scale(one) for one in frame.columns}}
    return {METADATA: orjson.dumps(told, option=orjson.OPT_SERIALIZE_NUMPY)}


def _scale(column: Column) -> dict[str, Any]:
    return {"unit": column.unit, "minimum": column.minimum, "maximum": column.maximum}
