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
import pyarrow as pa

from warehouse import index, snapshots
from warehouse.contracts import BARS, contract_of
from warehouse.index import Index
from warehouse.intervals import DAILY, Days, Interval
from warehouse.joined import Column, N, column, whole
from warehouse.parts import open_batch
from warehouse.resampling import Floats, resample
from warehouse.snapshots import Manifest, Seen

Adjust = Literal["split", "raw", "split_div"]
_SEEN: set[Seen] = set()  # PERF: what a process has verified in one snapshot it knows again in the next
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
            snapshots.read_manifest(folder)
            if verified
            else snapshots.verify_folder(folder, only=snapshots.SERVING, trusted=_SEEN)
        )
        self._daily = daily
        self._tables = _tables(folder, interval)
        self._columns: dict[str, Column] = {}
        self._bars = self._tables[BARS[interval.name].name]
        found = _index(folder, interval, self._bars)
        self._spans, self._places, self.days = found.spans, found.places, found.days
        self.first_days: Days = self.days if daily is None else whole(self._number("first_session", np.int32))

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
        for name, (base, *_) in self._tables.items():
            if name == BARS[self.interval.name].name:
                continue
            for one in contract_of(base.schema).columns:
                if one.type == "double":
                    found[one.name] = StoredColumn(one.name, name, one.type, one.unit, one.description, one.definition)
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

    def column(self, name: str) -> Column:
        """Return a whole column, a NaN where there is no value; slice it by `span`, or within one.

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
            return {name: self._number(name, np.float64)[span] for name in BAR_COLUMNS}
        if self._daily is not None:
            lengths = self._number("sessions", np.int64)[span]
            return resample(self._daily.bars(symbol, adjust), np.cumsum(lengths) - lengths)
        raw, factor = self.bars(symbol, "raw"), self.column("split_div_factor")[span]
        prices = {name: raw[name] * factor for name in BAR_COLUMNS if name != "volume"}
        return prices | {"volume": self.column("volume")[span]}

    def is_partial(self, row: int) -> bool:
        """Return whether a row's period was not over on the snapshot's newest session; a session always is."""
        if self._daily is None:
            return False
        place = row if self._places is None else int(self._places[row])
        base, *deltas = (part.column("is_partial") for part in self._bars)
        return (base[place] if place < len(base) else deltas[0][place - len(base)]).as_py()

    def _number(self, name: str, kind: type[N]) -> Column[N]:
        """Return a column of the bars as traded."""
        return column(self._bars, self._places, name, kind)

    def _view(self, name: str) -> Column:
        stored = self.columns.get(name)
        if stored is None:
            raise UnknownColumn(name, tuple(get_close_matches(name, self.columns, n=3, cutoff=0.5)))
        # The store writes a NaN below every null, so the values can be read as they lie.
        return column(self._tables[stored.table], self._places, name, np.float64)


def parts_of(folder: Path, name: str) -> tuple[pa.RecordBatch, ...]:
    """Return a served table's rows in a snapshot's folder: its base, and the delta if there is one."""
    base = folder / snapshots.SERVING / f"{name}.arrow"
    return tuple(open_batch(path) for path in (base, base.parent / snapshots.DELTA / base.name) if path.exists())


def open_current(home_snapshots: Path) -> Reader:
    """Open the snapshot that `current` points at."""
    return Reader((home_snapshots / snapshots.CURRENT).resolve(strict=True))


def _tables(folder: Path, interval: Interval) -> dict[str, tuple[pa.RecordBatch, ...]]:
    files = (folder / snapshots.SERVING).glob(f"{interval.schema}.*.arrow")
    return {path.stem: parts_of(folder, path.stem) for path in sorted(files)}


def _index(folder: Path, interval: Interval, bars: tuple[pa.RecordBatch, ...]) -> Index:
    """Return the rows' index; it is published where a delta makes it more than a look at the symbols."""
    path = folder / snapshots.SERVING / snapshots.ROWS / f"{interval.schema}.arrow"
    return index.read(path) if path.exists() else index.of_base(*bars)
