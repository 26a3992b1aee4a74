"""Publishing: from the work store's tables to an immutable snapshot, and one rename that makes it the served one."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime

import msgspec

from warehouse import building, crash, snapshots
from warehouse.contracts import DAILY_BARS
from warehouse.files import sync_folder, write_atomically
from warehouse.history import has_same_keys
from warehouse.lock import WriterLock
from warehouse.snapshots import Batch, Manifest, TableEntry
from warehouse.work import Version, WorkStore

KEEP_SNAPSHOTS = 3


class PublishRefused(RuntimeError):
    """The work store's tables don't make a snapshot: one is missing, failed its checks, or is older than its inputs."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What to publish: `tables` must all be there, checked, and derived from one another's newest versions."""

    tables: tuple[str, ...]
    catalogue_version: str
    batches: tuple[Batch, ...] = ()
    run_id: str | None = None
    keep: int = KEEP_SNAPSHOTS
    awaited: Mapping[str, tuple[date, ...]] = {}


def publish(store: WorkStore, request: Request, lock: WriterLock) -> Manifest:
    """Publish the newest versions of the tables; content that a kept snapshot holds is served from there.

    Raises:
        PublishRefused: with the reason; the served snapshot stays.
        StaleWriterError: a newer run holds the warehouse; the served snapshot stays.
    """
    home = store.home
    versions = {name: store.version(name) for name in request.tables}
    _refuse_unfit(store, versions)
    content = _content_hash(versions, request.catalogue_version)
    manifest = next((kept for kept in snapshots.list_snapshots(home) if kept.content == content), None)
    if manifest is None:
        manifest = _built(store, request, versions, content)
    lock.check()
    snapshots.point_current(home, manifest.id)
    crash.reached("pointed")
    snapshots.prune(home, keep=request.keep)
    crash.reached("pruned")
    return manifest


def _refuse_unfit(store: WorkStore, versions: Mapping[str, Version]) -> None:
    for version in versions.values():
        for check in version.checks:
            if check.blocking and not check.passed:
                raise PublishRefused(f"{version.table}: check {check.name} failed: {check.detail}")
        for source, used in version.inputs.items():
            if source in versions and versions[source].version != used:
                raise PublishRefused(f"{version.table} was derived from an older {source}; materialise it again")
    bars = versions[DAILY_BARS.name]
    if not bars.checks:
        raise PublishRefused(f"{bars.table} has not been checked")
    if bars.rows == 0:
        raise PublishRefused(f"{bars.table} has no rows")
    for name in versions:
        leader = store.contract(name).follows
        if leader in versions and not _is_aligned(store, name, leader):
            raise PublishRefused(f"{name} is not aligned with {leader} row by row")


def _is_aligned(store: WorkStore, name: str, leader: str) -> bool:
    """Return whether a row has the same number in both; bases of one generation have the same rows."""
    mine, theirs = store.history(name), store.history(leader)
    return (
        mine.generation == theirs.generation
        and len(mine.parts) == len(theirs.parts)
        and all(map(has_same_keys, mine.parts[1:], theirs.parts[1:]))
    )


def _content_hash(versions: Mapping[str, Version], catalogue_version: str) -> str:
    parts = [f"{name}={version.version}" for name, version in sorted(versions.items())]
    return hashlib.sha256("\n".join([str(snapshots.SCHEMA_VERSION), catalogue_version, *parts]).encode()).hexdigest()


def _built(store: WorkStore, request: Request, versions: Mapping[str, Version], content: str) -> Manifest:
    """Make a snapshot in its folder; it is one as soon as its manifest is there."""
    home, created_at = store.home, datetime.now(UTC)
    home.snapshots.mkdir(parents=True, exist_ok=True)
    snapshots.clear_debris(home)
    folder = home.snapshots / snapshots.new_id(created_at, content)
    files = building.fill(folder, store, versions)
    manifest = Manifest(
        id=folder.name,
        created_at=created_at,
        data_through=store.history(DAILY_BARS.name).newest(),
        schema_version=snapshots.SCHEMA_VERSION,
        catalogue_version=request.catalogue_version,
        content=content,
        tables=tuple(
            TableEntry(v.table, v.rows, v.version, v.inputs, v.checks, v.generation) for v in versions.values()
        ),
        files=files,
        batches=request.batches,
        run_id=request.run_id,
        awaited=dict(request.awaited),
    )
    write_atomically(folder / snapshots.MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=2))
    sync_folder(home.snapshots)
    crash.reached("manifest-written")
    return manifest
