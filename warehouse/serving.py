"""The read side of a snapshot: memory-mapped columns, found by symbol and day without a database.

PERF: a value is one array access behind a dictionary look-up and a binary search (about 1 us; a prepared DuckDB
statement takes 370 to 700), and all workers share one copy of the pages.
"""

from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeVar

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from warehouse import snapshots
from warehouse.contracts import BARS, contract_of
from warehouse.intervals import DAILY, Days, Interval
from warehouse.resampling import Floats, resample
from warehouse.snapshots import Manifest
from warehouse.work import open_arrow

Adjust = Literal["split", "raw", "split_div"]
N = TypeVar("N", bound=np.generic)
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
    definition: str = ""  # a hash of what it was computed by, where that can change


class Reader:
    """One interval of an opened snapshot. Arrays are read-only views; files stay mapped while anyone holds one."""

    def __init__(
        self, folder: Path, *, verified: bool = False, interval: Interval = DAILY, daily: "Reader | None" = None
    ) -> None:
        """Open a folder; what is served from it is compared with the manifest, unless `verified` says that it was.

        An interval above a day is opened by `over`, and holds the `daily` reader.
        PERF: the analysts' database is left out; it has gigabytes, and nothing is read from it here.

        Raises:
            CorruptSnapshot: the files are not what the manifest says.
        """
        self.folder = folder
        self.interval = interval
        self.manifest: Manifest = (
            snapshots.read_manifest(folder) if verified else snapshots.verify_folder(folder, only=snapshots.SERVING)
        )
        files = (folder / snapshots.SERVING).glob(f"{interval.schema}.*.arrow")
        self._daily = daily
        self._tables = {path.stem: _one_batch(path) for path in sorted(files)}
        self._columns: dict[str, Floats] = {}
        self._bars = self._tables[BARS[interval.name].name]
        self._spans = _spans(self._bars)
        self.days: Days = _array(self._bars, "date", np.int32)
        self.first_days: Days = self.days if daily is None else _array(self._bars, "first_session", np.int32)

    def over(self, interval: Interval) -> "Reader":
        """Return the reader of the same snapshot's bars that are made of the daily ones."""
        return Reader(self.folder, verified=True, interval=interval, daily=self)

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
            if name == BARS[self.interval.name].name:
                continue
            for column in contract_of(batch.schema).columns:
                if column.type == "double":
                    found[column.name] = StoredColumn(
                        column.name, name, column.type, column.unit, column.description, column.definition
                    )
        return found

    def span(self, symbol: str) -> slice:
        """Return the rows of a symbol, oldest first.

        Raises:
            UnknownSymbol: with the nearest symbols there are.
        """
        try:
            return self._spans[symbol]
        except KeyError:
            raise self.unknown(symbol) from None

    def unknown(self, symbol: str) -> UnknownSymbol:
        """Return what is to be said of a symbol that there is not, with the nearest ones that there are."""
        return UnknownSymbol(symbol, tuple(get_close_matches(symbol.upper(), self.symbols, n=3, cutoff=0.5)))

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
        if adjust == "raw":
            return {name: _array(self._bars, name, np.float64)[span] for name in BAR_COLUMNS}
        if self._daily is not None:
            lengths = _array(self._bars, "sessions", np.int64)[span]
            return resample(self._daily.bars(symbol, adjust), np.cumsum(lengths) - lengths)
        raw, factor = self.bars(symbol, "raw"), self.column("split_div_factor")[span]
        prices = {name: raw[name] * factor for name in BAR_COLUMNS if name != "volume"}
        return prices | {"volume": self.column("volume")[span]}

    def is_partial(self, row: int) -> bool:
        """Return whether a row's period was not over on the snapshot's newest session; a session always is."""
        return self._daily is not None and self._bars.column("is_partial")[row].as_py()

    def _view(self, name: str) -> Floats:
        stored = self.columns.get(name)
        if stored is None:
            raise UnknownColumn(name, tuple(get_close_matches(name, self.columns, n=3, cutoff=0.5)))
        # The store writes a NaN below every null, so the values can be read as they lie.
        return _array(self._tables[stored.table], name, np.float64)


def open_current(home_snapshots: Path) -> Reader:
    """Open the snapshot that `current` points at."""
    return Reader((home_snapshots / snapshots.CURRENT).resolve(strict=True))


def _one_batch(path: Path) -> pa.RecordBatch:
    (batch,) = open_arrow(path).to_batches()
    return batch


def _array(batch: pa.RecordBatch, name: str, kind: type[N]) -> npt.NDArray[N]:
    array = batch.column(name)
    return np.frombuffer(array.buffers()[1], kind, len(array), array.offset * np.dtype(kind).itemsize)


def _spans(bars: pa.RecordBatch) -> dict[str, slice]:
    symbols = bars.column("symbol")
    codes = symbols.indices.to_numpy()
    starts = np.concatenate(([0], np.flatnonzero(np.diff(codes)) + 1)).tolist()
    ends = [*starts[1:], len(codes)]
    names = symbols.dictionary.to_pylist()
    return {names[codes[start]]: slice(start, end) for start, end in zip(starts, ends, strict=True)}
