"""Taking in what lies in the landing folder: good rows to the raw store, the rest to quarantine, nothing lost.

A batch exists once its record under `raw/batches` does. Everything before that can be done again after a kill,
and a file whose bytes were taken in before is recognised by its sha256.
"""

import logging
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import msgspec
import polars as pl

from pipelines import declaration, delivery, quarantine, rules, surroundings, synthetic
from pipelines.batches import accepted, batches, last_closes, record, rows_path
from pipelines.decoder import Decoder, Limits
from pipelines.delivery import Delivery, Part, Plan
from pipelines.fetching import record_of
from pipelines.mappings import Kind
from pipelines.reasons import Refused
from pipelines.rules import REASON
from pipelines.shaping import UNREADABLE
from warehouse.files import sha256_of
from warehouse.home import Home
from warehouse.snapshots import Batch

_log = logging.getLogger("kalpi.pipelines")


class Taken(msgspec.Struct, frozen=True):
    """What became of one landing file."""

    file: str
    outcome: Literal["taken", "refused", "known"]
    rows: int = 0
    rejected_rows: int = 0
    skipped_rows: int = 0
    reasons: dict[str, int] = {}
    detail: str = ""
    batches: tuple[str, ...] = ()


def waiting(home: Home) -> list[Path]:
    """Return the files in landing, oldest first; hidden and unfinished ones are left alone."""
    files = (path for path in home.landing.glob("*") if path.is_file() and not path.name.startswith("."))
    finished = (path for path in files if path.suffix not in {".part", ".tmp"})
    return sorted(finished, key=lambda path: (path.stat().st_mtime_ns, path.name))


def take_in(
    home: Home, *, progress: Callable[[str, int, int], None] = lambda *_: None, limits: Limits | None = None
) -> list[Taken]:
    """Take in every landing file; `progress` hears the file, how many are done, and of how many.

    Corporate actions come first: a split explains a jump in bars that came with it.
    """
    outcomes = []
    with Intake(home, limits) as intake:
        offers = sorted(map(intake.look, waiting(home)), key=lambda offer: offer.kind == "bars")
        for done, offer in enumerate(offers):
            progress(offer.path.name, done, len(offers))
            outcomes.append(intake.take(offer))
            _tell(outcomes[-1])
    return outcomes


def _tell(taken: Taken) -> None:
    told = {"file": taken.file, "batches": taken.batches, "rows": taken.rows, "rejected_rows": taken.rejected_rows}
    level = logging.WARNING if taken.reasons else logging.INFO
    _log.log(level, "file %s", taken.outcome, extra={**told, "reasons": taken.reasons, "detail": taken.detail})


class Offer(msgspec.Struct, frozen=True):
    """A landing file after a look at it: how it will be read, or why it won't."""

    path: Path
    sha256: str
    overridden: frozenset[str]
    plan: Plan | None = None
    refusal: Refused | None = None

    @property
    def kind(self) -> Kind | None:
        """What it holds, if it can be read."""
        return self.plan.kind if self.plan else None


