"""The sources that are declared: what each brings lands as files, and the landing sensor does the rest."""

from datetime import UTC, datetime

import dagster as dg

from pipelines import declaration, fetching
from pipelines.automation import SOURCES
from pipelines.sources.source import Source
from warehouse.home import Home

ENABLED = declaration.load(Home.from_environment()).sources.enabled()


def _asset(source: Source) -> dg.AssetsDefinition:
    @dg.asset(
        key=["source", source.name],
        description=f"What {source.name} has of the sessions that are not there yet, put into landing.",
        group_name=SOURCES,
        kinds={"python"},
        owners=["team:data"],
        pool=f"source_{source.name}",
        retry_policy=dg.RetryPolicy(max_retries=2, delay=600, backoff=dg.Backoff.EXPONENTIAL),
    )
    def fetch_source(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        home = Home.from_environment()
        requests = fetching.due(home, source, now=datetime.now(UTC))

        def tell(file: str, done: int, total: int) -> None:
            context.log.info("%s: %d of %d", file, done + 1, total)

        outcome = fetching.deliver(home, source, requests, progress=tell)
        return dg.MaterializeResult(
            metadata={
                "requests": len(requests),
                "landed": len(outcome.landed),
                "landed_before": outcome.before,
                "refused": outcome.refused,
                "files": [path.name for path in outcome.landed],
            }
        )

    return fetch_source


def _schedule(asset: dg.AssetsDefinition, source: Source) -> dg.ScheduleDefinition:
    return dg.ScheduleDefinition(
        name=f"fetch_{source.name}_daily",
        job=dg.define_asset_job(
            f"fetch_{source.name}",
            selection=dg.AssetSelection.assets(asset),
            description=f"Ask {source.name} for what is not there yet.",
            tags={"dagster/max_runtime": "7200"},
        ),
        cron_schedule=source.schedule,
        execution_timezone=source.time_zone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )


assets = [_asset(source) for source in ENABLED.values()]
schedules = [_schedule(asset, source) for asset, source in zip(assets, ENABLED.values(), strict=True)]
