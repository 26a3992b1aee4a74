"""What a snapshot's folder is filled with: links to the work store's files, indexes of rows, and DuckDB's file."""

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb

from warehouse import crash, database, index, restating, snapshots
from warehouse.contracts import BARS
from warehouse.files import sha256_of
from warehouse.home import Home
from warehouse.parts import write_arrow
from warehouse.restatements import RESTATEMENTS
from warehouse.snapshots import FileEntry, Manifest, TableEntry
from warehouse.work import Version, WorkStore

_BASE = f"{snapshots.SERVING}{{}}.arrow"
_DELTA = f"{snapshots.SERVING}{snapshots.DELTA}/{{}}.arrow"
_INDEX = f"{snapshots.SERVING}{snapshots.ROWS}/{{}}.arrow"
_AT_ONCE = 2**22  # bytes


def fill(folder: Path, store: WorkStore, versions: Mapping[str, Version]) -> tuple[FileEntry, ...]:
    """Write everything but the manifest, and return what is there."""
    for path in (_BASE, _DELTA, _INDEX):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
    files = [*_linked(folder, store, versions), *_indexed(folder, store, versions)]
    crash.reached("linked")
    path = folder / snapshots.DATABASE
    write_database(path, store, versions)
    crash.reached("database-written")
    return (*files, FileEntry(path.name, path.stat().st_size, sha256_of(path)))


def _linked(folder: Path, store: WorkStore, versions: Mapping[str, Version]) -> Iterator[FileEntry]:
    """Link the files that the API maps."""
    for name, version in versions.items():
        if store.contract(name).served:
            for part, source, path in zip(version.parts, store.files(name), (_BASE, _DELTA), strict=False):
                _link(source, folder / path.format(name))
                yield FileEntry(path.format(name), part.bytes, part.sha256)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copyfile(source, target)
        target.chmod(0o444)


def _indexed(folder: Path, store: WorkStore, versions: Mapping[str, Version]) -> Iterator[FileEntry]:
    """Write the index of each interval whose rows lie in a base and a delta."""
    for bars in BARS.values():
        if bars.name in versions and len(versions[bars.name].parts) > 1:
            path = _INDEX.format(bars.schema_name)
            part = write_arrow(folder / path, index.table(store.history(bars.name)))
            yield FileEntry(path, part.bytes, part.sha256)


def write_database(path: Path, store: WorkStore, versions: Mapping[str, Version]) -> None:
    """Write the analysts' file, as a copy of the served snapshot's one where what changed since is known."""
    known = _copied(store.home, path, versions)
    with database.writing(path) as connection:
        for version in versions.values():
            if not store.contract(version.table).view:
                _bring_in(connection, store, version, known.get(version.table))
        database.load(connection, database.CHECKS, database.checks_table(versions.values()))
        database.load(connection, RESTATEMENTS, restating.since_served(store, versions))
        database.show(connection, map(store.contract, versions))


def _bring_in(
    connection: duckdb.DuckDBPyConnection, store: WorkStore, version: Version, known: TableEntry | None
) -> None:
    """Load a table, or what of it changed since an older database was written; a base written anew is loaded whole."""
    if known is not None and known.version == version.version:
        return
    contract = store.contract(version.table)
    goes_on = known is not None and known.generation and known.generation == version.generation
    changes = store.changes(version.table, known.version) if known is not None and goes_on else None
    if changes is None:
        database.load(connection, contract, store.read(version.table))
    else:
        database.amend(connection, contract, store.history(version.table), changes)


def _copied(home: Home, path: Path, versions: Mapping[str, Version]) -> Mapping[str, TableEntry]:
    """Copy the served snapshot's database, and return what is in it; nothing where it is not one to go on with."""
    served = snapshots.served(home)
    if served is None or served.schema_version != snapshots.SCHEMA_VERSION:
        return {}
    known = {table.name: table for table in served.tables}
    if known.keys() != versions.keys() or not _copy(home.snapshots / served.id / path.name, path, _expected(served)):
        return {}
    return known


def _expected(served: Manifest) -> str:
    return next(file.sha256 for file in served.files if file.path == snapshots.DATABASE)


def _copy(source: Path, target: Path, sha256: str) -> bool:
    """Copy a file if it is what it should be, so that what is damaged does not live on; else return False."""
    found = hashlib.sha256()
    try:
        with source.open("rb") as old, target.open("wb") as new:
            while piece := old.read(_AT_ONCE):
                found.update(piece)
                new.write(piece)
    except FileNotFoundError:
        return False
    if found.hexdigest() == sha256:
        return True
    target.unlink()
    return False