class Intake:
    """One pass over landing: what is declared and what was taken in before is read once."""

    def __init__(self, home: Home, limits: Limits | None = None) -> None:
        self._home = home
        self._declaration = declaration.load(home)
        self._decoder = Decoder(home.raw / ".decoding", limits)
        self._batches = list(batches(home))
        self._splits = accepted(home, "actions").filter(pl.col("kind") == "split")
        self._overridden = {each.sha256: frozenset(each.overridden) for each in quarantine.releases(home)}

    def __enter__(self) -> Self:
        self._decoder.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._decoder.__exit__(kind, error, at)

    def look(self, path: Path) -> Offer:
        """Judge a file by its metadata."""
        digest = sha256_of(path)
        overridden = self._overridden.get(digest, frozenset())
        try:
            plan = delivery.plan(path, self._declaration, self._decoder, overridden=overridden)
        except Refused as refusal:
            return Offer(path, digest, overridden, refusal=refusal)
        return Offer(path, digest, overridden, plan)

    def take(self, offer: Offer) -> Taken:
        """Take in one file: it leaves landing in any case."""
        known = [batch for batch in self._batches if batch.sha256 == offer.sha256]
        if known and len(known) == known[0].parts:
            _keep_original(self._home, known[0].id, offer.path)
            return Taken(offer.path.name, "known", detail=f"its bytes were taken in before, as batch {known[0].id}")
        try:
            return self._accept(offer, self._read(offer))
        except Refused as refusal:
            quarantine.keep_file(self._home, offer.path, offer.sha256, refusal)
            return Taken(offer.path.name, "refused", reasons={refusal.code: 1}, detail=str(refusal))

    def _read(self, offer: Offer) -> Delivery:
        if offer.plan is None:
            raise offer.refusal or Refused("unknown-format", "not looked at")
        delivered = delivery.read(offer.path, offer.plan, self._decoder)
        self._refuse_mixture(delivered)
        return delivered

    def _refuse_mixture(self, delivered: Delivery) -> None:
        """Keep invented bars from standing beside real ones, in one file or in one home."""
        found = {*_invented(delivered), *(batch.invented for batch in self._batches)}
        if len(found) > 1:
            raise Refused(
                "mixed-with-synthetic", "synthetic symbols (SYN and a number) and real ones need homes of their own"
            )

    def _accept(self, offer: Offer, delivered: Delivery) -> Taken:
        taken = Taken(offer.path.name, "taken")
        for part in delivered.parts:
            done = [batch for batch in self._batches if (batch.sha256, batch.kind) == (offer.sha256, part.kind)]
            if not done:  # else a kill came between this part's record and the next one's
                taken = self._accept_part(offer, delivered, part, taken)
        _keep_original(self._home, self._batches[-1].id, offer.path)
        return taken

    def _accept_part(self, offer: Offer, delivered: Delivery, part: Part, taken: Taken) -> Taken:
        now = datetime.now(UTC)
        batch_id = f"{len(self._batches) + 1:06d}-{offer.sha256[:12]}"
        wanted = self._wanted(part)
        labelled = self._label(wanted, part, offer, now)
        good, bad = labelled.filter(pl.col(REASON).is_null()), labelled.filter(pl.col(REASON).is_not_null())
        reasons = {}
        if bad.height:
            reasons = quarantine.keep_rows(self._home, batch_id, offer.path.name, offer.sha256, bad)
        target = rows_path(self._home, part.kind, batch_id)
        target.parent.mkdir(parents=True, exist_ok=True)
        good.drop(REASON, surroundings.ROW).write_parquet(target)
        skipped = part.frame.height - wanted.height
        self._record(
            Batch(
                id=batch_id,
                kind=part.kind,
                file=offer.path.name,
                sha256=offer.sha256,
                rows=good.height,
                rejected_rows=bad.height,
                taken_at=now,
                invented=True in _invented(delivered),
                source=delivered.source,
                fetched_at=self._fetched_at(offer),
                skipped_rows=skipped,
                overridden=tuple(sorted(offer.overridden)),
                parts=len(delivered.parts),
            )
        )
        if part.kind == "actions":
            self._splits = accepted(self._home, "actions").filter(pl.col("kind") == "split")
        return msgspec.structs.replace(
            taken,
            rows=taken.rows + good.height,
            rejected_rows=taken.rejected_rows + bad.height,
            skipped_rows=taken.skipped_rows + skipped,
            reasons={**taken.reasons, **reasons},
            batches=(*taken.batches, batch_id),
        )

    def _fetched_at(self, offer: Offer) -> datetime | None:
        record = record_of(self._home, offer.path.name)
        return record.fetched_at if record and record.sha256 == offer.sha256 else None

    def _wanted(self, part: Part) -> pl.DataFrame:
        """Return a part's rows with their numbers, those of symbols that are to be skipped left out."""
        numbered = part.frame.with_row_index(surroundings.ROW, offset=1)
        universe = self._declaration.universe
        if universe.members is None or universe.others != "skip":
            return numbered
        return numbered.filter(pl.col("symbol").is_in(universe.members) | pl.col("symbol").is_null())

    def _label(self, frame: pl.DataFrame, part: Part, offer: Offer, now: datetime) -> pl.DataFrame:
        tried = rules.of_delivery(part.table, today=now.date())
        if part.kind == "bars":
            before = last_closes(self._home, self._batches, frame)
            tried += surroundings.rules(frame, self._declaration, now=now, before=before, splits=self._splits)
        return rules.label(frame, (rule for rule in tried if rule.code not in offer.overridden)).drop(UNREADABLE)

    def _record(self, batch: Batch) -> None:
        record(self._home, batch)
        self._batches.append(batch)


def _invented(delivered: Delivery) -> set[bool]:
    symbols = pl.concat(part.frame["symbol"] for part in delivered.parts).drop_nulls().unique()
    return set(symbols.str.contains(synthetic.SYMBOL))


def _keep_original(home: Home, batch_id: str, path: Path) -> None:
    folder = home.raw / "files"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.move(path, folder / f"{batch_id}-{path.name}")
