"""GET /v1/snapshots and /v1/snapshots/current: what was published, and what is served."""

from datetime import date, datetime

import msgspec

from api.desk import Desk
from api.edition import Warned, checks_of, warnings_of
from api.questions import Nothing
from api.reply import Reply, whole
from api.resources.stretch import ChecksName
from warehouse import snapshots as published
from warehouse.snapshots import Manifest


class TableItem(msgspec.Struct, frozen=True):
    """A table of the snapshot, and how many of its checks passed."""

    name: str
    rows: int
    checks: int
    passed: int


class SnapshotItem(msgspec.Struct, frozen=True, kw_only=True):
    """One published snapshot."""

    id: str
    served: bool
    created_at: datetime
    data_through: date
    schema_version: int
    catalogue_version: str
    content: str
    batches: int
    checks: ChecksName
    warnings: tuple[Warned, ...]
    tables: tuple[TableItem, ...]


class Snapshots(msgspec.Struct, frozen=True):
    """The kept snapshots, newest first."""

    items: tuple[SnapshotItem, ...]
    next_cursor: str | None = None


def kept(_question: Nothing, desk: Desk) -> Reply:
    """Return the snapshots that can be asked for with snapshot=<id>."""
    served = desk.edition(None).id
    manifests = published.list_snapshots(desk.deps.settings.home)
    return whole(Snapshots(tuple(_item(one, served=one.id == served) for one in manifests)))


def current(_question: Nothing, desk: Desk) -> Reply:
    """Return the snapshot this worker serves."""
    return whole(_item(desk.edition(None).reader.manifest, served=True))


def _item(manifest: Manifest, *, served: bool) -> SnapshotItem:
    return SnapshotItem(
        id=manifest.id,
        served=served,
        created_at=manifest.created_at,
        data_through=manifest.data_through,
        schema_version=manifest.schema_version,
        catalogue_version=manifest.catalogue_version,
        content=manifest.content,
        batches=len(manifest.batches),
        checks=checks_of(manifest),
        warnings=warnings_of(manifest),
        tables=tuple(
            TableItem(one.name, one.rows, len(one.checks), sum(check.passed for check in one.checks))
            for one in manifest.tables
        ),
    )
