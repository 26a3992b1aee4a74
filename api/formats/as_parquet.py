"""Parquet, compressed by Zstandard; what is told beside the rows is the schema's metadata."""

from collections.abc import Iterator
from functools import partial

from api.formats.tables import pieces, table
from api.frames import Answer


def write(answer: Answer) -> Iterator[bytes]:
    """Write an answer's rows."""
    from pyarrow import parquet  # noqa: PLC0415  PERF: 50 ms that a worker without Parquet's readers need not wait

    yield from pieces(table(answer), partial(parquet.ParquetWriter, compression="zstd"))
