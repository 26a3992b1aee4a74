"""Taking in what lies in the landing folder: good rows to the raw store, the rest to quarantine, nothing lost.

A batch exists once its record under `raw/batches` does. Everything before that can be done again after a kill,
and a file whose bytes were taken in before is recognised by its sha256.
"""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec
import polars as pl

from pipelines import delivery, rules, synthetic
from pipelines.delivery import Delivery, Kind, Refused
from warehouse.home import Home
from warehouse.snapshots import Batch
from warehouse.work import sha256_of, write_atomically


class Quarantined(msgspec.Struct, frozen=True):
    """Why a file or some of its rows lie in quarantine."""

    code: str
    detail: str
    file: str
    sha256: str
    quarantined_at: datetime
    rows: int | None = None  # null: the whole file
    reasons: dict[str, int] = {}


class Taken(msgspec.Struct, frozen=True):
    """What became of one landing file."""

    file: str
    outcome: Literal["taken", "refused", "known"]
    rows: int = 0
    rejected_rows: int = 0
    reasons: dict[str, int] = {}
    detail: str = ""


def waiting(home: Home) -> list[Path]:
    """Return the files in landing, oldest first; hidden and unfinished ones are left alone."""
    files = (path for path in home.landing.glob("*") if path.is_file() and not path.name.startswith("."))
    finished = (path for path in files if path.suffix not in {".part", ".tmp"})
    return sorted(finished, key=lambda path: (path.stat().st_mtime_ns, path.name))


def take_in(home: Home, *, progress: Callable[[str, int, int], None] = lambda *_: None) -> list[Taken]:
    """Take in every landing file; `progress` hears the file, how many are done, and of how many."""
    files = waiting(home)
    outcomes = []
    for done, path in enumerate(files):
        progress(path.name, done, len(files))
        outcomes.append(take_in_file(home, path))
    return outcomes


def take_in_file(home: Home, path: Path) -> Taken:
    """Take in one file: it leaves landing in any case."""
    digest = sha256_of(path)
    known = next((batch for batch in batches(home) if batch.sha256 == digest), None)
    if known is not None:
        _keep_original(home, known.id, path)
        return Taken(path.name, "known", detail=f"its bytes were taken in before, as batch {known.id}")
    try:
        delivered = delivery.read(path)
        _refuse_mixture(home, delivered)
    except Refused as refusal:
        return _refuse(home, path, digest, refusal)
    return _accept(home, path, digest, delivered)


def batches(home: Home) -> tuple[Batch, ...]:
    """Return the records of all accepted batches, in the order in which they were taken in."""
    return tuple(
        msgspec.json.decode(path.read_bytes(), type=Batch) for path in sorted((home.raw / "batches").glob("*.json"))
    )


def accepted(home: Home, kind: Kind) -> pl.DataFrame:
    """Return all accepted rows of a kind, each with its batch; later batches come later."""
    frames = [
        pl.read_parquet(_rows_path(home, kind, batch.id)).with_columns(batch=pl.lit(batch.id))
        for batch in batches(home)
        if batch.kind == kind
    ]
    schema = {"varchar": pl.String, "date": pl.Date, "double": pl.Float64}
    empty = pl.DataFrame(schema={column.name: schema[column.type] for column in delivery.TABLES[kind].columns})
    return pl.concat([empty, *(frame.select(empty.columns) for frame in frames)])


def _refuse_mixture(home: Home, delivered: Delivery) -> None:
    """Keep invented bars from standing beside real ones, in one file or in one home."""
    found = {*_invented(delivered), *(batch.invented for batch in batches(home))}
    if len(found) > 1:
        raise Refused(
            "mixed-with-synthetic", "synthetic symbols (SYN and a number) and real ones need homes of their own"
        )


def _invented(delivered: Delivery) -> set[bool]:
    return set(delivered.frame["symbol"].drop_nulls().unique().str.contains(synthetic.SYMBOL))


def _accept(home: Home, path: Path, digest: str, delivered: Delivery) -> Taken:
    now = datetime.now(UTC)
    batch_id = f"{len(batches(home)) + 1:06d}-{digest[:12]}"
    labelled = rules.label(delivered.frame, delivered.table, today=now.date())
    good = labelled.filter(pl.col(rules.REASON).is_null()).drop(rules.REASON)
    bad = labelled.filter(pl.col(rules.REASON).is_not_null())
    reasons = dict(sorted(bad[rules.REASON].value_counts().iter_rows()))
    if bad.height:
        note = Quarantined("bad-rows", "rows that break the contract", path.name, digest, now, bad.height, reasons)
        _quarantine(home, batch_id, note, lambda folder: bad.write_parquet(folder / "rows.parquet"))
    target = _rows_path(home, delivered.kind, batch_id)
    target.parent.mkdir(parents=True, exist_ok=True)
    good.write_parquet(target)
    record = Batch(
        batch_id, delivered.kind, path.name, digest, good.height, bad.height, now, invented=True in _invented(delivered)
    )
    (home.raw / "batches").mkdir(exist_ok=True)
    write_atomically(home.raw / "batches" / f"{batch_id}.json", msgspec.json.encode(record))
    _keep_original(home, batch_id, path)
    return Taken(path.name, "taken", good.height, bad.height, reasons)


def _refuse(home: Home, path: Path, digest: str, refusal: Refused) -> Taken:
    note = Quarantined(refusal.code, str(refusal), path.name, digest, datetime.now(UTC))
    _quarantine(home, f"{digest[:12]}-{refusal.code}", note, lambda folder: shutil.copy2(path, folder / path.name))
    path.unlink()
    return Taken(path.name, "refused", reasons={refusal.code: 1}, detail=str(refusal))


def _quarantine(home: Home, name: str, note: Quarantined, fill: Callable[[Path], object]) -> None:
    home.quarantine.mkdir(parents=True, exist_ok=True)
    draft = home.quarantine / f".{name}"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    fill(draft)
    (draft / "reason.json").write_bytes(msgspec.json.format(msgspec.json.encode(note), indent=2))
    final = home.quarantine / name
    shutil.rmtree(final, ignore_errors=True)  # the same bytes refused before, or a kill before the batch's record
    draft.replace(final)


def quarantined(home: Home) -> Iterator[tuple[str, Quarantined]]:
    """Yield what lies in quarantine: the folder's name and the note in it."""
    for path in sorted(home.quarantine.glob("[!.]*/reason.json")):
        yield path.parent.name, msgspec.json.decode(path.read_bytes(), type=Quarantined)


def _keep_original(home: Home, batch_id: str, path: Path) -> None:
    folder = home.raw / "files"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.move(path, folder / f"{batch_id}-{path.name}")


def _rows_path(home: Home, kind: Kind, batch_id: str) -> Path:
    return home.raw / kind / f"{batch_id}.parquet"
