"""NDJSON: an object a line for each row."""

from collections.abc import Iterator

import orjson

from api.formats.records import records
from api.frames import Answer


def write(answer: Answer) -> Iterator[bytes]:
    """Write an answer's rows."""
    for some in records(answer.frame):
        yield b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in some)
