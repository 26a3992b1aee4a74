"""What was not used, with its bytes and its reasons, and how it is offered again."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.reasons import BAR_REASONS, FILE_REASONS, Refused
from pipelines.rules import REASON
from pipelines.surroundings import ROW
from warehouse.files import sha256_of, write_atomically
from warehouse.home import Home

BAD_ROWS = "bad-rows"
OVERRIDABLE = frozenset(reason.code for reason in (*FILE_REASONS, *BAR_REASONS) if reason.overridable)
_NOTE = "reason.json"
_ROWS = "rows.parquet"
_RELEASES = "releases"
_RELEASE_ID = b"kalpi.release"


class Quarantined(msgspec.Struct, frozen=True):
    """Why a file or some of its rows lie in quarantine."""

    code: str
    detail: str
    file: str
    sha256: str
    quarantined_at: datetime
    rows: int | None = None  # null: the whole file
    reasons: dict[str, int] = {}


class Release(msgspec.Struct, frozen=True):
    """That something was offered to landing again, which reasons were set aside for it, and why."""

    id: str
    entry: str
    released_at: datetime
    overridden: tuple[str, ...]
    because: str
    file: str
    sha256: str


class Entry(msgspec.Struct, frozen=True):
    """Something in quarantine; `release` is the newest of it, if it was released since it came here."""

    id: str
    note: Quarantined
    release: Release | None = None


class UnknownEntry(LookupError):
    """Nothing in quarantine bears an id."""


class NotReleasable(ValueError):
    """A release was asked for that can't be made."""


def keep_file(home: Home, path: Path, digest: str, refusal: Refused) -> str:
    """Move a refused file into quarantine; returns the entry's id."""
    note = Quarantined(refusal.code, str(refusal), path.name, digest, datetime.now(UTC))
    name = f"{digest[:12]}-{refusal.code}"
    _keep(home, name, note, lambda folder: _link(path, folder / path.name))
    path.unlink()
    return name


def keep_rows(home: Home, batch: str, file: str, digest: str, rows: pl.DataFrame) -> dict[str, int]:
    """Keep the rows of a batch that can't be used, each with its `reason`; returns how many have which."""
    reasons = dict(sorted(rows[REASON].value_counts().iter_rows()))
    detail = "rows that can't be used; the others of the file are"
    note = Quarantined(BAD_ROWS, detail, file, digest, datetime.now(UTC), rows.height, reasons)
    _keep(home, batch, note, lambda folder: rows.write_parquet(folder / _ROWS))
    return reasons


def entries(home: Home) -> Iterator[Entry]:
    """Yield what lies in quarantine, oldest first."""
    released = {release.entry: release for release in releases(home)}
    notes = [
        (path.parent.name, msgspec.json.decode(path.read_bytes(), type=Quarantined))
        for path in home.quarantine.glob(f"[!.]*/{_NOTE}")
    ]
    for name, note in sorted(notes, key=lambda each: (each[1].quarantined_at, each[0])):
        release = released.get(name)
        yield Entry(name, note, release if release and release.released_at >= note.quarantined_at else None)


def entry(home: Home, entry_id: str) -> Entry:
    """Return one entry.

    Raises:
        UnknownEntry: with the ids there are.
    """
    known = {each.id: each for each in entries(home)}
    if entry_id not in known:
        raise UnknownEntry(f"nothing in quarantine is called {entry_id!r}; there: {', '.join(known) or 'nothing'}")
    return known[entry_id]


def path_of(home: Home, found: Entry) -> Path:
    """Return the file that an entry keeps: the original, or its unusable rows."""
    return home.quarantine / found.id / (found.note.file if found.note.rows is None else _ROWS)


def rows_of(home: Home, found: Entry) -> pl.DataFrame:
    """Return an entry's rows, each with its number in the file and its reason; none for a whole file."""
    return pl.read_parquet(path_of(home, found)) if found.note.rows is not None else pl.DataFrame()


def release(home: Home, entry_id: str, *, override: tuple[str, ...] = (), because: str = "") -> Release:
    """Offer an entry to landing again. It is judged as ever, but for the reasons that are set aside.

    Raises:
        UnknownEntry: with the ids there are.
        NotReleasable: it was released before, or a reason is not its own, or is none that can be set aside.
    """
    found = entry(home, entry_id)
    _refuse_release(found, override)
    now = datetime.now(UTC)
    name = f"{now:%Y%m%dT%H%M%S%fZ}"
    file = found.note.file if found.note.rows is None else f"released-{found.id}-{name}.parquet"
    home.landing.mkdir(parents=True, exist_ok=True)
    draft = home.landing / f".{file}.{os.getpid()}.part"
    if found.note.rows is None:
        shutil.copyfile(path_of(home, found), draft)
    else:
        _write_rows(rows_of(home, found), draft, name)
    made = Release(name, found.id, now, override, because, file, sha256_of(draft))
    (home.quarantine / _RELEASES).mkdir(exist_ok=True)
    write_atomically(home.quarantine / _RELEASES / f"{name}.json", msgspec.json.format(msgspec.json.encode(made)))
    draft.replace(home.landing / file)
    return made


def releases(home: Home) -> tuple[Release, ...]:
    """Return all releases, oldest first."""
    paths = sorted((home.quarantine / _RELEASES).glob("[!.]*.json"))
    return tuple(msgspec.json.decode(path.read_bytes(), type=Release) for path in paths)


def _refuse_release(found: Entry, override: tuple[str, ...]) -> None:
    if found.release:
        raise NotReleasable(f"{found.id} was released at {found.release.released_at:%Y-%m-%d %H:%M} UTC")
    given = {found.note.code} if found.note.rows is None else set(found.note.reasons)
    for code in override:
        if code not in given:
            raise NotReleasable(f"{found.id} is not here for {code!r}; its reasons: {', '.join(sorted(given))}")
        if code not in OVERRIDABLE:
            raise NotReleasable(f"{code!r} can't be overridden; those that can: {', '.join(sorted(OVERRIDABLE))}")


def _write_rows(rows: pl.DataFrame, path: Path, release_id: str) -> None:
    """Write rows as a delivery whose bytes are unlike any before, so that it is not taken for one of them."""
    table = pa.table(rows.drop(ROW, REASON).to_arrow())
    named = table.replace_schema_metadata({_RELEASE_ID: release_id.encode()})
    pq.write_table(named, path, compression="zstd")


def _keep(home: Home, name: str, note: Quarantined, fill: Callable[[Path], object]) -> None:
    home.quarantine.mkdir(parents=True, exist_ok=True)
    draft = home.quarantine / f".{name}"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    fill(draft)
    (draft / _NOTE).write_bytes(msgspec.json.format(msgspec.json.encode(note), indent=2))
    final = home.quarantine / name
    shutil.rmtree(final, ignore_errors=True)  # the same bytes refused before, or a kill before the batch's record
    draft.replace(final)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copyfile(source, target)
