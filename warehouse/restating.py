"""What is to be published, held against the snapshot that is served: which rows of its daily tables changed."""

from collections.abc import Mapping

import pyarrow as pa

from warehouse import snapshots
from warehouse.contracts import RAW_ACTIONS
from warehouse.history import History
from warehouse.intervals import DAILY
from warehouse.restatements import Change, restatements
from warehouse.serving import parts_of
from warehouse.trimming import trimmed
from warehouse.work import Version, WorkStore


def since_served(store: WorkStore, versions: Mapping[str, Version]) -> pa.Table:
    """Return the restatements against the served snapshot; none if there is no such."""
    served = snapshots.served(store.home)
    if served is None:
        return restatements("", {}, {})
    known = {table.name: table.version for table in served.tables}
    changes = {
        name: _change(store, served.id, name, known[name])
        for name, version in versions.items()
        if _is_daily(store, name) and known.get(name, version.version) != version.version
    }
    return restatements(served.id, changes, _acting(store, known.get(RAW_ACTIONS.name)))


def _is_daily(store: WorkStore, name: str) -> bool:
    contract = store.contract(name)
    return contract.served and contract.history and contract.schema_name == DAILY.schema


def _change(store: WorkStore, served: str, name: str, version: str) -> Change:
    """Compare the rows themselves where the steps from one version to the other are not remembered."""
    before, now = History.of(*parts_of(store.home.snapshots / served, name)), store.history(name)
    kept = store.changes(name, version)
    if kept is None:
        kept = dict.fromkeys(before.layout.symbols, 0)
        if before.base.schema.names == now.base.schema.names:
            kept, _ = trimmed(before, kept, now.all_rows())
    return Change(store.contract(name), before, now, kept)


def _acting(store: WorkStore, since: str | None) -> Mapping[str, str]:
    """Return the batch of the newest action of each symbol that got one; nothing where that is not known."""
    kept = store.changes(RAW_ACTIONS.name, since) if since is not None else None
    if not kept:
        return {}
    rows = store.history(RAW_ACTIONS.name).beyond(kept)
    pairs = zip(rows.column("symbol").to_pylist(), rows.column("batch").to_pylist(), strict=True)
    return dict(sorted(pairs))
