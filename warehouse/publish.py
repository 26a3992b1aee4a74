"""Publishing: from the work store's tables to an immutable snapshot, and one rename that makes it the served one."""

import hashlib
import os
import shutil
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa

from warehouse import snapshots
from warehouse.contracts import DAILY_BARS, contract_of
from warehouse.database import checks_table, write_database
from warehouse.home import Home
from warehouse.lock import WriterLock
from warehouse.snapshots import Batch, FileEntry, Manifest, TableEntry
from warehouse.work import Version, WorkStore, sha256_of, write_atomically

KEEP_SNAPSHOTS = 3
Keys = tuple[np.ndarray, np.ndarray, list[str]]


class PublishRefused(RuntimeError):
    """The work store's tables don't make a snapshot: one is missing, failed its checks, or is older than its inputs."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What to publish: `tables` must all be there, checked, and derived from one another's newest versions."""

    tables: tuple[str, ...]
    catalogue_version: str
    batches: tuple[Batch, ...] = ()
    run_id: str | None = None
    keep: int = KEEP_SNAPSHOTS


def publish(store: WorkStore, request: Request, lock: WriterLock) -> Manifest:
    """Publish the newest versions of the tables; content that a kept snapshot holds is served from there.

    Raises:
        PublishRefused: with the reason; the served snapshot stays.
        StaleWriterError: a newer run holds the warehouse; the served snapshot stays.
    """
    home = store.home
    versions = {name: store.version(name) for name in request.tables}
    _refuse_unfit(versions)
    content = _content_hash(versions, request.catalogue_version)
    manifest = next((kept for kept in snapshots.list_snapshots(home) if kept.content == content), None)
    if manifest is None:
        build = _fresh_build_folder(home, content)
        manifest = _build(store, request, versions, content, build)
        build.replace(home.snapshots / manifest.id)
        snapshots.sync_folder(home.snapshots)
    lock.check()
    snapshots.point_current(home, manifest.id)
    snapshots.prune(home, keep=request.keep)
    return manifest


def _refuse_unfit(versions: Mapping[str, Version]) -> None:
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


def _content_hash(versions: Mapping[str, Version], catalogue_version: str) -> str:
    parts = [f"{name}={version.version}" for name, version in sorted(versions.items())]
    return hashlib.sha256("\n".join([str(snapshots.SCHEMA_VERSION), catalogue_version, *parts]).encode()).hexdigest()


def _fresh_build_folder(home: Home, content: str) -> Path:
    home.snapshots.mkdir(parents=True, exist_ok=True)
    for debris in home.snapshots.glob(f"{snapshots.BUILD_PREFIX}*"):
        shutil.rmtree(debris)
    build = home.snapshots / f"{snapshots.BUILD_PREFIX}{content[:12]}"
    (build / "serving").mkdir(parents=True)
    return build


def _build(store: WorkStore, request: Request, versions: Mapping[str, Version], content: str, build: Path) -> Manifest:
    created_at = datetime.now(UTC)
    serving = _link_serving(store, versions, build)
    bars = store.read(DAILY_BARS.name)
    manifest = Manifest(
        id=snapshots.new_id(created_at, content),
        created_at=created_at,
        data_through=_last_session(bars),
        schema_version=snapshots.SCHEMA_VERSION,
        catalogue_version=request.catalogue_version,
        content=content,
        tables=tuple(TableEntry(v.table, v.rows, v.version, v.inputs, v.checks) for v in versions.values()),
        files=(*serving, _database(store, versions, build)),
        batches=request.batches,
        run_id=request.run_id,
    )
    write_atomically(build / snapshots.MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=2))
    return manifest


def _last_session(bars: pa.Table) -> date:
    days = bars.column("date").combine_chunks().cast(pa.int32()).to_numpy()
    return date(1970, 1, 1) + timedelta(days=int(days.max()))


def _link_serving(store: WorkStore, versions: Mapping[str, Version], build: Path) -> tuple[FileEntry, ...]:
    entries = []
    keys = cache(lambda bars: _keys(store.read(bars)))
    for name, version in versions.items():
        data = store.read(name)
        contract = contract_of(data.schema)
        if not contract.served:
            continue
        bars = contract.schema_name + ".bars"
        if bars in versions and not _aligned(_keys(data), keys(bars)):
            raise PublishRefused(f"{name} is not aligned with {bars} row by row")
        target = build / "serving" / f"{name}.arrow"
        _link(store.path(name), target)
        entries.append(FileEntry(f"serving/{name}.arrow", version.bytes, version.version))
    return tuple(entries)


def _aligned(one: Keys, other: Keys) -> bool:
    return all(np.array_equal(mine, theirs) for mine, theirs in zip(one, other, strict=True))


def _keys(data: pa.Table) -> Keys:
    symbols = data.column("symbol").combine_chunks()
    days = data.column("date").combine_chunks()
    return symbols.indices.to_numpy(), days.cast(pa.int32()).to_numpy(), symbols.dictionary.to_pylist()


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copyfile(source, target)
        target.chmod(0o444)


def _database(store: WorkStore, versions: Mapping[str, Version], build: Path) -> FileEntry:
    path = build / snapshots.DATABASE
    write_database(path, {name: store.read(name) for name in versions}, checks_table(versions.values()))
    return FileEntry(snapshots.DATABASE, path.stat().st_size, sha256_of(path))
