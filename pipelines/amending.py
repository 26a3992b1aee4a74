"""What of a table has to be made anew, because of what changed in those that it is made of."""

import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path

import polars as pl
import pyarrow as pa

from warehouse.contracts import Table
from warehouse.work import WorkStore

Kept = Mapping[str, int]
"""Of each symbol that changed, how many of its rows stayed as they were."""


def changed(store: WorkStore, table: Table, source: str, recipe: str = "") -> Kept | None:
    """Return what changed in a source since a table was made of it; None where all of the table must be made anew.

    That is so when it was never made, was made in another way, or the source's changes are forgotten.
    """
    known = store.known(table.name)
    if known is None or known.recipe != recipe or source not in known.inputs or store.contract(table.name) != table:
        return None
    return store.changes(source, known.inputs[source])


@cache
def code_of(*rooms: str) -> str:
    """Return a hash of the code of some packages and modules: what other code made is not gone on with."""
    found = hashlib.sha256()
    for room in rooms:
        path = Path(import_module(room).__file__ or "")
        for file in sorted(path.parent.rglob("*.py")) if path.name == "__init__.py" else [path]:
            found.update(file.read_bytes())
    return found.hexdigest()[:12]


def whole(names: Iterable[str]) -> dict[str, int]:
    """Return that nothing of some symbols is kept."""
    return dict.fromkeys(names, 0)


def frame(rows: pa.RecordBatch | pa.Table) -> pl.DataFrame:
    """Return rows as a frame, texts as texts."""
    found = pl.from_arrow(rows)
    if not isinstance(found, pl.DataFrame):
        raise TypeError(type(found))
    return found.with_columns(pl.col(pl.Categorical).cast(pl.String))
