"""Where the rows of histories lie: of each symbol a stretch in one part, which may go on in the next ones."""

from collections.abc import Sequence
from functools import cached_property, lru_cache

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

Rows = npt.NDArray[np.int64]
RUNS = b"kalpi.runs"
"""In a part's metadata: its symbols in order, and how many rows each has."""
SUPERSEDED = b"kalpi.superseded"
"""In a delta's metadata: the symbols whose rows in the base count no more."""
REMEMBERED = 128  # layouts and runs; PERF: one of thousands of symbols takes some milliseconds, and is asked for often


class Stretches(msgspec.Struct, frozen=True, eq=False):
    """A run of rows for each of some symbols: where it begins, and how long it is."""

    starts: Rows
    lengths: Rows

    def take(self, chosen: Rows) -> "Stretches":
        """Return the runs of some of the symbols."""
        return Stretches(self.starts[chosen], self.lengths[chosen])

    def shifted(self, rows: int) -> "Stretches":
        """Return the same runs so many rows further on."""
        return Stretches(self.starts + rows, self.lengths)


class Layout(msgspec.Struct, frozen=True, eq=False, dict=True):
    """Rows by symbol, numbered through as if each symbol's lay together; a piece holds a part's runs of all symbols.

    Where a row lies is told as its place in the parts, which are numbered through, too.
    """

    symbols: tuple[str, ...]  # sorted, each with at least one row
    pieces: tuple[Stretches, ...]

    @classmethod
    def of(cls, parts: Sequence[pa.RecordBatch]) -> "Layout":
        """Return the layout of a base, and of the delta that may come after it."""
        return _layout(tuple(runs(part) for part in parts), superseded(parts))

    @cached_property
    def lengths(self) -> Rows:
        """How many rows each symbol has."""
        return np.stack([piece.lengths for piece in self.pieces]).sum(axis=0)

    @cached_property
    def offsets(self) -> Rows:
        """The number of each symbol's first row, and at the end how many rows there are."""
        return np.concatenate(([0], np.cumsum(self.lengths)))

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Each symbol's place among the symbols."""
        return {name: number for number, name in enumerate(self.symbols)}

    def places(self, firsts: Rows, counts: Rows, chosen: Rows | None = None) -> Rows:
        """Return where `counts` rows of each of the `chosen` symbols lie, from its row `firsts` on."""
        found = []
        for piece in self.pieces:
            starts, lengths = (
                (piece.starts, piece.lengths) if chosen is None else (piece.starts[chosen], piece.lengths[chosen])
            )
            here = np.clip(lengths - firsts, 0, counts)
            found.append((starts + firsts, here))
            firsts, counts = np.maximum(firsts - lengths, 0), counts - here
        return interleaved(found)

    def all_places(self) -> Rows:
        """Return where every row lies, in the order of their numbers."""
        return self.places(np.zeros(len(self.symbols), np.int64), self.lengths)


class Runs(msgspec.Struct, frozen=True, eq=False):
    """The symbols of a part in the order of its rows, and the run of each."""

    symbols: tuple[str, ...]
    stretches: Stretches

    @property
    def told(self) -> bytes:
        """The same as a part's metadata tells it."""
        lengths = self.stretches.lengths.tolist()
        return msgspec.json.encode(dict(zip(self.symbols, lengths, strict=True)))


def runs(part: pa.RecordBatch) -> Runs:
    """Return the runs of a part's symbols, as it tells itself or as a look at its rows does."""
    told = (part.schema.metadata or {}).get(RUNS)
    if told is not None:
        return _read_runs(told)
    symbols = part.column("symbol")
    codes = symbols.indices.to_numpy()
    starts = np.flatnonzero(np.diff(codes, prepend=-1)).astype(np.int64)
    names = symbols.dictionary.take(pa.array(codes[starts])).to_pylist()
    return Runs(tuple(names), Stretches(starts, np.diff(starts, append=len(codes))))


@lru_cache(REMEMBERED)
def _read_runs(told: bytes) -> Runs:
    lengths = msgspec.json.decode(told, type=dict[str, int])
    ends = np.cumsum(np.fromiter(lengths.values(), np.int64, len(lengths)))
    return Runs(tuple(lengths), Stretches(np.concatenate(([0], ends[:-1])), np.diff(ends, prepend=0)))


@lru_cache(REMEMBERED)
def _layout(parts: tuple[Runs, ...], gone: frozenset[str]) -> Layout:
    base, *deltas = parts
    names = tuple(sorted((set(base.symbols) - gone).union(*(delta.symbols for delta in deltas))))
    counting = [None if name in gone else name for name in base.symbols]
    pieces = [spread(names, counting, base.stretches)]
    ahead = int(base.stretches.lengths.sum())
    pieces += [spread(names, delta.symbols, delta.stretches).shifted(ahead) for delta in deltas]
    return Layout(names, tuple(pieces))


def spread(names: Sequence[str], found: Sequence[str | None], stretches: Stretches) -> Stretches:
    """Return the runs of `names`, empty for those that are not among the `found`."""
    starts, lengths = np.zeros(len(names), np.int64), np.zeros(len(names), np.int64)
    place = {name: number for number, name in enumerate(names)}
    pairs = [(place[name], at) for at, name in enumerate(found) if name is not None and name in place]
    if pairs:
        to, at = np.array(pairs).T
        starts[to], lengths[to] = stretches.starts[at], stretches.lengths[at]
    return Stretches(starts, lengths)


def superseded(parts: Sequence[pa.RecordBatch]) -> frozenset[str]:
    """Return the symbols whose rows in the base count no more, as the delta says."""
    told = (parts[-1].schema.metadata or {}).get(SUPERSEDED, b"[]")
    return frozenset(msgspec.json.decode(told, type=list[str]))


def interleaved(pieces: Sequence[tuple[Rows, Rows]]) -> Rows:
    """Return, symbol by symbol, the rows of each piece's run: pairs of where they begin and how many they are."""
    starts = np.stack([start for start, _ in pieces], axis=1).ravel()
    counts = np.stack([count for _, count in pieces], axis=1).ravel()
    ahead = np.cumsum(counts) - counts
    return np.repeat(starts - ahead, counts) + np.arange(counts.sum())
