"""A frame's rows as objects, some thousand at a time."""

from collections.abc import Iterator
from typing import Any

from numpy.typing import NDArray

from api.frames import Column, Frame

AT_ONCE = 4_096  # rows; what is held beside the frame while it is written


def records(frame: Frame) -> Iterator[list[dict[str, Any]]]:
    """Return the rows by column name: days as text, NaN where a number is none, which orjson writes as null."""
    names = [one.name for one in frame.columns]
    by_row = [one.by_row for one in frame.columns]
    for start in range(0, len(frame), AT_ONCE):
        some = (values[start : start + AT_ONCE] for values in by_row)
        values = [_values(one, part, frame) for one, part in zip(frame.columns, some, strict=True)]
        yield [dict(zip(names, row, strict=True)) for row in zip(*values, strict=True)]


def truths(values: NDArray[Any]) -> list[bool | None]:
    """Return conditions as JSON has them."""
    return [None if value != value else value == 1 for value in values.tolist()]  # noqa: PLR0124 - NaN is no value


def _values(column: Column, values: NDArray[Any], frame: Frame) -> list[Any]:
    if column.kind == "date":
        return frame.calendar.texts(values)
    if column.kind == "truth":
        return truths(values)
    return values.tolist()
