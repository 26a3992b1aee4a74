"""Histories: tables whose rows lie symbol by symbol and grow at the ends, as a base that stays and a small delta.

What is added, corrected or gone since the base was written stands in the delta; the base is written anew once the
delta has grown to a good part of it. Tables of the same rows, such as the bars of an interval and the indicators on
them, follow one leader, so that a row has one number in all of them.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import msgspec
import numpy as np
import pyarrow as pa

from warehouse.columns import digest, gather
from warehouse.intervals import BY_SCHEMA, Days, Interval
from warehouse.layout import Layout, Rows, Stretches, interleaved, runs, spread, superseded

MANY_ROWS = 100_000
"""A history of fewer rows is one part, written anew whenever it changes."""
FOLD = 8
"""The base is written anew when an eighth as many rows lie in the delta or count no more."""
EPOCH = date(1970, 1, 1)
KEY = 2
"""The columns of a history begin with a symbol and a date."""


class History(msgspec.Struct, frozen=True, eq=False):
    """The parts of a table, and where each symbol's rows lie in them; `generation` tells bases of other rows apart."""

    parts: tuple[pa.RecordBatch, ...]
    layout: Layout
    generation: str

    @classmethod
    def of(cls, *parts: pa.RecordBatch, generation: str = "") -> "History":
        """Return the history that a base, and the delta that may come after it, make."""
        return cls(parts, Layout.of(parts), generation)

    @property
    def base(self) -> pa.RecordBatch:
        """The part that stays."""
        return self.parts[0]

    def dates(self) -> pa.Array:
        """Return the dates of all rows in order."""
        return gather([part.select(part.schema.names[1:2]) for part in self.parts], self.layout.all_places()).column(0)

    def newest(self) -> date:
        """Return the newest date of any symbol."""
        return EPOCH + timedelta(days=int(self.last_days().max()))

    def all_rows(self) -> pa.RecordBatch:
        """Return all rows in order."""
        return self.base if len(self.parts) == 1 else gather(self.parts, self.layout.all_places())

    def before(self, days: Mapping[str, int]) -> dict[str, int]:
        """Return how many rows of each symbol lie before its day, a number since 1970; none of an unknown symbol."""
        known, numbers = [days_of(part) for part in self.parts], self.layout.numbers
        ahead = np.cumsum([0, *map(len, known)]).tolist()
        pieces = [
            (values, (piece.starts - first).tolist(), piece.lengths.tolist())
            for values, first, piece in zip(known, ahead, self.layout.pieces, strict=False)
        ]
        found = dict.fromkeys(days, 0)
        for name in numbers.keys() & days.keys():
            number, day = numbers[name], days[name]
            for values, starts, lengths in pieces:
                start, length = starts[number], lengths[number]
                found[name] += int(values[start : start + length].searchsorted(day))
        return found

    def last_days(self) -> Days:
        """Return each symbol's last day, a number since 1970."""
        return days_of(self.last(self.base.schema.names[1]), 0)

    def last(self, *names: str) -> pa.RecordBatch:
        """Return some columns of each symbol's last row."""
        places = self.layout.places(self.layout.lengths - 1, np.ones_like(self.layout.lengths))
        return gather([part.select(list(names)) for part in self.parts], places)

    def days(self, firsts: Rows, counts: Rows, chosen: Rows | None = None) -> Days:
        """Return the days of some rows, as `Layout.places` counts them."""
        places = self.layout.places(firsts, counts, chosen)
        return days_of(gather([part.select(part.schema.names[1:2]) for part in self.parts], places), 0)

    def days_at(self, rows: Mapping[str, int]) -> dict[str, int]:
        """Return the day of one row of each symbol, counted from its first; symbols without such a row are left out."""
        layout = self.layout
        pairs = [(layout.numbers[name], row) for name, row in rows.items() if name in layout.numbers]
        chosen, at = np.array(pairs, np.int64).reshape(-1, 2).T
        there = (at >= 0) & (at < layout.lengths[chosen])
        days = self.days(at[there], np.ones(int(there.sum()), np.int64), chosen[there])
        return {layout.symbols[number]: day for number, day in zip(chosen[there].tolist(), days.tolist(), strict=True)}

    def beyond(self, kept: Mapping[str, int]) -> pa.RecordBatch:
        """Return the rows of the symbols named after those `kept`, in order."""
        numbers = self.layout.numbers
        named = sorted((numbers[name], count) for name, count in kept.items() if name in numbers)
        chosen, firsts = np.array(named, np.int64).reshape(-1, 2).T
        counts = np.maximum(self.layout.lengths[chosen] - firsts, 0)
        return gather(self.parts, self.layout.places(firsts, counts, chosen))


class Amendment(msgspec.Struct, frozen=True, eq=False):
    """What a history becomes: a new base, or None where it stays, and the delta, if there is any.

    `gone` are the symbols of the base whose rows count no more.
    """

    base: pa.RecordBatch | None
    delta: pa.RecordBatch | None
    gone: frozenset[str] = frozenset()


