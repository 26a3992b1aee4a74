"""What is kept and logged of a run: how long each step took, what came in, and how it ended."""

import logging
from collections import Counter
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

import dagster as dg
from structlog.contextvars import bound_contextvars

from pipelines import ingest, quarantine
from warehouse import logs, runs
from warehouse.home import Home
from warehouse.runs import Run

_UNWELL = {"FAILURE", "IN_PROGRESS"}
_log = logging.getLogger("kalpi.pipelines")


@contextmanager
def recorded(home: Home, run: dg.DagsterRun, instance: dg.DagsterInstance) -> Generator[None]:
    """Log a run's begin and end, with its id in every line between, and keep how it ended."""
    started = datetime.now(UTC)
    with logs.written(), bound_contextvars(run_id=run.run_id):
        _log.info("run started", extra={"job": run.job_name})
        try:
            yield
        finally:
            _end(home, run, instance, started)


def _end(home: Home, run: dg.DagsterRun, instance: dg.DagsterInstance, started: datetime) -> None:
    try:
        ended = _run(home, run, instance, started)
        runs.keep(home, ended)
    except Exception:  # noqa: BLE001 - what is told of a run must not fail it
        _log.exception("how the run ended could not be kept")
        return
    told = {"job": ended.job, "success": ended.success, "seconds": round(ended.seconds, 3), **ended.rows}
    _log.log(logging.INFO if ended.success else logging.ERROR, "run ended", extra=told)


def _run(home: Home, run: dg.DagsterRun, instance: dg.DagsterInstance, started: datetime) -> Run:
    stats = [each for each in instance.get_run_step_stats(run.run_id) if each.start_time and each.status]
    success = bool(stats) and not any(each.status and each.status.value in _UNWELL for each in stats)
    ended, before = datetime.now(UTC), runs.last(home)
    succeeded_at = before.succeeded_at if before else None
    return Run(
        id=run.run_id,
        job=run.job_name,
        started_at=started,
        ended_at=ended,
        success=success,
        succeeded_at=ended if success else succeeded_at,
        rows=_rows(home, started),
        steps={each.step_key: each.end_time - each.start_time for each in stats if each.end_time and each.start_time},
        quarantined=_quarantined(quarantine.entries(home)),
    )


def _rows(home: Home, since: datetime) -> Mapping[str, int]:
    taken = [batch for batch in ingest.batches(home) if batch.taken_at >= since]
    return {
        "accepted": sum(batch.rows for batch in taken),
        "rejected": sum(batch.rejected_rows for batch in taken),
        "skipped": sum(batch.skipped_rows for batch in taken),
    }


def _quarantined(entries: Iterable[quarantine.Entry]) -> Mapping[str, int]:
    """Count the entries that wait for somebody; one of rows by each of its reasons."""
    counted: Counter[str] = Counter()
    for entry in entries:
        if entry.release is None:
            counted.update(entry.note.reasons or [entry.note.code])
    return counted
