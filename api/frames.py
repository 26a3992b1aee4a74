"""Rows of an answer as one frame, whatever format writes them: a column has the same type in each."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from api.days import Calendar
from indicators import Output

Kind = Literal["date", "number", "truth", "text"]


class Column(msgspec.Struct, frozen=True, eq=False):
    """A column: days as numbers since 1970-01-01, numbers, truths (1 and 0), NaN for none; or texts, None for none.

    PERF: with `repeats` each value stands for so many rows, as a symbol does among those of others.
    """

    name: str
    kind: Kind
    values: NDArray[Any]
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    repeats: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.values) if self.repeats is None else int(self.repeats.sum())

    @property
    def by_row(self) -> NDArray[Any]:
        """The values, one for each row."""
        return self.values if self.repeats is None else np.repeat(self.values, self.repeats)


class Frame(msgspec.Struct, frozen=True, eq=False):
    """Columns of one length; `calendar` writes their days, and `about` is what is to be told of this frame alone."""

    columns: tuple[Column, ...]
    calendar: Calendar
    about: Mapping[str, Any] = {}

    def __len__(self) -> int:
        return len(self.columns[0])


class Answer(msgspec.Struct, frozen=True, eq=False):
    """Rows and what is told beside them; for JSON the rows may come in parts, each with a frame as its `columns`."""

    told: Mapping[str, Any]
    rows: Frame | Sequence[Mapping[str, Any]]

    @property
    def frame(self) -> Frame:
        """The rows as one frame; whoever made an answer in parts made it for JSON."""
        if not isinstance(self.rows, Frame):
            raise TypeError("an answer in parts has no one frame")
        return self.rows


def texts(name: str, values: Iterable[str | None]) -> Column:
    """Return a column of texts."""
    return Column(name, "text", np.array(list(values), object))


def dates(days: NDArray[Any]) -> Column:
    """Return the column of a frame's days."""
    return Column("date", "date", days)


def measured(output: Output, name: str, values: NDArray[Any]) -> Column:
    """Return the column of an indicator's output."""
    return Column(name, "number", values, output.unit, output.minimum, output.maximum)
