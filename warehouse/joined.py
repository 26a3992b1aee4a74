"""Columns of which some rows lie in a base and others in a delta, read as if they lay together."""

from collections.abc import Sequence
from typing import Generic, TypeAlias, TypeVar, overload

import numpy as np
import numpy.typing as npt
import pyarrow as pa

N = TypeVar("N", bound=np.generic)
Places = npt.NDArray[np.int32]
_ONE = (int, np.integer)


class Joined(Generic[N]):
    """A column by the numbers of its rows; those of one symbol lie in at most two stretches.

    PERF: one value takes two array accesses; some of one symbol's are a view, or a copy where they go on from the base
    into the delta.
    """

    def __init__(self, base: npt.NDArray[N], delta: npt.NDArray[N], places: Places) -> None:
        self._base, self._delta, self._places = base, delta, places
        self._cells = base.data, delta.data, places.data  # PERF: one value from a buffer costs a third of an array's
        self._base_rows = len(base)

    def __len__(self) -> int:
        return len(self._places)

    @property
    def data(self) -> "Joined[N]":
        """What gives single values fast, as an array's buffer does."""
        return self

    @overload
    def __getitem__(self, rows: int | np.integer, /) -> float: ...
    @overload
    def __getitem__(self, rows: slice | npt.NDArray, /) -> npt.NDArray[N]: ...
    def __getitem__(self, rows: int | np.integer | slice | npt.NDArray, /) -> float | npt.NDArray[N]:
        """Return a row's value, those of a symbol's rows by a slice, or those of any rows by an array."""
        if isinstance(rows, _ONE):
            base, delta, places = self._cells
            place = places[rows]
            return base[place] if place < self._base_rows else delta[place - self._base_rows]
        places = self._places[rows]
        return self._stretch(places) if isinstance(rows, slice) else self._picked(places)

    def _stretch(self, places: Places) -> npt.NDArray[N]:
        in_base = int(np.searchsorted(places, self._base_rows))
        if in_base == 0:
            return _from(self._delta, places, self._base_rows)
        if in_base == len(places):
            return _from(self._base, places, 0)
        delta = _from(self._delta, places[in_base:], self._base_rows)
        return np.concatenate((_from(self._base, places[:in_base], 0), delta))

    def _picked(self, places: Places) -> npt.NDArray[N]:
        found = np.empty(len(places), self._base.dtype)
        in_base = places < self._base_rows
        found[in_base] = self._base[places[in_base]]
        found[~in_base] = self._delta[places[~in_base] - self._base_rows]
        return found


def _from(values: npt.NDArray[N], places: Places, ahead: int) -> npt.NDArray[N]:
    """Return the values at places that follow one another."""
    return values[int(places[0]) - ahead :][: len(places)] if len(places) else values[:0]


Column: TypeAlias = npt.NDArray[N] | Joined[N]
"""Answers one row's value by its number, a symbol's by a slice, any rows' by an array of numbers."""


def column(parts: Sequence[pa.RecordBatch], places: Places | None, name: str, kind: type[N]) -> Column[N]:
    """Return a column of numbers as it lies in one part, or joined out of two."""
    arrays = [_array(part, name, kind) for part in parts]
    return arrays[0] if places is None else Joined(*arrays, places)


def whole(values: Column[N]) -> npt.NDArray[N]:
    """Return all values of a column."""
    return values[np.arange(len(values))] if isinstance(values, Joined) else values


def _array(part: pa.RecordBatch, name: str, kind: type[N]) -> npt.NDArray[N]:
    found = part.column(name)
    return np.frombuffer(found.buffers()[1], kind, len(found), found.offset * np.dtype(kind).itemsize)
