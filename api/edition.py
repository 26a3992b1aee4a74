"""A snapshot as the API serves it: its reader, and what all answers from it share."""

from bisect import bisect_left
from functools import cached_property
from typing import Literal, TypeVar

import msgspec

from api.accounts.tiers import Tier
from api.attendance import Attendance
from api.days import Calendar, day_of
from api.problems import Refusal
from api.universe import Universe
from indicators import Bars, definition, stored_columns
from warehouse.contracts import BARS_ADJUSTED
from warehouse.intervals import COARSER, DAILY, IntervalName
from warehouse.joined import Joined
from warehouse.serving import Adjust, Reader
from warehouse.snapshots import Manifest

K = TypeVar("K")
V = TypeVar("V")
Checks = Literal["passed", "warned"]
_ALWAYS = -(2**31)
_REMEMBERED = 4096


class Selection(msgspec.Struct, frozen=True):
    """The columns of a point look-up: their names, their values by row, and the indicators they belong to."""

    names: tuple[str, ...]
    values: tuple[memoryview | Joined, ...]
    indicators: frozenset[str]


class Warned(msgspec.Struct, frozen=True):
    """A check that did not pass and blocks nothing."""

    table: str
    check: str
    detail: str


class Edition:
    """One snapshot at one interval, ready to answer.

    Requests hold the edition they started with, so its files stay mapped.
    """

    def __init__(self, reader: Reader, attendance: Attendance | None = None) -> None:
        self.reader = reader
        self.attendance = attendance or Attendance(reader)
        self.interval = reader.interval.name
        self.id = reader.id
        self.data_through = day_of(reader.data_through)
        self.data_through_text = reader.data_through.isoformat()
        self.checks = checks_of(reader.manifest)
        self.days = reader.days.data  # PERF: a number from a memoryview costs a third of one from an array
        self.first_days = reader.first_days.data
        self.calendar = Calendar(reader.days)
        self._selections: dict[str, Selection] = {}
        self._windows: dict[int | None, int] = {}
        made_of_days = COARSER if reader.interval == DAILY else ()
        self._coarser = {each.name: Edition(reader.over(each), self.attendance) for each in made_of_days}

    def over(self, interval: IntervalName) -> "Edition":
        """Return the same snapshot at an interval whose bars are made of this one's."""
        return self._coarser[interval]

    @cached_property
    def symbols(self) -> frozenset[str]:
        """All symbols."""
        return frozenset(self.reader.symbols)

    @cached_property
    def universe(self) -> Universe:
        """All symbols at once."""
        return Universe(self.reader)

    @cached_property
    def held(self) -> frozenset[str]:
        """The stored columns that this snapshot has as the catalogue defines them now."""
        columns = self.reader.columns
        return frozenset(
            name
            for name, (one, _) in stored_columns().items()
            if name in columns and columns[name].definition == definition(one.id)
        )

    def selection(self, columns: str) -> Selection:
        """Return the columns of a comma-separated list; raises UnknownColumn."""
        found = self._selections.get(columns)
        return found or _remember(self._selections, columns, self._select(columns))

    def window(self, tier: Tier) -> int:
        """Return the first day that a tier may see, counted back from the newest data."""
        found = self._windows.get(tier.history_months)
        if found is not None:
            return found
        first = tier.first_day(self.reader.data_through)
        return _remember(self._windows, tier.history_months, _ALWAYS if first is None else day_of(first))

    def bars(self, symbol: str, adjust: Adjust) -> Bars:
        """Return a symbol's whole history; raises UnknownSymbol."""
        return Bars(**self.reader.bars(symbol, adjust))

    def row_from(self, span: slice, day: int) -> int:
        """Return the first row of a symbol at or after a day; the span's end if there is none."""
        return bisect_left(self.days, day, span.start, span.stop)

    def _select(self, columns: str) -> Selection:
        names = tuple(dict.fromkeys(columns.split(",")))
        for name in names:
            if name in stored_columns() and name in self.reader.columns and name not in self.held:
                raise _outdated(name)
        values = tuple(self.reader.column(name).data for name in names)
        bars = BARS_ADJUSTED[self.interval].name
        owners = frozenset(_owner(name) for name in names if self.reader.columns[name].table != bars)
        return Selection(names, values, owners)


def checks_of(manifest: Manifest) -> Checks:
    """Return whether all checks of a snapshot passed; one that blocks keeps it from being published."""
    return "warned" if warnings_of(manifest) else "passed"


def warnings_of(manifest: Manifest) -> tuple[Warned, ...]:
    """Return the checks of a snapshot that did not pass."""
    return tuple(
        Warned(table.name, check.name, check.detail)
        for table in manifest.tables
        for check in table.checks
        if not check.passed
    )


def _remember(memory: dict[K, V], key: K, value: V) -> V:
    """Keep a value; a full memory starts anew, and what is asked again and again is soon back."""
    if len(memory) >= _REMEMBERED:
        memory.clear()
    memory[key] = value
    return value


def _outdated(column: str) -> Refusal:
    return Refusal(
        "unknown-column",
        f"{column} was stored by an earlier definition of its indicator; the next run of the pipeline stores it anew",
        parameter="columns",
        given=column,
        allowed="the indicator's series, which is computed by the present one",
    )


def _owner(column: str) -> str:
    """Return the indicator of a stored column; one that the catalogue has lost is its own, so only 'all' allows it."""
    found = stored_columns().get(column)
    return found[0].id if found else column
