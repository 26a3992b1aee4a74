"""Published snapshots: immutable folders, each with its manifest, and one link that says which is served."""

import os
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec

from warehouse.files import sha256_of, sync_folder
from warehouse.home import Home
from warehouse.work import Check

SCHEMA_VERSION = 3
READABLE = (2, SCHEMA_VERSION)  # 2: every table in one part
CURRENT = "current"
MANIFEST = "manifest.json"
DATABASE = "warehouse.duckdb"
SERVING = "serving/"
DELTA = "delta"  # under serving: what goes on from the files of the same names
ROWS = "rows"  # under serving: of each interval with deltas, where its rows lie
DUE = timedelta(hours=6)
"""A session's bars are due at 06:00 UTC on the day after it."""


class NoSnapshot(LookupError):
    """Nothing has been published yet."""


class UnknownSnapshot(LookupError):
    """A snapshot was asked for that is not kept."""


class CorruptSnapshot(RuntimeError):
    """A snapshot's files are not what its manifest says."""


Seen = tuple[int, int, int, int, str]
"""A file as it was when it was verified: device, inode, time of change, size, sha256."""


class FileEntry(msgspec.Struct, frozen=True):
    """A file of the snapshot."""

    path: str  # relative to the snapshot's folder
    bytes: int
    sha256: str


class TableEntry(msgspec.Struct, frozen=True):
    """A table of the snapshot: its content's version, and what it was derived from."""

    name: str
    rows: int
    version: str
    inputs: dict[str, str]
    checks: tuple[Check, ...] = ()
    generation: str = ""


class Batch(msgspec.Struct, frozen=True):
    """A file that was taken in."""

    id: str
    kind: str
    file: str
    sha256: str
    rows: int
    rejected_rows: int
    taken_at: datetime
    invented: bool = False  # its symbols are those of a synthetic universe
    source: str = "landing"  # who delivered it
    fetched_at: datetime | None = None  # when the source was asked; null where a file was brought
    skipped_rows: int = 0  # of symbols that nobody wants
    overridden: tuple[str, ...] = ()  # reasons set aside when it was released from quarantine
    parts: int = 1  # batches that its file became


class Manifest(msgspec.Struct, frozen=True):
    """What a snapshot holds; `id` is its time of creation and the start of its content's hash."""

    id: str
    created_at: datetime
    data_through: date
    schema_version: int
    catalogue_version: str
    content: str
    tables: tuple[TableEntry, ...]
    files: tuple[FileEntry, ...]
    batches: tuple[Batch, ...] = ()
    run_id: str | None = None
    awaited: dict[str, tuple[date, ...]] = {}
    """By trading calendar the sessions after the newest bars; none where the data is meant to end."""

    def behind(self, now: datetime) -> int:
        """Return how many sessions are due at a time in UTC and not here, by the calendar that lacks most."""
        due = (now - DUE).date()
        return max((sum(session < due for session in sessions) for sessions in self.awaited.values()), default=0)


def new_id(created_at: datetime, content: str) -> str:
    """Return a snapshot's name: sortable by time, and telling different contents apart."""
    return f"{created_at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{content[:6]}"


def folder_of(home: Home, snapshot_id: str) -> Path:
    """Return a kept snapshot's folder.

    Raises:
        UnknownSnapshot: it is not kept; the message lists those that are.
    """
    kept = ids(home)
    if snapshot_id not in kept:
        raise UnknownSnapshot(f"no snapshot {snapshot_id!r} is kept; kept: {', '.join(kept) or 'none'}")
    return home.snapshots / snapshot_id


def ids(home: Home) -> tuple[str, ...]:
    """Return the kept snapshots, oldest first."""
    return tuple(manifest.id for manifest in reversed(list_snapshots(home)))


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest in a snapshot's folder."""
    return msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)


