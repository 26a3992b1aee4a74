"""JSON: what is told and the rows in one object, as columns or as records; a long list of parts goes piece by piece."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson

from api.formats import records as by_row
from api.frames import Answer, Column, Frame

_OPTIONS = orjson.OPT_SERIALIZE_NUMPY
Rows = Callable[[Frame], dict[str, Any]]


def columns(answer: Answer) -> Iterator[bytes]:
    """Write an answer whose rows stand in `columns`, by name."""
    return _written(answer, _columns)


def records(answer: Answer) -> Iterator[bytes]:
    """Write an answer whose rows stand in `rows`, each an object."""
    return _written(answer, _records)


def _written(answer: Answer, rows: Rows) -> Iterator[bytes]:
    if isinstance(answer.rows, Frame):
        yield orjson.dumps({**answer.told, **rows(answer.rows)}, option=_OPTIONS)
        return
    yield orjson.dumps({**answer.told, "items": []})[:-2]
    for number, part in enumerate(answer.rows):
        if number:
            yield b","
        yield orjson.dumps(_part(part, rows), option=_OPTIONS)
    yield b"]}"


def _part(part: Mapping[str, Any], rows: Rows) -> Mapping[str, Any]:
    if (frame := part.get("columns")) is None:
        return part
    return {name: value for name, value in part.items() if name != "columns"} | rows(frame)


def _columns(frame: Frame) -> dict[str, Any]:
    return {"columns": {one.name: _values(one, frame) for one in frame.columns}}


def _values(column: Column, frame: Frame) -> object:
    if column.kind == "date":
        return frame.calendar.dates(column.values)
    if column.kind == "truth":
        return by_row.truths(column.values)
    return column.values.tolist() if column.kind == "text" else column.values


def _records(frame: Frame) -> dict[str, Any]:
    return {"rows": [row for some in by_row.records(frame) for row in some]}
