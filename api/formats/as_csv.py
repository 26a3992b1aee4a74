"""CSV (RFC 4180): a header, numbers so that they read back as they were, nothing at all for null."""

import re
from collections.abc import Iterator
from functools import lru_cache, partial

import pyarrow as pa
from pyarrow import csv

from api.formats.tables import pieces, table
from api.frames import Answer

_FORMULA = re.compile(r"[=+\-@\t\r\n]")


def write(answer: Answer) -> Iterator[bytes]:
    """Write an answer's rows, each text and each name such that no spreadsheet runs it."""
    yield from pieces(_harmless(table(answer)), partial(csv.CSVWriter, write_options=csv.WriteOptions(eol="\r\n")))


def _harmless(rows: pa.Table) -> pa.Table:
    for place, field in enumerate(rows.schema):
        if field.type == pa.string():
            told = [None if text is None else _as_text(text) for text in rows.column(place).to_pylist()]
            rows = rows.set_column(place, field, pa.array(told, pa.string()))
    return rows.rename_columns([_as_text(name) for name in rows.column_names])


@lru_cache(maxsize=4096)
def _as_text(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: an apostrophe makes a text of it.

    SEC: names come from whoever delivers bars or asks a question, and the file is opened by somebody else (OWASP).
    """
    return f"'{cell}" if _FORMULA.match(cell) else cell
