"""What is kept and logged of a run: how long each step took, what came in, and how it ended."""

import logging
from collections import Counter
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import dagster as dg
from dagster._core.execution.stats import RunStepKeyStatsSnapshot
from structlog.contextvars import bound_contextvars

from pipelines import ingest, quarantine
from warehouse import logs, runs, traces
from warehouse.home import Home
from warehouse.runs import Run

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

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
        if traces.wanted():
            trace(traces.tracer("kalpi-pipeline"), ended, _stats(run, instance))
    except Exception:  # noqa: BLE001 - what is told of a run must not fail it
        _log.exception("how the run ended could not be kept")
        return
    told = {"job": ended.job, "success": ended.success, "seconds": round(ended.seconds, 3), **ended.rows}
    _log.log(logging.INFO if ended.success else logging.ERROR, "run ended", extra=told)


def _run(home: Home, run: dg.DagsterRun, instance: dg.DagsterInstance, started: datetime) -> Run:
    stats = _stats(run, instance)
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


def _stats(run: dg.DagsterRun, instance: dg.DagsterInstance) -> list[RunStepKeyStatsSnapshot]:
    return [each for each in instance.get_run_step_stats(run.run_id) if each.start_time and each.status]


def trace(tracer: "Tracer", run: Run, stats: Iterable[RunStepKeyStatsSnapshot]) -> None:
    """Make a span of a run that has ended, with one for each of its steps in it."""
    from opentelemetry.trace import set_span_in_context  # noqa: PLC0415 - few need it

    span = tracer.start_span(f"run {run.job}", start_time=_nanoseconds(run.started_at.timestamp()))
    span.set_attributes({"kalpi.run_id": run.id, "kalpi.success": run.success})
    for each in stats:
        if each.start_time and each.end_time and each.status:
            step = tracer.start_span(each.step_key, set_span_in_context(span), start_time=_nanoseconds(each.start_time))
            step.set_attribute("kalpi.status", each.status.value)
            step.end(_nanoseconds(each.end_time))
    span.end(_nanoseconds(run.ended_at.timestamp()))


def _nanoseconds(seconds: float) -> int:
    return int(seconds * 1e9)


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