def amended(
    old: History | None, kept: Mapping[str, int], rows: pa.RecordBatch, leader: History | None, schema: str
) -> Amendment:
    """Return what a history becomes when each symbol named in `kept` goes on after so many rows with those of `rows`.

    It is laid out as its leader, if that has the same rows.
    """
    sources = (*(old.parts if old else ()), rows)
    mixed = _mixed(old, kept, rows)
    if leader is not None and (led := _led(old, mixed, sources, leader)) is not None:
        return led
    stays, gone = _what_stays(old, mixed)
    moved = mixed.lengths - stays
    if old is None or _is_due(old.base.num_rows, int(stays.sum()), int(moved.sum())):
        moved = _open(mixed, sources, BY_SCHEMA.get(schema))
        base = gather(sources, mixed.places(np.zeros_like(moved), mixed.lengths - moved))
        return Amendment(base, _delta(sources, mixed, moved))
    return Amendment(None, _delta(sources, mixed, moved, gone), gone)


def generation(base: pa.RecordBatch) -> str:
    """Return what tells bases of other rows apart."""
    return f"{base.num_rows}-{digest(keys(base)):016x}"


def _mixed(old: History | None, kept: Mapping[str, int], rows: pa.RecordBatch) -> Layout:
    """Return the layout of the rows to come over the old parts and the new rows behind them."""
    names_old, pieces_old = (old.layout.symbols, old.layout.pieces) if old else ((), ())
    new = runs(rows)
    names = tuple(sorted({*names_old, *new.symbols}))
    left = np.array([kept.get(name, np.iinfo(np.int64).max) for name in names], np.int64)
    pieces = []
    for piece in pieces_old:
        whole = spread(names, names_old, piece)
        pieces.append(Stretches(whole.starts, np.minimum(whole.lengths, left)))
        left = left - pieces[-1].lengths
    ahead = sum(part.num_rows for part in old.parts) if old else 0
    pieces.append(spread(names, new.symbols, new.stretches).shifted(ahead))
    there = np.flatnonzero(np.sum([piece.lengths for piece in pieces], axis=0))
    return Layout(
        tuple(names[number] for number in there),
        tuple(piece.take(there) for piece in pieces),
    )


def _what_stays(old: History | None, mixed: Layout) -> tuple[Rows, frozenset[str]]:
    """Return how many rows of each symbol still count in the base, and the symbols of the base of which none do."""
    if old is None:
        return np.zeros(len(mixed.symbols), np.int64), frozenset()
    before = spread(mixed.symbols, old.layout.symbols, old.layout.pieces[0]).lengths
    stays = np.where(mixed.pieces[0].lengths == before, before, 0)
    counting = {name for name, rows in zip(mixed.symbols, stays, strict=True) if rows}
    return stays, frozenset(runs(old.base).symbols) - counting


def _is_due(base_rows: int, staying: int, moved: int) -> bool:
    return base_rows < MANY_ROWS or (base_rows - staying + moved) * FOLD > base_rows


def _open(mixed: Layout, sources: Sequence[pa.RecordBatch], interval: Interval | None) -> Rows:
    """Return how many rows of each symbol are better not in the base: those of periods that are still going on."""
    none = np.zeros(len(mixed.symbols), np.int64)
    if interval is None or mixed.lengths.sum() < MANY_ROWS:
        return none
    last = gather([keys(part) for part in sources], mixed.places(mixed.lengths - 1, none + 1))
    periods = interval.periods(days_of(last))
    return (periods == periods.max()).astype(np.int64)


def _led(old: History | None, mixed: Layout, sources: Sequence[pa.RecordBatch], leader: History) -> Amendment | None:
    """Return the rows laid out as the leader's; None if they are not those of the leader."""
    led = leader.layout
    if mixed.symbols != led.symbols or not np.array_equal(mixed.lengths, led.lengths):
        return None
    in_base = led.pieces[0].lengths
    gone = superseded(leader.parts)
    delta = _delta(sources, mixed, led.lengths - in_base, gone)
    if delta is not None and not delta.column(1).equals(leader.parts[-1].column(1)):
        return None
    if old is not None and old.generation == leader.generation and (mixed.pieces[0].lengths >= in_base).all():
        return Amendment(None, delta, gone)
    counting = interleaved([(led.pieces[0].starts, in_base)])
    # Rows that count no more hold the values of some row.
    places = np.zeros(leader.base.num_rows, np.int64)
    places[counting] = mixed.places(np.zeros_like(in_base), in_base)
    base = gather(sources, places)
    if not np.array_equal(days_of(base)[counting], days_of(leader.base)[counting]):
        return None
    columns = [*leader.base.columns[:KEY], *base.columns[KEY:]]
    return Amendment(pa.record_batch(columns, schema=base.schema), delta, gone)


def keys(part: pa.RecordBatch) -> pa.RecordBatch:
    """Return a part's symbols and dates."""
    return part.select(part.schema.names[:KEY])


def has_same_keys(one: pa.RecordBatch, other: pa.RecordBatch) -> bool:
    """Return whether two parts have rows of the same symbols and dates in the same places."""
    return runs(one).told == runs(other).told and bool(np.array_equal(days_of(one), days_of(other)))


def days_of(part: pa.RecordBatch, at: int = 1) -> Days:
    """Return a part's dates as days since 1970."""
    return part.column(at).cast(pa.int32()).to_numpy()


def _delta(
    sources: Sequence[pa.RecordBatch], mixed: Layout, counts: Rows, gone: frozenset[str] = frozenset()
) -> pa.RecordBatch | None:
    """Return the last rows of each symbol as a part of their own."""
    if not counts.any() and not gone:
        return None
    return gather(sources, mixed.places(mixed.lengths - counts, counts))
