"""What Dagster loads: assets, checks, the job, and what starts it."""

import dagster as dg

from pipelines.assets import coarser, coverage, daily, dictionary, models, raw, snapshot, sources
from pipelines.automation import after_the_close, home_warehouse, landing, refresh

defs = dg.Definitions(
    assets=[
        *sources.assets,
        raw.ingested,
        daily.daily_bars,
        daily.bars_adjusted,
        *daily.families,
        *coarser.assets,
        coverage.covered,
        models.models,
        dictionary.described,
        snapshot.snapshot,
    ],
    asset_checks=[daily.daily_bars_checks],
    jobs=[refresh],
    schedules=[after_the_close, *sources.schedules],
    sensors=[landing],
    resources={"warehouse": home_warehouse()},
    # One process for a run: Great Expectations and the warehouse are loaded once, not once a step.
    executor=dg.in_process_executor,
)
