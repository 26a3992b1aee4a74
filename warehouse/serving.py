"""The read side of a snapshot: memory-mapped columns, found by symbol and day without a database.

PERF: a value is one array access behind a dictionary look-up and a binary search (about 1 us; a prepared DuckDB
statement takes 370 to 700), and all workers share one copy of the pages.
"""

from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from warehouse import snapshots
from warehouse.contracts import DAILY_BARS, contract_of
from warehouse.snapshots import Manifest
from warehouse.work import open_arrow

Floats = npt.NDArray[np.float64]
Days = npt.NDArray[np.int32]
Adjust = Literal["split", "raw", "split_div"]
BAR_COLUMNS = ("open", "high", "low", "close", "volume")


class UnknownSymbol(LookupError):
    """The snapshot has no bars of a symbol."""

    def __init__(self, symbol: str, near: tuple[str, ...]) -> None:
        hint = f"; near it: {', '.join(near)}" if near else ""
        super().__init__(f"no symbol {symbol!r} in this snapshot{hint}")
        self.symbol = symbol
        self.near = near


class UnknownColumn(LookupError):
    """The snapshot stores no such column."""

    def __init__(self, column: str, near: tuple[str, ...]) -> None:
        hint = f"; near it: {', '.join(near)}" if near else ""
        super().__init__(f"no stored column {column!r}{hint}")
        self.column = column
        self.near = near


class StoredColumn(msgspec.Struct, frozen=True):
    """What a served column is."""

    name: str
    table: str
    type: str
    unit: str
    description: str


class Reader:
    """One opened snapshot. Arrays are read-only views; the files stay mapped while anyone holds one."""

    def __init__(self, folder: Path, *, verified: bool = False) -> None:
        """Open a folder; what is served from it is compared with the manifest, unless `verified` says that it was.

        PERF: the analysts' database is left out; it has gigabytes, and nothing is read from it here.

        Raises:
            CorruptSnapshot: the files are not what the manifest says.
        """
        self.folder = folder
        self.manifest: Manifest = (
            snapshots.read_manifest(folder) if verified else snapshots.verify_folder(folder, only=snapshots.SERVING)
        )
        self._tables = {path.stem: _one_batch(path) for path in sorted((folder / snapshots.SERVING).glob("*.arrow"))}
        self._columns: dict[str, Floats] = {}
        self._spans = _spans(self._tables[DAILY_BARS.name])
        self.days: Days = _int32(self._tables[DAILY_BARS.name], "date")

    @property
    def id(self) -> str:
        """The snapshot's id."""
        return self.manifest.id

    @property
    def data_through(self) -> date:
        """The newest session in the snapshot."""
        return self.manifest.data_through

    @cached_property
    def symbols(self) -> tuple[str, ...]:
        """All symbols, sorted."""
        return tuple(self._spans)

    @cached_property
    def columns(self) -> Mapping[str, StoredColumn]:
        """Every column that `column` answers, by name: the adjusted bars, their factors and the stored indicators."""
        found: dict[str, StoredColumn] = {}
        for name, batch in self._tables.items():
            if name == DAILY_BARS.name:
                continue
            for column in contract_of(batch.schema).columns:
                if column.type == "double":
                    found[column.name] = StoredColumn(column.name, name, column.type, column.unit, column.description)
        return found

    def span(self, symbol: str) -> slice:
        """Return the rows of a symbol, oldest first.

        Raises:
            UnknownSymbol: with the nearest symbols there are.
        """
        try:
            return self._spans[symbol]
        except KeyError:
            raise UnknownSymbol(
                symbol, tuple(get_close_matches(symbol.upper(), self.symbols, n=3, cutoff=0.5))
            ) from None

    def column(self, name: str) -> Floats:
        """Return a whole column, a NaN where there is no value; slice it by `span`.

        Raises:
            UnknownColumn: with the nearest columns there are.
        """
        view = self._columns.get(name)
        if view is None:
            view = self._columns[name] = self._view(name)
        return view

    def bars(self, symbol: str, adjust: Adjust = "split") -> dict[str, Floats]:
        """Return a symbol's open, high, low, close and volume, each an array over its whole history.

        `split_div` prices are those as traded times `split_div_factor`; volume is adjusted for splits alone.
        """
        span = self.span(symbol)
        if adjust == "split":
            return {name: self.column(name)[span] for name in BAR_COLUMNS}
        raw = {name: self._double(DAILY_BARS.name, name)[span] for name in BAR_COLUMNS}
        if adjust == "raw":
            return raw
        factor = self.column("split_div_factor")[span]
        prices = {name: raw[name] * factor for name in BAR_COLUMNS if name != "volume"}
        return prices | {"volume": self.column("volume")[span]}

    def _view(self, name: str) -> Floats:
        stored = self.columns.get(name)
        if stored is None:
            raise UnknownColumn(name, tuple(get_close_matches(name, self.columns, n=3, cutoff=0.5)))
        return self._double(stored.table, name)

    def _double(self, table: str, name: str) -> Floats:
        array = self._tables[table].column(name)
        # The store writes a NaN below every null, so the values can be read as they lie.
        return np.frombuffer(array.buffers()[1], np.float64, len(array), array.offset * 8)


def open_current(home_snapshots: Path) -> Reader:
    """Open the snapshot that `current` points at."""
    return Reader((home_snapshots / snapshots.CURRENT).resolve(strict=True))


def _one_batch(path: Path) -> pa.RecordBatch:
    (batch,) = open_arrow(path).to_batches()
    return batch


def _int32(batch: pa.RecordBatch, name: str) -> Days:
    array = batch.column(name)
    return np.frombuffer(array.buffers()[1], np.int32, len(array), array.offset * 4)


def _spans(bars: pa.RecordBatch) -> dict[str, slice]:
    symbols = bars.column("symbol")
    codes = symbols.indices.to_numpy()
    starts = np.concatenate(([0], np.flatnonzero(np.diff(codes)) + 1)).tolist()
    ends = [*starts[1:], len(codes)]
    names = symbols.dictionary.to_pylist()
    return {names[codes[start]]: slice(start, end) for start, end in zip(starts, ends, strict=True)}
