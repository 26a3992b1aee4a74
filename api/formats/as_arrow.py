"""Arrow's streaming format; what is told beside the rows is the schema's metadata."""

from collections.abc import Iterator

import pyarrow as pa

from api.formats.tables import pieces, table
from api.frames import Answer


def write(answer: Answer) -> Iterator[bytes]:
    """Write an answer's rows."""
    yield from pieces(table(answer), pa.ipc.new_stream)
