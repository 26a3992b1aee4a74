"""The sources that are declared: what each brings lands as files, and the landing sensor does the rest.

Their partitions are the sessions, so that days of the past can be asked for from Dagster's page.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import dagster as dg
from dagster._core.storage.tags import ASSET_PARTITION_RANGE_END_TAG, ASSET_PARTITION_RANGE_START_TAG

from pipelines import declaration, fetching
from pipelines.assets import OWNERS, patient, tags
from pipelines.calendar import calendar
from pipelines.partitions import FORM, sessions
from pipelines.sources.faults import SourceFault
from pipelines.sources.source import Request, Source
from warehouse.home import Home

ENABLED = declaration.load(Home.from_environment()).sources.enabled()
DUE = "kalpi/due"  # the tag of runs that ask for what is not there at a time, whoever lacks it
PAUSE_SECONDS = 600.0  # a spent quota may be given back by then


def _asset(source: Source) -> dg.AssetsDefinition:
    @dg.asset(
        key=["source", source.name],
        description=f"What {source.name} has of some sessions, put into landing.",
        group_name="sources",
        kinds={"python"},
        owners=OWNERS,
        tags=tags("sources"),
        pool=f"source_{source.name}",
        partitions_def=sessions(source.start),
        backfill_policy=dg.BackfillPolicy.single_run(),
    )
    @patient(faults=(SourceFault, OSError), pause=PAUSE_SECONDS)
    def fetch_source(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
        home, due = Home.from_environment(), context.run.tags.get(DUE)

        def tell(file: str, done: int, total: int) -> None:
            context.log.info("%s: %d of %d", file, done + 1, total)

        now = datetime.fromisoformat(due) if due else None
        requests = fetching.due(home, source, now=now) if now else _requests(source, context)
        outcome = fetching.deliver(home, source, requests, progress=tell, again=not due)
        yield dg.MaterializeResult(
            metadata={
                "requests": len(requests),
                "landed": len(outcome.landed),
                "landed_before": outcome.before,
                "refused": outcome.refused,
                "files": [path.name for path in outcome.landed],
            }
        )

    return fetch_source


def _requests(source: Source, context: dg.AssetExecutionContext) -> list[Request]:
    chosen = context.partition_key_range
    return source.requests(source.symbols, date.fromisoformat(chosen.start), date.fromisoformat(chosen.end))


def _schedule(asset: dg.AssetsDefinition, source: Source) -> dg.ScheduleDefinition:
    job = dg.define_asset_job(
        f"fetch_{source.name}",
        selection=dg.AssetSelection.assets(asset),
        description=f"Ask {source.name} for bars of some sessions.",
        tags={"dagster/max_runtime": "7200"},
    )

    @dg.schedule(
        name=f"fetch_{source.name}_daily",
        job=job,
        cron_schedule=source.schedule,
        execution_timezone=source.time_zone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    def fetch_daily(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        """Ask for what is not there yet, in one run over the sessions that somebody lacks."""
        now = context.scheduled_execution_time.astimezone(UTC)
        requests = fetching.due(Home.from_environment(), source, now=now)
        if not requests:
            return dg.SkipReason("nothing is missing")
        first, last = min(each.start for each in requests), max(each.end for each in requests)
        lacking = calendar().sessions(first, last)
        named = {
            ASSET_PARTITION_RANGE_START_TAG: lacking[0].strftime(FORM),
            ASSET_PARTITION_RANGE_END_TAG: lacking[-1].strftime(FORM),
        }
        return dg.RunRequest(tags={DUE: now.isoformat(), **named})

    return fetch_daily


assets = [_asset(source) for source in ENABLED.values()]
schedules = [_schedule(asset, source) for asset, source in zip(assets, ENABLED.values(), strict=True)]
