"""How answers are read: JSON into records, Arrow streams and lists into frames."""

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

import msgspec
import nanoarrow
import polars as pl
from nanoarrow.ipc import InputStream

from kalpi_client.calls import Page

T = TypeVar("T")
_METADATA = b"kalpi"
_TOLD = dict[str, object]


class _Items(msgspec.Struct, Generic[T]):
    """A list as the API answers it."""

    items: tuple[T, ...]


def record(kind: type[T]) -> Callable[[bytes], T]:
    """Return what reads JSON as a kind of record."""
    return lambda body: msgspec.json.decode(body, type=kind)


def items(kind: type[T]) -> Callable[[bytes], tuple[T, ...]]:
    """Return what reads the `items` of JSON, each as a kind of record."""
    return lambda body: msgspec.json.decode(body, type=_Items[kind]).items  # ty: ignore[invalid-type-form]


def arrow(body: bytes) -> Page:
    """Read an Arrow stream; what is told of the rows is JSON in its schema's metadata."""
    try:
        with nanoarrow.ArrayStream(InputStream.from_readable(body)) as stream:
            told = dict(stream.schema.metadata.items())[_METADATA]
            return Page(pl.DataFrame(stream), msgspec.json.decode(told, type=_TOLD))
    except (RuntimeError, KeyError) as ex:  # what nanoarrow raises of other bytes; rows with nothing told of them
        raise ValueError("it is no Arrow stream of this API's") from ex


def listed(schema: Mapping[str, pl.DataType]) -> Callable[[bytes], Page]:
    """Return what reads a list in JSON as a frame with these columns."""
    days = [name for name, kind in schema.items() if kind == pl.Date]
    written = {name: pl.String() if name in days else kind for name, kind in schema.items()}

    def read(body: bytes) -> Page:
        told = msgspec.json.decode(body, type=_TOLD)
        frame = pl.DataFrame(msgspec.convert(told.pop("items"), list[_TOLD]), schema=written)
        return Page(frame.with_columns(pl.col(days).str.to_date()), told)

    return read
