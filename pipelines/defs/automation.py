"""What runs by itself, all of it on by default: after each session's close, when a file lands, when a table is old."""

import hashlib
import time
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg

from pipelines import calendar, ingest
from pipelines.warehouse_resource import Warehouse

EXCHANGE_ZONE = ZoneInfo("America/New_York")
AFTER_THE_CLOSE = "30 18 * * 1-5"  # two and a half hours after a full session
SETTLED_SECONDS = 2  # a file written to more recently may not be whole yet
LANDING = "kalpi/landing"  # the tag that names the files for which a run was asked
TRIES = 5
FIRST_PAUSE_SECONDS = 30.0  # after a failed run over the same files; each further one waits twice as long
refresh = dg.define_asset_job(
    "refresh",
    selection=dg.AssetSelection.all() - dg.AssetSelection.groups("sources"),
    description="From the landing folder to a published snapshot.",
)


@dg.schedule(
    job=refresh,
    cron_schedule=AFTER_THE_CLOSE,
    execution_timezone=str(EXCHANGE_ZONE),
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def after_the_close(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Run on the exchange's trading days."""
    today = context.scheduled_execution_time.astimezone(EXCHANGE_ZONE).date()
    if not calendar.is_session(today):
        return dg.SkipReason(f"{today} is no session of {calendar.EXCHANGE}")
    return dg.RunRequest(run_key=f"close-{today}")


@dg.sensor(job=refresh, minimum_interval_seconds=10, default_status=dg.DefaultSensorStatus.RUNNING)
def landing(context: dg.SensorEvaluationContext, warehouse: Warehouse) -> dg.RunRequest | dg.SkipReason:
    """Run when new files lie in landing and nobody has written to them for a moment."""
    files = ingest.waiting(warehouse.store.home)
    if not files:
        return dg.SkipReason("landing is empty")
    state = _state(files)
    if state is None:
        return dg.SkipReason("a file in landing is still being written")
    tried = context.instance.get_run_records(dg.RunsFilter(tags={LANDING: state}), limit=TRIES)
    why_not = _why_not(tried)
    if why_not:
        return dg.SkipReason(why_not)
    return dg.RunRequest(run_key=f"{state}-{len(tried)}", tags={LANDING: state})


up_to_date = dg.AutomationConditionSensorDefinition(
    "up_to_date",
    target=dg.AssetSelection.all(),
    description="Makes what is older than what it is made of: after an asset was made alone, or is defined otherwise.",
    default_status=dg.DefaultSensorStatus.RUNNING,
    minimum_interval_seconds=60,  # a look costs about half a second
)


def _state(files: Sequence[Path]) -> str | None:
    """Return a hash of what lies in landing, or None while a file may not be whole."""
    stats = [(path.name, path.stat()) for path in files]
    if time.time() - max(stat.st_mtime for _, stat in stats) < SETTLED_SECONDS:
        return None
    told = "\n".join(f"{name} {stat.st_size} {stat.st_mtime_ns}" for name, stat in stats)
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def _why_not(tried: Sequence[dg.RunRecord]) -> str:
    """Return why no further run is asked for files that lie there after some, the newest first; empty if one is."""
    if not tried:
        return ""
    newest = tried[0]
    name = f"run {newest.dagster_run.run_id[:8]}"
    if not newest.dagster_run.is_finished:
        return f"{name} is under way for these files"
    if newest.dagster_run.status == dg.DagsterRunStatus.CANCELED:
        return f"{name} for these files was cancelled; start refresh, or put them there anew"
    failed = sum(record.dagster_run.status == dg.DagsterRunStatus.FAILURE for record in tried)
    if failed == TRIES:
        return f"{failed} runs for these files failed, {name} the last; start refresh, or put them there anew"
    wait = FIRST_PAUSE_SECONDS * 2 ** (failed - 1) if failed else 0
    left = (newest.end_time or newest.update_timestamp.timestamp()) + wait - time.time()
    return f"{name} for these files failed; the next one starts in {left:.0f} s" if left > 0 else ""