def list_snapshots(home: Home) -> tuple[Manifest, ...]:
    """Return the manifests of the kept snapshots, newest first."""
    folders = (path.parent for path in home.snapshots.glob(f"[!.]*/{MANIFEST}"))
    manifests = (read_manifest(folder) for folder in folders if not folder.is_symlink())
    return tuple(sorted(manifests, key=lambda manifest: manifest.created_at, reverse=True))


def current_id(home: Home) -> str:
    """Return the served snapshot's id.

    Raises:
        NoSnapshot: nothing has been published.
    """
    try:
        return (home.snapshots / CURRENT).readlink().name
    except OSError as ex:
        raise NoSnapshot(f"nothing has been published under {home.snapshots}; run the pipeline first") from ex


def current(home: Home) -> Manifest:
    """Return the served snapshot's manifest."""
    return read_manifest(folder_of(home, current_id(home)))


def served(home: Home) -> Manifest | None:
    """Return the served snapshot's manifest, or None if nothing has been published."""
    try:
        return current(home)
    except (NoSnapshot, UnknownSnapshot):
        return None


def point_current(home: Home, snapshot_id: str) -> None:
    """Serve a snapshot from now on, in one atomic step."""
    draft = home.snapshots / f".{CURRENT}-{os.getpid()}"
    draft.unlink(missing_ok=True)
    draft.symlink_to(snapshot_id)
    draft.replace(home.snapshots / CURRENT)
    sync_folder(home.snapshots)


def rollback(home: Home, snapshot_id: str) -> Manifest:
    """Serve an older snapshot again, after a look at its files."""
    manifest = verify(home, snapshot_id)
    point_current(home, snapshot_id)
    return manifest


def verify(home: Home, snapshot_id: str) -> Manifest:
    """Compare every file of a snapshot with its manifest.

    Raises:
        CorruptSnapshot: a file is missing, of another size or content, or a write-ahead log lies beside the database.
    """
    return verify_folder(folder_of(home, snapshot_id))


def verify_folder(folder: Path, *, only: str = "", trusted: set[Seen] | None = None) -> Manifest:
    """Compare the files in a snapshot's folder with its manifest, or `only` those under a path; raises as `verify`.

    Files that are `trusted` and have not been touched since are not read again: snapshots share what did not change.
    """
    manifest = read_manifest(folder)
    if manifest.schema_version not in READABLE:
        known = " and ".join(map(str, READABLE))
        raise CorruptSnapshot(f"{manifest.id} has schema version {manifest.schema_version}; known: {known}")
    for entry in manifest.files:
        if entry.path.startswith(only):
            _verify_file(folder, entry, set() if trusted is None else trusted)
    if (folder / f"{DATABASE}.wal").exists():
        raise CorruptSnapshot(f"{manifest.id}: a write-ahead log lies beside {DATABASE}")
    return manifest


def _verify_file(folder: Path, entry: FileEntry, trusted: set[Seen]) -> None:
    path = folder / entry.path
    if not path.is_file():
        raise CorruptSnapshot(f"{folder.name}: {entry.path} is missing")
    found = path.stat()
    seen = (found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size, entry.sha256)
    if seen in trusted:
        return
    if found.st_size != entry.bytes or sha256_of(path) != entry.sha256:
        raise CorruptSnapshot(f"{folder.name}: {entry.path} is not the file that was published")
    trusted.add(seen)


def prune(home: Home, *, keep: int) -> tuple[str, ...]:
    """Remove the oldest snapshots beyond `keep`, never the served one; returns what went."""
    served = current_id(home)
    surplus = tuple(old for old in ids(home)[:-keep] if old != served)
    for old in surplus:
        (home.snapshots / old / MANIFEST).unlink()  # from here on it is no snapshot, whatever is left of it
        shutil.rmtree(home.snapshots / old)
    return surplus


def clear_debris(home: Home) -> None:
    """Remove what was not finished, or not wholly removed: folders without a manifest."""
    for path in home.snapshots.glob("*/"):
        if not path.is_symlink() and not (path / MANIFEST).exists():
            shutil.rmtree(path)
