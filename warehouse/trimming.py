"""What of an amendment is no change: rows that are given anew and are what they were, to the bit."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from warehouse.columns import bits_of, gather
from warehouse.history import History
from warehouse.layout import Layout, interleaved


def trimmed(old: History, kept: Mapping[str, int], rows: pa.RecordBatch) -> tuple[dict[str, int], pa.RecordBatch]:
    """Return how many rows each symbol keeps that does change, and the rows that come after them."""
    given, replaced = Layout.of((rows,)), old.beyond(kept)
    same = _same_at_first(replaced, rows, given)
    had = dict(zip(old.layout.symbols, old.layout.lengths.tolist(), strict=True))
    has = dict(zip(given.symbols, given.lengths.tolist(), strict=True))
    keeps = {name: min(count, had.get(name, 0)) + same.get(name, 0) for name, count in kept.items()}
    changes = {
        name: count for name, count in keeps.items() if count < had.get(name, 0) or has.get(name, 0) > same.get(name, 0)
    }
    if not same:
        return changes, rows
    skipped = np.array([same.get(name, 0) for name in given.symbols], np.int64)
    return changes, gather((rows,), given.places(skipped, given.lengths - skipped))


def _same_at_first(old: pa.RecordBatch, new: pa.RecordBatch, given: Layout) -> dict[str, int]:
    """Return for symbols of both with how many rows that are the same both begin."""
    replaced = Layout.of((old,))
    names = [name for name in replaced.symbols if name in given.numbers]
    if not names:
        return {}
    mine, theirs = (
        layout.pieces[0].take(np.array([layout.numbers[name] for name in names])) for layout in (replaced, given)
    )
    counts = np.minimum(mine.lengths, theirs.lengths)
    one, other = interleaved([(mine.starts, counts)]), interleaved([(theirs.starts, counts)])
    equal = np.ones(len(one), np.bool_)
    for name in new.schema.names:
        equal &= bits_of(old.column(name))[one] == bits_of(new.column(name))[other]
    begins = np.cumsum(counts) - counts
    differing = np.append(np.flatnonzero(~equal), len(equal))
    first = differing[np.searchsorted(differing, begins)]
    same = np.minimum(first - begins, counts).tolist()
    return {name: count for name, count in zip(names, same, strict=True) if count}
