"""When the pipeline runs by itself: after each session's close, and when a file lands. Both are on by default."""

import hashlib
import time
from zoneinfo import ZoneInfo

import dagster as dg

from pipelines import calendar, ingest
from pipelines.warehouse_resource import Warehouse
from warehouse.home import Home

EXCHANGE_ZONE = ZoneInfo("America/New_York")
AFTER_THE_CLOSE = "30 18 * * 1-5"  # two and a half hours after a full session
SOURCES = "sources"  # the group of what asks others, on schedules of its own
SETTLED_SECONDS = 2  # a file written to more recently may not be whole yet

refresh = dg.define_asset_job(
    "refresh",
    selection=dg.AssetSelection.all() - dg.AssetSelection.groups(SOURCES),
    description="From the landing folder to a published snapshot.",
    tags={"dagster/max_runtime": "3600"},
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
def landing(warehouse: Warehouse) -> dg.RunRequest | dg.SkipReason:
    """Run when new files lie in landing and nobody has written to them for a moment."""
    files = ingest.waiting(warehouse.store.home)
    if not files:
        return dg.SkipReason("landing is empty")
    stats = [(path.name, path.stat()) for path in files]
    if time.time() - max(stat.st_mtime for _, stat in stats) < SETTLED_SECONDS:
        return dg.SkipReason("a file in landing is still being written")
    state = "\n".join(f"{name} {stat.st_size} {stat.st_mtime_ns}" for name, stat in stats)
    return dg.RunRequest(run_key=hashlib.sha256(state.encode()).hexdigest())


def home_warehouse() -> Warehouse:
    """Return the resource for the home that the environment names."""
    return Warehouse(home=str(Home.from_environment().root))
