"""From a query to its answer, in the child: the gate first, then rows of plain values until there are enough."""

import math
import re
from collections import Counter
from collections.abc import Callable, Collection
from typing import Any

import duckdb
import msgspec

from warehouse.sandbox.gate import Unfit, vetted
from warehouse.sandbox.messages import Answer, Exceeded, Mistaken, Question, Refused, Rows, Value

_AT_ONCE = 100
_LONGEST = 1_000  # characters of DuckDB's message
_LINE = re.compile(r"^LINE \d+:", re.MULTILINE)  # from here on it repeats the query
_WHOLE = range(-(2**63), 2**63)


def answer(connection: duckdb.DuckDBPyConnection, question: Question, tables: Collection[str]) -> Answer:
    """Return what a query is answered with."""
    try:
        return _rows(connection, vetted(connection, question.query, tables), question)
    except Unfit as ex:
        return Refused(ex.detail, ex.given, ex.allowed)
    except (MemoryError, duckdb.OutOfMemoryException):
        return Exceeded("memory")
    except (duckdb.ProgrammingError, duckdb.DataError, duckdb.NotSupportedError) as ex:
        return Mistaken(_LINE.split(str(ex))[0].strip()[:_LONGEST])
    except (duckdb.Error, OverflowError, UnicodeError, ValueError):  # SEC others may tell of the machine
        return Mistaken("DuckDB can't answer this query")


def _rows(connection: duckdb.DuckDBPyConnection, statement: duckdb.Statement, question: Question) -> Rows:
    result = connection.execute(statement)
    names = tuple(name for name, *_ in result.description)
    types = tuple(str(kind) for _, kind, *_ in result.description)
    for name, times in Counter(names).items():
        if times > 1:
            raise Unfit(
                f"{times} columns are named {name[:100]!r}; name them apart: select ... as ...", given=name[:100]
            )
    readers = [_reader(name, kind) for name, kind in zip(names, types, strict=True)]
    rows: list[list[Value]] = []
    octets = 0
    while fetched := result.fetchmany(_AT_ONCE):
        for values in fetched:
            row = [read(value) for read, value in zip(readers, values, strict=True)]
            octets += len(msgspec.json.encode(row))
            if len(rows) == question.rows or octets > question.octets:
                return Rows(names, types, _columns(rows, len(names)), truncated=True)
            rows.append(row)
    return Rows(names, types, _columns(rows, len(names)), truncated=False)


def _columns(rows: list[list[Value]], width: int) -> tuple[list[Value], ...]:
    return tuple([row[place] for row in rows] for place in range(width))


def _reader(name: str, kind: str) -> Callable[[Any], Value]:
    """Return what makes a plain value of one of a column."""
    word = kind.partition("(")[0]
    if word not in _READERS:
        raise Unfit(
            f"the column {name[:100]!r} is of the type {kind[:100]}; cast it to one of those that an answer can have",
            given=kind[:100],
            allowed=tuple(_READERS),
        )
    read = _READERS[word]
    return lambda value: None if value is None else read(value)


def _whole(value: int) -> int:
    if value not in _WHOLE:
        raise Unfit("a whole number of the answer has more than 64 bits; cast it to double")
    return value


def _finite(value: float) -> float | None:
    number = float(value)
    return number if math.isfinite(number) else None


def _day(value: Any) -> str:  # noqa: ANN401 - DuckDB gives days beyond Python's as text
    return value if isinstance(value, str) else value.isoformat()


_READERS: dict[str, Callable[[Any], Value]] = {
    "BOOLEAN": bool,
    **dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"), _whole),
    **dict.fromkeys(("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"), _whole),
    **dict.fromkeys(("FLOAT", "DOUBLE", "DECIMAL"), _finite),
    **dict.fromkeys(("VARCHAR", "ENUM"), str),
    **dict.fromkeys(("DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"), _day),
    '"NULL"': str,
}
