"""From what a step computed to a part: the contract's columns in its types, and a NaN below every null double."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from warehouse.contracts import Table

Columns = pa.Table | pa.RecordBatch | Mapping[str, pa.Array | pa.ChunkedArray | npt.NDArray[np.float64]]
"""Columns by name; in an array of doubles a NaN means that there is no value."""


def conformed(table: Table, data: Columns) -> pa.RecordBatch:
    """Return rows in the contract's columns and types; the NaN below a null lets readers map the values as they are.

    Raises:
        pa.ArrowInvalid, KeyError: a column is missing or can't be cast without loss.
    """
    columns = [_settled(_column(data, field.name), field.type) for field in table.schema()]
    fields = [pa.field(name, column.type) for name, column in zip(table.column_names, columns, strict=True)]
    return pa.record_batch(columns, schema=pa.schema(fields, metadata=table.schema().metadata))


def _column(data: Columns, name: str) -> pa.Array | pa.ChunkedArray | npt.NDArray[np.float64]:
    return data.column(name) if isinstance(data, pa.Table | pa.RecordBatch) else data[name]


def _settled(column: pa.Array | pa.ChunkedArray | npt.NDArray[np.float64], kind: pa.DataType) -> pa.Array:
    if isinstance(column, np.ndarray):
        return pa.array(column, kind, from_pandas=True)
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if pa.types.is_dictionary(column.type) and pa.types.is_string(kind) and pa.types.is_string(column.type.value_type):
        return column
    cast = column.cast(kind)
    if pa.types.is_floating(kind):
        return pa.array(cast.to_numpy(zero_copy_only=False), from_pandas=True)
    return cast.dictionary_encode() if pa.types.is_string(kind) else cast
