"""What Dagster loads: every asset, check, job, schedule and sensor of the folder `defs`, and what they run with."""

from pathlib import Path

import dagster as dg

from pipelines.warehouse_resource import home_warehouse

defs = dg.Definitions.merge(
    dg.load_from_defs_folder(path_within_project=Path(__file__).parent),
    dg.Definitions(
        resources={"warehouse": home_warehouse()},
        # One process for a run: Great Expectations and the warehouse are loaded once, not once a step.
        executor=dg.in_process_executor,
    ),
)
