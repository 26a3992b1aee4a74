"""A condition asked of all symbols on some days: who meets it, how often, and what else is to be told of them."""

from collections.abc import Iterator, Mapping
from itertools import pairwise

import msgspec
import numpy as np
from numpy.typing import NDArray

from api.edition import Edition
from api.plans import SymbolBars
from api.universe import blocks
from indicators.bars import Array
from indicators.expressions import Evaluation, Plan, Size, Starts, cost_across
from indicators.expressions.across import Across, Held, Rows, Section, histories, ranks
from indicators.expressions.plans import Node

BLOCK = 250_000  # rows; PERF: a dozen arrays of it fit a processor's cache
MOST_RANKED = 1_000_000  # rows; a rank needs all of a day's at once


class Screening(msgspec.Struct, frozen=True):
    """What is asked: `shown` are the columns of the answer by name, and hits come in rising `order`."""

    edition: Edition
    first: int
    last: int
    where: Plan
    shown: Mapping[str, Plan]
    order: Plan | None
    limit: int

    @property
    def plans(self) -> tuple[Plan, ...]:
        """All expressions."""
        return (self.where, *self.shown.values(), *((self.order,) if self.order else ()))

    @property
    def ranks(self) -> set[Node]:
        """All ranks in the expressions."""
        return {each for plan in self.plans for each in ranks(plan.node)}


class Counts(msgspec.Struct, frozen=True):
    """Hits and bars by day, or by the number of the symbol."""

    of: NDArray
    hits: NDArray
    bars: NDArray


class Outcome(msgspec.Struct, frozen=True):
    """What was found: the first hits with their symbols' numbers and days, and the counts over all."""

    symbols: Rows
    days: NDArray
    columns: Mapping[str, Array]
    by_day: Counts
    by_symbol: Counts

    @property
    def hits(self) -> int:
        """How many there are."""
        return int(self.by_day.hits.sum())


class _Found(msgspec.Struct, frozen=True):
    """The first hits of a block, in order, with the key that orders them."""

    section: Section
    keys: Array
    columns: Mapping[str, Array]

    def take(self, chosen: NDArray) -> "_Found":
        """Return some of them."""
        columns = {name: one[chosen] for name, one in self.columns.items()}
        return _Found(self.section.take(chosen), self.keys[chosen], columns)


def size_of(asked: Screening) -> tuple[int, int]:
    """Return the rows that a screening looks at, and what it costs."""
    universe = asked.edition.universe
    if asked.first == asked.last:
        there = universe.on(asked.first).symbols
        rows = len(there)
    else:
        lows, highs = universe.rows(asked.first, asked.last)
        there = np.flatnonzero(highs > lows)
        rows = int((highs - lows).sum())
    bars = int((universe.ends - universe.begins)[there].sum())
    size = Size(bars=bars, symbols=len(there), longest=universe.longest)
    return rows, cost_across((plan.node for plan in asked.plans), rows, size)


def run(asked: Screening) -> Outcome:
    """Return what a screening finds; raises TooManyGaps."""
    universe, held = asked.edition.universe, _held(asked.edition)
    days = np.zeros((2, asked.last - asked.first + 1), np.int64)
    symbols = np.zeros((2, len(universe.symbols)), np.int64)
    best: list[_Found] = []
    for section in _sections(asked):
        across = _across(section, asked, held)
        hit = np.flatnonzero(across.values(asked.where.node) == 1)
        for counted, chosen in ((1, slice(None)), (0, hit)):
            rows = section.rows[chosen]
            days[counted] += np.bincount(universe.days[rows] - asked.first, minlength=days.shape[1])
            symbols[counted] += np.bincount(section.symbols[chosen], minlength=symbols.shape[1])
        best = [_first([*best, _block(across.only(hit), asked)], asked)]
    (found,) = best
    return Outcome(
        symbols=found.section.symbols,
        days=universe.days[found.section.rows],
        columns=found.columns,
        by_day=_counts(np.arange(asked.first, asked.last + 1), *days),
        by_symbol=_counts(np.arange(len(universe.symbols)), *symbols),
    )


def _sections(asked: Screening) -> Iterator[Section]:
    """Return the rows to look at, block by block; a day is one block, and so is everything that is ranked."""
    universe = asked.edition.universe
    if asked.first == asked.last:
        yield universe.on(asked.first)
        return
    lows, highs = universe.rows(asked.first, asked.last)
    for block in [slice(None)] if asked.ranks else blocks(highs - lows, BLOCK):
        yield universe.between(lows, highs, block)


def _held(edition: Edition) -> Held:
    others: dict[str, Evaluation] = {}
    any_symbol = Evaluation(SymbolBars(edition, edition.reader.symbols[0]), Starts(), others)
    return Held(edition.reader.column, edition.reader.days, any_symbol.other)


def _across(section: Section, asked: Screening, held: Held) -> Across:
    """Return the computation over a section, once its histories and its ranks are known."""
    given = _histories(section, asked)
    across = Across(section, held, given)
    given |= {rank: across.values(rank) for rank in asked.ranks}
    return across


def _histories(section: Section, asked: Screening) -> dict[Node, Array]:
    """Compute, symbol by symbol, what needs the whole of a symbol's bars."""
    wanted = {each for plan in asked.plans for each in histories(plan.node)}
    given = {node: np.empty(len(section)) for node in wanted}
    if not wanted:
        return given
    edges = np.flatnonzero(np.diff(section.symbols, prepend=-1, append=-1)).tolist()
    names, starts = asked.edition.universe.symbols, Starts()
    others: dict[str, Evaluation] = {}
    for start, stop in pairwise(edges):
        evaluation = Evaluation(SymbolBars(asked.edition, names[section.symbols[start]]), starts, others)
        own = section.rows[start:stop] - section.begins[start]
        for node, values in given.items():
            values[start:stop] = evaluation.values(node)[own]
    return given


def _block(hits: Across, asked: Screening) -> _Found:
    keys = np.zeros(len(hits.section)) if asked.order is None else hits.values(asked.order.node)
    chosen = np.argsort(keys, kind="stable")[: asked.limit]
    first = hits.only(chosen)
    return _Found(first.section, keys[chosen], {name: first.values(plan.node) for name, plan in asked.shown.items()})


def _first(found: list[_Found], asked: Screening) -> _Found:
    """Return the first of what several blocks found; equal keys in the order of symbols and days."""
    if len(found) == 1:
        return found[0]
    whole = _Found(
        Section(
            *(np.concatenate([getattr(one.section, part) for one in found]) for part in ("rows", "begins", "symbols"))
        ),
        np.concatenate([one.keys for one in found]),
        {name: np.concatenate([one.columns[name] for one in found]) for name in asked.shown},
    )
    return whole.take(np.argsort(whole.keys, kind="stable")[: asked.limit])


def _counts(of: NDArray, hits: NDArray, bars: NDArray) -> Counts:
    there = np.flatnonzero(bars)
    return Counts(of[there], hits[there], bars[there])
